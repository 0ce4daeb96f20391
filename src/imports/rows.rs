//! What one row becomes.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

use super::Options;
use super::SaidStatus;
use super::cells::{self, TagForm, plain};
use super::columns::{self, ColumnRole};
use super::dates::{self, Said};
use super::layout::Layout;
use super::people::{FileConsent, Outcome, Person, PersonStatus, Refused, RefusedKind};
use super::records::Record;
use super::sources::{Fallback, Source};
use super::statuses::{Vocabulary, Word, is_stop_word};
use crate::domain::email_address::{EmailAddress, EmailAddressError};
use crate::domain::subscription::Cadence;
use crate::domain::text::single_line;
use crate::locale::Phrase;

/// The most characters of a name.
const NAME_CHARS_MAX: usize = 200;
/// The most characters of a tag.
const TAG_CHARS_MAX: usize = 50;
/// The most tags of a person.
const TAGS_MAX: usize = 50;
/// The most characters of a field.
const FIELD_CHARS_MAX: usize = 500;

/// Where a file keeps what, and what its owner said.
pub(super) struct Rows {
    layout: Layout,
    email: usize,
    other_emails: Vec<usize>,
    names: [Option<usize>; 4],
    statuses: Vec<usize>,
    joined: Vec<usize>,
    fields: Vec<usize>,
    tags: Option<usize>,
    left: Option<usize>,
    cadence: Option<usize>,
    consent: [Option<usize>; 4],
    language: Option<usize>,
    list: Option<usize>,
    id: Option<usize>,
    tag_form: TagForm,
    is_own: bool,
    answer: Option<SaidStatus>,
    chosen_list: Option<String>,
    dormant: Option<SaidStatus>,
    dates: dates::DateOrder,
}

/// Why a row is held or refused, before it is known whose it is.
struct Why {
    kind: RefusedKind,
    reason: Phrase,
}

fn ask(reason: Phrase) -> Why {
    Why { kind: RefusedKind::Ask, reason }
}

fn no(reason: Phrase) -> Why {
    Why { kind: RefusedKind::No, reason }
}

/// What a row says of a person's status.
struct Standing {
    status: PersonStatus,
    left_list: Option<String>,
    /// The row is on the list of its column of tags.
    is_on_list: bool,
}

impl Rows {
    pub fn new(layout: Layout, options: &Options) -> Rows {
        let all = |wanted: &ColumnRole| {
            let columns = layout.columns.iter().enumerate();
            columns.filter(|(_, column)| column.role == *wanted).map(|(at, _)| at).collect::<Vec<_>>()
        };
        let one = |wanted: ColumnRole| all(&wanted).first().copied();
        let fields = layout.columns.iter().enumerate();
        let fields = fields.filter(|(_, column)| matches!(column.role, ColumnRole::Field(_)));
        let by_default = if layout.source == Source::Plain { options.plain } else { None };
        Rows {
            email: one(ColumnRole::Email).unwrap_or(0),
            other_emails: all(&ColumnRole::OtherEmail),
            names: [ColumnRole::Name, ColumnRole::FirstName, ColumnRole::MiddleName, ColumnRole::LastName]
                .map(one),
            statuses: all(&ColumnRole::Status),
            joined: all(&ColumnRole::Joined),
            fields: fields.map(|(at, _)| at).collect(),
            tags: one(ColumnRole::Tags),
            left: one(ColumnRole::Left),
            cadence: one(ColumnRole::Cadence),
            consent: [
                ColumnRole::ConsentAt,
                ColumnRole::ConsentIp,
                ColumnRole::ConfirmedAt,
                ColumnRole::ConfirmedIp,
            ]
            .map(one),
            language: one(ColumnRole::Language),
            list: one(ColumnRole::List),
            id: one(ColumnRole::Id),
            tag_form: columns::tag_form(layout.source),
            is_own: layout.source == Source::Postrider,
            answer: options.status.or(by_default),
            chosen_list: options.chosen_list.clone(),
            dormant: options.dormant,
            dates: options.dates,
            layout,
        }
    }

    /// What a record becomes: mostly one outcome; a person's further addresses are refused beside it, a record of
    /// nothing becomes none.
    pub fn read(&self, record: &Record, outcomes: &mut Vec<Outcome>) {
        let is_remark = self.layout.has_remarks && record.cell(0).trim_start().starts_with('#');
        if record.is_blank() || is_remark {
            return;
        }
        let refused = |why: Why, email| {
            Box::new(Refused {
                kind: why.kind,
                reason: why.reason,
                email,
                cells: record.cells().map(str::to_owned).collect(),
                tags: Vec::new(),
                is_about_lists: false,
            })
        };
        if let Some(why) = self.unreadable(record) {
            let email = EmailAddress::parse(cells::address(self.cell(record, self.email)).0);
            outcomes.push(Err(refused(why, email.ok())));
            return;
        }
        let (address, beside) = self.address(record);
        match address {
            Ok((email, name)) => outcomes.push(match self.person(record, &email, name) {
                Ok(person) => Ok(person),
                Err(why) => {
                    let mut refused = refused(why, Some(email));
                    refused.tags = self.tags_of_other_list(record);
                    Err(refused)
                }
            }),
            Err(why) => outcomes.push(Err(refused(why, None))),
        }
        for email in beside {
            // Without a header, addresses on one line are people of their own.
            let person = match self.layout.has_remarks {
                true => self.person(record, &email, ""),
                false => Err(no(Phrase::new("import-row-second-address"))),
            };
            outcomes.push(person.map_err(|why| refused(why, Some(email))));
        }
    }

    /// Why a record can't be read at all.
    fn unreadable(&self, record: &Record) -> Option<Why> {
        let width = self.layout.width();
        if record.is_too_long {
            return Some(no(Phrase::new("import-row-too-long")));
        }
        if record.is_garbled {
            return Some(no(Phrase::new("import-row-garbled")));
        }
        if record.has_nul() {
            return Some(no(Phrase::new("import-nul")));
        }
        let is_wider = (width..record.len()).any(|at| !record.cell(at).trim().is_empty());
        if record.len() < width && !self.layout.has_remarks || is_wider {
            let reason = Phrase::new("import-row-cells").with("cells", record.len()).with("columns", width);
            return Some(no(reason));
        }
        None
    }

    fn cell<'a>(&self, record: &'a Record, at: usize) -> &'a str {
        plain(record.cell(at), self.is_own)
    }

    fn maybe<'a>(&self, record: &'a Record, at: Option<usize>) -> &'a str {
        at.map_or("", |at| self.cell(record, at))
    }

    /// Whose row it is, with the name that stands beside the address, and their further addresses.
    fn address<'a>(&self, record: &'a Record) -> (Result<(EmailAddress, &'a str), Why>, Vec<EmailAddress>) {
        let mut found = None;
        let mut beside = Vec::new();
        for at in std::iter::once(self.email).chain(self.other_emails.iter().copied()) {
            for piece in self.cell(record, at).split(":::").map(str::trim).filter(|piece| !piece.is_empty()) {
                let (address, name) = cells::address(piece);
                let parsed = EmailAddress::parse(address);
                match found {
                    None => found = Some(parsed.map(|email| (email, name))),
                    Some(_) => beside.extend(parsed.ok()),
                }
            }
        }
        let address = match found {
            None | Some(Err(EmailAddressError::Empty)) => {
                let is_hash = self.layout.source == Source::Mailtrain;
                Err(no(Phrase::new(if is_hash { "import-row-only-hash" } else { "import-row-no-address" })))
            }
            Some(Err(error)) => Err(no(error.phrase())),
            Some(Ok(found)) => Ok(found),
        };
        (address, beside)
    }

    fn person(&self, record: &Record, email: &EmailAddress, beside: &str) -> Result<Person, Why> {
        if email.domain() == "deletion-request.substack.com" {
            return Err(no(Phrase::new("import-row-deletion-request")));
        }
        let standing = self.standing(record)?;
        let is_stop = standing.status.is_stop();
        if !is_stop {
            self.check_unknown_columns(record)?;
        }
        let mut person = Person {
            email: email.clone(),
            name: String::new(),
            status: standing.status,
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
            left_list: standing.left_list,
            gathers_tags: self.layout.source == Source::MailPoet,
        };
        self.read_name(record, beside, &mut person);
        self.read_times(record, &mut person)?;
        if standing.is_on_list {
            self.read_tags(record, &mut person);
        }
        self.read_fields(record, &mut person);
        let text = |at| Some(self.maybe(record, at)).filter(|text| !text.is_empty());
        person.consent.requested_ip = text(self.consent[1]).and_then(ip);
        person.consent.confirmed_ip = text(self.consent[3]).and_then(ip);
        person.language = text(self.language).filter(|text| text.len() <= 35).map(str::to_owned);
        person.list = text(self.list).filter(|text| text.len() <= 100).map(str::to_owned);
        person.id = text(self.id).and_then(|text| Uuid::parse_str(text).ok());
        person.cadence = text(self.cadence).and_then(cadence);
        self.check_dates(&person)?;
        if !is_stop {
            person.left = None;
        }
        Ok(person)
    }

    /// A column that nobody knows may still say that somebody left.
    fn check_unknown_columns(&self, record: &Record) -> Result<(), Why> {
        if self.layout.source != Source::Plain {
            return Ok(());
        }
        match self.fields.iter().find(|at| is_stop_word(record.cell(**at))) {
            Some(at) => Err(ask(self.about("import-row-maybe-left", *at, record))),
            None => Ok(()),
        }
    }

    /// A reason that names a column and what stands in it.
    fn about(&self, key: &'static str, at: usize, record: &Record) -> Phrase {
        let value: String = record.cell(at).trim().chars().take(60).collect();
        Phrase::new(key).with("column", self.column_name(at)).with("value", value)
    }

    fn column_name(&self, at: usize) -> String {
        match &*self.layout.columns[at].name {
            "" => (at + 1).to_string(),
            name => name.chars().take(60).collect(),
        }
    }

    fn standing(&self, record: &Record) -> Result<Standing, Why> {
        if self.layout.source == Source::MailPoet {
            return self.standing_on_lists(record);
        }
        let mut found: Option<PersonStatus> = None;
        let mut why = None;
        for &at in &self.statuses {
            match self.word(record, at) {
                Ok(Some(status)) => found = found.max(Some(status)),
                Ok(None) => {}
                Err(asks) => why = why.or(Some(asks)),
            }
        }
        let status = self.settled(found, why)?;
        let is_on_list = true;
        if self.layout.source == Source::PhpList && !status.is_stop() && self.is_on_no_list(record) {
            return Err(ask(Phrase::new("import-row-on-no-list")));
        }
        Ok(Standing { status, left_list: None, is_on_list })
    }

    /// A stop is certain whatever else is asked; whoever would be mailed waits for the answer.
    fn settled(&self, found: Option<PersonStatus>, why: Option<Why>) -> Result<PersonStatus, Why> {
        let found = match (found, self.layout.fallback) {
            (found, Fallback::Is(status)) => found.max(Some(status)),
            (found, _) => found,
        };
        if let Some(status) = found.filter(|status| status.is_stop()) {
            return Ok(status);
        }
        if let Fallback::Never(key) = self.layout.fallback {
            return Err(no(Phrase::new(key)));
        }
        if let Some(why) = why {
            return Err(why);
        }
        if self.layout.lacks_columns {
            return Err(ask(Phrase::new("import-row-columns")));
        }
        match (self.layout.fallback, self.answer) {
            (Fallback::Asks(key), None) => Err(ask(Phrase::new(key))),
            (Fallback::Asks(_), Some(said)) => Ok(found.unwrap_or(PersonStatus::Active).max(said.into())),
            _ => Ok(found.unwrap_or(PersonStatus::Active)),
        }
    }

    /// What a cell of a status column says; nothing where it says nothing against the person.
    fn word(&self, record: &Record, at: usize) -> Result<Option<PersonStatus>, Why> {
        let word = self.layout.columns[at].vocabulary.read(self.cell(record, at));
        match word {
            Word::Neutral => Ok(None),
            Word::Is(status) => Ok(Some(status)),
            Word::Dormant => match self.dormant {
                Some(said) => Ok(Some(said.into())),
                None => Err(ask(self.about("import-row-dormant", at, record))),
            },
            Word::Asks(key) => Err(ask(self.about(key, at, record))),
            Word::Unknown => Err(ask(self.about("import-row-status-unknown", at, record))),
            Word::Empty => {
                Err(ask(Phrase::new("import-row-status-empty").with("column", self.column_name(at))))
            }
        }
    }

    /// MailPoet has a row for each person and list: a status on the list, and one of the person.
    fn standing_on_lists(&self, record: &Record) -> Result<Standing, Why> {
        let name_of = |at: usize| columns::compared(&self.layout.columns[at].name);
        let list_at = self.statuses.iter().copied().find(|at| name_of(*at) != "global status");
        let global_at = self.statuses.iter().copied().find(|at| Some(*at) != list_at);
        let list_name = self.maybe(record, self.tags);
        let is_nowhere = list_name.eq_ignore_ascii_case("Not In Segment");
        let is_other = self.chosen_list.as_ref().is_some_and(|chosen| chosen != list_name) && !is_nowhere;
        let on_list = list_at.map(|at| self.word(record, at)).transpose();
        let global = global_at.map(|at| self.word(record, at)).transpose();
        let known = |word: &Result<Option<Option<PersonStatus>>, Why>| {
            word.as_ref().ok().copied().flatten().flatten()
        };
        let (on_list_status, global_status) = (known(&on_list), known(&global));
        let is_on_list = !is_nowhere && on_list_status.is_some_and(|status| !status.is_stop());
        if let Some(status) = global_status.filter(|status| status.is_stop()) {
            return Ok(Standing { status, left_list: None, is_on_list });
        }
        if is_other {
            return Err(no(Phrase::new("import-row-other-list").with("list", list_name.to_owned())));
        }
        if let Some(status) = on_list_status.filter(|status| status.is_stop()) {
            // From no list nobody can have left while staying on another.
            let left_list = (self.chosen_list.is_none() && !is_nowhere).then(|| list_name.to_owned());
            return Ok(Standing { status, left_list, is_on_list });
        }
        if is_nowhere {
            return Err(ask(Phrase::new("import-row-on-no-list")));
        }
        let why = global.err().or(on_list.err());
        let status = self.settled(on_list_status.max(global_status), why)?;
        Ok(Standing { status, left_list: None, is_on_list: is_on_list || list_at.is_none() })
    }

    /// The list of a row that was not chosen is still a tag of who is on it.
    fn tags_of_other_list(&self, record: &Record) -> Vec<String> {
        let Some(chosen) = self.chosen_list.as_ref().filter(|_| self.layout.source == Source::MailPoet)
        else {
            return Vec::new();
        };
        let list = self.maybe(record, self.tags);
        let words = self.statuses.iter().map(|at| self.word(record, *at));
        let is_on = words.into_iter().all(|word| matches!(word, Ok(Some(status)) if !status.is_stop()));
        if is_on && list != chosen && !list.is_empty() { vec![list.to_owned()] } else { Vec::new() }
    }

    fn is_on_no_list(&self, record: &Record) -> bool {
        self.maybe(record, self.tags).eq_ignore_ascii_case("No Lists")
    }

    fn read_name(&self, record: &Record, beside: &str, person: &mut Person) {
        let [full, first, middle, last] = self.names.map(|at| self.maybe(record, at));
        let from_metadata;
        let full = if self.layout.source == Source::Buttondown && full.starts_with('{') {
            from_metadata = metadata_name(full);
            from_metadata.trim()
        } else {
            full
        };
        // Where one column is the last name, a column "name" is the first.
        let first = if self.names[1].is_none() && self.names[3].is_some() { full } else { first };
        let mut name = String::new();
        for part in [first, middle, last].into_iter().filter(|part| !part.is_empty()) {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(part);
        }
        for other in [full, beside] {
            if name.is_empty() {
                name.push_str(other);
            }
        }
        let is_plain = name.bytes().all(|byte| (b' '..0x7f).contains(&byte));
        let name = if is_plain { name } else { single_line(&name).trim().to_owned() };
        if name.len() > NAME_CHARS_MAX && name.chars().count() > NAME_CHARS_MAX {
            let at = self.names.iter().flatten().next().copied().unwrap_or(self.email);
            person.left_out.push(self.layout.columns[at].name.clone());
        } else {
            person.name = name;
        }
    }

    fn read_times(&self, record: &Record, person: &mut Person) -> Result<(), Why> {
        person.consent.requested_at = self.time(record, self.consent[0], person)?;
        person.consent.confirmed_at = self.time(record, self.consent[2], person)?;
        for &at in &self.joined {
            if person.joined.is_none() {
                person.joined = self.time(record, Some(at), person)?;
            }
        }
        if self.joined.is_empty() || self.layout.source == Source::Buttondown {
            let asked = person.consent.confirmed_at.or(person.consent.requested_at);
            person.joined = person.joined.or(asked);
        }
        let dated = |at: &usize| self.layout.columns[*at].vocabulary == Vocabulary::LeftAt;
        let left = self.statuses.iter().copied().filter(dated).chain(self.left);
        for at in left {
            if person.left.is_none() {
                person.left = self.time(record, Some(at), person)?;
            }
        }
        Ok(())
    }

    /// Only who left has a date of leaving; who gets mail and left after joining contradicts what the row says.
    fn check_dates(&self, person: &Person) -> Result<(), Why> {
        match person.left {
            Some(left) if !person.status.is_stop() && person.joined.is_none_or(|joined| left > joined) => {
                Err(ask(Phrase::new("import-row-left-but-active")))
            }
            _ => Ok(()),
        }
    }

    fn time(
        &self,
        record: &Record,
        at: Option<usize>,
        person: &mut Person,
    ) -> Result<Option<DateTime<Utc>>, Why> {
        let Some(at) = at else { return Ok(None) };
        let text = self.cell(record, at);
        let column = || self.layout.columns[at].name.clone();
        match dates::parse(text, self.dates) {
            Said::Nothing => Ok(None),
            Said::At { at, has_zone } => {
                if !has_zone {
                    person.zoneless.push((column(), text.to_owned()));
                }
                // Our own times come back as they were.
                Ok(Some(if self.is_own { at } else { at.trunc_subsecs(0) }))
            }
            Said::Ambiguous if !person.status.is_stop() => {
                Err(ask(self.about("import-row-date", at, record)))
            }
            Said::Ambiguous | Said::Unreadable => {
                person.left_out.push(column());
                Ok(None)
            }
        }
    }

    fn read_tags(&self, record: &Record, person: &mut Person) {
        let Some(at) = self.tags else { return };
        let cell = self.cell(record, at);
        if cell.is_empty() || self.layout.source == Source::PhpList && self.is_on_no_list(record) {
            return;
        }
        let mut tags = cells::tags(cell, self.tag_form);
        let count = tags.len();
        tags.retain(|tag| tag.chars().count() <= TAG_CHARS_MAX && !tag.chars().any(char::is_control));
        tags.truncate(TAGS_MAX);
        if tags.len() < count {
            person.left_out.push(self.layout.columns[at].name.clone());
        }
        person.tags = tags;
    }

    fn read_fields(&self, record: &Record, person: &mut Person) {
        for &at in &self.fields {
            let cell = self.cell(record, at);
            if cell.is_empty() {
                continue;
            }
            let column = &self.layout.columns[at];
            if cell.len() > FIELD_CHARS_MAX && cell.chars().count() > FIELD_CHARS_MAX {
                person.left_out.push(column.name.clone());
            } else {
                let name: Arc<str> = match &column.role {
                    ColumnRole::Field(name) if **name != *column.name => name.as_str().into(),
                    _ => column.name.clone(),
                };
                person.fields.push((name, cell.to_owned()));
            }
        }
    }
}

/// The name in what Buttondown keeps about somebody.
fn metadata_name(cell: &str) -> String {
    let text = |key| cells::python_text(cell, key).unwrap_or_default();
    let name = text("name");
    if name.is_empty() { format!("{} {}", text("first_name"), text("last_name")) } else { name }
}

fn ip(text: &str) -> Option<String> {
    text.parse::<std::net::IpAddr>().ok().map(|ip| ip.to_string())
}

/// How often somebody wants mail: in our words, or as Substack's wish for digests.
fn cadence(text: &str) -> Option<Cadence> {
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(Cadence::Daily),
        "false" => Some(Cadence::Each),
        word => Cadence::parse(word),
    }
}

impl From<SaidStatus> for PersonStatus {
    fn from(said: SaidStatus) -> PersonStatus {
        match said {
            SaidStatus::Active => PersonStatus::Active,
            SaidStatus::Pending => PersonStatus::Pending,
            SaidStatus::Unsubscribed => PersonStatus::Unsubscribed,
        }
    }
}
