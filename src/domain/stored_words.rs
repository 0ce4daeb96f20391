//! What stored words mean to people. The audit log, consents and deliveries store words that stay; here are the keys of
//! what is said in their place. A word without a key, from an older version perhaps, is shown as it is stored.

use crate::locale::say;

type Words = &'static [(&'static str, &'static str)];

/// What was done, by its stored verb.
const ACTIONS: Words = &[
    ("account reset", "audit-did-account-reset"),
    ("added", "audit-did-added"),
    ("added as active", "audit-did-added-active"),
    ("address changed", "audit-did-address"),
    ("approved", "audit-did-approved"),
    ("asked again", "audit-did-asked-again"),
    ("attack noticed", "audit-did-attack"),
    ("begun", "audit-did-created"),
    ("bound", "audit-did-connected"),
    ("brought back", "audit-did-restored"),
    ("cancelled", "audit-did-cancelled"),
    ("changed", "audit-did-changed"),
    ("codes turned off", "audit-did-codes-off"),
    ("codes turned on", "audit-did-codes-on"),
    ("correction begun", "audit-did-correction"),
    ("deleted", "audit-did-deleted"),
    ("demo filled", "audit-did-demo"),
    ("dismissed", "audit-did-dismissed"),
    ("dropped", "audit-did-skipped"),
    ("edited", "audit-did-edited"),
    ("erased", "audit-did-erased"),
    ("everything exported", "audit-did-everything-exported"),
    ("everything imported", "audit-did-everything-imported"),
    ("exported", "audit-did-exported"),
    ("fields changed", "audit-did-fields"),
    ("grace changed", "audit-did-delay"),
    ("import asked", "audit-did-import-asked"),
    ("import begun", "audit-did-import"),
    ("import cancelled", "audit-did-import-cancelled"),
    ("import undone", "audit-did-import-undone"),
    ("invited", "audit-did-invited"),
    ("invited again", "audit-did-invited-again"),
    ("latest sent", "audit-did-latest"),
    ("let go", "audit-did-released"),
    ("limited", "audit-did-limited"),
    ("lists changed", "audit-did-lists"),
    ("merge undone", "audit-did-merge-undone"),
    ("merged", "audit-did-merged"),
    ("moved", "audit-did-moved"),
    ("password set", "audit-did-password"),
    ("paused", "audit-did-paused"),
    ("permission asked", "audit-did-permission"),
    ("permission cancelled", "audit-did-permission-cancelled"),
    ("polled", "audit-did-checked"),
    ("profile changed", "audit-did-profile"),
    ("proof asked no more", "audit-did-proof-off"),
    ("proof asked of everybody", "audit-did-proof-on"),
    ("recovery codes renewed", "audit-did-recovery-codes"),
    ("relay set", "audit-did-relay"),
    ("released", "audit-did-released"),
    ("removed", "audit-did-removed"),
    ("restored", "audit-did-restored"),
    ("resumed", "audit-did-resumed"),
    ("retired", "audit-did-retired"),
    ("role changed", "audit-did-role"),
    ("rule changed", "audit-did-rule"),
    ("said to be the real one", "audit-did-real-one"),
    ("scheduled", "audit-did-scheduled"),
    ("sent as breaking news", "audit-did-breaking"),
    ("sent early", "audit-did-sent-early"),
    ("sent to those who missed it", "audit-did-missed"),
    ("session ended", "audit-did-session-ended"),
    ("set up", "audit-did-set-up"),
    ("settings changed", "audit-did-settings"),
    ("setup ended", "audit-did-setup-finished"),
    ("signed in", "audit-did-signed-in"),
    ("signed out", "audit-did-signed-out"),
    ("signed out everywhere", "audit-did-signed-out-everywhere"),
    ("skipped", "audit-did-skipped"),
    ("subscribers changed", "audit-did-bulk"),
    ("subscribers changed back", "audit-did-bulk-undone"),
    ("suppressed", "audit-did-suppressed"),
    ("suppression lifted", "audit-did-suppression-lifted"),
    ("tags changed", "audit-did-tags"),
    ("taken back", "audit-did-send-undone"),
    ("test mailed", "audit-did-test"),
    ("test sent", "audit-did-test"),
    ("thrown away", "audit-did-deleted"),
    ("unbound", "audit-did-disconnected"),
    ("unsubscribed", "audit-did-unsubscribed"),
];

/// What was changed, by the kind that is stored.
const KINDS: Words = &[
    ("alert", "audit-kind-alert"),
    ("article", "audit-kind-article"),
    ("bulk change", "audit-kind-bulk"),
    ("campaign", "audit-kind-campaign"),
    ("domain", "audit-kind-domain"),
    ("feed", "audit-kind-feed"),
    ("field", "audit-kind-field"),
    ("instance", "audit-kind-instance"),
    ("list", "audit-kind-list"),
    ("publication", "audit-kind-publication"),
    ("segment", "audit-kind-segment"),
    ("sign-up rule", "audit-kind-sign-up-rule"),
    ("sign-ups", "audit-kind-sign-ups"),
    ("subscriber", "audit-kind-subscriber"),
    ("subscribers", "audit-kind-subscribers"),
    ("suppression", "audit-kind-suppression"),
    ("user", "audit-kind-user"),
];

/// What a bulk change does, which is stored as its name.
const BULK: Words = &[
    ("cadence", "audit-bulk-often"),
    ("suppress", "audit-bulk-suppress"),
    ("tag", "audit-bulk-tag"),
    ("unsubscribe", "audit-bulk-unsubscribe"),
    ("untag", "audit-bulk-untag"),
];

/// What a value is, by its stored name.
const FIELDS: Words = &[
    ("allowed", "audit-field-allowed"),
    ("at", "audit-field-at"),
    ("awaits approval", "audit-field-approval"),
    ("brake_limit", "audit-field-brake-limit"),
    ("brand_colour", "audit-field-colour"),
    ("cadence", "audit-field-often"),
    ("campaigns held", "audit-field-campaigns-held"),
    ("conditions", "audit-field-conditions"),
    ("connections", "audit-field-connections"),
    ("from_email", "audit-field-from-email"),
    ("from_name", "audit-field-from-name"),
    ("grace_mins", "audit-field-delay"),
    ("held", "audit-field-held"),
    ("icon_url", "audit-field-icon"),
    ("joined before", "audit-field-joined-before"),
    ("keep_events_days", "audit-field-keep-events"),
    ("keep_ips_days", "audit-field-keep-ips"),
    ("keep_pending_days", "audit-field-keep-pending"),
    ("logo_url", "audit-field-logo"),
    ("mode", "audit-field-mode"),
    ("per_minute", "audit-field-per-minute"),
    ("postal_address", "audit-field-postal-address"),
    ("public", "audit-field-public"),
    ("reminds", "audit-field-reminds"),
    ("reply_to", "audit-field-reply-to"),
    ("segment", "audit-field-segment"),
    ("slug", "audit-field-short-name"),
    ("stops_disposable", "audit-field-stops-disposable"),
    ("stops_no_mail", "audit-field-stops-no-mail"),
    ("stops_role", "audit-field-stops-role"),
    ("time_zone", "audit-field-time-zone"),
    ("two_person_min", "audit-field-two-person"),
    ("uncertain", "audit-field-uncertain"),
    ("uncertain_too", "audit-field-uncertain-too"),
    ("undo_secs", "audit-field-undo"),
    ("until", "audit-field-until"),
    ("url", "audit-field-url"),
    ("welcome", "audit-field-welcome"),
    ("whom", "audit-field-whom"),
];

/// Who is no user, by what is stored in place of an address.
const ACTORS: Words = &[
    ("", "audit-who-nobody"),
    ("command line", "audit-who-command-line"),
    ("feed", "audit-who-feed"),
    ("reader", "audit-who-reader"),
    ("schedule", "audit-who-schedule"),
];

/// The form by which somebody agreed.
const FORMS: Words = &[
    ("box", "consent-form-box"),
    ("desk", "consent-form-desk"),
    ("desk, by an admin", "consent-form-desk-admin"),
    ("import", "consent-form-import"),
    ("import, by an admin", "consent-form-import-admin"),
    ("json", "consent-form-json"),
    ("page", "consent-form-page"),
    ("permission", "consent-form-permission"),
    ("preferences", "consent-form-preferences"),
];

/// Why a delivery was skipped, in place of a relay's reply.
const REPLIES: Words = &[
    ("another cadence", "reply-cadence"),
    ("campaign cancelled", "reply-cancelled"),
    ("left the list", "reply-left"),
    ("paused", "reply-paused"),
    ("suppressed", "reply-suppressed"),
];

fn key(words: Words, stored: &str) -> Option<&'static str> {
    words.iter().find(|(known, _)| *known == stored).map(|(_, key)| *key)
}

fn words(all: Words, stored: &str) -> String {
    key(all, stored).map_or_else(|| stored.to_owned(), |key| say(key).to_string())
}

/// Whether people are told of an action and a kind in words.
pub fn has(action: &str, kind: &str) -> bool {
    key(ACTIONS, action).is_some() && key(KINDS, kind).is_some()
}

/// What was done: "two-factor sign-in turned on".
pub fn action(stored: &str) -> String {
    words(ACTIONS, stored)
}

/// What was changed: "Campaign".
pub fn kind(stored: &str) -> String {
    words(KINDS, stored)
}

/// The name of what was changed.
pub fn name(kind: &str, stored: &str) -> String {
    if kind == "bulk change" { words(BULK, stored) } else { stored.to_owned() }
}

/// What a value is: "postal address".
pub fn field(stored: &str) -> String {
    key(FIELDS, stored).map_or_else(|| stored.replace('_', " "), |key| say(key).to_string())
}

/// Who did it: an address, or "the command line".
pub fn who(stored: &str) -> String {
    words(ACTORS, stored)
}

/// The form by which somebody agreed: "subscribe page".
pub fn form(stored: &str) -> String {
    words(FORMS, stored)
}

/// A relay's reply, or what stands in its place.
pub fn reply(stored: &str) -> String {
    words(REPLIES, stored)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::locale;

    #[test]
    fn every_stored_word_stands_once_and_is_said() {
        for words in [ACTIONS, KINDS, BULK, FIELDS, ACTORS, FORMS, REPLIES] {
            let stored: BTreeSet<&str> = words.iter().map(|(stored, _)| *stored).collect();
            assert_eq!(stored.len(), words.len());
            assert!(words.iter().all(|(_, key)| locale::has(key)));
        }
        assert_eq!(action("brought back"), "restored");
        assert_eq!(action("a verb of long ago"), "a verb of long ago");
        assert_eq!(
            (field("undo_secs"), field("job_title")),
            ("undo window (seconds)".into(), "job title".into())
        );
        assert_eq!(who("marta@harbour.example"), "marta@harbour.example");
    }
}
