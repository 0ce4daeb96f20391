//! The states of a campaign, and what may happen in each.

use serde::Serialize;

use crate::locale::{self, Phrase};

/// Where a campaign stands. That it is held is not a status: see [`super::hold`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum CampaignStatus {
    /// Being written; nothing happens by itself.
    Draft,
    /// Leaves at its time.
    Scheduled,
    /// Being delivered.
    Sending,
    /// Stopped for now: nothing is put on the wire.
    Paused,
    /// Nothing is queued, leased, sending or deferred any more.
    Sent,
    /// Stopped for good: what was not sent will not be, unless somebody asks for it again.
    Cancelled,
}

/// What somebody, or the scheduler, does to a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CampaignAction {
    /// Give it a time.
    Schedule,
    /// Take its time away again, before it begins.
    Unschedule,
    /// Begin to deliver it.
    Send,
    /// Stop for now.
    Pause,
    /// Go on.
    Resume,
    /// Stop for good.
    Cancel,
    /// Every delivery has ended.
    Finish,
    /// Begin again with those who have not got it.
    SendToMissed,
    /// Make a draft again of what was cancelled before it began.
    BringBack,
}

/// An action that does not fit the status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a campaign that is {status:?} can't {action:?}")]
pub struct Refused {
    status: CampaignStatus,
    action: CampaignAction,
}

impl CampaignStatus {
    /// All of them.
    pub const ALL: [CampaignStatus; 6] = [
        CampaignStatus::Draft,
        CampaignStatus::Scheduled,
        CampaignStatus::Sending,
        CampaignStatus::Paused,
        CampaignStatus::Sent,
        CampaignStatus::Cancelled,
    ];

    /// Its name, as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            CampaignStatus::Draft => "draft",
            CampaignStatus::Scheduled => "scheduled",
            CampaignStatus::Sending => "sending",
            CampaignStatus::Paused => "paused",
            CampaignStatus::Sent => "sent",
            CampaignStatus::Cancelled => "cancelled",
        }
    }

    /// How it stands, within a sentence: "This campaign is being sent".
    pub fn phrase(self) -> Phrase {
        Phrase::new(match self {
            CampaignStatus::Draft => "campaign-is-draft",
            CampaignStatus::Scheduled => "campaign-is-scheduled",
            CampaignStatus::Sending => "campaign-is-sending",
            CampaignStatus::Paused => "campaign-is-paused",
            CampaignStatus::Sent => "campaign-is-sent",
            CampaignStatus::Cancelled => "campaign-is-cancelled",
        })
    }

    /// Its name on a page.
    pub fn label(self) -> String {
        let key = match self {
            CampaignStatus::Draft => "campaign-status-draft",
            CampaignStatus::Scheduled => "campaign-status-scheduled",
            CampaignStatus::Sending => "campaign-status-sending",
            CampaignStatus::Paused => "campaign-status-paused",
            CampaignStatus::Sent => "campaign-status-sent",
            CampaignStatus::Cancelled => "campaign-status-cancelled",
        };
        locale::say(key).to_string()
    }

    /// The name on a page of the status that is stored so.
    pub fn label_of(stored: &str) -> String {
        let status = CampaignStatus::ALL.into_iter().find(|status| status.as_str() == stored);
        status.map_or_else(|| stored.to_owned(), CampaignStatus::label)
    }

    /// Every move that is made, and by what.
    pub const MOVES: [(CampaignStatus, CampaignAction, CampaignStatus); 13] = {
        use {CampaignAction as A, CampaignStatus as S};
        [
            (S::Draft, A::Schedule, S::Scheduled),
            (S::Draft, A::Cancel, S::Cancelled),
            (S::Scheduled, A::Unschedule, S::Draft),
            (S::Scheduled, A::Send, S::Sending),
            (S::Scheduled, A::Cancel, S::Cancelled),
            (S::Sending, A::Pause, S::Paused),
            (S::Sending, A::Finish, S::Sent),
            (S::Sending, A::Cancel, S::Cancelled),
            (S::Paused, A::Resume, S::Sending),
            (S::Paused, A::Cancel, S::Cancelled),
            (S::Sent, A::SendToMissed, S::Sending),
            (S::Cancelled, A::SendToMissed, S::Sending),
            (S::Cancelled, A::BringBack, S::Draft),
        ]
    };

    /// The status after `action`.
    pub fn after(self, action: CampaignAction) -> Result<CampaignStatus, Refused> {
        CampaignStatus::MOVES
            .into_iter()
            .find(|(from, by, _)| *from == self && *by == action)
            .map(|(_, _, to)| to)
            .ok_or(Refused { status: self, action })
    }

    /// Whether any action makes a campaign that stands here stand there.
    pub fn may_become(self, next: CampaignStatus) -> bool {
        CampaignStatus::MOVES.into_iter().any(|(from, _, to)| from == self && to == next)
    }

    /// Whether it has begun or will begin by itself, and is not over: such a campaign can be held.
    pub fn is_on_its_way(self) -> bool {
        matches!(self, CampaignStatus::Scheduled | CampaignStatus::Sending | CampaignStatus::Paused)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_stays_over_but_for_those_who_missed_it() {
        use CampaignAction as A;
        for over in [CampaignStatus::Sent, CampaignStatus::Cancelled] {
            for action in [A::Schedule, A::Send, A::Pause, A::Resume, A::Cancel, A::Finish] {
                assert!(over.after(action).is_err());
            }
            assert_eq!(over.after(A::SendToMissed), Ok(CampaignStatus::Sending));
        }
        for on_its_way in [
            CampaignStatus::Draft,
            CampaignStatus::Scheduled,
            CampaignStatus::Sending,
            CampaignStatus::Paused,
        ] {
            assert!(on_its_way.after(A::SendToMissed).is_err());
        }
    }

    #[test]
    fn a_pause_is_undone_by_resume_only() {
        let paused = CampaignStatus::Sending.after(CampaignAction::Pause).unwrap();
        assert_eq!(paused.after(CampaignAction::Resume), Ok(CampaignStatus::Sending));
        assert!(paused.after(CampaignAction::Finish).is_err());
        assert!(!CampaignStatus::Scheduled.may_become(CampaignStatus::Paused));
    }
}
