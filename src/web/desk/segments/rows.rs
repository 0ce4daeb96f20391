//! A segment as a form holds it: rows of what was typed, which become conditions, and conditions, which become rows.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::actions::subscribers::check_tag;
use crate::db::lists::List;
use crate::db::segments::{KnownField, SentCampaign};
use crate::db::subscribers::search_words;
use crate::domain::email_address::EmailAddress;
use crate::domain::segment::{
    CONDITIONS_MAX, Combine, Condition, DAYS_MAX, FieldTest, GROUPS_MAX, Group, LAST_CAMPAIGNS_MAX, Segment,
    Source, TEXT_CHARS_MAX, Test,
};
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::say;
use crate::web::desk::frame::Fields;

/// What a segment may name.
pub struct Known {
    pub lists: Vec<List>,
    pub tags: Vec<String>,
    pub fields: Vec<KnownField>,
    pub campaigns: Vec<SentCampaign>,
}

/// What a condition is about, but for fields: as a form sends it, and the key of its name.
const SUBJECTS: [(&str, &str); 9] = [
    ("subscription", "segment-what-subscription"),
    ("tag", "segment-what-tag"),
    ("joined", "segment-what-joined"),
    ("within", "segment-what-within"),
    ("source", "segment-what-source"),
    ("domain", "segment-what-domain"),
    ("word", "segment-what-word"),
    ("got", "segment-what-got"),
    ("last", "segment-what-last"),
];

/// A choice of a form: its value, and its label.
pub struct Choice {
    pub value: String,
    pub label: String,
}

impl Choice {
    fn new(value: &str, key: &str) -> Choice {
        Choice { value: value.to_owned(), label: say(key).to_string() }
    }
}

impl Known {
    /// All that a condition may be about.
    pub fn subjects(&self) -> Vec<Choice> {
        let mut all: Vec<Choice> = SUBJECTS.iter().map(|(value, key)| Choice::new(value, key)).collect();
        all.extend(self.fields.iter().map(|field| Choice {
            value: format!("field-{}", field.id),
            label: say("segment-what-field").with("field", &field.name).to_string(),
        }));
        all
    }

    /// The field that a row is about; `None`: it is about none, or that one is gone.
    pub fn field_of(&self, row: &Row) -> Option<&KnownField> {
        let id = row.what.strip_prefix("field-")?;
        self.fields.iter().find(|field| field.id.to_string() == id)
    }

    /// What a row is about, in words.
    pub fn name_of(&self, row: &Row) -> String {
        if let Some(field) = self.field_of(row) {
            return field.name.clone();
        }
        let key = SUBJECTS.iter().find(|(value, _)| *value == row.what).map(|(_, key)| *key);
        say(key.unwrap_or("segment-what-gone")).to_string()
    }

    /// The verbs of a row.
    pub fn verbs_of(&self, row: &Row) -> Vec<Choice> {
        let verbs: &[(&str, &str)] = match row.what.as_str() {
            "subscription" => &[("is", "segment-has-subscription"), ("not", "segment-has-no-subscription")],
            "tag" => &[("is", "segment-has-tag"), ("not", "segment-has-no-tag")],
            "joined" => &[("is", "segment-before"), ("not", "segment-since")],
            "within" => &[("is", "segment-within"), ("not", "segment-not-within")],
            "source" => &[("is", "segment-came-by"), ("not", "segment-did-not-come-by")],
            "domain" => &[("is", "segment-is"), ("not", "segment-is-not")],
            "word" => &[("is", "segment-begins"), ("not", "segment-begins-not")],
            "got" => &[("is", "segment-got"), ("not", "segment-got-not")],
            "last" => &[("is", "segment-got-one-of"), ("not", "segment-got-none-of")],
            _ => match self.field_of(row).map(|field| field.kind.as_str()) {
                Some("number") => &[
                    ("is", "segment-is"),
                    ("not", "segment-is-not"),
                    ("less", "segment-less"),
                    ("greater", "segment-greater"),
                    ("set", "segment-set"),
                    ("unset", "segment-unset"),
                ],
                Some("date") => &[
                    ("is", "segment-is"),
                    ("before", "segment-before"),
                    ("after", "segment-after"),
                    ("set", "segment-set"),
                    ("unset", "segment-unset"),
                ],
                Some("yes_no") => &[
                    ("is", "segment-yes"),
                    ("no", "segment-no"),
                    ("set", "segment-set"),
                    ("unset", "segment-unset"),
                ],
                Some(_) => &[
                    ("is", "segment-is"),
                    ("not", "segment-is-not"),
                    ("begins", "segment-begins"),
                    ("set", "segment-set"),
                    ("unset", "segment-unset"),
                ],
                None => &[("is", "segment-is")],
            },
        };
        verbs.iter().map(|(value, key)| Choice::new(value, key)).collect()
    }

    /// The type of a row's one input; empty: it has none, or a select in its place.
    pub fn input_of(&self, row: &Row) -> &'static str {
        match row.what.as_str() {
            "tag" | "domain" | "word" => "text",
            "joined" => "date",
            "within" | "last" => "number",
            "subscription" | "source" | "got" => "",
            _ => match self.field_of(row).map(|field| field.kind.as_str()) {
                Some("date") => "date",
                Some("yes_no") | None => "",
                Some(_) => "text",
            },
        }
    }
}

/// One condition, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// What it is about: one of [`Known::subjects`].
    pub what: String,
    pub verb: String,
    pub list: String,
    pub status: String,
    pub cadence: String,
    pub value: String,
    /// What is wrong with it.
    pub error: String,
    /// It was just added.
    pub is_new: bool,
}

/// One group, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    pub combine: Combine,
    pub rows: Vec<Row>,
}

/// The whole form.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub name: String,
    pub combine: Combine,
    pub groups: Vec<Rows>,
}

fn text(fields: &Fields, name: &str) -> String {
    fields.line(name).chars().take(TEXT_CHARS_MAX).collect()
}

impl Typed {
    /// A form that nobody has touched: one condition about subscriptions.
    pub fn fresh() -> Typed {
        Typed {
            groups: vec![Rows { rows: vec![Row::about("subscription")], ..Rows::default() }],
            ..Typed::default()
        }
    }

    /// What a form sent.
    pub fn read(fields: &Fields) -> Typed {
        let combine = |name: &str| Combine::parse(fields.text(name)).unwrap_or_default();
        let mut groups = Vec::new();
        for g in 0..GROUPS_MAX {
            if !fields.is_ticked(&format!("combine-{g}")) {
                continue;
            }
            let row = |c: usize| {
                let what = text(fields, &format!("what-{g}-{c}"));
                (!what.is_empty()).then(|| Row {
                    what,
                    verb: text(fields, &format!("verb-{g}-{c}")),
                    list: text(fields, &format!("list-{g}-{c}")),
                    status: text(fields, &format!("status-{g}-{c}")),
                    cadence: text(fields, &format!("cadence-{g}-{c}")),
                    value: text(fields, &format!("value-{g}-{c}")),
                    ..Row::default()
                })
            };
            let rows = (0..CONDITIONS_MAX).filter_map(row).collect();
            groups.push(Rows { combine: combine(&format!("combine-{g}")), rows });
        }
        Typed { name: fields.line("name").chars().take(200).collect(), combine: combine("combine"), groups }
    }

    /// The form that shows a saved segment.
    pub fn of(name: &str, segment: &Segment) -> Typed {
        let group = |group: &Group| Rows {
            combine: group.combine,
            rows: group.conditions.iter().map(Row::of).collect(),
        };
        Typed {
            name: name.to_owned(),
            combine: segment.combine,
            groups: segment.groups.iter().map(group).collect(),
        }
    }

    /// Does what a button of the form says: `add-0`, `remove-0`, `remove-0-1`, `group`. `added` is what a new
    /// condition is about.
    pub fn press(&mut self, button: &str, added: &str) {
        let mut parts = button.split('-');
        let verb = parts.next().unwrap_or_default();
        let mut place = || parts.next().and_then(|part| part.parse::<usize>().ok());
        match (verb, place(), place()) {
            ("group", None, None) if self.groups.len() < GROUPS_MAX => {
                self.groups.push(Rows { rows: vec![Row::about("subscription")], ..Rows::default() });
            }
            ("add", Some(g), None) => {
                if let Some(group) = self.groups.get_mut(g)
                    && group.rows.len() < CONDITIONS_MAX
                {
                    group.rows.push(Row::about(added));
                }
            }
            ("remove", Some(g), Some(c)) => {
                if let Some(group) = self.groups.get_mut(g)
                    && c < group.rows.len()
                {
                    group.rows.remove(c);
                }
            }
            ("remove", Some(g), None) if g < self.groups.len() && self.groups.len() > 1 => {
                self.groups.remove(g);
            }
            _ => {}
        }
    }

    /// The segment; `None` where a row says what is wrong with it.
    pub fn segment(&mut self, known: &Known) -> Option<Segment> {
        let mut groups = Vec::new();
        let mut is_whole = !self.groups.is_empty();
        for typed in &mut self.groups {
            let mut conditions = Vec::new();
            is_whole &= !typed.rows.is_empty();
            for row in &mut typed.rows {
                match row.condition(known) {
                    Ok(condition) => conditions.push(condition),
                    Err(key) => {
                        row.error = say(key)
                            .with("max", if row.what == "last" { LAST_CAMPAIGNS_MAX } else { DAYS_MAX })
                            .to_string();
                        is_whole = false;
                    }
                }
            }
            groups.push(Group { combine: typed.combine, conditions });
        }
        let segment = Segment::new(self.combine, groups);
        (is_whole && segment.check().is_ok()).then_some(segment)
    }

    /// Takes back what is said of rows that were not filled in yet.
    pub fn forget_errors(&mut self) {
        self.groups.iter_mut().flat_map(|group| &mut group.rows).for_each(|row| row.error.clear());
    }

    /// Whether another group may be added.
    pub fn has_room(&self) -> bool {
        self.groups.len() < GROUPS_MAX
    }
}

impl Rows {
    /// Whether another condition may be added.
    pub fn has_room(&self) -> bool {
        self.rows.len() < CONDITIONS_MAX
    }
}

/// What a field of text has to hold.
fn filled(value: &str) -> Result<String, &'static str> {
    match value {
        "" => Err("segment-value-missing"),
        value => Ok(value.to_owned()),
    }
}

fn day(value: &str) -> Result<NaiveDate, &'static str> {
    NaiveDate::parse_from_str(value, "%Y-%m-%d").map_err(|_| "subscriber-filter-no-day")
}

fn whole_number(value: &str, max: u32) -> Result<u32, &'static str> {
    value.parse().ok().filter(|n| (1..=max).contains(n)).ok_or("segment-number-range")
}

impl Row {
    /// A row about something, with nothing typed into it.
    fn about(what: &str) -> Row {
        let value = match what {
            "within" => "30",
            "last" => "5",
            _ => "",
        };
        let verb = if what.starts_with("field-") { "" } else { "is" };
        Row {
            what: what.to_owned(),
            verb: verb.to_owned(),
            value: value.to_owned(),
            is_new: true,
            ..Row::default()
        }
    }

    fn condition(&self, known: &Known) -> Result<Condition, &'static str> {
        let mut not = self.verb == "not";
        let test = match self.what.as_str() {
            "subscription" => self.subscription(known)?,
            "tag" => Test::Tag { tag: check_tag(&self.value).map_err(|_| "segment-tag-wrong")? },
            "joined" => Test::JoinedBefore { day: day(&self.value)? },
            "within" => Test::JoinedWithin { days: whole_number(&self.value, DAYS_MAX)? },
            "source" => Test::CameBy { source: Source::parse(&self.value).ok_or("segment-value-missing")? },
            "domain" => Test::Domain { domain: domain(&self.value)? },
            "word" => match search_words(&self.value).as_slice() {
                [word] => Test::Word { word: word.clone() },
                _ => return Err("segment-one-word"),
            },
            "got" => {
                let campaign = Uuid::parse_str(&self.value).map_err(|_| "segment-campaign-missing")?;
                let is_known = known.campaigns.iter().any(|known| known.id == campaign);
                Test::Got { campaign: is_known.then_some(campaign).ok_or("segment-campaign-missing")? }
            }
            "last" => Test::GotOneOf { last: whole_number(&self.value, LAST_CAMPAIGNS_MAX)? },
            _ => {
                let field = known.field_of(self).ok_or("segment-field-gone")?;
                not |= self.verb == "unset";
                Test::Field { field: field.id, is: self.field_test(&field.kind)? }
            }
        };
        Ok(Condition { not, test })
    }

    fn subscription(&self, known: &Known) -> Result<Test, &'static str> {
        let list = match self.list.as_str() {
            "" => None,
            id => Some(
                known
                    .lists
                    .iter()
                    .find(|list| list.id.to_string() == id)
                    .ok_or("subscriber-filter-no-list")?
                    .id,
            ),
        };
        let status = match self.status.as_str() {
            "" => None,
            text => Some(SubscriptionStatus::parse(text).ok_or("subscriber-filter-no-status")?),
        };
        let cadence = match self.cadence.as_str() {
            "" => None,
            text => Some(Cadence::parse(text).ok_or("subscriber-filter-no-often")?),
        };
        Ok(Test::Subscription { list, status, cadence })
    }

    fn field_test(&self, kind: &str) -> Result<FieldTest, &'static str> {
        let number = || {
            let number: f64 = self.value.replace(',', ".").parse().map_err(|_| "segment-number-wrong")?;
            if number.is_finite() { Ok(number) } else { Err("segment-number-wrong") }
        };
        Ok(match (kind, self.verb.as_str()) {
            (_, "set" | "unset") => FieldTest::Set,
            ("yes_no", "no") => FieldTest::Is("no".to_owned()),
            ("yes_no", _) => FieldTest::Is("yes".to_owned()),
            ("number", "less") => FieldTest::Less(number()?),
            ("number", "greater") => FieldTest::Greater(number()?),
            ("number", _) => FieldTest::Equals(number()?),
            ("date", "before") => FieldTest::Before(day(&self.value)?),
            ("date", "after") => FieldTest::After(day(&self.value)?),
            ("date", _) => FieldTest::On(day(&self.value)?),
            (_, "begins") => FieldTest::BeginsWith(filled(&self.value)?),
            _ => FieldTest::Is(filled(&self.value)?),
        })
    }

    /// The row that shows a condition.
    fn of(condition: &Condition) -> Row {
        let mut row = Row { verb: if condition.not { "not" } else { "is" }.to_owned(), ..Row::default() };
        let id = |id: &Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let (what, value) = match &condition.test {
            Test::Word { word } => ("word", word.clone()),
            Test::Subscription { list, status, cadence } => {
                row.list = id(list);
                row.status = status.map_or("", SubscriptionStatus::as_str).to_owned();
                row.cadence = cadence.map_or("", Cadence::as_str).to_owned();
                ("subscription", String::new())
            }
            Test::Tag { tag } => ("tag", tag.clone()),
            Test::JoinedBefore { day } => ("joined", day.to_string()),
            Test::JoinedWithin { days } => ("within", days.to_string()),
            Test::CameBy { source } => ("source", source.as_str().to_owned()),
            Test::Domain { domain } => ("domain", domain.clone()),
            Test::Got { campaign } => ("got", campaign.to_string()),
            Test::GotOneOf { last } => ("last", last.to_string()),
            Test::Field { field, is } => {
                let (verb, value) = shown_test(is, condition.not);
                let verb = if !condition.not && matches!(is, FieldTest::Is(text) if text == "no") {
                    "no"
                } else {
                    verb
                };
                row.verb = verb.to_owned();
                row.what = format!("field-{field}");
                row.value = value;
                return row;
            }
        };
        Row { what: what.to_owned(), value, ..row }
    }

    /// Whether a choice of its verb stands.
    pub fn has_verb(&self, choice: &Choice) -> bool {
        self.verb == choice.value
    }
}

/// The verb and the value of what is asked of a field.
fn shown_test(is: &FieldTest, not: bool) -> (&'static str, String) {
    let plain = if not { "not" } else { "is" };
    match is {
        FieldTest::Set => (if not { "unset" } else { "set" }, String::new()),
        FieldTest::Is(text) => (plain, text.clone()),
        FieldTest::BeginsWith(text) => ("begins", text.clone()),
        FieldTest::Equals(n) => (plain, n.to_string()),
        FieldTest::Less(n) => ("less", n.to_string()),
        FieldTest::Greater(n) => ("greater", n.to_string()),
        FieldTest::On(day) => (plain, day.to_string()),
        FieldTest::Before(day) => ("before", day.to_string()),
        FieldTest::After(day) => ("after", day.to_string()),
    }
}

/// A domain as addresses are stored with it.
fn domain(value: &str) -> Result<String, &'static str> {
    let value = value.trim_start_matches('@');
    let address = EmailAddress::parse(&format!("x@{value}")).map_err(|_| "segment-domain-wrong")?;
    let domain = address.key().rsplit_once('@').map(|(_, domain)| domain.to_owned());
    domain.filter(|domain| domain.contains('.')).ok_or("segment-domain-wrong")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Known {
        let field =
            |n: u128, kind: &str| KnownField { id: Uuid::from_u128(n), name: "F".into(), kind: kind.into() };
        let fields = vec![field(1, "text"), field(2, "number"), field(3, "date"), field(4, "yes_no")];
        Known { lists: Vec::new(), tags: Vec::new(), fields, campaigns: Vec::new() }
    }

    fn row(what: &str, verb: &str, value: &str) -> Row {
        Row { what: what.into(), verb: verb.into(), value: value.into(), ..Row::default() }
    }

    #[test]
    fn a_row_comes_back_from_the_condition_that_it_became() {
        let known = known();
        let field = |n: u128| format!("field-{}", Uuid::from_u128(n));
        for (what, verb, value) in [
            ("tag", "not", "founding reader"),
            ("word", "is", "ines"),
            ("domain", "is", "example.org"),
            ("joined", "not", "2026-11-24"),
            ("within", "is", "30"),
            ("source", "is", "import"),
            ("last", "not", "5"),
            (&*field(1), "begins", "Lis"),
            (&*field(1), "unset", ""),
            (&*field(2), "less", "3.5"),
            (&*field(3), "after", "2026-01-31"),
        ] {
            let condition = row(what, verb, value).condition(&known).unwrap();
            let back = Row::of(&condition);
            assert_eq!((&*back.what, &*back.verb, &*back.value), (what, verb, value));
        }
    }

    #[test]
    fn what_can_not_be_used_is_said() {
        let known = known();
        for (what, value, key) in [
            ("tag", "", "segment-tag-wrong"),
            ("word", "two words", "segment-one-word"),
            ("domain", "no dot", "segment-domain-wrong"),
            ("joined", "yesterday", "subscriber-filter-no-day"),
            ("within", "0", "segment-number-range"),
            ("last", "11", "segment-number-range"),
            ("field-x", "1", "segment-field-gone"),
            ("got", "", "segment-campaign-missing"),
        ] {
            assert_eq!(row(what, "is", value).condition(&known).unwrap_err(), key);
            assert!(crate::locale::has(key));
        }
    }
}
