//! The pages of settings and help, and the words that other tools use for what is on them.

use crate::db::users::Role;
use crate::locale::say;

/// A page that the search finds by its topics.
#[derive(Clone, Copy, Debug)]
pub struct FoundPage {
    pub href: &'static str,
    /// The least role that may open it.
    role: Role,
    /// The keys of its title, of one line on what is there, and of its topics, separated by commas.
    pub title: &'static str,
    pub lead: &'static str,
    topics: &'static str,
}

const fn page(href: &'static str, role: Role, [title, lead, topics]: [&'static str; 3]) -> FoundPage {
    FoundPage { href, role, title, lead, topics }
}

const PAGES: &[FoundPage] = &[
    page(
        "/admin/settings#publication",
        Role::Admin,
        ["desk-find-publication", "desk-find-publication-lead", "desk-find-publication-words"],
    ),
    page(
        "/admin/settings#sender",
        Role::Admin,
        ["desk-find-sender", "desk-find-sender-lead", "desk-find-sender-words"],
    ),
    page(
        "/admin/settings#rules",
        Role::Admin,
        ["desk-find-sending", "desk-find-sending-lead", "desk-find-sending-words"],
    ),
    page(
        "/admin/settings/branding",
        Role::Admin,
        ["desk-find-branding", "desk-find-branding-lead", "desk-find-branding-words"],
    ),
    page(
        "/admin/settings/users",
        Role::Admin,
        ["desk-find-users", "desk-find-users-lead", "desk-find-users-words"],
    ),
    page(
        "/admin/settings/audit",
        Role::Admin,
        ["desk-find-audit", "desk-find-audit-lead", "desk-find-audit-words"],
    ),
    page(
        "/admin/account",
        Role::Editor,
        ["desk-find-account", "desk-find-account-lead", "desk-find-account-words"],
    ),
    page(
        "/admin/subscribers",
        Role::Editor,
        ["desk-find-subscribers", "desk-find-subscribers-lead", "desk-find-subscribers-words"],
    ),
    page(
        "/admin/subscribers/segments",
        Role::Editor,
        ["segment-page", "desk-find-segments-lead", "desk-find-segments-words"],
    ),
    page(
        "/admin/subscribers/import",
        Role::Admin,
        ["desk-find-import", "desk-find-import-lead", "desk-find-import-words"],
    ),
    page(
        "/admin/subscribers",
        Role::Admin,
        ["desk-find-export", "desk-find-export-lead", "desk-find-export-words"],
    ),
    page(
        "/admin/suppressions",
        Role::Editor,
        ["desk-find-suppressions", "desk-find-suppressions-lead", "desk-find-suppressions-words"],
    ),
    page(
        "/admin/sign-ups",
        Role::Editor,
        ["guard-page", "desk-find-sign-ups-lead", "desk-find-sign-ups-words"],
    ),
    page("/admin/lists", Role::Editor, ["desk-find-lists", "desk-find-lists-lead", "desk-find-lists-words"]),
    page("/admin/feeds", Role::Editor, ["desk-find-feeds", "desk-find-feeds-lead", "desk-find-feeds-words"]),
    page("/admin/held", Role::Editor, ["desk-find-held", "desk-find-held-lead", "desk-find-held-words"]),
    page(
        "/admin/reports",
        Role::Editor,
        ["desk-find-reports", "desk-find-reports-lead", "desk-find-reports-words"],
    ),
    page(
        "/admin/campaigns/new",
        Role::Editor,
        ["desk-find-write", "desk-find-write-lead", "desk-find-write-words"],
    ),
    page("/admin/help#keys", Role::Editor, ["desk-find-keys", "desk-find-keys-lead", "desk-find-keys-words"]),
    page("/admin/help", Role::Editor, ["desk-find-help", "desk-find-help-lead", "desk-find-help-words"]),
    page(
        "/admin/help#server",
        Role::Editor,
        ["desk-find-server", "desk-find-server-lead", "desk-find-server-words"],
    ),
];

/// How many pages are found at most.
const PAGES_MAX: usize = 5;

/// How well a topic fits what is looked for, in lower case: as a whole, as the beginning of it or of one of its words,
/// or as one of several words that are looked for.
fn fit(topic: &str, wanted: &str) -> Option<u8> {
    let has_word_from = |start: &str| topic.split([' ', '-']).any(|word| word.starts_with(start));
    let has_words = |words: &str| format!(" {wanted} ").contains(&format!(" {words} "));
    match wanted.chars().count() {
        _ if topic == wanted => Some(0),
        ..2 => None,
        _ if topic.starts_with(wanted) => Some(1),
        _ if has_word_from(wanted) => Some(2),
        // "change my password", "logos".
        _ if has_words(topic) || wanted.strip_suffix('s') == Some(topic) => Some(3),
        _ => None,
    }
}

/// The pages on what is looked for, in lower case, that a user of this role may open; the best first.
pub fn pages_on(wanted: &str, role: Role) -> Vec<FoundPage> {
    let fit_of = |page: &FoundPage| {
        let topics = format!("{},{}", say(page.title), say(page.topics)).to_lowercase();
        topics.split(',').filter_map(|topic| fit(topic.trim(), wanted)).min()
    };
    let mut found: Vec<(u8, FoundPage)> =
        PAGES.iter().filter_map(|page| Some((fit_of(page)?, *page))).collect();
    // A whole word is not the beginning of another: "logo" of "logout".
    if found.iter().any(|(fit, _)| *fit == 0) {
        found.retain(|(fit, _)| *fit != 1);
    }
    found.retain(|(_, page)| page.role == Role::Editor || role == Role::Admin);
    found.sort_by_key(|(fit, _)| *fit);
    found.into_iter().take(PAGES_MAX).map(|(_, page)| page).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hrefs(wanted: &str, role: Role) -> Vec<&'static str> {
        pages_on(wanted, role).into_iter().map(|page| page.href).collect()
    }

    #[test]
    fn a_page_is_found_by_the_words_of_other_tools() {
        for (wanted, href) in [
            ("unsubscribe", "/admin/suppressions"),
            ("api key", "/admin/help#server"),
            ("webhook", "/admin/help#server"),
            ("smtp", "/admin/help#server"),
            ("spf", "/admin/settings#sender"),
            ("dkim", "/admin/settings#sender"),
            ("dns", "/admin/settings#sender"),
            ("logo", "/admin/settings/branding"),
            ("logos", "/admin/settings/branding"),
            ("colour", "/admin/settings/branding"),
            ("color", "/admin/settings/branding"),
            ("2fa", "/admin/account"),
            ("change my password", "/admin/account"),
            ("time zone", "/admin/settings#publication"),
            ("import", "/admin/subscribers/import"),
            ("export", "/admin/subscribers"),
            ("captcha", "/admin/sign-ups"),
            ("gdpr", "/admin/subscribers"),
            ("delete", "/admin/subscribers"),
            ("shortcut", "/admin/help#keys"),
        ] {
            assert!(hrefs(wanted, Role::Admin).contains(&href), "{wanted}: {:?}", hrefs(wanted, Role::Admin));
        }
        assert!(hrefs("p", Role::Admin).is_empty() && hrefs("harbour", Role::Admin).is_empty());
    }

    #[test]
    fn nobody_finds_what_they_may_not_open() {
        assert_eq!(hrefs("logo", Role::Editor), [""; 0]);
        assert_eq!(hrefs("2fa", Role::Editor), ["/admin/account"]);
    }
}
