//! Article HTML made fit for mail.

use url::Url;

/// The article's HTML as mail clients can show it.
pub fn email_html(html: &str, _base: &Url) -> String {
    ammonia::clean(html)
}

/// The first image: its address and its alt text.
pub fn first_image(_html: &str, _base: &Url) -> Option<(String, String)> {
    None
}

/// Whether two addresses show one picture, in whatever size.
pub fn same_picture(one: &str, other: &str) -> bool {
    one == other
}

/// As much of cleaned HTML as fits, cut after a block.
pub fn shorten(html: &str, bytes_max: usize) -> String {
    html[..html.floor_char_boundary(bytes_max)].to_owned()
}
