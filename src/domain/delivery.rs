//! The states of a delivery, and of a notice, which is delivered the same way.

use serde::Serialize;

/// What stands in the place of a relay's answer where a message was kept in a file.
pub const CAPTURED: &str = "captured";

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

/// What moves a delivery or a notice from one status to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A worker takes it into memory.
    Lease,
    /// It may go on the wire once this is durable.
    Mark,
    /// An attempt has ended.
    Settle,
    /// Its worker gives it back, and nothing of it has left.
    Release,
    /// Its worker ends the lease without a mark: another attempt comes later, or none.
    PutOff,
    /// It was to be marked and may not be sent now, or not any more.
    Refuse,
    /// Its worker died.
    Recover,
    /// Its campaign was cancelled.
    Cancel,
    /// It had ended, and somebody sends it again.
    Requeue,
}

/// A step that does not lead from one status to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{step:?} does not lead from {} to {}", from.as_str(), to.as_str())]
pub struct NoSuchStep {
    pub from: DeliveryStatus,
    pub to: DeliveryStatus,
    pub step: Step,
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
    /// 4xx, or the relay closed before the final dot.
    Deferred { reply: String, wish: Wish },
    /// 5xx that says the mailbox does not exist (5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10 at RCPT).
    Bounced { reply: String },
    /// Any other 5xx.
    Refused { reply: String },
    /// 5xx to RCPT that speaks of relaying or of signing in, or 5xx to DATA: the recipient's or the
    /// relay's. One answer does not say whose; see `delivery::refusals`.
    Denied { reply: String },
    /// 5xx to MAIL: the relay refuses us, whoever the reader is.
    RelayRefused { reply: String },
    /// 4xx to MAIL: the relay takes nothing now, whoever the reader is.
    RelayDeferred { reply: String },
    /// The connection ended after the final dot and before the answer.
    Uncertain { reply: String },
    /// A worn connection ended before the message was sent: it is no attempt, and another
    /// connection may be tried at once.
    NotTried { reply: String },
}

/// What a 4xx asks of us besides another attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    Nothing,
    /// Fewer messages to the recipient's domain for a while: 421, or 4.7.x about a rate.
    SlowDown,
    /// This sender and recipient again in a few minutes, as greylisting does. It concerns nobody else.
    ComeBack,
}

impl Wish {
    /// Reads what a 4xx asks for (RFC 3463, RFC 6647 on greylisting).
    fn of(stage: Stage, code: u16, enhanced: &str, text: &str) -> Wish {
        const GREYLISTING: [&str; 6] =
            ["greylist", "graylist", "grey-list", "gray-list", "grey list", "gray list"];
        const LATER: [&str; 6] =
            ["try again", "try later", "come back", "retry later", "again later", "please wait"];
        let text = text.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|words| text.contains(words));
        if code == 421 {
            return Wish::SlowDown;
        }
        if says(&GREYLISTING) {
            return Wish::ComeBack;
        }
        let is_policy = enhanced.starts_with("4.7.");
        if is_about_rate(&text) {
            return if is_policy { Wish::SlowDown } else { Wish::Nothing };
        }
        // Greylisting is done at RCPT, where sender and recipient are known; 4.7.1 is what it is coded as
        // most, and many say nothing but "later".
        let is_plain =
            !enhanced.starts_with("4.") || ["4.7.0", "4.2.0", "4.3.0", "4.5.1"].contains(&enhanced);
        match stage {
            Stage::Recipient if enhanced == "4.7.1" => Wish::ComeBack,
            Stage::Recipient if matches!(code, 450 | 451) && is_plain && says(&LATER) => Wish::ComeBack,
            _ if is_policy => Wish::SlowDown,
            _ => Wish::Nothing,
        }
    }
}

/// Whether a reply in lower case speaks of how much or how fast we send.
fn is_about_rate(text: &str) -> bool {
    const WORDS: [&str; 9] = [
        "too many",
        "too much",
        "too fast",
        "too quickly",
        "throttl",
        "exceed",
        "slow down",
        "reputation",
        "complaint",
    ];
    WORDS.iter().any(|words| text.contains(words))
        || text.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| {
            matches!(word, "rate" | "rates" | "limit" | "limits" | "limited") || word.starts_with("ratelimit")
        })
}

/// A reply is stored, logged and shown: no more of it than this.
pub const REPLY_CHARS_MAX: usize = 500;

/// Whether an answer to RCPT may be about us rather than the recipient: 530 and 535 (RFC 4954), or words
/// that Postfix, Exim, Exchange and Sendmail use for "you may not relay here".
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
            (Stage::Recipient, 500..=599) if refuses_to_relay(code, text) => Outcome::Denied { reply },
            // Some look at the reader only when the message comes.
            (Stage::Data, 500..=599) if about_reader => Outcome::Refused { reply },
            (Stage::Data, 500..=599) => Outcome::Denied { reply },
            (Stage::Mail, 500..=599) => Outcome::RelayRefused { reply },
            (_, 500..=599) => Outcome::Refused { reply },
            (Stage::Mail, _) => Outcome::RelayDeferred { reply },
            _ => Outcome::Deferred { reply, wish: Wish::of(stage, code, enhanced, text) },
        }
    }

    /// Put off, for no reason of the reader's domain.
    pub fn deferred(reply: String) -> Outcome {
        Outcome::Deferred { reply, wish: Wish::Nothing }
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

    /// Its name on a page.
    pub fn label(self) -> String {
        let key = match self {
            DeliveryStatus::Queued | DeliveryStatus::Leased => "campaign-delivery-queued",
            DeliveryStatus::Sending => "campaign-delivery-sending",
            DeliveryStatus::Sent => "campaign-delivery-sent",
            DeliveryStatus::Deferred => "campaign-delivery-deferred",
            DeliveryStatus::Bounced => "campaign-delivery-bounced",
            DeliveryStatus::Failed => "campaign-delivery-failed",
            DeliveryStatus::Skipped => "campaign-delivery-skipped",
            DeliveryStatus::Uncertain => "campaign-delivery-uncertain",
        };
        crate::locale::say(key).to_string()
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

    /// Whether a step leads from here to `next`.
    pub fn may_become(self, next: DeliveryStatus, step: Step) -> bool {
        use DeliveryStatus as D;
        match step {
            Step::Lease => {
                matches!((self, next), (D::Queued | D::Deferred | D::Uncertain, D::Leased))
            }
            Step::Mark => matches!((self, next), (D::Leased, D::Sending)),
            Step::Settle => matches!(
                (self, next),
                (D::Sending, D::Sent | D::Deferred | D::Bounced | D::Failed | D::Uncertain)
            ),
            Step::Release => {
                matches!((self, next), (D::Leased | D::Sending, D::Queued | D::Deferred | D::Uncertain))
            }
            Step::PutOff => matches!((self, next), (D::Leased, D::Deferred | D::Uncertain | D::Skipped)),
            Step::Refuse => matches!(
                (self, next),
                (D::Leased | D::Sending, D::Queued | D::Deferred | D::Uncertain | D::Skipped)
            ),
            Step::Recover => matches!(
                (self, next),
                (D::Leased, D::Queued | D::Deferred | D::Uncertain) | (D::Sending, D::Uncertain)
            ),
            Step::Cancel => matches!((self, next), (D::Queued | D::Deferred, D::Skipped)),
            Step::Requeue => self.may_be_requeued() && next == D::Queued,
        }
    }

    /// The status after a step: `next`, where the step leads there.
    pub fn after(self, step: Step, next: DeliveryStatus) -> Result<DeliveryStatus, NoSuchStep> {
        match self.may_become(next, step) {
            true => Ok(next),
            false => Err(NoSuchStep { from: self, to: next, step }),
        }
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

    const STEPS: [Step; 9] = [
        Step::Lease,
        Step::Mark,
        Step::Settle,
        Step::Release,
        Step::PutOff,
        Step::Refuse,
        Step::Recover,
        Step::Cancel,
        Step::Requeue,
    ];

    fn every_step() -> impl Iterator<Item = (DeliveryStatus, Step)> {
        DeliveryStatus::ALL.into_iter().flat_map(|status| STEPS.map(|step| (status, step)))
    }

    #[test]
    fn nothing_is_sent_that_was_not_marked() {
        for (status, step) in every_step() {
            let may_be_sent = (status, step) == (DeliveryStatus::Sending, Step::Settle);
            assert_eq!(status.may_become(DeliveryStatus::Sent, step), may_be_sent);
            if status.may_become(DeliveryStatus::Sending, step) {
                assert_eq!((status, step), (DeliveryStatus::Leased, Step::Mark));
            }
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
    fn a_refusal_of_the_sender_is_the_relays_own() {
        let outcome = Outcome::from_reply(Stage::Mail, 550, "5.7.1 not you");
        assert!(matches!(outcome, Outcome::RelayRefused { .. }), "{outcome:?}");
        let outcome = Outcome::from_reply(Stage::Mail, 452, "4.3.1 no room");
        assert!(matches!(outcome, Outcome::RelayDeferred { .. }), "{outcome:?}");
    }

    #[test]
    fn who_may_not_relay_is_told_so_at_rcpt_and_one_answer_does_not_say_whose_that_is() {
        for (stage, code, text) in [
            (Stage::Recipient, 554, "5.7.1 <ines@example.org>: Relay access denied"),
            (Stage::Recipient, 550, "5.7.54 SMTP; Unable to relay recipient in non-accepted domain"),
            (Stage::Recipient, 550, "relay not permitted"),
            (Stage::Recipient, 530, "5.7.0 Authentication required"),
            (Stage::Data, 554, "5.7.1 <ines@example.org>: Relay access denied"),
            (Stage::Data, 550, "5.7.1 not you"),
        ] {
            let outcome = Outcome::from_reply(stage, code, text);
            assert!(matches!(outcome, Outcome::Denied { .. }), "{outcome:?}");
        }
        let outcome = Outcome::from_reply(Stage::Recipient, 550, "5.7.1 blocked by policy");
        assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
        let outcome = Outcome::from_reply(Stage::Data, 550, "5.1.1 no such user");
        assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    }

    fn wish(stage: Stage, code: u16, text: &str) -> Wish {
        match Outcome::from_reply(stage, code, text) {
            Outcome::Deferred { wish, .. } => wish,
            other => panic!("{code} {text}: {other:?}"),
        }
    }

    #[test]
    fn a_domain_asks_for_less_by_421_and_by_4_7_about_a_rate() {
        for (code, text) in [
            (421, "too many"),
            (421, "4.7.0 Greylisted, try again later"),
            (421, "4.3.2 try again later"),
            (451, "4.7.0 too fast"),
            (450, "4.7.28 Our system has detected an unusual rate of unsolicited mail"),
            (451, "4.7.650 The mail server has been temporarily rate limited due to IP reputation"),
            (451, "4.7.1 Too many messages, try again later"),
            (450, "4.7.1 RateLimited by policy"),
            (451, "4.7.0 something about security"),
        ] {
            assert_eq!(wish(Stage::Recipient, code, text), Wish::SlowDown, "{code} {text}");
        }
        assert_eq!(wish(Stage::Message, 451, "4.7.1 not just now"), Wish::SlowDown);
        for (code, text) in [
            (450, "4.2.1 mailbox busy"),
            (451, "4.3.0 not now"),
            (452, "4.2.2 mailbox full"),
            (450, "4.2.1 this user receives mail at a rate that is too high, try again later"),
            (450, "4.1.8 sender's domain not found, try again later"),
        ] {
            assert_eq!(wish(Stage::Recipient, code, text), Wish::Nothing, "{code} {text}");
        }
    }

    #[test]
    fn greylisting_is_known_by_its_words_and_by_4_7_1_at_rcpt() {
        for (code, text) in [
            (
                450,
                "4.2.0 <ines@example.org>: Recipient address rejected: Greylisted, see http://postgrey.example",
            ),
            (451, "4.7.1 Greylisting in action, please come back later"),
            (451, "4.7.1 <ines@example.org>: try again in a separate session"),
            (450, "4.7.1 policy"),
            (451, "Temporarily graylisted"),
            (450, "gray-listed"),
            (451, "4.7.0 Please try again later"),
            (451, "Resources temporarily not available - Please try again later"),
            (450, "4.5.1 come back in five minutes"),
        ] {
            assert_eq!(wish(Stage::Recipient, code, text), Wish::ComeBack, "{code} {text}");
        }
        assert_eq!(wish(Stage::Message, 451, "4.7.1 greylisted for 300 seconds"), Wish::ComeBack);
    }

    #[test]
    fn what_has_ended_has_ended() {
        for (ended, step) in every_step().filter(|(status, _)| !status.is_open(true)) {
            for next in DeliveryStatus::ALL {
                let is_sent_again = ended != DeliveryStatus::Sent && next == DeliveryStatus::Queued;
                assert_eq!(ended.after(step, next).is_ok(), step == Step::Requeue && is_sent_again);
            }
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
        for next in DeliveryStatus::ALL {
            let is_uncertain = next == DeliveryStatus::Uncertain;
            assert_eq!(DeliveryStatus::Sending.may_become(next, Step::Recover), is_uncertain);
        }
    }
}
