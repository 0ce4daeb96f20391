//! Every colour and font of a mail: a publication's own colour on our paper.

use std::borrow::Cow;

use crate::db::publication::Publication;
use crate::domain::brand::{Brand, Rgb, Shades};

/// The colours of one scheme.
#[derive(Clone)]
pub(super) struct Tones {
    pub(super) paper: &'static str,
    pub(super) ground: &'static str,
    pub(super) ink: &'static str,
    pub(super) ink_2: &'static str,
    pub(super) ink_3: &'static str,
    pub(super) rule: &'static str,
    pub(super) accent: Cow<'static, str>,
    pub(super) fill: Cow<'static, str>,
    /// What stands on the fill.
    pub(super) label: Cow<'static, str>,
    /// Around the fill; the fill itself where it stands out from the paper.
    pub(super) edge: Cow<'static, str>,
}

impl Tones {
    /// The same paper and ink, with a publication's own colour.
    fn with(&self, shades: &Shades) -> Tones {
        let owned = |colour: Rgb| Cow::Owned(colour.to_string());
        Tones {
            accent: owned(shades.accent),
            fill: owned(shades.fill),
            label: owned(shades.label),
            edge: owned(shades.edge),
            ..self.clone()
        }
    }
}

/// Every colour and font of a mail.
#[derive(Clone)]
pub(super) struct Look {
    pub(super) light: Tones,
    pub(super) dark: Tones,
    pub(super) serif: &'static str,
    pub(super) sans: &'static str,
    pub(super) mono: &'static str,
}

pub(super) static LOOK: Look = Look {
    light: Tones {
        paper: "#ffffff",
        ground: "#f5f4f0",
        ink: "#1a1a18",
        ink_2: "#53524c",
        ink_3: "#6b6961",
        rule: "#dedbd3",
        accent: Cow::Borrowed("#1b4a78"),
        fill: Cow::Borrowed("#1b4a78"),
        label: Cow::Borrowed("#ffffff"),
        edge: Cow::Borrowed("#1b4a78"),
    },
    dark: Tones {
        paper: "#171816",
        ground: "#0f100e",
        ink: "#eceae4",
        ink_2: "#b8b5ab",
        ink_3: "#979489",
        rule: "#31322e",
        accent: Cow::Borrowed("#93bce8"),
        fill: Cow::Borrowed("#3c78b5"),
        label: Cow::Borrowed("#ffffff"),
        edge: Cow::Borrowed("#3c78b5"),
    },
    serif: "ui-serif, 'Iowan Old Style', 'Palatino Linotype', P052, Georgia, serif",
    sans: "system-ui, 'Segoe UI', Arial, sans-serif",
    mono: "ui-monospace, Menlo, Consolas, monospace",
};

impl Look {
    /// The look of a publication's mails: its colour on our paper.
    pub(super) fn of(publication: &Publication) -> Look {
        let brand = Brand::of_text(&publication.brand_colour);
        Look { light: LOOK.light.with(&brand.light), dark: LOOK.dark.with(&brand.dark), ..LOOK.clone() }
    }
}
