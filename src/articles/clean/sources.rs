//! Which of an image's attributes holds the address of its picture. Lazy loading keeps it anywhere: what counts is
//! the shape of a name and of a value, not a list of plugins.

use dom_query::NodeRef;

use crate::articles::srcset;

/// Pictures of a `srcset` that are wider are for screens that mail is not read on.
const SRCSET_WIDTH_MAX: u32 = 1200;
/// A picture narrower than this, shown three times as wide, is a blurred stand-in.
const STAND_IN_WIDTH_MAX: u32 = 64;

/// An address as it is written, and its width where that is said.
pub(super) type Source = (String, Option<u32>);

/// What an attribute's name says of the picture in it, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PictureRole {
    /// What a lazy loader puts into `src`.
    Loaded,
    /// The picture before a loader, or a plugin, changed it. Jetpack's are as large as the camera made them.
    Original,
    /// Some address of a picture.
    Some,
    Large,
    Medium,
    /// For a click on the picture: as large as there is.
    Full,
    Thumbnail,
}

/// The address that shows most of an image: of a set, of what lazy loading hid, its own, or of the `picture` around
/// it.
pub(super) fn best_source(node: &NodeRef) -> Option<Source> {
    let attributes = node.attrs();
    let value = |name: &str| {
        attributes.iter().find(|one| &*one.name.local == name).map(|one| one.value.trim().to_owned())
    };
    let sets = attributes.iter().filter(|one| is_set(&one.name.local));
    let (own_set, lazy_sets): (Vec<_>, Vec<_>) = sets.partition(|one| &*one.name.local == "srcset");
    let set = lazy_sets.into_iter().chain(own_set).find_map(|one| best_of_set(&one.value));
    if set.as_ref().is_some_and(|(_, width)| width.is_some()) {
        return set;
    }
    let own = value("src").filter(|src| is_web(src));
    let shown_width = value("width").and_then(|width| width.trim_end_matches("px").parse().ok());
    let is_good = own.as_ref().is_some_and(|src| !is_stand_in(src, shown_width));
    let mut kept: Vec<(PictureRole, String)> = attributes
        .iter()
        .filter_map(|one| {
            let role = role(&one.name.local)?;
            holds_address(role, &one.name.local, &one.value).then(|| (role, one.value.trim().to_owned()))
        })
        .collect();
    kept.sort_by_key(|(role, _)| *role);
    let has_lazy_class = node.attr_or("class", "").contains("lazy");
    let better = kept.into_iter().find(|(role, _)| {
        !is_good || *role == PictureRole::Loaded || *role == PictureRole::Original && has_lazy_class
    });
    let of_sibling = || {
        let parent = node.parent().filter(|parent| parent.has_name("picture"))?;
        parent.element_children().iter().find_map(|source| {
            let attributes = source.attrs();
            attributes.iter().filter(|one| is_set(&one.name.local)).find_map(|one| best_of_set(&one.value))
        })
    };
    match (better, own) {
        (Some((_, address)), _) => Some((address, None)),
        (None, Some(own)) if is_good => Some((own, None)),
        // What is only called a placeholder may be a picture all the same.
        (None, own) => set.or_else(of_sibling).or(own.map(|own| (own, None))),
    }
}

/// Whether an image shows its picture only once a script has run.
pub(super) fn is_lazy(image: &NodeRef) -> bool {
    let own = image.attr_or("src", "");
    !is_web(&own)
        || is_stand_in(&own, None)
        || image.attrs().iter().any(|one| {
            let name = &*one.name.local;
            role(name)
                .is_some_and(|role| role <= PictureRole::Original && holds_address(role, name, &one.value))
                || is_set(name) && name != "srcset"
        })
}

/// Whether a value is an address outside of the page itself.
pub(super) fn is_web(address: &str) -> bool {
    let address = address.trim_start();
    let starts =
        |start: &str| address.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    !address.is_empty()
        && !["data:", "about:", "blob:", "javascript:"].iter().any(|scheme| starts(scheme))
        && !address.starts_with(['#', '{', '[', '<'])
}

fn is_set(name: &str) -> bool {
    name.ends_with("srcset") && !says(name, &NOT_THE_PICTURE)
}

/// Words of names whose values are about the picture, or shown instead of it.
const NOT_THE_PICTURE: [&str; 20] = [
    "placeholder",
    "low",
    "lowsrc",
    "lqip",
    "blur",
    "blurred",
    "preview",
    "error",
    "fallback",
    "hover",
    "permalink",
    "link",
    "href",
    "caption",
    "title",
    "alt",
    "description",
    "class",
    "id",
    "sizes",
];

fn says(name: &str, words: &[&str]) -> bool {
    name.split(['-', '_', ':']).any(|word| words.contains(&word))
}

fn role(name: &str) -> Option<PictureRole> {
    const OWN: [&str; 8] = ["src", "alt", "title", "class", "id", "style", "longdesc", "usemap"];
    if OWN.contains(&name) || name.starts_with("on") || is_set(name) || says(name, &NOT_THE_PICTURE) {
        return None;
    }
    let is_original = says(name, &["orig", "original"]) || name.contains("original");
    Some(match () {
        () if says(name, &["thumb", "thumbnail", "small", "tiny"]) => PictureRole::Thumbnail,
        () if says(name, &["medium"]) => PictureRole::Medium,
        () if says(name, &["large"]) => PictureRole::Large,
        () if is_original && says(name, &["file"]) => PictureRole::Full,
        () if says(
            name,
            &["full", "hi", "hires", "highres", "zoom", "big", "retina", "lightbox", "2x", "max"],
        ) =>
        {
            PictureRole::Full
        }
        () if is_original => PictureRole::Original,
        () if name.ends_with("src") || name.contains("lazy") || says(name, &["echo"]) => PictureRole::Loaded,
        () => PictureRole::Some,
    })
}

/// Whether an attribute's value is the address of a picture. What is named for loading may have any address; else
/// the address itself must say so.
fn holds_address(role: PictureRole, name: &str, value: &str) -> bool {
    let value = value.trim();
    let has_scheme = value.starts_with("http") || value.starts_with('/');
    if !is_web(value) || value.len() > 4_096 || !(has_scheme || value.contains('.')) {
        return false;
    }
    let is_picture = names_picture(value);
    match role {
        PictureRole::Loaded | PictureRole::Original => {
            is_picture || !value.contains(char::is_whitespace) && value.contains(['/', '.'])
        }
        _ => {
            let is_said = ["image", "img", "photo"].iter().any(|word| name.contains(word));
            is_picture || is_said && has_scheme && !value.contains(char::is_whitespace)
        }
    }
}

/// Whether an address ends in a picture's name.
pub(super) fn names_picture(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let extension = path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| {
        ["jpg", "jpeg", "jfif", "png", "gif", "webp", "avif", "bmp"].contains(&extension.as_str())
    })
}

/// Whether an address leads to what stands there until the picture is loaded.
fn is_stand_in(address: &str, shown_width: Option<u32>) -> bool {
    const NAMES: [&str; 18] = [
        "blank",
        "spacer",
        "placeholder",
        "pixel",
        "transparent",
        "trans",
        "loading",
        "loader",
        "lazy",
        "lazyload",
        "grey",
        "gray",
        "clear",
        "empty",
        "dummy",
        "1x1",
        "spinner",
        "preloader",
    ];
    let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let file = path.rsplit('/').next().unwrap_or_default();
    let is_named = file.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| NAMES.contains(&word));
    let is_tiny = width_in_name(&path)
        .is_some_and(|px| px <= STAND_IN_WIDTH_MAX && shown_width.is_some_and(|shown| shown >= 3 * px));
    is_named || is_tiny || file.ends_with(".svg")
}

/// The width in `a-300x200.jpg`.
pub(super) fn width_in_name(path: &str) -> Option<u32> {
    let (stem, _) = path.rsplit_once('.')?;
    let (_, size) = stem.rsplit_once('-')?;
    size_in_name(size)
}

/// The width in `300x200`.
pub(super) fn size_in_name(size: &str) -> Option<u32> {
    let (width, height) = size.split_once('x')?;
    height.parse::<u32>().ok()?;
    width.parse().ok()
}

/// The widest picture of a `srcset` that is no wider than mail needs, or else the narrowest.
fn best_of_set(set: &str) -> Option<Source> {
    let web = srcset::candidates(set).into_iter().filter(|(address, _)| is_web(address));
    let sized = web.map(|(address, sizes)| {
        let width = sizes.split_whitespace().find_map(|size| size.strip_suffix('w')?.parse().ok());
        (address.to_owned(), width)
    });
    let candidates: Vec<Source> = sized.collect();
    let fitting = candidates.iter().filter(|(_, width)| width.is_some_and(|px| px <= SRCSET_WIDTH_MAX));
    fitting
        .max_by_key(|(_, width)| *width)
        .or_else(|| candidates.iter().min_by_key(|(_, width)| *width))
        .cloned()
}
