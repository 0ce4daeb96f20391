//! Addresses that somebody gives without being there to read: of a function, or for a few minutes.

use super::email_address::EmailAddress;

/// Functions that no person reads with, and traps for those who write to whatever they find. Not `info`, `office` or
/// `sales`: in a small business those are somebody's only address.
const ROLES: [&str; 29] = [
    "abuse",
    "all",
    "bounce",
    "bounces",
    "do-not-reply",
    "donotreply",
    "everyone",
    "ftp",
    "hostmaster",
    "list-request",
    "listserv",
    "mailer-daemon",
    "mailerdaemon",
    "majordomo",
    "no-reply",
    "no.reply",
    "nobody",
    "noc",
    "noreply",
    "null",
    "phishing",
    "postmaster",
    "root",
    "security",
    "spam",
    "spamtrap",
    "undisclosed-recipients",
    "usenet",
    "uucp",
];

/// Domains whose mailboxes are anybody's, for a few minutes. The known ones: whoever needs more adds them as rules.
const DISPOSABLE: &str = include_str!("disposable_domains.txt");

/// Whether an address is a function's, which no person reads.
pub fn is_role(email: &EmailAddress) -> bool {
    let key = email.key();
    let name = key.split('@').next().unwrap_or_default();
    ROLES.contains(&name.split('+').next().unwrap_or_default())
}

/// Whether an address is one for a few minutes.
pub fn is_disposable(email: &EmailAddress) -> bool {
    let mut domain = email.domain();
    loop {
        if DISPOSABLE.lines().any(|known| known == domain) {
            return true;
        }
        match domain.split_once('.') {
            Some((_, parent)) if parent.contains('.') => domain = parent,
            _ => return false,
        }
    }
}

/// Names that are kept for examples and tests (RFC 2606, RFC 6761): whether they take mail is not for DNS to say.
pub fn is_reserved(domain: &str) -> bool {
    let last_two = ["example.com", "example.net", "example.org"];
    let top = domain.rsplit('.').next().unwrap_or_default();
    ["example", "test", "invalid", "localhost"].contains(&top)
        || last_two
            .iter()
            .any(|name| domain.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn functions_and_mailboxes_of_minutes_are_told_from_people() {
        for text in ["Abuse@example.org", "no-reply@example.org", "postmaster+x@example.org"] {
            assert!(is_role(&address(text)), "{text}");
        }
        for text in ["info@example.org", "abusea@example.org", "ines@abuse.example"] {
            assert!(!is_role(&address(text)), "{text}");
        }
        for text in ["x@mailinator.com", "x@Mail.Guerrillamail.com"] {
            assert!(is_disposable(&address(text)), "{text}");
        }
        for text in ["x@gmail.com", "x@notmailinator.com", "x@mailinator.com.example"] {
            assert!(!is_disposable(&address(text)), "{text}");
        }
    }

    #[test]
    fn each_disposable_domain_stands_once_and_in_order() {
        let domains: Vec<&str> = DISPOSABLE.lines().collect();
        assert!(domains.len() > 100 && domains.windows(2).all(|two| two[0] < two[1]));
        for domain in domains {
            assert_eq!(address(&format!("x@{domain}")).domain(), domain);
        }
    }

    #[test]
    fn names_for_examples_are_not_looked_up() {
        for domain in ["example.org", "mail7.example.org", "harbour.example", "a.test", "x.localhost"] {
            assert!(is_reserved(domain), "{domain}");
        }
        for domain in ["notexample.org", "example.org.com", "harbour.org"] {
            assert!(!is_reserved(domain), "{domain}");
        }
    }
}
