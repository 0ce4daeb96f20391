//! Reads single variables, and collects what is wrong with them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::str::FromStr;

use ipnet::IpNet;
use lettre::message::Mailbox;

use crate::domain::email_address::EmailAddress;
use crate::locale::say_plain;

/// What is wrong, and what is expected instead.
pub(super) fn expected(what: impl Into<String>, expected: impl Into<String>) -> String {
    say_plain("config-what-expected").with("what", what.into()).with("expected", expected.into()).into()
}

/// The same of a variable.
pub(super) fn problem(variable: &str, what: impl Into<String>, expects: impl Into<String>) -> String {
    format!("{variable}: {}", expected(what, expects))
}

/// Collects problems while values are read.
pub(super) struct Reader<'a> {
    pub(super) vars: &'a HashMap<String, String>,
    pub(super) problems: Vec<String>,
}

impl Reader<'_> {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether a secret is set, be it in a file that can't be read.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.text(name).is_some() || self.text(&format!("{name}_FILE")).is_some()
    }

    /// Notes what is wrong with a variable.
    pub(super) fn note(&mut self, variable: &str, what: impl Into<String>, expected: impl Into<String>) {
        self.problems.push(problem(variable, what, expected));
    }

    /// Parses a variable; says what is expected, by its key, where it does not parse.
    pub(super) fn parsed<T>(
        &mut self,
        name: &str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.text(name)?;
        let parsed = parse(value);
        if parsed.is_none() {
            // SMTP_URL and DATABASE_URL hold passwords: they are never repeated.
            let what = match name.ends_with("_URL") || name.contains("KEY") {
                true => say_plain("config-invalid-hidden"),
                false => say_plain("config-invalid").with("value", value),
            };
            self.problems.push(problem(name, what, say_plain(expected)));
        }
        parsed
    }

    /// A whole number within bounds, which the sentence of `expected` names; `usual` where it is not set or does not fit.
    pub(super) fn number<N: FromStr + PartialOrd>(
        &mut self,
        name: &str,
        expected: &'static str,
        bounds: RangeInclusive<N>,
        usual: N,
    ) -> N {
        self.parsed(name, expected, |text| text.parse().ok().filter(|n| bounds.contains(n))).unwrap_or(usual)
    }
}

pub(super) fn parse_switch(text: &str) -> Option<bool> {
    match text {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

pub(super) fn parse_networks(text: &str) -> Option<Vec<IpNet>> {
    text.split([',', ' '])
        .filter(|part| !part.is_empty())
        .map(|part| IpNet::from_str(part).ok().or_else(|| IpAddr::from_str(part).ok().map(IpNet::from)))
        .collect()
}

/// `Name <address>` or an address.
pub fn parse_mailbox(text: &str) -> Option<Mailbox> {
    let mailbox = Mailbox::from_str(text).ok()?;
    EmailAddress::parse(mailbox.email.as_ref())
        .is_ok()
        .then_some(mailbox)
        .filter(|mailbox| !mailbox.name.as_deref().unwrap_or("").chars().any(char::is_control))
}

/// A domain name as it stands in DNS: letters, digits and hyphens between dots. `labels_min` of them.
pub fn is_dns_name(text: &str, labels_min: usize) -> bool {
    text.len() <= 253
        && text.split('.').count() >= labels_min
        && text.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}
