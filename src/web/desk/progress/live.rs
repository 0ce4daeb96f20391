//! How a campaign comes on, in words and pictures.

use std::ops::Deref;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::actions::standing::{LATELY, Standing};
use crate::app::App;
use crate::db::Tx;
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::{DeliveryStatus, UncertainPolicy};
use crate::web::desk::frame::{counted, grouped};
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
    pub word: &'static str,
    pub n: i64,
    pub meaning: String,
}

impl Live {
    /// How a campaign stands; `None` where there is none.
    pub async fn read(app: &App, tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<Live>> {
        Ok(Standing::read(app, tx, id).await?.map(|standing| Live { standing }))
    }

    /// "61 %": how much is done.
    pub fn figure(&self) -> String {
        format!("{} %", self.percent_done())
    }

    fn clock(&self, time: DateTime<Utc>) -> String {
        let (local, now) = (time.with_timezone(&self.zone), self.now.with_timezone(&self.zone));
        let form = if local.date_naive() == now.date_naive() { "%H:%M" } else { "%-d %b, %H:%M" };
        local.format(form).to_string()
    }

    /// What it does now, in a line.
    pub fn line(&self) -> String {
        let campaign = &self.campaign;
        match campaign.status {
            CampaignStatus::Draft => "Nobody gets it until it is scheduled or sent.".to_owned(),
            CampaignStatus::Scheduled if campaign.is_held => "Nothing leaves while it is held.".to_owned(),
            CampaignStatus::Scheduled => match campaign.scheduled_at {
                Some(at) => format!("It leaves at {}.", self.clock(at)),
                None => String::new(),
            },
            CampaignStatus::Paused => {
                format!("Nothing leaves. {} for it.", counted(self.open(), "reader waits", "readers wait"))
            }
            CampaignStatus::Cancelled if campaign.started_at.is_none() => "Nobody has got it.".to_owned(),
            CampaignStatus::Cancelled => {
                format!("{} it; the others don’t get it.", counted(self.sent(), "reader has", "readers have"))
            }
            CampaignStatus::Sent => match (campaign.started_at, campaign.finished_at) {
                (Some(from), Some(to)) => {
                    format!("Sent at {}, after {}.", self.clock(to), duration(to - from))
                }
                _ => "Sent.".to_owned(),
            },
            CampaignStatus::Sending if campaign.is_held => "Nothing leaves while it is held.".to_owned(),
            CampaignStatus::Sending => self.line_of_sending(),
        }
    }

    fn line_of_sending(&self) -> String {
        let campaign = &self.campaign;
        if self.waiting() == 0 && self.readers() > 0 && campaign.enqueued_at.is_some() {
            return match self.next_attempt_at {
                Some(at) => format!(
                    "{} for another attempt, the next at {}.",
                    counted(self.open(), "reader waits", "readers wait"),
                    self.clock(at)
                ),
                None => "The last answers are awaited.".to_owned(),
            };
        }
        match (self.until(), campaign.counted_at) {
            (Some(until), Some(counted)) => format!(
                "{}, about {} left, done near {}",
                rate_in_words(self.rate()),
                duration(until - counted),
                self.clock(until)
            ),
            _ if self.readers() == 0 => "Readers are being enqueued.".to_owned(),
            _ if self.notes.first().zip(self.notes.last()).is_some_and(|(a, b)| b.at - a.at > LATELY) => {
                "Nothing has left for half a minute. Today says how workers and relay are.".to_owned()
            }
            _ => "It begins. The rate is known in a few seconds.".to_owned(),
        }
    }

    /// When its numbers were counted.
    pub fn updated(&self) -> String {
        match self.campaign.counted_at {
            Some(at) => format!("Counted at {}", at.with_timezone(&self.zone).format("%H:%M:%S")),
            None => "Not counted yet".to_owned(),
        }
    }

    /// What all its deliveries are at.
    pub fn states(&self) -> Vec<State> {
        use DeliveryStatus as D;
        let all = self.readers();
        let again = || self.next_attempt_at.map(|at| format!("next at {}", self.clock(at)));
        let state = |status: DeliveryStatus, word, meaning: String| State {
            name: status.as_str(),
            word,
            n: self.n(status),
            meaning,
        };
        let uncertain = match (self.policy, self.is_over()) {
            (UncertainPolicy::Resend, false) => "go out again",
            _ => "not sent again",
        };
        let mut states = vec![
            state(D::Sent, "Sent", percent(self.sent(), all)),
            state(D::Deferred, "Deferred", again().unwrap_or_else(|| "tried again later".to_owned())),
            state(D::Bounced, "Bounced", "now suppressed".to_owned()),
            state(D::Failed, "Failed", "refused for good".to_owned()),
            state(D::Uncertain, "Uncertain", uncertain.to_owned()),
        ];
        if self.n(D::Skipped) > 0 || self.is_over() {
            states.push(state(D::Skipped, "Skipped", "left meanwhile".to_owned()));
        }
        states.retain(|state| state.name != "deferred" || state.n > 0 || !self.is_over());
        if !self.is_over() {
            let meaning = percent(self.waiting(), all);
            states.push(State { name: "queued", word: "Queued", n: self.waiting(), meaning });
        }
        if self.campaign.status == CampaignStatus::Cancelled
            && let Some(skipped) = states.iter_mut().find(|state| state.name == "skipped")
        {
            skipped.meaning = "cancelled, or left".to_owned();
        }
        // What happened to nobody needs no word on what it means.
        for state in &mut states {
            if state.n == 0 && matches!(state.name, "bounced" | "failed" | "uncertain" | "skipped") {
                state.meaning = "none".to_owned();
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
            "readers": counted(self.readers(), "reader", "readers"),
            "states": states,
            "bar": self.bar(),
            "open": grouped(self.open()),
            "rest": counted(self.open(), "reader", "readers"),
            "have": counted(self.sent(), "has", "have"),
        });
        if with_plot {
            let plot = self.plot();
            message["plot"] = format!("{}{}", plot.wide, plot.narrow).into();
        }
        message
    }
}

fn rate_in_words(rate: f64) -> String {
    match rate {
        rate if rate >= 9.5 => format!("{} a second", grouped(rate.round() as i64)),
        rate if rate >= 0.1 => format!("{rate:.1} a second"),
        rate => format!("{:.0} a minute", (rate * 60.0).max(1.0)),
    }
}

/// "7 min 30 s", "2 h 5 min".
pub fn duration(span: TimeDelta) -> String {
    let secs = span.num_seconds().max(0);
    match secs {
        secs if secs < 60 => format!("{secs} s"),
        secs if secs < 600 => format!("{} min {} s", secs / 60, secs % 60),
        secs if secs < 3600 => format!("{} min", secs / 60),
        secs if secs < 172_800 => format!("{} h {} min", secs / 3600, secs % 3600 / 60),
        secs => format!("{} days", secs / 86_400),
    }
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
