//! How a campaign comes on, in words and pictures.

use std::ops::Deref;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::actions::standing::{LATELY, Standing};
use crate::app::App;
use crate::db::Tx;
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::{DeliveryStatus, UncertainPolicy};
use crate::locale::{Sentence, Text, say};
use crate::web::desk::frame::grouped;
use crate::web::desk::plot::{self, Course, Plot, percent};

/// A campaign's standing, as a page says it.
#[derive(Clone)]
pub struct Live {
    pub standing: Standing,
}

impl Deref for Live {
    type Target = Standing;

    fn deref(&self) -> &Standing {
        &self.standing
    }
}

/// One state of a campaign's deliveries, under the bar.
pub struct State {
    pub name: &'static str,
    pub word: String,
    pub n: i64,
    pub meaning: String,
}

impl Live {
    /// How a campaign stands; `None` where there is none.
    pub async fn read(app: &App, tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Live>> {
        Ok(Standing::read(app, tx, id).await?.map(|standing| Live { standing }))
    }

    /// "61 %": how much is done. Of a cancelled campaign, who got it.
    pub fn figure(&self) -> String {
        match self.campaign.status {
            // What was cancelled counts as done, and is not what anyone wants to know.
            CampaignStatus::Cancelled => self.line(),
            _ => format!("{} %", self.percent_done()),
        }
    }

    fn clock(&self, time: DateTime<Utc>) -> String {
        let (local, now) = (time.with_timezone(&self.zone), self.now.with_timezone(&self.zone));
        let form = if local.date_naive() == now.date_naive() { "%H:%M" } else { "%-d %b, %H:%M" };
        local.format(form).to_string()
    }

    /// What it does now, in a line.
    pub fn line(&self) -> String {
        self.line_of_status().to_string()
    }

    fn line_of_status(&self) -> Sentence<'static, Text> {
        let campaign = &self.campaign;
        match campaign.status {
            CampaignStatus::Draft => say("campaign-line-draft"),
            CampaignStatus::Scheduled | CampaignStatus::Sending if campaign.is_held => {
                say("campaign-line-held")
            }
            CampaignStatus::Scheduled => match campaign.scheduled_at {
                Some(at) => say("campaign-line-scheduled").with("time", self.clock(at)),
                None => say("campaign-line-unscheduled"),
            },
            CampaignStatus::Paused => say("campaign-line-paused").with("readers", self.open()),
            CampaignStatus::Cancelled if self.sent() == 0 => say("campaign-line-cancelled-unsent"),
            CampaignStatus::Cancelled => {
                say("campaign-line-cancelled").with("sent", self.sent()).with("readers", self.readers())
            }
            CampaignStatus::Sent => match (campaign.started_at, campaign.finished_at) {
                (Some(from), Some(to)) => say("campaign-line-sent-at")
                    .with("time", self.clock(to))
                    .with("duration", duration(to - from)),
                _ => say("campaign-line-sent"),
            },
            CampaignStatus::Sending => self.line_of_sending(),
        }
    }

    fn line_of_sending(&self) -> Sentence<'static, Text> {
        let campaign = &self.campaign;
        if self.waiting() == 0 && self.readers() > 0 && campaign.enqueued_at.is_some() {
            return match self.next_attempt_at {
                Some(at) => {
                    say("campaign-line-retrying").with("readers", self.open()).with("time", self.clock(at))
                }
                None => say("campaign-line-last-replies"),
            };
        }
        match (self.until(), campaign.counted_at) {
            (Some(until), Some(counted)) => say("campaign-line-rate")
                .with("rate", rate_in_words(self.rate()))
                .with("left", duration(until - counted))
                .with("time", self.clock(until)),
            _ if self.readers() == 0 => say("campaign-line-enqueueing"),
            _ if self.notes.first().zip(self.notes.last()).is_some_and(|(a, b)| b.at - a.at > LATELY) => {
                say("campaign-line-stalled")
            }
            _ => say("campaign-line-starting"),
        }
    }

    /// When its numbers were counted.
    pub fn updated(&self) -> String {
        match self.campaign.counted_at {
            Some(at) => {
                let time = at.with_timezone(&self.zone).format("%H:%M:%S").to_string();
                say("campaign-counted-at").with("time", time).to_string()
            }
            None => say("campaign-not-counted").to_string(),
        }
    }

    /// What all its deliveries are at.
    pub fn states(&self) -> Vec<State> {
        use DeliveryStatus as D;
        let all = self.readers();
        let state = |status: DeliveryStatus, meaning: String| State {
            name: status.as_str(),
            word: status.label(),
            n: self.n(status),
            meaning,
        };
        let uncertain = match (self.policy, self.is_over()) {
            (UncertainPolicy::Resend, false) => "campaign-uncertain-again",
            _ => "campaign-uncertain-final",
        };
        let deferred = match self.next_attempt_at {
            Some(at) => say("campaign-deferred-until").with("time", self.clock(at)),
            None => say("campaign-deferred-note"),
        };
        let mut states = vec![
            state(D::Sent, percent(self.sent(), all)),
            state(D::Deferred, deferred.to_string()),
            state(D::Bounced, say("campaign-bounced-note").to_string()),
            state(D::Failed, say("campaign-failed-note").to_string()),
            state(D::Uncertain, say(uncertain).to_string()),
        ];
        if self.n(D::Skipped) > 0 || self.is_over() {
            states.push(state(D::Skipped, say("campaign-skipped-note").to_string()));
        }
        states.retain(|state| state.name != "deferred" || state.n > 0 || !self.is_over());
        if !self.is_over() {
            let meaning = percent(self.waiting(), all);
            let word = DeliveryStatus::Queued.label();
            states.push(State { name: "queued", word, n: self.waiting(), meaning });
        }
        if self.campaign.status == CampaignStatus::Cancelled
            && let Some(skipped) = states.iter_mut().find(|state| state.name == "skipped")
        {
            skipped.meaning = say("campaign-skipped-cancelled").to_string();
        }
        // What happened to nobody needs no word on what it means.
        for state in &mut states {
            if state.n == 0 && matches!(state.name, "bounced" | "failed" | "uncertain" | "skipped") {
                state.meaning = say("campaign-none").to_string();
            }
        }
        states
    }

    /// The bar of what is done.
    pub fn bar(&self) -> String {
        use DeliveryStatus as D;
        let parts = [D::Sent, D::Deferred, D::Bounced, D::Failed, D::Uncertain, D::Skipped]
            .map(|status| (status.as_str(), self.n(status)));
        plot::bar(&parts, self.readers())
    }

    pub fn plot(&self) -> Plot {
        let Some(began) = self.notes.first().map(|first| self.began().unwrap_or(first.at)) else {
            return Plot::default();
        };
        let until = self.until();
        plot::rate(&Course {
            notes: &self.notes,
            began,
            until,
            now: self.rate(),
            limit: self.limit,
            zone: self.zone,
        })
    }

    /// What a live page is told.
    pub fn message(&self, with_plot: bool) -> serde_json::Value {
        let states: serde_json::Map<String, serde_json::Value> = self
            .states()
            .into_iter()
            .map(|state| (state.name.to_owned(), serde_json::json!([grouped(state.n), state.meaning])))
            .collect();
        let mut message = serde_json::json!({
            "status": self.campaign.status,
            "figure": self.figure(),
            "line": self.line(),
            "updated": self.updated(),
            "readers": readers(self.readers()),
            "states": states,
            "bar": self.bar(),
            "open": grouped(self.open()),
            "rest": readers(self.open()),
            "have": readers(self.sent()),
        });
        if with_plot {
            let plot = self.plot();
            message["plot"] = format!("{}{}", plot.wide, plot.narrow).into();
        }
        message
    }
}

fn readers(n: i64) -> String {
    say("campaign-readers").with("readers", n).to_string()
}

fn rate_in_words(rate: f64) -> String {
    let (key, number) = match rate {
        rate if rate >= 9.5 => ("campaign-rate-a-second", grouped(rate.round() as i64)),
        rate if rate >= 0.1 => ("campaign-rate-a-second", format!("{rate:.1}")),
        rate => ("campaign-rate-a-minute", format!("{:.0}", (rate * 60.0).max(1.0))),
    };
    say(key).with("number", number).to_string()
}

/// "7 min 30 s", "2 h 5 min".
pub fn duration(span: TimeDelta) -> String {
    let secs = span.num_seconds().max(0);
    let said = match secs {
        secs if secs < 60 => say("campaign-duration-secs").with("secs", secs),
        secs if secs < 600 => {
            say("campaign-duration-mins-secs").with("mins", secs / 60).with("secs", secs % 60)
        }
        secs if secs < 3600 => say("campaign-duration-mins").with("mins", secs / 60),
        secs if secs < 172_800 => {
            say("campaign-duration-hours").with("hours", secs / 3600).with("mins", secs % 3600 / 60)
        }
        secs => say("campaign-duration-days").with("days", secs / 86_400),
    };
    said.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_as_fine_as_it_is_short() {
        let said = [45, 450, 1500, 7500, 300_000].map(|secs| duration(TimeDelta::seconds(secs)));
        assert_eq!(said, ["45 s", "7 min 30 s", "25 min", "2 h 5 min", "3 days"]);
    }

    #[test]
    fn a_rate_has_a_unit_that_fits_it() {
        assert_eq!([180.4, 2.25, 0.05].map(rate_in_words), ["180 a second", "2.2 a second", "3 a minute"]);
    }
}
