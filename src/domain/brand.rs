//! A publication's colour, and what reader pages and mails make of it: the same hue, light or dark
//! enough to be read. Worked out in OKLCH, where lightness is what the eye takes for it. The desk keeps
//! its own colours.

use std::fmt;

/// What the tables of the style sheet and of mails are made for.
pub const DEFAULT: &str = "#1b4a78";

/// The surfaces that a colour must be read on, as the style sheet has them.
const LIGHT_PAPER: Rgb = Rgb([255, 255, 255]);
const LIGHT_GROUND: Rgb = Rgb([0xf5, 0xf4, 0xf0]);
const DARK_PAPER: Rgb = Rgb([0x17, 0x18, 0x16]);
const INK: Rgb = Rgb([0x1a, 0x1a, 0x18]);

/// WCAG 2: text that is read.
const TEXT_CONTRAST: f64 = 4.5;
/// What an accent on the dark paper has.
const DARK_ACCENT_CONTRAST: f64 = 7.0;
/// White is read on it, and it stands out from the dark paper.
const DARK_FILL_LUMINANCE: f64 = 0.17;
/// Above this a colour is light: its label is ink.
const LIGHT_BRAND_LUMINANCE: f64 = 0.3;

/// A colour of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub [u8; 3]);

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl Rgb {
    /// `#1b4a78` or `#abc`, as typed; the `#` may be missing.
    pub fn parse(text: &str) -> Option<Rgb> {
        let digits = text.trim().trim_start_matches('#');
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let long = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let at = |from: usize| u8::from_str_radix(long.get(from..from + 2)?, 16).ok();
        Some(Rgb([at(0)?, at(2)?, at(4)?]))
    }

    /// WCAG 2: relative luminance, 0 to 1.
    pub fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|channel| linear(f64::from(channel) / 255.0));
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    /// WCAG 2: contrast, 1 to 21.
    pub fn contrast(self, other: Rgb) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// This colour over another, `share` of it.
    fn over(self, under: Rgb, share: f64) -> Rgb {
        let mix = |at: usize| {
            (f64::from(self.0[at]) * share + f64::from(under.0[at]) * (1.0 - share)).round() as u8
        };
        Rgb([mix(0), mix(1), mix(2)])
    }
}

fn linear(channel: f64) -> f64 {
    if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
}

fn encoded(channel: f64) -> f64 {
    if channel <= 0.003_130_8 { channel * 12.92 } else { 1.055 * channel.powf(1.0 / 2.4) - 0.055 }
}

/// Lightness, and the two axes of colour (Björn Ottosson's OKLab).
#[derive(Clone, Copy)]
struct Oklab {
    l: f64,
    a: f64,
    b: f64,
}

impl Oklab {
    fn of(rgb: Rgb) -> Oklab {
        let [r, g, b] = rgb.0.map(|channel| linear(f64::from(channel) / 255.0));
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        Oklab {
            l: 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            a: 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            b: 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        }
    }

    /// Linear channels; outside of 0 to 1 where no screen shows it.
    fn channels(self) -> [f64; 3] {
        let l = (self.l + 0.396_337_777_4 * self.a + 0.215_803_757_3 * self.b).powi(3);
        let m = (self.l - 0.105_561_345_8 * self.a - 0.063_854_172_8 * self.b).powi(3);
        let s = (self.l - 0.089_484_177_5 * self.a - 1.291_485_548_0 * self.b).powi(3);
        [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
        ]
    }

    /// The same hue and lightness, with as much of its chroma as a screen shows.
    fn shown(self) -> Rgb {
        let fits = |lab: Oklab| lab.channels().iter().all(|channel| (-1e-6..=1.0 + 1e-6).contains(channel));
        let with = |share: f64| Oklab { l: self.l, a: self.a * share, b: self.b * share };
        let (mut least, mut most) = (0.0, 1.0);
        if fits(self) {
            least = 1.0;
        } else {
            for _ in 0..24 {
                let middle = f64::midpoint(least, most);
                if fits(with(middle)) { least = middle } else { most = middle }
            }
        }
        Rgb(with(least).channels().map(|channel| (encoded(channel.clamp(0.0, 1.0)) * 255.0).round() as u8))
    }
}

/// The colour nearest in lightness to `brand`, going down or up, for which `fits` holds.
fn moved(brand: Rgb, darker: bool, fits: impl Fn(Rgb) -> bool) -> Rgb {
    if fits(brand) {
        return brand;
    }
    let from = Oklab::of(brand);
    let end = if darker { 0.0 } else { 1.0 };
    // `far` fits: black and white do.
    let (mut near, mut far) = (from.l, end);
    for _ in 0..24 {
        let middle = f64::midpoint(near, far);
        if fits(Oklab { l: middle, ..from }.shown()) { far = middle } else { near = middle }
    }
    Oklab { l: far, ..from }.shown()
}

/// The same hue at a luminance, not above it.
fn at_luminance(brand: Rgb, luminance: f64) -> Rgb {
    let from = Oklab::of(brand);
    let (mut dark, mut light) = (0.0, 1.0);
    for _ in 0..24 {
        let middle = f64::midpoint(dark, light);
        let shown = Oklab { l: middle, ..from }.shown();
        if shown.luminance() <= luminance { dark = middle } else { light = middle }
    }
    Oklab { l: dark, ..from }.shown()
}

/// The brand in one scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shades {
    /// Links, focus, the double rule.
    pub accent: Rgb,
    /// The primary button.
    pub fill: Rgb,
    /// What stands on the fill.
    pub label: Rgb,
    /// Around the fill: the fill itself, or ink where it would melt into the paper.
    pub edge: Rgb,
    /// Behind what is selected.
    pub wash: Rgb,
}

/// A publication's colour in both schemes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Brand {
    pub light: Shades,
    pub dark: Shades,
}

impl Brand {
    /// What follows from one colour.
    pub fn of(brand: Rgb) -> Brand {
        if brand == DEFAULT_BRAND.light.fill {
            return DEFAULT_BRAND;
        }
        let accent = moved(brand, true, |colour| colour.contrast(LIGHT_GROUND) >= TEXT_CONTRAST);
        let dark_accent = moved(brand, false, |colour| colour.contrast(DARK_PAPER) >= DARK_ACCENT_CONTRAST);
        let dark_fill = at_luminance(brand, DARK_FILL_LUMINANCE);
        let is_light = brand.luminance() > LIGHT_BRAND_LUMINANCE;
        let white = LIGHT_PAPER;
        let wash = brand.over(LIGHT_PAPER, 0.07);
        // A light fill at 15 % would take the meta text on it under 4.5.
        let dark_wash = dark_fill.over(DARK_PAPER, 0.15);
        if is_light {
            return Brand {
                light: Shades { accent, fill: brand, label: INK, edge: INK, wash },
                dark: Shades { accent: dark_accent, fill: brand, label: INK, edge: brand, wash: dark_wash },
            };
        }
        Brand {
            light: Shades { accent, fill: accent, label: white, edge: accent, wash },
            dark: Shades {
                accent: dark_accent,
                fill: dark_fill,
                label: white,
                edge: dark_fill,
                wash: dark_wash,
            },
        }
    }

    /// What follows from a stored colour; the default where it is none.
    pub fn of_text(colour: &str) -> Brand {
        Rgb::parse(colour).map_or(DEFAULT_BRAND, Brand::of)
    }

    /// The style sheet that comes after ours. Empty where ours has these colours already.
    pub fn css(&self) -> String {
        if *self == DEFAULT_BRAND {
            return String::new();
        }
        let tokens = |shades: &Shades| {
            format!(
                "--accent: {}; --fill: {}; --fill-label: {}; --fill-edge: {}; --wash: {};",
                shades.accent, shades.fill, shades.label, shades.edge, shades.wash
            )
        };
        let mut css = format!(
            ":root {{ {} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {} }} }}\n",
            tokens(&self.light),
            tokens(&self.dark)
        );
        if self.light.label == INK {
            // The tick in our style sheet is white.
            css.push_str(
                ".button.primary:hover { border-color: var(--fill-edge); }\n\
                 .tick input:checked { border-color: var(--fill-edge); background-image: url(\"data:image/svg+xml,\
                 %3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 12 12' fill='none' stroke='%231a1a18' \
                 stroke-width='1.5'%3E%3Cpath d='M2 6.5 5 9.5 10.5 3'/%3E%3C/svg%3E\"); }\n",
            );
        }
        css
    }
}

/// The table of the style sheet.
const DEFAULT_BRAND: Brand = Brand {
    light: Shades {
        accent: Rgb([0x1b, 0x4a, 0x78]),
        fill: Rgb([0x1b, 0x4a, 0x78]),
        label: LIGHT_PAPER,
        edge: Rgb([0x1b, 0x4a, 0x78]),
        wash: Rgb([0xe9, 0xf0, 0xf7]),
    },
    dark: Shades {
        accent: Rgb([0x93, 0xbc, 0xe8]),
        fill: Rgb([0x3c, 0x78, 0xb5]),
        label: LIGHT_PAPER,
        edge: Rgb([0x3c, 0x78, 0xb5]),
        wash: Rgb([0x1c, 0x2a, 0x39]),
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    fn hue(rgb: Rgb) -> (f64, f64) {
        let lab = Oklab::of(rgb);
        (lab.b.atan2(lab.a).to_degrees(), lab.a.hypot(lab.b))
    }

    /// Every hue, dark to light, dull to bright; and the ends.
    fn many() -> Vec<Rgb> {
        let mut all = vec![Rgb([0; 3]), Rgb([255; 3]), Rgb([128; 3]), Rgb([255, 255, 0]), Rgb([0, 0, 255])];
        for degrees in (0..360).step_by(6) {
            let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
            for l in [0.15, 0.3, 0.45, 0.6, 0.75, 0.9] {
                for chroma in [0.03, 0.12, 0.3] {
                    all.push(Oklab { l, a: chroma * cos, b: chroma * sin }.shown());
                }
            }
        }
        all
    }

    #[test]
    fn whatever_the_colour_it_can_be_read_where_it_stands() {
        let (meta_light, meta_dark) = (Rgb([0x6b, 0x69, 0x61]), Rgb([0x97, 0x94, 0x89]));
        for colour in many() {
            let Brand { light, dark } = Brand::of(colour);
            for (what, front, back, least) in [
                ("accent on ground", light.accent, LIGHT_GROUND, 4.5),
                ("accent on paper", light.accent, LIGHT_PAPER, 4.5),
                ("label on fill", light.label, light.fill, 4.5),
                ("edge of the fill on paper", light.edge, LIGHT_PAPER, 3.0),
                ("meta on wash", meta_light, light.wash, 4.5),
                ("dark accent on paper", dark.accent, DARK_PAPER, 7.0),
                ("dark label on fill", dark.label, dark.fill, 4.5),
                ("dark fill on paper", dark.fill, DARK_PAPER, 3.0),
                ("dark meta on wash", meta_dark, dark.wash, 4.5),
            ] {
                let ratio = front.contrast(back);
                assert!(ratio >= least, "{colour}: {what} {front} on {back}: {ratio:.2}, at least {least}");
            }
        }
    }

    #[test]
    fn the_hue_is_kept() {
        for colour in many() {
            let (before, chroma) = hue(colour);
            let brand = Brand::of(colour);
            for shade in [brand.light.accent, brand.dark.accent, brand.dark.fill] {
                let (after, left) = hue(shade);
                // What is nearly grey has no hue to speak of.
                if chroma > 0.05 && left > 0.05 {
                    let turned = (after - before).rem_euclid(360.0);
                    assert!(turned.min(360.0 - turned) < 4.0, "{colour} became {shade}");
                }
            }
        }
    }

    #[test]
    fn a_colour_that_does_already_stays_as_it_is() {
        let green = Rgb::parse("#1e6b45").unwrap();
        assert_eq!(Brand::of(green).light.accent, green);
        assert_eq!(Brand::of(green).light.fill, green);
        let yellow = Rgb::parse("fc0").unwrap();
        let brand = Brand::of(yellow);
        assert_eq!((brand.light.fill, brand.light.label, brand.light.edge), (yellow, INK, INK));
        assert!(brand.css().contains("--fill: #ffcc00; --fill-label: #1a1a18"));
        assert_eq!(Brand::of_text(DEFAULT).css(), "");
    }

    #[test]
    fn only_a_colour_is_a_colour() {
        assert_eq!(Rgb::parse(" #AbC "), Some(Rgb([0xaa, 0xbb, 0xcc])));
        for bad in ["", "#", "#12", "#1234567", "red", "#12345g", "#ääää", "url(x)"] {
            assert_eq!(Rgb::parse(bad), None, "{bad}");
        }
    }
}
