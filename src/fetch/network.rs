//! What an error of the network means, in words. Whatever a person reads of one is said here: for feeds,
//! sites and relays alike.

use std::error::Error;
use std::io::{self, ErrorKind};

use tokio_rustls::rustls::{self, CertificateError, OtherError};

use crate::locale::say;

/// What went wrong, for a person: from the cause that says most, without its number. It begins in lower
/// case and has no full stop.
pub fn in_words(error: &(dyn Error + 'static)) -> String {
    let causes: Vec<&(dyn Error + 'static)> = causes(error).collect();
    let said = causes.iter().rev().find_map(|cause| {
        let of_kind = cause.downcast_ref::<rustls::Error>().map(of_tls);
        of_kind.or_else(|| cause.downcast_ref().and_then(of_io)).or_else(|| of_lookup(&cause.to_string()))
    });
    let bare = || causes.last().map_or_else(String::new, |cause| without_number(&cause.to_string()));
    said.unwrap_or_else(bare)
}

/// Whether it is the other side's certificate that is not accepted.
pub fn certificate_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CertificateError> {
    causes(error).find_map(|cause| match cause.downcast_ref() {
        Some(rustls::Error::InvalidCertificate(why)) => Some(why),
        _ => None,
    })
}

/// An error and what is behind it, the innermost last.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let error: &'a (dyn Error + 'static) = *error;
        // An I/O error's source is what its inner error comes from: the inner one itself would be left out.
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        inner.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

fn of_io(error: &io::Error) -> Option<String> {
    // Somebody's own words, of whatever kind.
    if error.get_ref().is_some() {
        return None;
    }
    let key = match error.kind() {
        ErrorKind::ConnectionRefused => "network-refused",
        ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe => "network-cut",
        ErrorKind::NotConnected | ErrorKind::UnexpectedEof => "network-closed",
        ErrorKind::TimedOut => "network-timeout",
        ErrorKind::HostUnreachable => "network-host-unreachable",
        ErrorKind::NetworkUnreachable => "network-unreachable",
        ErrorKind::AddrNotAvailable => "network-no-address",
        ErrorKind::PermissionDenied => "network-not-allowed",
        _ => return None,
    };
    Some(say(key).to_string())
}

/// The system's resolver has no kinds of its own.
fn of_lookup(text: &str) -> Option<String> {
    let why = text.strip_prefix("failed to lookup address information")?;
    let is_passing = why.to_ascii_lowercase().contains("temporary");
    Some(say(if is_passing { "network-dns-down" } else { "network-dns-unknown" }).to_string())
}

fn of_tls(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(why) => of_certificate(why),
        rustls::Error::InvalidMessage(_) => say("network-no-tls").to_string(),
        rustls::Error::PeerIncompatible(_) => say("network-weak-tls").to_string(),
        rustls::Error::AlertReceived(alert) => {
            say("network-tls-refused").with("alert", format!("{alert:?}")).to_string()
        }
        other => say("network-tls-failed").with("why", other.to_string()).to_string(),
    }
}

fn of_certificate(why: &CertificateError) -> String {
    match why {
        why if is_self_signed(why) => say("network-certificate-untrusted").to_string(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            say("network-certificate-expired").to_string()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            say("network-certificate-early").to_string()
        }
        CertificateError::NotValidForNameContext { presented, .. } if !presented.is_empty() => {
            let names: Vec<&str> = presented.iter().take(5).map(String::as_str).collect();
            say("network-certificate-names").with("names", names.join(", ")).to_string()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            say("network-certificate-name").to_string()
        }
        CertificateError::Revoked => say("network-certificate-revoked").to_string(),
        other => say("network-certificate-invalid").with("why", other.to_string()).to_string(),
    }
}

/// Whether nobody has signed it whom we know; most that sign themselves call themselves an authority too.
fn is_self_signed(why: &CertificateError) -> bool {
    match why {
        CertificateError::UnknownIssuer => true,
        CertificateError::Other(other) => is_authority(other),
        _ => false,
    }
}

/// Whether it says of itself that it is an authority, which a server's certificate may not.
pub fn is_authority(why: &OtherError) -> bool {
    matches!(why.0.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

/// "broken (os error 5)" is "broken" to a person.
fn without_number(text: &str) -> String {
    match text.rfind(" (os error ") {
        Some(at) if text.ends_with(')') => text[..at].to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_person_reads_a_number_of_the_system() {
        for errno in 1..=133 {
            let error = io::Error::from_raw_os_error(errno);
            let words = in_words(&error);
            assert!(!words.contains("os error") && !words.is_empty(), "{errno}: {words}");
            let wrapped = anyhow::Error::new(error).context("connecting");
            let words = in_words(wrapped.as_ref());
            assert!(!words.contains("os error") && !words.contains("connecting"), "{errno}: {words}");
        }
        let refused = io::Error::from(ErrorKind::ConnectionRefused);
        assert!(in_words(&refused).starts_with("the connection was refused"));
    }

    #[test]
    fn a_certificate_is_found_however_deep_it_is() {
        let tls = rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer);
        let error = anyhow::Error::new(io::Error::other(io::Error::other(tls))).context("TLS");
        assert!(in_words(error.as_ref()).contains("self-signed"));
        assert_eq!(certificate_error(error.as_ref()), Some(&CertificateError::UnknownIssuer));
        assert_eq!(certificate_error(&io::Error::other("no TLS")), None);
        assert_eq!(in_words(&io::Error::other("it hung up")), "it hung up");
    }

    #[tokio::test]
    async fn a_name_that_nobody_has_is_no_such_host() {
        let error = tokio::net::lookup_host("nobody.invalid:25").await.map(|_| ()).unwrap_err();
        let words = in_words(&error);
        assert!(words.contains("DNS"), "{words}");
    }
}
