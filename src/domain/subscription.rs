//! What a subscriber has with a list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::event::EventKind;

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize, Deserialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum SubscriptionStatus {
    /// Asked for, not confirmed: gets nothing.
    Pending,
    /// Gets the list.
    Active,
    /// Left.
    Unsubscribed,
    /// Its address refuses mail for good.
    Bounced,
    /// Its reader called our mail spam.
    Complained,
}

impl SubscriptionStatus {
    /// Every status, in the order that forms show.
    pub const ALL: [SubscriptionStatus; 5] = [
        SubscriptionStatus::Active,
        SubscriptionStatus::Pending,
        SubscriptionStatus::Unsubscribed,
        SubscriptionStatus::Bounced,
        SubscriptionStatus::Complained,
    ];

    /// Of two that are said of one person, that with more of it stands.
    pub fn strictness(self) -> u8 {
        match self {
            SubscriptionStatus::Active => 0,
            SubscriptionStatus::Pending => 1,
            SubscriptionStatus::Bounced => 2,
            SubscriptionStatus::Unsubscribed => 3,
            SubscriptionStatus::Complained => 4,
        }
    }

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<Self> {
        SubscriptionStatus::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// A form's value, and the name of its mark.
    pub fn as_str(self) -> &'static str {
        match self {
            SubscriptionStatus::Pending => "pending",
            SubscriptionStatus::Active => "active",
            SubscriptionStatus::Unsubscribed => "unsubscribed",
            SubscriptionStatus::Bounced => "bounced",
            SubscriptionStatus::Complained => "complained",
        }
    }

    /// The key of its name: "Active".
    pub fn key(self) -> &'static str {
        match self {
            SubscriptionStatus::Pending => "subscriber-status-pending",
            SubscriptionStatus::Active => "subscriber-status-active",
            SubscriptionStatus::Unsubscribed => "subscriber-status-unsubscribed",
            SubscriptionStatus::Bounced => "subscriber-status-bounced",
            SubscriptionStatus::Complained => "subscriber-status-complained",
        }
    }
}

/// How often a subscriber gets a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, sqlx::Type, Serialize, Deserialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Cadence {
    /// Each article as it comes.
    #[default]
    Each,
    /// One mail a day.
    Daily,
    /// One mail a week.
    Weekly,
    /// One mail a month.
    Monthly,
}

impl Cadence {
    /// Every cadence, in the order that forms show.
    pub const ALL: [Cadence; 4] = [Cadence::Each, Cadence::Daily, Cadence::Weekly, Cadence::Monthly];

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<Self> {
        Cadence::ALL.into_iter().find(|cadence| cadence.as_str() == text)
    }

    /// A form's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Cadence::Each => "each",
            Cadence::Daily => "daily",
            Cadence::Weekly => "weekly",
            Cadence::Monthly => "monthly",
        }
    }

    /// The key of its name, as a choice on a form: "Every article".
    pub fn key(self) -> &'static str {
        match self {
            Cadence::Each => "cadence-each",
            Cadence::Daily => "cadence-daily",
            Cadence::Weekly => "cadence-weekly",
            Cadence::Monthly => "cadence-monthly",
        }
    }

    /// The key of a newsletter that comes so, in plain text: "“World” once a day".
    pub fn newsletter_key(self) -> &'static str {
        match self {
            Cadence::Each => "newsletter-each-text",
            Cadence::Daily => "newsletter-daily-text",
            Cadence::Weekly => "newsletter-weekly-text",
            Cadence::Monthly => "newsletter-monthly-text",
        }
    }

    /// The key of its short name, for a table: "Daily".
    pub fn short_key(self) -> &'static str {
        match self {
            Cadence::Each => "subscriber-often-each",
            Cadence::Daily => "subscriber-often-daily",
            Cadence::Weekly => "subscriber-often-weekly",
            Cadence::Monthly => "subscriber-often-monthly",
        }
    }
}

/// What somebody has of one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    pub status: SubscriptionStatus,
    pub cadence: Cadence,
    /// When the status became what it is.
    pub since: DateTime<Utc>,
}

/// What a file says of somebody and a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    pub status: SubscriptionStatus,
    pub cadence: Option<Cadence>,
    /// Since when that is so here.
    pub since: DateTime<Utc>,
    /// When they left there, as far as the file says.
    pub left: Option<DateTime<Utc>>,
    /// When they confirmed here last.
    pub confirmed_here: Option<DateTime<Utc>>,
}

impl Said {
    /// What it makes of what there is. Nobody who left is woken up; who confirmed here after they had left there
    /// stays, and so does whoever confirmed here and only waits there.
    fn beside(self, held: Option<Standing>) -> Option<Standing> {
        let Some(held) = held else {
            let cadence = self.cadence.unwrap_or_default();
            return Some(Standing { status: self.status, cadence, since: self.since });
        };
        let overruled = match (self.confirmed_here, self.left) {
            (None, _) => false,
            (Some(_), _) if self.status == SubscriptionStatus::Pending => true,
            (Some(confirmed), Some(left)) => confirmed > left,
            (Some(_), None) => false,
        };
        let is_stricter = self.status.strictness() > held.status.strictness();
        (is_stricter && !(held.is_open() && overruled)).then_some(Standing {
            status: self.status,
            since: self.since,
            ..held
        })
    }
}

/// What is to become of a subscription. Every change of one is among these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// Somebody asks for the list: it waits to be confirmed. What is active stays so.
    Ask(Cadence),
    /// What is pending since then or longer is confirmed. Nothing else is, so that a confirmation that waited in
    /// a mailbox neither undoes a later unsubscribe nor confirms whatever somebody asked for after that.
    Confirm { asked_by: DateTime<Utc> },
    /// Active at the wish of a reader who has confirmed this address before, or on the word of an admin.
    Join(Cadence),
    /// What a file says of somebody: new to the list, they are what it says; else the stricter of both stands.
    Import(Said),
    /// Leaves the list.
    Leave,
    /// Leaves it with many others, in a change that began earlier: what a reader did since stays.
    LeaveWithOthers,
    /// The address refuses mail for good.
    Bounce,
    /// The reader called our mail spam.
    Complain,
    /// Another rhythm, of a list that they have or wait for.
    SetCadence(Cadence),
    /// What a bounce ended becomes what it was.
    UndoBounce { status: SubscriptionStatus, since: DateTime<Utc> },
    /// What a change to many ended at `left_at` becomes what it was, unless somebody changed it since.
    UndoLeave { left_at: DateTime<Utc>, status: SubscriptionStatus, since: DateTime<Utc> },
    /// The rhythm that a change to many set becomes what it was, unless somebody changed it since.
    UndoCadence { set: Cadence, was: Cadence },
    /// What an import made of a subscription becomes what it was, unless somebody changed it since.
    UndoImport { set: Standing, was: Standing },
    /// Comes over as it is from whoever was merged into them, where they have nothing of the list.
    Merge(Standing),
    /// Given back to whoever was merged into somebody: see [`Standing::given_back`].
    UndoMerge(Standing),
}

impl Transition {
    /// What a subscription is after it, `at` that moment; `None`: it does not apply to what there is.
    pub fn apply(self, held: Option<Standing>, at: DateTime<Utc>) -> Option<Standing> {
        use SubscriptionStatus::{Active, Bounced, Complained, Pending, Unsubscribed};
        let status = held.map(|held| held.status);
        let begin = |status, cadence| Some(Standing { status, cadence, since: at });
        // With the time that it has: it was so before.
        let keep = |cadence| held.map(|held| Standing { cadence, ..held });
        let end = |status| held.filter(Standing::is_open).map(|held| Standing { status, since: at, ..held });
        match self {
            Transition::Ask(_) if status == Some(Active) => None,
            Transition::Ask(cadence) if status == Some(Pending) => keep(cadence),
            Transition::Ask(cadence) => begin(Pending, cadence),
            Transition::Confirm { asked_by } => held
                .filter(|held| held.status == Pending && held.since <= asked_by)
                .map(|held| Standing { status: Active, since: at, ..held }),
            Transition::Join(cadence) if status == Some(Active) => keep(cadence),
            Transition::Join(cadence) => begin(Active, cadence),
            Transition::Import(said) => said.beside(held),
            Transition::Leave => end(Unsubscribed),
            Transition::LeaveWithOthers => {
                held.filter(|held| held.since <= at).and_then(|_| end(Unsubscribed))
            }
            Transition::Bounce => end(Bounced),
            Transition::Complain => end(Complained),
            Transition::SetCadence(cadence) => held.filter(Standing::is_open).and_then(|_| keep(cadence)),
            Transition::UndoBounce { status, since } => {
                held.filter(|held| held.status == Bounced).map(|held| Standing { status, since, ..held })
            }
            Transition::UndoLeave { left_at, status, since } => held
                .filter(|held| held.status == Unsubscribed && held.since == left_at)
                .map(|held| Standing { status, since, ..held }),
            Transition::UndoCadence { set, was } => {
                held.filter(|held| held.cadence == set).and_then(|_| keep(was))
            }
            Transition::UndoImport { set, was } => held.filter(|held| *held == set).map(|_| was),
            Transition::Merge(standing) | Transition::UndoMerge(standing) => {
                held.is_none().then_some(standing)
            }
        }
    }

    /// What it is called when it has happened to somebody.
    pub fn event(self) -> EventKind {
        use SubscriptionStatus::{Active, Bounced, Complained, Pending, Unsubscribed};
        match self {
            Transition::Ask(_) => EventKind::Asked,
            Transition::Confirm { .. } => EventKind::Confirmed,
            Transition::Join(_) => EventKind::Joined,
            Transition::Import(said) => match said.status {
                Active | Pending => EventKind::Imported,
                Unsubscribed => EventKind::Left,
                Bounced => EventKind::Bounced,
                Complained => EventKind::Complained,
            },
            Transition::UndoImport { .. } | Transition::UndoMerge(_) => EventKind::Restored,
            Transition::Merge(_) => EventKind::Merged,
            Transition::Leave | Transition::LeaveWithOthers => EventKind::Left,
            Transition::Bounce => EventKind::Bounced,
            Transition::Complain => EventKind::Complained,
            Transition::SetCadence(_) | Transition::UndoCadence { .. } => EventKind::CadenceChanged,
            Transition::UndoBounce { .. } | Transition::UndoLeave { .. } => EventKind::Restored,
        }
    }
}

impl Standing {
    /// Whether it gets the list, or waits for it.
    pub fn is_open(&self) -> bool {
        matches!(self.status, SubscriptionStatus::Active | SubscriptionStatus::Pending)
    }

    /// What becomes of a list that was this for somebody who was merged at `merged_at`, where that is undone; `kept` is
    /// what the one they were merged into has now. Whoever left since has left as both. `came_over`: it was moved then,
    /// and stays where it is now if it was changed since.
    pub fn given_back(
        self,
        came_over: bool,
        kept: Option<Standing>,
        merged_at: DateTime<Utc>,
    ) -> Option<Standing> {
        match kept {
            Some(kept) if came_over && kept == self => Some(self),
            Some(kept) if !kept.is_open() && (came_over || kept.since >= merged_at) => {
                Some(if self.is_open() { Standing { cadence: self.cadence, ..kept } } else { self })
            }
            _ => (!came_over).then_some(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_764_000_000 + minute * 60, 0).unwrap()
    }

    fn any_standing() -> impl Strategy<Value = Option<Standing>> {
        let status = prop::sample::select(&SubscriptionStatus::ALL[..]);
        let cadence = prop::sample::select(&Cadence::ALL[..]);
        prop::option::of((status, cadence, 0..10i64).prop_map(|(status, cadence, minute)| Standing {
            status,
            cadence,
            since: moment(minute),
        }))
    }

    fn any_transition() -> impl Strategy<Value = Transition> {
        let cadence = prop::sample::select(&Cadence::ALL[..]);
        let status = prop::sample::select(&SubscriptionStatus::ALL[..]);
        (0..15usize, cadence.clone(), cadence, status, 0..10i64, 0..10i64).prop_map(
            |(which, cadence, was, status, one, other)| match which {
                0 => Transition::Ask(cadence),
                1 => Transition::Confirm { asked_by: moment(one) },
                2 => Transition::Join(cadence),
                3 => Transition::Import(Said {
                    status,
                    cadence: Some(cadence),
                    since: moment(20),
                    left: (one > 4).then(|| moment(one)),
                    confirmed_here: (other > 4).then(|| moment(other)),
                }),
                4 => Transition::Leave,
                5 => Transition::LeaveWithOthers,
                6 => Transition::Bounce,
                7 => Transition::Complain,
                8 => Transition::SetCadence(cadence),
                9 => Transition::UndoBounce { status, since: moment(one) },
                10 => Transition::UndoLeave { left_at: moment(one), status, since: moment(other) },
                11 => Transition::UndoImport {
                    set: Standing { status, cadence, since: moment(one) },
                    was: Standing { status: SubscriptionStatus::Active, cadence: was, since: moment(other) },
                },
                12 => Transition::Merge(Standing { status, cadence, since: moment(one) }),
                13 => Transition::UndoMerge(Standing { status, cadence, since: moment(one) }),
                _ => Transition::UndoCadence { set: cadence, was },
            },
        )
    }

    proptest! {
        #[test]
        fn nobody_becomes_active_but_by_confirming_joining_importing_merging_or_an_undo(
            held in any_standing(), transition in any_transition(),
        ) {
            let after = transition.apply(held, moment(20));
            let was_active = held.is_some_and(|held| held.status == SubscriptionStatus::Active);
            let is_active = after.is_some_and(|after| after.status == SubscriptionStatus::Active);
            if is_active && !was_active {
                let may = matches!(
                    transition,
                    Transition::Confirm { .. } | Transition::Join(_) | Transition::UndoBounce { .. }
                        | Transition::UndoLeave { .. } | Transition::UndoImport { .. }
                ) || (held.is_none()
                    && matches!(
                        transition,
                        Transition::Import(_) | Transition::Merge(_) | Transition::UndoMerge(_)
                    ));
                prop_assert!(may);
            }
        }

        #[test]
        fn a_status_that_stays_keeps_its_time(held in any_standing(), transition in any_transition()) {
            let undo = matches!(
                transition,
                Transition::UndoBounce { .. } | Transition::UndoLeave { .. } | Transition::UndoImport { .. }
            );
            if let (Some(held), Some(after)) = (held, transition.apply(held, moment(20)))
                && held.status == after.status && !undo
            {
                prop_assert_eq!(held.since, after.since);
            }
        }

        #[test]
        fn a_file_makes_nobody_easier_than_they_are(held in any_standing(), transition in any_transition()) {
            if let (Transition::Import(_), Some(held)) = (transition, held)
                && let Some(after) = transition.apply(Some(held), moment(20))
            {
                prop_assert!(after.status.strictness() > held.status.strictness());
            }
        }

        #[test]
        fn undoing_an_import_gives_back_what_was(held in any_standing(), transition in any_transition()) {
            if let (Transition::Import(_), Some(was)) = (transition, held)
                && let Some(set) = transition.apply(held, moment(20))
            {
                prop_assert_eq!(Transition::UndoImport { set, was }.apply(Some(set), moment(30)), Some(was));
            }
        }

        #[test]
        fn undoing_a_merge_wakes_nobody_who_left_and_gives_no_list_to_both(
            was in any_standing(), kept in any_standing(), came_over in any::<bool>(),
        ) {
            let Some(was) = was else { return Ok(()) };
            let merged_at = moment(5);
            let back = was.given_back(came_over, kept, merged_at);
            let left_since = kept.is_some_and(|kept| !kept.is_open() && kept.since >= merged_at);
            if left_since {
                prop_assert!(back.is_none_or(|back| !back.is_open()));
            }
            if came_over && kept != Some(was) {
                prop_assert!(back.is_none_or(|back| !back.is_open()), "it stays where it is");
            }
            if came_over && kept == Some(was) || !came_over && !left_since {
                prop_assert_eq!(back, Some(was), "nobody changed it");
            }
        }

        #[test]
        fn leaving_with_others_and_its_undo_leave_what_was(held in any_standing(), left in 0..20i64) {
            let left_at = moment(left);
            if let Some(after) = Transition::LeaveWithOthers.apply(held, left_at) {
                let held = held.unwrap();
                prop_assert!(held.since <= left_at, "what was done since stays");
                let undo = Transition::UndoLeave { left_at, status: held.status, since: held.since };
                prop_assert_eq!(undo.apply(Some(after), moment(30)), Some(held));
            }
        }
    }

    #[test]
    fn a_confirmation_confirms_what_waited_when_its_mail_was_sent() {
        let held = |status, minute| Some(Standing { status, cadence: Cadence::Each, since: moment(minute) });
        let confirm = Transition::Confirm { asked_by: moment(5) };
        assert!(confirm.apply(held(SubscriptionStatus::Pending, 5), moment(9)).is_some());
        assert!(confirm.apply(held(SubscriptionStatus::Pending, 6), moment(9)).is_none());
        assert!(confirm.apply(held(SubscriptionStatus::Unsubscribed, 4), moment(9)).is_none());
        assert!(confirm.apply(None, moment(9)).is_none());
    }
}
