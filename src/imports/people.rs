//! A person as a file describes one, why a row is refused, and what several rows of one address make together.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::email_address::EmailAddress;
use crate::domain::subscription::Cadence;
use crate::locale::Phrase;

/// Where a person stands, the most cautious last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonStatus {
    Active,
    Pending,
    Bounced,
    Unsubscribed,
    /// Must not be mailed, for a reason that the file does not tell apart.
    Suppressed,
    Complained,
}

impl PersonStatus {
    /// As a file of ours says it.
    pub fn as_str(self) -> &'static str {
        match self {
            PersonStatus::Active => "active",
            PersonStatus::Pending => "pending",
            PersonStatus::Bounced => "bounced",
            PersonStatus::Unsubscribed => "unsubscribed",
            PersonStatus::Suppressed => "suppressed",
            PersonStatus::Complained => "complained",
        }
    }

    /// Whether mail to this person has ended.
    pub fn is_stop(self) -> bool {
        self >= PersonStatus::Bounced
    }
}

/// When and from where somebody agreed, as the file says.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct FileConsent {
    pub requested_at: Option<DateTime<Utc>>,
    pub requested_ip: Option<String>,
    pub confirmed_at: Option<DateTime<Utc>>,
    pub confirmed_ip: Option<String>,
}

/// One person, as one row says it.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    pub email: EmailAddress,
    /// Empty where the file has none.
    pub name: String,
    pub status: PersonStatus,
    pub tags: Vec<String>,
    pub joined: Option<DateTime<Utc>>,
    /// When this person left, or mail to them ended.
    pub left: Option<DateTime<Utc>>,
    pub cadence: Option<Cadence>,
    pub consent: FileConsent,
    pub language: Option<String>,
    /// The short name of the list, in a file of ours.
    pub list: Option<String>,
    /// Their id, in a file of ours.
    pub id: Option<Uuid>,
    /// Filled cells of the columns that have no other meaning, with the column's name.
    pub fields: Vec<(Arc<str>, String)>,
    /// Times that were taken as UTC since the file names no zone, as it writes them.
    pub zoneless: Vec<(Arc<str>, String)>,
    /// Columns whose cell was left out: too long, or no time.
    pub left_out: Vec<Arc<str>>,
    /// Mail ended on one list of several alone: its name.
    pub left_list: Option<String>,
    /// Rows of other lists add their tags.
    pub gathers_tags: bool,
}

/// Whether a row may be taken later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusedKind {
    /// Once its owner has answered. Nobody mails this person meanwhile.
    Ask,
    /// Never as it is.
    No,
}

/// Why a row is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub kind: RefusedKind,
    pub reason: Phrase,
    /// Whom it is about, where that can be read.
    pub email: Option<EmailAddress>,
    /// The row's cells as they stand.
    pub cells: Vec<String>,
    /// Tags that it adds to the person's other rows.
    pub tags: Vec<String>,
    /// Only the lists disagree: a stop elsewhere counts, more rows of lists do not.
    pub is_about_lists: bool,
}

/// What a row becomes.
pub type Outcome = Result<Person, Box<Refused>>;

/// What several rows of one address make together: the most cautious, with its data. Of a person who left one list and
/// stays on another, the owner is asked which list counts.
pub fn merge(rows: impl IntoIterator<Item = Outcome>) -> Option<Outcome> {
    rows.into_iter().reduce(merge_two)
}

/// Two rows of one address; the earlier one stays where neither is more cautious.
pub fn merge_two(earlier: Outcome, later: Outcome) -> Outcome {
    match (earlier, later) {
        (Ok(earlier), Ok(later)) => merge_people(earlier, later),
        (Ok(person), Err(refused)) => merge_refused(person, refused, false),
        (Err(refused), Ok(person)) => merge_refused(person, refused, true),
        (Err(earlier), Err(later)) => Err(match (earlier.kind, later.kind) {
            (RefusedKind::No, RefusedKind::Ask) => adding(later, earlier.tags),
            _ => adding(earlier, later.tags),
        }),
    }
}

fn adding(mut refused: Box<Refused>, tags: Vec<String>) -> Box<Refused> {
    add_tags(&mut refused.tags, tags);
    refused
}

fn add_tags(tags: &mut Vec<String>, more: Vec<String>) {
    for tag in more {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
}

fn merge_people(earlier: Person, later: Person) -> Outcome {
    let is_later_stricter = later.status > earlier.status;
    let gathers = earlier.gathers_tags && later.gathers_tags;
    let disagreement = match (&earlier.left_list, &later.left_list) {
        (Some(left), None) if !later.status.is_stop() => Some((left.clone(), &later)),
        (None, Some(left)) if !earlier.status.is_stop() => Some((left.clone(), &earlier)),
        _ => None,
    };
    if let Some((left, stays)) = disagreement {
        let on = stays.tags.first().cloned().unwrap_or_default();
        let reason = Phrase::new("import-row-lists-disagree").with("left", left).with("on", on);
        let email = Some(earlier.email.clone());
        let mut tags = earlier.tags;
        add_tags(&mut tags, later.tags);
        let is_about_lists = true;
        return Err(Box::new(Refused {
            kind: RefusedKind::Ask,
            reason,
            email,
            cells: Vec::new(),
            tags,
            is_about_lists,
        }));
    }
    let mut tags = Vec::new();
    if gathers {
        add_tags(&mut tags, earlier.tags.clone());
        add_tags(&mut tags, later.tags.clone());
    }
    let is_certain = |person: &Person| person.status.is_stop() && person.left_list.is_none();
    let has_certain = is_certain(&earlier) || is_certain(&later);
    let mut kept = if is_later_stricter { later } else { earlier };
    if has_certain {
        kept.left_list = None;
    }
    if gathers {
        kept.tags = tags;
    }
    Ok(kept)
}

/// A stop outweighs a question, and a question whoever would be mailed. What is refused for good says nothing of
/// the person's other rows, except for its tags.
fn merge_refused(mut person: Person, refused: Box<Refused>, is_refused_first: bool) -> Outcome {
    let is_certain = person.status.is_stop() && !(refused.is_about_lists && person.left_list.is_some());
    if refused.kind == RefusedKind::Ask && !is_certain {
        return Err(adding(refused, if person.gathers_tags { person.tags } else { Vec::new() }));
    }
    if person.gathers_tags {
        let (mut tags, more) = match is_refused_first {
            true => (refused.tags, person.tags),
            false => (person.tags, refused.tags),
        };
        add_tags(&mut tags, more);
        person.tags = tags;
    }
    Ok(person)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn person(status: PersonStatus, left_list: Option<&str>) -> Person {
        Person {
            email: EmailAddress::parse("mira@example.net").unwrap(),
            name: status.as_str().to_owned(),
            status,
            tags: Vec::new(),
            joined: None,
            left: None,
            cadence: None,
            consent: FileConsent::default(),
            language: None,
            list: None,
            id: None,
            fields: Vec::new(),
            zoneless: Vec::new(),
            left_out: Vec::new(),
            left_list: left_list.map(str::to_owned),
            gathers_tags: false,
        }
    }

    fn refused(kind: RefusedKind) -> Outcome {
        let reason = Phrase::new("import-row-plain");
        let tags = Vec::new();
        Err(Box::new(Refused { kind, reason, email: None, cells: Vec::new(), tags, is_about_lists: false }))
    }

    fn rank(outcome: &Outcome) -> u8 {
        match outcome {
            Ok(person) if person.status.is_stop() => 10 + person.status as u8,
            Err(refused) if refused.kind == RefusedKind::Ask => 9,
            Ok(person) => 1 + person.status as u8,
            Err(_) => 0,
        }
    }

    fn any_outcome() -> impl Strategy<Value = Outcome> {
        use PersonStatus::*;
        let statuses = vec![Active, Pending, Bounced, Unsubscribed, Suppressed, Complained];
        prop_oneof![
            4 => prop::sample::select(statuses).prop_map(|status| Ok(person(status, None))),
            1 => Just(refused(RefusedKind::Ask)),
            1 => Just(refused(RefusedKind::No)),
        ]
    }

    proptest! {
        #[test]
        fn the_most_cautious_row_wins_in_any_order(rows in prop::collection::vec(any_outcome(), 1..6)) {
            let most = rows.iter().map(rank).max().unwrap();
            let merged = merge(rows).unwrap();
            prop_assert_eq!(rank(&merged), most);
            if let Ok(person) = merged {
                prop_assert_eq!(person.name.as_str(), person.status.as_str(), "its row brings its data");
            }
        }
    }

    #[test]
    fn who_left_one_list_and_stays_on_another_is_asked_about_unless_mail_ended() {
        use PersonStatus::{Active, Unsubscribed};
        let (left, on) = (person(Unsubscribed, Some("Jobs")), person(Active, None));
        for rows in [[&left, &on], [&on, &left]] {
            let merged = merge(rows.map(|row| Ok(row.clone()))).unwrap();
            assert!(
                matches!(&merged, Err(refused) if refused.kind == RefusedKind::Ask && refused.is_about_lists)
            );
            let again = merge_two(merged, Ok(left.clone()));
            assert!(again.is_err());
            let ended = merge_two(again, Ok(person(Unsubscribed, None)));
            assert_eq!(ended.unwrap().status, Unsubscribed);
        }
        let ended = merge([left.clone(), person(Unsubscribed, None), on].map(Ok)).unwrap();
        assert_eq!(ended.unwrap().status, Unsubscribed);
        assert_eq!(merge([Ok(left.clone()), Ok(left)]).unwrap().unwrap().status, Unsubscribed);
    }
}
