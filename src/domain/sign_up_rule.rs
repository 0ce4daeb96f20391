//! Who may sign up whatever it looks like, and who may not: patterns of addresses and networks, as an admin types them.

use std::net::IpAddr;

use ipnet::IpNet;

use super::email_address::EmailAddress;

/// The longest pattern, in bytes: as long as an address may be.
pub const PATTERN_BYTES_MAX: usize = 254;
/// The most patterns.
pub const RULES_MAX: usize = 1000;

/// What a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// One mailbox: what was typed, and what all of its spellings share.
    Mailbox {
        typed: String,
        mailbox: String,
    },
    /// Addresses, or without @ domains, in lower case; `*` stands for anything.
    Address(String),
    Network(IpNet),
}

/// Why a text is no pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatternError {
    Empty,
    /// It has characters that no address has.
    Malformed,
    /// It fits everybody.
    Everybody,
}

impl Pattern {
    /// Reads what an admin typed.
    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        let text = text.trim().to_lowercase();
        if text.is_empty() {
            return Err(PatternError::Empty);
        }
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        if let Ok(network) = network {
            return match network.prefix_len() {
                0 => Err(PatternError::Everybody),
                _ => Ok(Pattern::Network(network.trunc())),
            };
        }
        let is_part = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | '"');
        let is_whole = text.len() <= PATTERN_BYTES_MAX
            && text.chars().all(is_part)
            && text.matches('@').count() <= 1
            && !text.starts_with('@')
            && !text.ends_with('@')
            && text.contains(['.', '*']);
        match is_whole {
            false => Err(PatternError::Malformed),
            true if text.chars().all(|c| matches!(c, '*' | '@' | '.')) => Err(PatternError::Everybody),
            true if text.contains('@') && !text.contains('*') => match EmailAddress::parse(&text) {
                Ok(email) => Ok(Pattern::Mailbox { mailbox: email.mailbox(), typed: text }),
                Err(_) => Err(PatternError::Malformed),
            },
            true => Ok(Pattern::Address(text)),
        }
    }

    /// As it is stored and shown.
    pub fn to_text(&self) -> String {
        match self {
            Pattern::Mailbox { typed, .. } => typed.clone(),
            Pattern::Address(glob) => glob.clone(),
            Pattern::Network(network) => network.to_string(),
        }
    }

    fn fits_address(&self, email: &EmailAddress) -> bool {
        match self {
            Pattern::Mailbox { mailbox, .. } => email.mailbox() == *mailbox,
            // Whoever is meant is meant in every spelling of the mailbox.
            Pattern::Address(glob) if glob.contains('@') => {
                is_like(glob, &email.key()) || is_like(glob, &email.mailbox())
            }
            Pattern::Address(glob) => is_like(glob, email.domain()),
            Pattern::Network(_) => false,
        }
    }

    fn fits_network(&self, ip: IpAddr) -> bool {
        matches!(self, Pattern::Network(network) if network.contains(&ip))
    }
}

/// Whether a text is like a pattern, in which `*` stands for any number of characters.
fn is_like(glob: &str, text: &str) -> bool {
    let (glob, text) = (glob.as_bytes(), text.as_bytes());
    let (mut at, mut seen) = (0, 0);
    // Where the last star stands, and from where in the text it is tried.
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        if glob.get(at) == Some(&b'*') {
            star = Some((at, seen));
            at += 1;
        } else if glob.get(at) == Some(&text[seen]) {
            (at, seen) = (at + 1, seen + 1);
        } else if let Some((of, from)) = star {
            star = Some((of, from + 1));
            (at, seen) = (of + 1, from + 1);
        } else {
            return false;
        }
    }
    glob[at..].iter().all(|c| *c == b'*')
}

/// All rules there are.
#[derive(Clone, Debug, Default)]
pub struct SignUpRules {
    pub allowed: Vec<Pattern>,
    pub blocked: Vec<Pattern>,
}

/// What the rules say of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    Allowed,
    Blocked,
    /// Nothing.
    Open,
}

impl SignUpRules {
    /// What the rules say of an address and where it comes from. What is allowed is allowed, whatever else fits.
    pub fn of(&self, email: &EmailAddress, ip: Option<IpAddr>) -> Ruling {
        let fits = |one: &Pattern| one.fits_address(email) || ip.is_some_and(|ip| one.fits_network(ip));
        match () {
            () if self.allowed.iter().any(fits) => Ruling::Allowed,
            () if self.blocked.iter().any(fits) => Ruling::Blocked,
            () => Ruling::Open,
        }
    }

    /// Whether whoever comes from there may sign up as often as they like.
    pub fn allows_network(&self, ip: IpAddr) -> bool {
        self.allowed.iter().any(|one| one.fits_network(ip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules(allowed: &[&str], blocked: &[&str]) -> SignUpRules {
        let all = |texts: &[&str]| texts.iter().map(|text| Pattern::parse(text).unwrap()).collect();
        SignUpRules { allowed: all(allowed), blocked: all(blocked) }
    }

    #[test]
    fn what_is_allowed_is_allowed_and_every_spelling_is_blocked() {
        let rules = rules(
            &["ines@spam.example", "2001:db8::/48"],
            &["*.spam.example", "spam.example", "i.lund@gmail.com", "bot*@*", "203.0.113.0/24"],
        );
        let of = |email: &str, ip: &str| rules.of(&EmailAddress::parse(email).unwrap(), ip.parse().ok());
        for (email, ip, expected) in [
            ("ines@spam.example", "192.0.2.1", Ruling::Allowed),
            ("owen@spam.example", "192.0.2.1", Ruling::Blocked),
            ("owen@mail.spam.example", "192.0.2.1", Ruling::Blocked),
            ("owen@nospam.example", "192.0.2.1", Ruling::Open),
            ("BOT7@harbour.example", "192.0.2.1", Ruling::Blocked),
            ("owen@harbour.example", "203.0.113.9", Ruling::Blocked),
            ("bot@harbour.example", "2001:db8::7", Ruling::Allowed),
            ("IL.und+news@googlemail.com", "192.0.2.1", Ruling::Blocked),
            ("lund@gmail.com", "192.0.2.1", Ruling::Open),
        ] {
            assert_eq!(of(email, ip), expected, "{email} from {ip}");
        }
        assert!(rules.allows_network("2001:db8::1".parse().unwrap()));
        assert!(!rules.allows_network("203.0.113.9".parse().unwrap()));
    }

    #[test]
    fn what_is_no_pattern_or_fits_everybody_is_refused() {
        use PatternError::*;
        for (text, error) in [
            ("", Empty),
            ("  ", Empty),
            ("*", Everybody),
            ("*@*", Everybody),
            ("*@*.*", Everybody),
            ("0.0.0.0/0", Everybody),
            ("::/0", Everybody),
            ("a b@example.org", Malformed),
            ("<ines@example.org>", Malformed),
            ("a@b@c.example", Malformed),
            ("@example.org", Malformed),
            ("example", Malformed),
            ("b\u{fc}cher.example", Malformed),
        ] {
            assert_eq!(Pattern::parse(text), Err(error), "{text:?}");
        }
        assert_eq!(Pattern::parse(&format!("{}.org", "a".repeat(300))), Err(Malformed));
        assert_eq!(Pattern::parse("203.0.113.9/24").unwrap().to_text(), "203.0.113.0/24");
        assert_eq!(Pattern::parse(" *@Example.ORG ").unwrap().to_text(), "*@example.org");
    }

    proptest! {
        #[test]
        fn a_star_stands_for_anything(before in "[a-c.]{0,6}", within in "[a-c.@]{0,9}", behind in "[a-c.]{0,6}") {
            let text = format!("{before}{within}{behind}");
            let glob = format!("{before}*{behind}");
            prop_assert!(is_like(&glob, &text));
            let other = format!("{before}x{within}{behind}");
            prop_assert!(is_like(&glob, &other));
            prop_assert!(!is_like(&text, &other));
        }
    }
}
