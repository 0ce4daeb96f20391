//! Typing errors in the domain of an email address: "gmial.com". Pure, and only ever a question: an address that looks
//! mistyped may be somebody's.

use strsim::damerau_levenshtein;

use super::email_address::EmailAddress;

/// The domains that most readers have a mailbox at, the largest first. What is in the list is never asked about, so it
/// also holds real ones that look like a larger one.
const KNOWN: [&str; 112] = [
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "googlemail.com",
    "protonmail.com",
    "aol.com",
    "live.com",
    "msn.com",
    "me.com",
    "mac.com",
    "proton.me",
    "mail.com",
    "email.com",
    "ymail.com",
    "rocketmail.com",
    "fastmail.com",
    "fastmail.fm",
    "zoho.com",
    "hey.com",
    "tutanota.com",
    "gmx.com",
    "gmx.net",
    "gmx.de",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "freenet.de",
    "arcor.de",
    "posteo.de",
    "mailbox.org",
    "mail.de",
    "bluewin.ch",
    "aon.at",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.es",
    "hotmail.it",
    "hotmail.nl",
    "hotmail.co.uk",
    "hotmail.com.br",
    "outlook.de",
    "outlook.fr",
    "outlook.es",
    "outlook.it",
    "outlook.com.br",
    "live.co.uk",
    "live.fr",
    "live.nl",
    "live.com.mx",
    "yahoo.co.uk",
    "yahoo.co.jp",
    "yahoo.co.in",
    "yahoo.in",
    "yahoo.de",
    "yahoo.fr",
    "yahoo.es",
    "yahoo.it",
    "yahoo.ca",
    "yahoo.com.br",
    "yahoo.com.mx",
    "yahoo.com.ar",
    "yahoo.com.au",
    "orange.fr",
    "wanadoo.fr",
    "laposte.net",
    "free.fr",
    "sfr.fr",
    "libero.it",
    "virgilio.it",
    "alice.it",
    "tiscali.it",
    "telefonica.net",
    "terra.com.br",
    "uol.com.br",
    "bol.com.br",
    "sapo.pt",
    "ziggo.nl",
    "kpnmail.nl",
    "planet.nl",
    "hetnet.nl",
    "telenet.be",
    "skynet.be",
    "wp.pl",
    "o2.pl",
    "onet.pl",
    "interia.pl",
    "ukr.net",
    "mail.ru",
    "yandex.ru",
    "yandex.com",
    "seznam.cz",
    "btinternet.com",
    "virginmedia.com",
    "sky.com",
    "comcast.net",
    "verizon.net",
    "att.net",
    "sbcglobal.net",
    "bellsouth.net",
    "cox.net",
    "bigpond.com",
    "rediffmail.com",
    "naver.com",
    "hanmail.net",
    "daum.net",
    "docomo.ne.jp",
    "qq.com",
    "163.com",
    "126.com",
];

/// Names shorter than this are one letter away from too many real ones: only what follows them is looked at.
const NAME_CHARS_MIN: usize = 5;

/// The address that was probably meant, where its domain is a typing error away from a known one: a letter too many, too
/// few or wrong, or two that changed places, in the name, in what follows the dot, or one in each.
pub fn meant(typed: &EmailAddress) -> Option<EmailAddress> {
    if KNOWN.contains(&typed.domain()) {
        return None;
    }
    let (name, ending) = typed.domain().split_once('.')?;
    let near = KNOWN.iter().filter_map(|known| {
        let (known_name, known_ending) = known.split_once('.')?;
        let errors = damerau_levenshtein(name, known_name);
        let errors_in_ending = damerau_levenshtein(ending, known_ending);
        let is_name_near = errors == 0 || errors == 1 && known_name.len() >= NAME_CHARS_MIN;
        let is_ending_near =
            errors_in_ending == 0 || errors_in_ending == 1 && !are_two_countries(ending, known_ending);
        (is_name_near && is_ending_near).then_some((errors + errors_in_ending, known))
    });
    // Of several that are as near, the first, which is the largest.
    let (_, known) = near.min_by_key(|(errors, _)| *errors)?;
    let local = typed.as_str().strip_suffix(typed.domain())?;
    EmailAddress::parse(&format!("{local}{known}")).ok()
}

/// Whether both end with a country's two letters, and not with the same.
fn are_two_countries(ending: &str, other: &str) -> bool {
    let country = |ending: &str| ending.rsplit('.').next().filter(|last| last.len() == 2).map(str::to_owned);
    match (country(ending), country(other)) {
        (Some(one), Some(another)) => one != another,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain_meant(domain: &str) -> Option<String> {
        let typed = EmailAddress::parse(&format!("Ines.Lund+news@{domain}")).unwrap();
        meant(&typed).map(|meant| meant.as_str().strip_prefix("Ines.Lund+news@").unwrap().to_owned())
    }

    #[test]
    fn a_domain_that_is_mistyped_is_recognized() {
        for (typed, expected) in [
            ("gmial.com", "gmail.com"),
            ("GMIAL.com", "gmail.com"),
            ("gamil.com", "gmail.com"),
            ("gmai.com", "gmail.com"),
            ("gmaill.com", "gmail.com"),
            ("gnail.com", "gmail.com"),
            ("gmail.con", "gmail.com"),
            ("gmail.co", "gmail.com"),
            ("gmail.cmo", "gmail.com"),
            ("gmial.con", "gmail.com"),
            ("hotmial.com", "hotmail.com"),
            ("hotmai.co.uk", "hotmail.co.uk"),
            ("yaho.com", "yahoo.com"),
            ("outlok.com", "outlook.com"),
            ("iclod.com", "icloud.com"),
            ("protonmial.com", "protonmail.com"),
            ("aol.con", "aol.com"),
            ("gmx.dee", "gmx.de"),
            ("t-onlin.de", "t-online.de"),
        ] {
            assert_eq!(domain_meant(typed).as_deref(), Some(expected), "{typed}");
        }
    }

    #[test]
    fn a_domain_that_is_somebodys_own_is_not_asked_about() {
        for domain in [
            "example.org",
            "harbour.example",
            "mail.com",
            "ymail.com",
            "gmail.com",
            "hotmail.be",
            "yahoo.nl",
            "hotmail.com.ar",
            "yahoo.co.nz",
            "aon.com",
            "wed.de",
            "mc.com",
            "gmx.us",
            "mail.harbour.example",
            "gmail.example.org",
            "outlook.office.com",
            "xn--gmil-0na.com",
        ] {
            assert_eq!(domain_meant(domain), None, "{domain}");
        }
        for known in KNOWN {
            assert_eq!(domain_meant(known), None, "{known}");
        }
    }
}
