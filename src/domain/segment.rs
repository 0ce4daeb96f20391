//! Segments: a saved question about subscribers, in groups of conditions. [`Segment`] is what somebody built and what is
//! stored; [`Rule`] is the same for one moment, with days as times and the latest campaigns by name.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::local_time;
use super::subscription::{Cadence, SubscriptionStatus};

/// The form in which segments are stored.
const VERSION: u32 = 1;
/// Groups in a segment, and conditions in a group, at most.
pub const GROUPS_MAX: usize = 10;
pub const CONDITIONS_MAX: usize = 10;
/// The longest text of a condition, in characters.
pub const TEXT_CHARS_MAX: usize = 200;
/// The longest time that "in the last days" looks back.
pub const DAYS_MAX: u32 = 3650;
/// The most campaigns that "the last campaigns" looks at: each is a look at the ledger for each subscriber.
pub const LAST_CAMPAIGNS_MAX: u32 = 10;

/// How conditions, or groups, belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    #[default]
    All,
    Any,
    None,
}

impl Combine {
    /// Every way, in the order that forms show.
    pub const ALL: [Combine; 3] = [Combine::All, Combine::Any, Combine::None];

    /// A form's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Combine::All => "all",
            Combine::Any => "any",
            Combine::None => "none",
        }
    }

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<Combine> {
        Combine::ALL.into_iter().find(|combine| combine.as_str() == text)
    }

    /// The key of its name: "all".
    pub fn key(self) -> &'static str {
        match self {
            Combine::All => "segment-all",
            Combine::Any => "segment-any",
            Combine::None => "segment-none",
        }
    }

    fn of(self, rules: Vec<Rule>) -> Rule {
        match self {
            Combine::All => Rule::All(rules),
            Combine::Any => Rule::Any(rules),
            Combine::None => Rule::Not(Box::new(Rule::Any(rules))),
        }
    }
}

/// How somebody came: by the first of their consents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A sign-up form, the preferences page or the site's own form.
    Form,
    Import,
    /// Somebody at the desk.
    Desk,
}

impl Source {
    /// Every source, in the order that forms show.
    pub const ALL: [Source; 3] = [Source::Form, Source::Import, Source::Desk];

    /// A form's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Source::Form => "form",
            Source::Import => "import",
            Source::Desk => "desk",
        }
    }

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<Source> {
        Source::ALL.into_iter().find(|source| source.as_str() == text)
    }

    /// The key of its name: "a sign-up form".
    pub fn key(self) -> &'static str {
        match self {
            Source::Form => "segment-source-form",
            Source::Import => "segment-source-import",
            Source::Desk => "segment-source-desk",
        }
    }
}

/// What is asked of a field's value. Nobody without a value fits any of these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FieldTest {
    Set,
    /// Texts, and yes or no.
    Is(String),
    BeginsWith(String),
    Equals(f64),
    Less(f64),
    Greater(f64),
    On(NaiveDate),
    Before(NaiveDate),
    After(NaiveDate),
}

/// What is asked of a subscriber.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// Their address, its domain or a word of their name begins so.
    Word {
        word: String,
    },
    /// One subscription is all of this.
    Subscription {
        list: Option<Uuid>,
        status: Option<SubscriptionStatus>,
        cadence: Option<Cadence>,
    },
    Tag {
        tag: String,
    },
    Field {
        field: Uuid,
        is: FieldTest,
    },
    JoinedBefore {
        day: NaiveDate,
    },
    JoinedWithin {
        days: u32,
    },
    CameBy {
        source: Source,
    },
    /// Their address is at this domain.
    Domain {
        domain: String,
    },
    Got {
        campaign: Uuid,
    },
    /// They got at least one of so many campaigns that were sent last.
    GotOneOf {
        last: u32,
    },
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The test must not fit.
    pub not: bool,
    pub test: Test,
}

/// Conditions that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub combine: Combine,
    pub conditions: Vec<Condition>,
}

/// Groups that belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    version: u32,
    pub combine: Combine,
    pub groups: Vec<Group>,
}

/// Why a text or a form is no segment. An editor's form finds what is wrong before; this is for what is stored.
#[derive(Debug, thiserror::Error)]
pub enum SegmentError {
    #[error("a stored segment can't be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("a stored segment is of version {0}, which this version of Postrider does not know")]
    Version(u32),
    #[error("a segment has 1 to 10 groups of 1 to 10 conditions, and each value has a limit")]
    Limits,
}

/// What makes a rule of a segment.
#[derive(Clone, Debug)]
pub struct Frame {
    pub now: DateTime<Utc>,
    /// Where the publication's days begin.
    pub zone: Tz,
    /// The campaigns that were sent last, the newest first.
    pub last_campaigns: Vec<Uuid>,
}

impl Segment {
    /// A segment of groups.
    pub fn new(combine: Combine, groups: Vec<Group>) -> Segment {
        Segment { version: VERSION, combine, groups }
    }

    /// Reads a stored segment, strictly.
    pub fn parse(json: &str) -> Result<Segment, SegmentError> {
        let segment: Segment = serde_json::from_str(json)?;
        segment.check()?;
        Ok(segment)
    }

    /// Refuses what is beyond a limit.
    pub fn check(&self) -> Result<(), SegmentError> {
        if self.version != VERSION {
            return Err(SegmentError::Version(self.version));
        }
        let has_groups = (1..=GROUPS_MAX).contains(&self.groups.len());
        let fits = |group: &Group| {
            (1..=CONDITIONS_MAX).contains(&group.conditions.len())
                && group.conditions.iter().all(|condition| condition.test.is_within_limits())
        };
        match has_groups && self.groups.iter().all(fits) {
            true => Ok(()),
            false => Err(SegmentError::Limits),
        }
    }

    /// Every test, whatever it belongs to.
    pub fn tests(&self) -> impl Iterator<Item = &Test> {
        self.groups.iter().flat_map(|group| &group.conditions).map(|condition| &condition.test)
    }

    /// Whether the campaigns that were sent last must be known.
    pub fn asks_for_last_campaigns(&self) -> bool {
        self.tests().any(|test| matches!(test, Test::GotOneOf { .. }))
    }

    /// What it means at one moment.
    pub fn rule(&self, frame: &Frame) -> Rule {
        let group = |group: &Group| {
            let rules = group.conditions.iter().map(|condition| condition.rule(frame)).collect();
            group.combine.of(rules)
        };
        self.combine.of(self.groups.iter().map(group).collect())
    }
}

impl Condition {
    fn rule(&self, frame: &Frame) -> Rule {
        let rule = Rule::Fact(self.test.fact(frame));
        if self.not { Rule::Not(Box::new(rule)) } else { rule }
    }
}

impl Test {
    fn is_within_limits(&self) -> bool {
        let text = |text: &str| (1..=TEXT_CHARS_MAX).contains(&text.chars().count()) && !text.contains('\0');
        match self {
            Test::Word { word: value } | Test::Tag { tag: value } | Test::Domain { domain: value } => {
                text(value)
            }
            Test::Field { is: FieldTest::Is(value) | FieldTest::BeginsWith(value), .. } => text(value),
            Test::Field {
                is: FieldTest::Equals(number) | FieldTest::Less(number) | FieldTest::Greater(number),
                ..
            } => number.is_finite(),
            Test::JoinedWithin { days } => (1..=DAYS_MAX).contains(days),
            Test::GotOneOf { last } => (1..=LAST_CAMPAIGNS_MAX).contains(last),
            Test::Field { .. }
            | Test::Subscription { .. }
            | Test::JoinedBefore { .. }
            | Test::CameBy { .. }
            | Test::Got { .. } => true,
        }
    }

    fn fact(&self, frame: &Frame) -> Fact {
        match self {
            Test::Word { word } => Fact::Word(word.clone()),
            Test::Subscription { list, status, cadence } => {
                Fact::Subscription { list: *list, status: *status, cadence: *cadence }
            }
            Test::Tag { tag } => Fact::Tag(tag.clone()),
            Test::Field { field, is } => Fact::Field(*field, is.clone()),
            Test::JoinedBefore { day } => {
                Fact::Joined { since: None, until: local_time::day_begins(*day, frame.zone) }
            }
            Test::JoinedWithin { days } => {
                let days = TimeDelta::days(i64::from(*days));
                Fact::Joined { since: frame.now.checked_sub_signed(days), until: None }
            }
            Test::CameBy { source } => Fact::CameBy(*source),
            Test::Domain { domain } => Fact::Domain(domain.clone()),
            Test::Got { campaign } => Fact::GotOneOf(vec![*campaign]),
            Test::GotOneOf { last } => {
                Fact::GotOneOf(frame.last_campaigns.iter().copied().take(*last as usize).collect())
            }
        }
    }
}

/// What one subscriber is or has, at one moment.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    Word(String),
    Subscription { list: Option<Uuid>, status: Option<SubscriptionStatus>, cadence: Option<Cadence> },
    Tag(String),
    Field(Uuid, FieldTest),
    Joined { since: Option<DateTime<Utc>>, until: Option<DateTime<Utc>> },
    CameBy(Source),
    Domain(String),
    GotOneOf(Vec<Uuid>),
}

/// A question about a subscriber that has one answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    Fact(Fact),
    Not(Box<Rule>),
    /// Of none: everybody.
    All(Vec<Rule>),
    /// Of none: nobody.
    Any(Vec<Rule>),
}

impl Rule {
    /// What all must fit, one beside the other.
    pub fn conjuncts(&self) -> Vec<&Rule> {
        match self {
            Rule::All(rules) => rules.iter().flat_map(Rule::conjuncts).collect(),
            // "Any" of one, and "none" of those that are none themselves, are what they hold.
            Rule::Any(rules) if rules.len() == 1 => rules.iter().flat_map(Rule::conjuncts).collect(),
            Rule::Not(rule) => match &**rule {
                Rule::Not(inner) => inner.conjuncts(),
                _ => vec![self],
            },
            Rule::Any(_) | Rule::Fact(_) => vec![self],
        }
    }

    /// How many rows it takes to answer for one subscriber, at most.
    pub fn looks(&self) -> usize {
        match self {
            Rule::Fact(Fact::GotOneOf(campaigns)) => campaigns.len(),
            Rule::Fact(_) => 1,
            Rule::Not(rule) => rule.looks(),
            Rule::All(rules) | Rule::Any(rules) => rules.iter().map(Rule::looks).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(tag: &str, not: bool) -> Condition {
        Condition { not, test: Test::Tag { tag: tag.to_owned() } }
    }

    #[test]
    fn a_segment_is_read_as_it_was_stored_and_strictly() {
        let group = Group { combine: Combine::Any, conditions: vec![tag("a", false), tag("b", true)] };
        let segment = Segment::new(Combine::None, vec![group]);
        let json = serde_json::to_string(&segment).unwrap();
        assert_eq!(Segment::parse(&json).unwrap(), segment);
        for wrong in [
            json.replace("\"version\":1", "\"version\":2"),
            json.replace("\"tag\":\"a\"", "\"tag\":\"\""),
            json.replace("\"tag\":\"a\"", "\"tag\":\"a\",\"sql\":\"1\""),
            json.replace("\"none\"", "\"some\""),
            "{}".to_owned(),
        ] {
            assert!(Segment::parse(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_segment_has_limits() {
        let group = |n: usize| Group { combine: Combine::All, conditions: vec![tag("a", false); n] };
        let segment = |groups: Vec<Group>| Segment::new(Combine::All, groups).check().is_ok();
        assert!(segment(vec![group(CONDITIONS_MAX); GROUPS_MAX]));
        assert!(!segment(vec![group(1); GROUPS_MAX + 1]));
        assert!(!segment(vec![group(CONDITIONS_MAX + 1)]));
        assert!(!segment(vec![group(0)]));
        assert!(!segment(Vec::new()));
    }

    #[test]
    fn what_all_must_fit_stands_side_by_side() {
        let frame = Frame { now: DateTime::UNIX_EPOCH, zone: Tz::UTC, last_campaigns: Vec::new() };
        let group = |combine| Group { combine, conditions: vec![tag("a", false), tag("b", true)] };
        let of = |combine, groups| Segment::new(combine, groups).rule(&frame).conjuncts().len();
        assert_eq!(of(Combine::All, vec![group(Combine::All), group(Combine::Any)]), 3);
        assert_eq!(of(Combine::Any, vec![group(Combine::All)]), 2);
        assert_eq!(of(Combine::None, vec![group(Combine::All)]), 1);
    }
}
