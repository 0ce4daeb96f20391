//! How a campaign stands: what its deliveries are at, how fast they go, and when it will be through. Reads counted
//! numbers only, which name their moment.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::app::App;
use crate::db::campaigns::{self, Listed};
use crate::db::counts::{self, Progress, Totals};
use crate::db::{Tx, ledger, publication};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::{DeliveryStatus, UncertainPolicy};

/// The rate now is that of about so long.
pub const LATELY: TimeDelta = TimeDelta::seconds(30);

/// How a campaign stands.
#[derive(Clone)]
pub struct Standing {
    pub campaign: Listed,
    pub totals: Totals,
    /// What was noted of its course.
    pub notes: Vec<Progress>,
    /// The next attempt at a deferred delivery.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// What is done about uncertain deliveries.
    pub policy: UncertainPolicy,
    /// Messages a second, at most.
    pub limit: u32,
    pub zone: Tz,
    pub now: DateTime<Utc>,
}

impl Standing {
    /// How a campaign stands; `None` where there is none. Reads counted numbers only.
    pub async fn read(app: &App, tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Standing>> {
        let Some(campaign) = campaigns::one_listed(tx, id).await? else { return Ok(None) };
        let site = publication::get(tx).await?;
        Ok(Some(Standing {
            totals: counts::totals(tx, id).await?,
            notes: counts::progress(tx, id).await?,
            next_attempt_at: match campaign.status {
                CampaignStatus::Sending | CampaignStatus::Paused => ledger::next_attempt_at(tx, id).await?,
                _ => None,
            },
            policy: site.uncertain,
            limit: app.config.max_messages_per_second,
            zone: site.zone(),
            now: app.clock.now(),
            campaign,
        }))
    }

    /// How many deliveries stand at a status.
    pub fn n(&self, status: DeliveryStatus) -> i64 {
        self.totals.get(status.as_str()).copied().unwrap_or(0)
    }

    pub fn readers(&self) -> i64 {
        self.totals.values().sum()
    }

    pub fn sent(&self) -> i64 {
        self.n(DeliveryStatus::Sent)
    }

    /// How many are still to come, by what is known.
    pub fn open(&self) -> i64 {
        use DeliveryStatus as D;
        let uncertain = match (self.policy, self.campaign.status) {
            (UncertainPolicy::Resend, CampaignStatus::Sending | CampaignStatus::Paused) => {
                self.n(D::Uncertain)
            }
            _ => 0,
        };
        self.waiting() + self.n(D::Deferred) + uncertain
    }

    /// Queued, or in a worker's hands.
    pub fn waiting(&self) -> i64 {
        use DeliveryStatus as D;
        self.n(D::Queued) + self.n(D::Leased) + self.n(D::Sending)
    }

    /// Whether nothing will happen to it by itself.
    pub fn is_over(&self) -> bool {
        matches!(self.campaign.status, CampaignStatus::Sent | CampaignStatus::Cancelled)
    }

    /// Whether its numbers are the last ones: all is over, and was counted since.
    pub fn is_settled(&self) -> bool {
        let campaign = &self.campaign;
        match campaign.status {
            CampaignStatus::Draft => true,
            CampaignStatus::Scheduled | CampaignStatus::Sending | CampaignStatus::Paused => false,
            CampaignStatus::Sent | CampaignStatus::Cancelled => {
                campaign.started_at.is_none()
                    || campaign.finished_at.is_some_and(|finished| campaign.counted_at >= Some(finished))
            }
        }
    }

    /// Messages a second, lately; 0 where nothing is sent.
    pub fn rate(&self) -> f64 {
        let Some(last) = self.notes.last().filter(|_| self.campaign.status == CampaignStatus::Sending) else {
            return 0.0;
        };
        let before = self.notes.iter().rev().find(|note| last.at - note.at >= LATELY).or(self.notes.first());
        let Some(before) = before.filter(|before| before.at < last.at) else { return 0.0 };
        let secs = (last.at - before.at).num_milliseconds() as f64 / 1000.0;
        (last.sent - before.sent).max(0) as f64 / secs
    }

    /// When it will be through, as things go.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        let rate = self.rate();
        let counted_at = self.campaign.counted_at?;
        let secs = self.waiting() as f64 / rate;
        (rate > 0.0 && secs < 30.0 * 86_400.0 && self.waiting() > 0)
            .then(|| counted_at + TimeDelta::seconds(secs.ceil() as i64))
    }

    pub fn began(&self) -> Option<DateTime<Utc>> {
        self.campaign.started_at.filter(|began| self.notes.first().is_none_or(|first| *began <= first.at))
    }

    /// How much of it is done, in percent. All of it only when it is.
    pub fn percent_done(&self) -> i64 {
        match (self.readers(), self.open()) {
            (0, _) if self.is_over() => 100,
            (0, _) => 0,
            (all, open) => (all - open) * 100 / all,
        }
    }
}
