//! The states of a campaign, and what may happen in each.

use serde::Serialize;

/// Where a campaign stands. That it is held is not a status: see [`may_send`].
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

    /// Its name, as it is stored and shown.
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

    /// The status after `action`.
    pub fn after(self, action: CampaignAction) -> Result<CampaignStatus, Refused> {
        use {CampaignAction as A, CampaignStatus as S};
        match (self, action) {
            (S::Draft | S::Scheduled, A::Schedule) => Ok(S::Scheduled),
            (S::Scheduled, A::Unschedule) => Ok(S::Draft),
            (S::Draft | S::Scheduled, A::Send) => Ok(S::Sending),
            (S::Sending, A::Pause) => Ok(S::Paused),
            (S::Paused, A::Resume) => Ok(S::Sending),
            (S::Draft | S::Scheduled | S::Sending | S::Paused, A::Cancel) => Ok(S::Cancelled),
            (S::Sending, A::Finish) => Ok(S::Sent),
            (S::Sent | S::Cancelled, A::SendToMissed) => Ok(S::Sending),
            (status, action) => Err(Refused { status, action }),
        }
    }
}

/// Whether deliveries of a campaign may go on the wire: it is sending, and nothing holds it.
pub fn may_send(status: CampaignStatus, held_reason: Option<&str>) -> bool {
    status == CampaignStatus::Sending && held_reason.is_none()
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
        assert!(!may_send(paused, None));
        assert!(!may_send(CampaignStatus::Sending, Some("late")));
    }
}
