//! Why somebody leaves a list, if they like to say so.

/// What can be ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum LeaveReason {
    TooOften,
    NotForMe,
    NeverAsked,
    ReadElsewhere,
    Other,
}

impl LeaveReason {
    /// Every reason, in the order that the page shows.
    pub const ALL: [LeaveReason; 5] = [
        LeaveReason::TooOften,
        LeaveReason::NotForMe,
        LeaveReason::NeverAsked,
        LeaveReason::ReadElsewhere,
        LeaveReason::Other,
    ];

    /// A form's value.
    pub fn as_str(self) -> &'static str {
        match self {
            LeaveReason::TooOften => "too_often",
            LeaveReason::NotForMe => "not_for_me",
            LeaveReason::NeverAsked => "never_asked",
            LeaveReason::ReadElsewhere => "read_elsewhere",
            LeaveReason::Other => "other",
        }
    }

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<LeaveReason> {
        LeaveReason::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// The key of what the page says.
    pub fn key(self) -> &'static str {
        match self {
            LeaveReason::TooOften => "leave-reason-too-often",
            LeaveReason::NotForMe => "leave-reason-not-for-me",
            LeaveReason::NeverAsked => "leave-reason-never-asked",
            LeaveReason::ReadElsewhere => "leave-reason-read-elsewhere",
            LeaveReason::Other => "leave-reason-other",
        }
    }
}
