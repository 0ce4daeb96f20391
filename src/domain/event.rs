//! What can happen to a subscriber.

/// The kinds of event, as they are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Asked for a list, and has yet to confirm.
    Asked,
    Confirmed,
    /// Active without another mail: they confirmed the address before, or an admin says how they agreed.
    Joined,
    /// Active from a file.
    Imported,
    Left,
    Bounced,
    Complained,
    CadenceChanged,
    /// Gets nothing of a list for a while.
    Paused,
    /// Gets it again.
    Resumed,
    /// What had ended a subscription was undone.
    Restored,
    /// Came over from somebody who was merged into them.
    Merged,
    /// The address is never mailed again.
    Suppressed,
    /// It may be mailed again.
    SuppressionLifted,
}
