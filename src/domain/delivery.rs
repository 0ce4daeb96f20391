//! The states of a delivery, and of a notice, which is delivered the same way.

use serde::Serialize;

/// Where one mail to one person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum DeliveryStatus {
    /// Waits for a worker.
    Queued,
    /// A worker has it, in memory.
    Leased,
    /// Marked durably: from here on it may be on the wire.
    Sending,
    /// The relay has taken it.
    Sent,
    /// Refused for now; has a next attempt.
    Deferred,
    /// The address refuses mail for good.
    Bounced,
    /// Ended without the relay taking it, for a reason that is not the address's.
    Failed,
    /// Left, suppressed or cancelled before it went on the wire.
    Skipped,
    /// Was on the wire when the connection or the process ended: nobody knows.
    Uncertain,
}

/// Where in a transaction the relay said something (RFC 5321 section 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Mail,
    Recipient,
    Data,
    /// After the final dot.
    Message,
}

/// What becomes of a campaign's delivery whose end nobody knows. Notices always go out again: a
/// confirmation that is lost is worse than one that comes twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum UncertainPolicy {
    /// It goes out again, with the same Message-ID: nobody is missed.
    Resend,
    /// It stays as it is until an editor decides: nobody gets it twice.
    Leave,
}

impl UncertainPolicy {
    /// Its name, as it is stored and typed.
    pub fn as_str(self) -> &'static str {
        match self {
            UncertainPolicy::Resend => "resend",
            UncertainPolicy::Leave => "leave",
        }
    }
}

/// What came of one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 250 after the final dot.
    Accepted { reply: String },
    /// 4xx, or the relay closed before the final dot. `slow_down`: 421 or 4.7.x, so the reader's
    /// domain wants fewer messages for a while.
    Deferred { reply: String, slow_down: bool },
    /// 5xx that says the mailbox does not exist (5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10 at RCPT).
    Bounced { reply: String },
    /// Any other 5xx.
    Refused { reply: String },
    /// 5xx to MAIL or DATA: the relay refuses us, whoever the reader is.
    RelayRefused { reply: String },
    /// 4xx to MAIL: the relay takes nothing now, whoever the reader is.
    RelayDeferred { reply: String },
    /// The connection ended after the final dot and before the answer.
    Uncertain { reply: String },
    /// A worn connection ended before the message was sent: it is no attempt, and another
    /// connection may be tried at once.
    NotTried { reply: String },
}

/// A reply is stored, logged and shown: no more of it than this.
pub const REPLY_CHARS_MAX: usize = 500;

/// Whether an answer to RCPT is about us and no reader: 530 and 535 (RFC 4954), or words that
/// Postfix, Exim, Exchange and Sendmail use for "you may not relay here".
fn refuses_to_relay(code: u16, text: &str) -> bool {
    const WORDS: [&str; 7] = [
        "relay access denied",
        "relaying denied",
        "relay not permitted",
        "unable to relay",
        "relaying not allowed",
        "relaying is not permitted",
        "authentication required",
    ];
    let text = text.to_ascii_lowercase();
    code == 530 || code == 535 || WORDS.iter().any(|words| text.contains(words))
}

impl Outcome {
    /// What a refusal by `code` means (RFC 5321, enhanced codes RFC 3463). Only an answer to RCPT
    /// that names the mailbox as missing bounces the address; a full mailbox or a policy does not.
    pub fn from_reply(stage: Stage, code: u16, text: &str) -> Outcome {
        let reply = format!("{code} {}", text.split_whitespace().collect::<Vec<_>>().join(" "));
        let reply = reply.chars().take(REPLY_CHARS_MAX).collect();
        let enhanced = text.split_whitespace().next().unwrap_or("");
        let no_such_mailbox = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"].contains(&enhanced);
        let about_reader = no_such_mailbox || enhanced.starts_with("5.2.");
        match (stage, code) {
            (Stage::Recipient, 500..=599) if no_such_mailbox => Outcome::Bounced { reply },
            // Relays refuse to relay, and ask for a login, at RCPT.
            (Stage::Recipient, 500..=599) if refuses_to_relay(code, text) => Outcome::RelayRefused { reply },
            // Some look at the reader only when the message comes.
            (Stage::Data, 500..=599) if about_reader => Outcome::Refused { reply },
            (Stage::Mail | Stage::Data, 500..=599) => Outcome::RelayRefused { reply },
            (_, 500..=599) => Outcome::Refused { reply },
            (Stage::Mail, _) => Outcome::RelayDeferred { reply },
            _ => Outcome::Deferred { reply, slow_down: code == 421 || enhanced.starts_with("4.7.") },
        }
    }

    /// Put off, for no reason of the reader's domain.
    pub fn deferred(reply: String) -> Outcome {
        Outcome::Deferred { reply, slow_down: false }
    }
}

impl DeliveryStatus {
    /// All of them.
    pub const ALL: [DeliveryStatus; 9] = [
        DeliveryStatus::Queued,
        DeliveryStatus::Leased,
        DeliveryStatus::Sending,
        DeliveryStatus::Sent,
        DeliveryStatus::Deferred,
        DeliveryStatus::Bounced,
        DeliveryStatus::Failed,
        DeliveryStatus::Skipped,
        DeliveryStatus::Uncertain,
    ];

    /// Its name, as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryStatus::Queued => "queued",
            DeliveryStatus::Leased => "leased",
            DeliveryStatus::Sending => "sending",
            DeliveryStatus::Sent => "sent",
            DeliveryStatus::Deferred => "deferred",
            DeliveryStatus::Bounced => "bounced",
            DeliveryStatus::Failed => "failed",
            DeliveryStatus::Skipped => "skipped",
            DeliveryStatus::Uncertain => "uncertain",
        }
    }

    /// The status of a name.
    pub fn parse(text: &str) -> Option<Self> {
        DeliveryStatus::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// Whether something will still happen to it by itself. A campaign is sent when this holds
    /// for none of its deliveries.
    pub fn is_open(self, has_next_attempt: bool) -> bool {
        use DeliveryStatus as D;
        match self {
            D::Queued | D::Leased | D::Sending | D::Deferred => true,
            D::Uncertain => has_next_attempt,
            D::Sent | D::Bounced | D::Failed | D::Skipped => false,
        }
    }

    /// Whether the ledger may move a delivery from here to `next` by itself.
    pub fn may_become(self, next: DeliveryStatus) -> bool {
        use DeliveryStatus as D;
        matches!(
            (self, next),
            (D::Queued | D::Deferred | D::Uncertain, D::Leased | D::Skipped)
                | (D::Leased, D::Queued | D::Sending | D::Skipped)
                | (D::Sending, D::Sent | D::Deferred | D::Bounced | D::Failed | D::Uncertain)
        )
    }

    /// Whether somebody may enqueue it again: it has ended, and not well.
    pub fn may_be_requeued(self) -> bool {
        use DeliveryStatus as D;
        matches!(self, D::Failed | D::Skipped | D::Bounced | D::Uncertain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_sent_that_was_not_marked() {
        for status in DeliveryStatus::ALL {
            assert_eq!(status.may_become(DeliveryStatus::Sent), status == DeliveryStatus::Sending);
        }
    }

    #[test]
    fn only_a_missing_mailbox_bounces() {
        let bounced = |stage, code, text: &str| {
            matches!(Outcome::from_reply(stage, code, text), Outcome::Bounced { .. })
        };
        for enhanced in ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"] {
            let text = format!("{enhanced} no such user");
            assert!(bounced(Stage::Recipient, 550, &text) && !bounced(Stage::Message, 550, &text));
        }
        for text in ["5.2.2 mailbox full", "5.7.1 policy", "no enhanced code", "5.1.8 bad sender", "5.1.11 x"]
        {
            assert!(!bounced(Stage::Recipient, 550, text));
        }
        assert!(!bounced(Stage::Recipient, 450, "4.1.1 later"));
    }

    #[test]
    fn a_refusal_before_the_recipient_is_the_relays_own() {
        for stage in [Stage::Mail, Stage::Data] {
            let outcome = Outcome::from_reply(stage, 550, "5.7.1 not you");
            assert!(matches!(outcome, Outcome::RelayRefused { .. }), "{outcome:?}");
        }
        let outcome = Outcome::from_reply(Stage::Mail, 452, "4.3.1 no room");
        assert!(matches!(outcome, Outcome::RelayDeferred { .. }), "{outcome:?}");
    }

    #[test]
    fn who_may_not_relay_is_told_so_at_rcpt() {
        for (code, text) in [
            (554, "5.7.1 <ines@example.org>: Relay access denied"),
            (550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain"),
            (550, "relay not permitted"),
            (530, "5.7.0 Authentication required"),
        ] {
            let outcome = Outcome::from_reply(Stage::Recipient, code, text);
            assert!(matches!(outcome, Outcome::RelayRefused { .. }), "{outcome:?}");
        }
        let outcome = Outcome::from_reply(Stage::Recipient, 550, "5.7.1 blocked by policy");
        assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
        let outcome = Outcome::from_reply(Stage::Data, 550, "5.1.1 no such user");
        assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    }

    #[test]
    fn a_domain_asks_for_less_by_421_and_4_7() {
        let slows = |code, text| {
            matches!(
                Outcome::from_reply(Stage::Recipient, code, text),
                Outcome::Deferred { slow_down: true, .. }
            )
        };
        assert!(slows(421, "too many") && slows(451, "4.7.0 too fast") && slows(450, "4.7.28 rate"));
        assert!(!slows(450, "4.2.1 mailbox busy") && !slows(451, "4.3.0 not now"));
    }

    #[test]
    fn what_has_ended_has_ended() {
        for ended in DeliveryStatus::ALL.into_iter().filter(|status| !status.is_open(true)) {
            assert!(DeliveryStatus::ALL.into_iter().all(|next| !ended.may_become(next)));
        }
    }

    #[test]
    fn what_is_sent_is_never_enqueued_again() {
        for status in DeliveryStatus::ALL {
            assert_eq!(DeliveryStatus::parse(status.as_str()), Some(status));
            assert_eq!(status.may_be_requeued(), status != DeliveryStatus::Sent && !status.is_open(false));
        }
    }

    #[test]
    fn a_crash_after_the_mark_is_uncertain_and_never_queued_again_as_if_nothing_was() {
        assert!(DeliveryStatus::Sending.may_become(DeliveryStatus::Uncertain));
        assert!(!DeliveryStatus::Sending.may_become(DeliveryStatus::Queued));
    }
}
