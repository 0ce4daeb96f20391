//! Rows of a file that are stored in one transaction: what several rows of one address make together, what becomes of
//! each person beside what is known here, and the statements that write it.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::db::fields::{self, SubscriberField};
use crate::db::import_rows::{self, FileConsent, NewImportRow};
use crate::db::import_store::{self, Known, NewPerson};
use crate::db::imports::{Refusal, Tally};
use crate::db::subscriptions::{self, Asked, Changed, Subscription};
use crate::db::suppressions::SuppressionReason;
use crate::db::{Tx, WriteTx, erased, id_at};
use crate::domain::field::FieldValue;
use crate::domain::subscription::{Said, SubscriptionStatus, Transition};
use crate::imports::{Line, Outcome, Person, PersonStatus, Refused, RefusedKind, merge_two};
use crate::locale::{Phrase, say};

/// How many people of each kind a dry run names.
pub const EXAMPLES: usize = 5;

/// An import, as far as its rows need to know it.
#[derive(Clone, Debug)]
pub struct Target {
    pub import_id: Uuid,
    pub list_id: Uuid,
    /// When it was started: one moment for all of its rows.
    pub at: DateTime<Utc>,
    /// What a suppression that comes of it says.
    pub detail: String,
    /// Names of the files, where there are several.
    pub files: Vec<String>,
    /// Those who are pending are asked as soon as all are stored.
    pub asks: bool,
    /// The publication's fields, by their keys and names in lower case.
    pub fields: HashMap<String, SubscriberField>,
    /// The list's short name, where the file has rows of several lists: only its own are taken.
    pub only_list: Option<String>,
}

/// Rows that belong together.
#[derive(Debug, Default)]
pub struct Batch {
    /// By the key of their addresses: in this order everybody locks and adds them. Each with where the row stands.
    people: BTreeMap<String, (Person, u64)>,
    refusals: Vec<Refusal>,
    /// Rows of somebody who is among these already.
    repeated: i64,
    /// Cells of people that are not taken, by their columns.
    left_out: LeftOut,
}

/// Cells that are left out while their row is taken, by the column: how many, and the first one's line.
pub type LeftOut = BTreeMap<String, (u64, u64)>;

/// Adds what came later in the file.
pub fn add_left_out(all: &mut LeftOut, more: &LeftOut) {
    for (column, (count, line)) in more {
        let entry = all.entry(column.clone()).or_insert((0, *line));
        *entry = (entry.0 + count, entry.1.min(*line));
    }
}

/// Where a row stands.
#[derive(Clone, Copy)]
struct Place {
    file: usize,
    record: u64,
    line: u64,
}

/// What a file's columns are matched with: a field's key, and what people call it.
pub fn by_name(fields: Vec<SubscriberField>) -> HashMap<String, SubscriberField> {
    let mut found = HashMap::new();
    for field in fields {
        found.entry(field.name.to_lowercase()).or_insert_with(|| field.clone());
        found.insert(field.key.clone(), field);
    }
    found
}

impl Target {
    /// What a person's fields hold by the file; a value that is none of its kind is left out.
    fn values(&self, person: &Person) -> Vec<(Uuid, FieldValue)> {
        if self.fields.is_empty() {
            return Vec::new();
        }
        let value = |(name, text): &(std::sync::Arc<str>, String)| {
            let field = self.fields.get(&name.to_lowercase())?;
            Some((field.id, FieldValue::parse(field.kind, text).ok()??))
        };
        person.fields.iter().filter_map(value).collect()
    }

    /// The columns whose cells are not taken of a person: too long, no time, or nothing that the field can hold.
    fn left_out<'a>(&self, person: &'a Person) -> impl Iterator<Item = &'a str> {
        let wrong = |(name, text): &&(std::sync::Arc<str>, String)| {
            let field = self.fields.get(&name.to_lowercase());
            field.is_some_and(|field| FieldValue::parse(field.kind, text).is_err())
        };
        let fields = if self.fields.is_empty() { &[][..] } else { &person.fields[..] };
        let wrong: Vec<&'a str> = fields.iter().filter(wrong).map(|(name, _)| &**name).collect();
        person.left_out.iter().map(|name| &**name).chain(wrong)
    }

    /// A row of another list is not taken: leaving that one is not leaving this one.
    fn own(&self, outcome: Outcome) -> Outcome {
        match (outcome, &self.only_list) {
            (Ok(person), Some(slug)) if person.list.as_ref() != Some(slug) => {
                let list = person.list.unwrap_or_default();
                Err(Box::new(Refused {
                    kind: RefusedKind::Ask,
                    reason: Phrase::new("import-row-of-list").with("list", list),
                    email: None,
                    cells: vec![person.email.as_str().to_owned(), person.name],
                    tags: Vec::new(),
                    is_about_lists: false,
                }))
            }
            (outcome, _) => outcome,
        }
    }
}

impl Batch {
    /// Puts rows together.
    pub fn of(lines: Vec<Line>, target: &Target) -> Batch {
        let files = &target.files;
        let mut batch = Batch::default();
        let mut outcomes: BTreeMap<String, (Place, Outcome)> = BTreeMap::new();
        for Line { file, record, number: line, outcome } in lines {
            let place = Place { file, record, line };
            let outcome = target.own(outcome);
            let key = match &outcome {
                Ok(person) => Some(person.email.key()),
                Err(refused) => refused.email.as_ref().map(|email| email.key()),
            };
            match (key, outcome) {
                (None, Ok(_)) => {}
                (None, Err(refused)) => batch.refuse(files, place, *refused),
                (Some(key), outcome) => {
                    let both = match outcomes.remove(&key) {
                        None => (place, outcome),
                        Some((first, earlier)) => {
                            batch.repeated += 1;
                            let place = if earlier.is_ok() && outcome.is_err() { place } else { first };
                            (place, merge_two(earlier, outcome))
                        }
                    };
                    outcomes.insert(key, both);
                }
            }
        }
        for (key, (place, outcome)) in outcomes {
            match outcome {
                Ok(person) => {
                    for column in target.left_out(&person) {
                        add_left_out(
                            &mut batch.left_out,
                            &LeftOut::from([(column.to_owned(), (1, place.line))]),
                        );
                    }
                    batch.people.insert(key, (person, place.record));
                }
                Err(refused) => batch.refuse(files, place, *refused),
            }
        }
        batch.refusals.sort_by_key(|refusal| refusal.number);
        batch.refusals.dedup_by_key(|refusal| refusal.number);
        batch
    }

    fn refuse(&mut self, files: &[String], place: Place, refused: Refused) {
        self.refusals.push(Refusal {
            number: i64::try_from(place.record).unwrap_or(i64::MAX),
            line: i64::try_from(place.line).unwrap_or(i64::MAX),
            file: if files.len() > 1 {
                files.get(place.file).cloned().unwrap_or_default()
            } else {
                String::new()
            },
            is_question: refused.kind == RefusedKind::Ask,
            reason: refused.reason.to_string(),
            cells_json: serde_json::to_string(&refused.cells).unwrap_or_else(|_| "[]".to_owned()),
        });
    }

    /// What was not taken.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// What was not taken of people who were.
    pub fn left_out(&self) -> &LeftOut {
        &self.left_out
    }

    /// The people, each once.
    fn people(&self) -> impl Iterator<Item = (&String, &Person)> {
        self.people.iter().map(|(key, (person, _))| (key, person))
    }

    /// An id for each who is new, in the order of the file: ids are times.
    fn new_ids(&self, here: &KnownHere, target: &Target) -> HashMap<&str, Uuid> {
        let new = self.people.iter().filter(|(key, _)| !here.people.contains_key(*key));
        let mut new: Vec<(&String, &Person, u64)> =
            new.map(|(key, (person, record))| (key, person, *record)).collect();
        new.sort_unstable_by_key(|(.., record)| *record);
        let id = |person: &Person| id_at(person.joined.map_or(target.at, |at| at.min(target.at)));
        new.into_iter().map(|(key, person, _)| (key.as_str(), id(person))).collect()
    }

    /// Whether somebody is in both.
    pub fn overlaps(&self, other: &Batch) -> bool {
        self.people.keys().any(|key| other.people.contains_key(key))
    }

    /// Takes out people who came in an earlier batch: for a dry run, which stores nobody.
    pub fn drop_known(&mut self, mut is_known: impl FnMut(&str) -> bool) {
        let before = self.people.len();
        self.people.retain(|key, _| !is_known(key));
        self.repeated += (before - self.people.len()) as i64;
    }
}

/// What a person's status is on a list, and why their address is never mailed.
fn status_of(status: PersonStatus) -> (SubscriptionStatus, Option<SuppressionReason>) {
    match status {
        PersonStatus::Active => (SubscriptionStatus::Active, None),
        PersonStatus::Pending => (SubscriptionStatus::Pending, None),
        PersonStatus::Unsubscribed => (SubscriptionStatus::Unsubscribed, None),
        PersonStatus::Suppressed => (SubscriptionStatus::Unsubscribed, Some(SuppressionReason::Manual)),
        PersonStatus::Bounced => (SubscriptionStatus::Bounced, Some(SuppressionReason::Bounced)),
        PersonStatus::Complained => (SubscriptionStatus::Complained, Some(SuppressionReason::Complained)),
    }
}

/// What becomes of one person.
struct Planned<'a> {
    key: &'a str,
    person: &'a Person,
    id: Uuid,
    is_new: bool,
    fills_name: bool,
    asked: Asked,
    suppress: Option<(SuppressionReason, DateTime<Utc>)>,
    /// Values of fields that are other than before.
    fields: Vec<(Uuid, FieldValue)>,
}

/// What is known here of a batch's people.
struct KnownHere {
    people: HashMap<String, Known>,
    held: Vec<Subscription>,
    confirmed: HashMap<Uuid, DateTime<Utc>>,
    suppressed: HashSet<String>,
    /// Addresses' keys of whom only a hash is left.
    erased: HashSet<String>,
    /// What fields hold of them, where the publication has any.
    fields: HashMap<(Uuid, Uuid), String>,
}

/// Who of these people is known, by the keys of their addresses.
async fn people_here(tx: &mut Tx, batch: &Batch) -> sqlx::Result<HashMap<String, Known>> {
    let keys: Vec<&str> = batch.people.keys().map(String::as_str).collect();
    import_store::known(tx, &keys).await
}

fn ids_of(people: &HashMap<String, Known>) -> Vec<Uuid> {
    people.values().map(|known| known.id).collect()
}

/// What else is known of them.
async fn known_here(
    tx: &mut Tx,
    batch: &Batch,
    target: &Target,
    people: HashMap<String, Known>,
    held: Vec<Subscription>,
) -> sqlx::Result<KnownHere> {
    let keys: Vec<&str> = batch.people.keys().map(String::as_str).collect();
    let ids = ids_of(&people);
    let suppressed = import_store::suppressed(tx, &keys).await?;
    let erased = erased::among(tx, &keys).await?.into_iter().collect();
    let open: Vec<Uuid> = held
        .iter()
        .filter(|held| held.list_id == target.list_id && held.standing().is_open())
        .map(|held| held.subscriber_id)
        .collect();
    let confirmed = subscriptions::confirmed_here(tx, target.list_id, &open).await?;
    let fields = match target.fields.is_empty() || ids.is_empty() {
        true => Vec::new(),
        false => fields::of_ids(tx, &ids).await?,
    };
    let fields = fields.into_iter().map(|one| ((one.subscriber_id, one.field_id), one.text)).collect();
    Ok(KnownHere { people, held, confirmed, suppressed, erased, fields })
}

/// What becomes of each; `None`: nothing, since the address is suppressed here, or was erased.
fn plan<'a>(batch: &'a Batch, target: &Target, here: &KnownHere) -> Vec<Option<Planned<'a>>> {
    let new = batch.new_ids(here, target);
    let plan = |(key, person): (&'a String, &'a Person)| {
        let (status, reason) = status_of(person.status);
        let is_open = matches!(status, SubscriptionStatus::Active | SubscriptionStatus::Pending);
        let known = here.people.get(key);
        let is_suppressed = here.suppressed.contains(key);
        let was_erased = known.is_none() && here.erased.contains(key);
        if is_suppressed && is_open || was_erased {
            return None;
        }
        let joined = person.joined.map(|at| at.min(target.at));
        let left = person.left.map(|at| at.min(target.at));
        let id = known.map(|known| known.id).or_else(|| new.get(key.as_str()).copied())?;
        // Whoever is active needs not be asked again because somebody says so of a whole file.
        let is_asked = target.asks && status == SubscriptionStatus::Pending;
        let confirmed_here = here.confirmed.get(&id).copied().or(is_asked.then_some(target.at));
        let said = Said {
            status,
            cadence: person.cadence,
            since: if is_open { target.at } else { left.unwrap_or(target.at) },
            left,
            confirmed_here,
        };
        let came_back = confirmed_here.zip(left).is_some_and(|(confirmed, left)| confirmed > left);
        Some(Planned {
            key,
            person,
            id,
            is_new: known.is_none(),
            fills_name: known.is_some_and(|known| known.name.is_empty()) && !person.name.is_empty(),
            asked: Asked {
                subscriber_id: id,
                list_id: target.list_id,
                transition: Transition::Import(said),
                created_at: joined,
            },
            fields: target
                .values(person)
                .into_iter()
                .filter(|(field, value)| here.fields.get(&(id, *field)) != Some(&value.text))
                .collect(),
            suppress: reason.filter(|_| !is_suppressed && !came_back).map(|reason| (reason, target.at)),
        })
    };
    batch.people().map(plan).collect()
}

fn tally(
    batch: &Batch,
    planned: &[Option<Planned<'_>>],
    changed: &[Option<Changed>],
    tagged: &HashSet<Uuid>,
) -> Tally {
    let questions = batch.refusals.iter().filter(|refusal| refusal.is_question).count() as i64;
    let mut tally = Tally {
        unchanged: batch.repeated,
        held: questions,
        refused: batch.refusals.len() as i64 - questions,
        ..Tally::default()
    };
    for (planned, changed) in planned.iter().zip(changed) {
        let Some(planned) = planned else {
            tally.unchanged += 1;
            continue;
        };
        let changed = changed.filter(Changed::is_new);
        match changed {
            Some(one) if one.was.is_none() => tally.added += 1,
            Some(_) => tally.changed += 1,
            None if does_more(planned, tagged) => {
                tally.changed += 1;
            }
            None => tally.unchanged += 1,
        }
        match changed.map(|one| one.now.status) {
            Some(SubscriptionStatus::Pending) => tally.pending += 1,
            Some(SubscriptionStatus::Active) => tally.active += 1,
            _ => {}
        }
    }
    tally
}

/// What would become of a batch, and whom it would add, change and leave as they are; nothing is written.
pub async fn check(tx: &mut Tx, batch: &Batch, target: &Target) -> sqlx::Result<(Tally, [Vec<String>; 3])> {
    let people = people_here(tx, batch).await?;
    let held = match people.is_empty() {
        true => Vec::new(),
        false => subscriptions::of_ids(tx, &ids_of(&people)).await?,
    };
    let here = known_here(tx, batch, target, people, held).await?;
    let planned = plan(batch, target, &here);
    let changed = decided(&planned, &here, target);
    let known: Vec<Uuid> = planned
        .iter()
        .flatten()
        .filter(|one| !one.is_new && !one.person.tags.is_empty())
        .map(|one| one.id)
        .collect();
    let has = import_store::tags_of(tx, &known).await?;
    let lacks = |one: &&Planned<'_>| {
        !one.is_new && one.person.tags.iter().any(|tag| !has.contains(&(one.id, tag.clone())))
    };
    let tagged: HashSet<Uuid> = planned.iter().flatten().filter(lacks).map(|one| one.id).collect();
    let mut examples = [const { Vec::new() }; 3];
    for ((planned, changed), (_, person)) in planned.iter().zip(&changed).zip(batch.people()) {
        let at = match changed.filter(Changed::is_new) {
            Some(one) if one.was.is_none() => 0,
            Some(_) => 1,
            None if planned.as_ref().is_some_and(|one| does_more(one, &tagged)) => 1,
            None => 2,
        };
        if examples[at].len() < EXAMPLES {
            examples[at].push(person.email.as_str().to_owned());
        }
    }
    Ok((tally(batch, &planned, &changed, &tagged), examples))
}

/// Whether more of somebody changes than their subscription.
fn does_more(one: &Planned<'_>, tagged: &HashSet<Uuid>) -> bool {
    one.fills_name || one.suppress.is_some() || !one.fields.is_empty() || tagged.contains(&one.id)
}

fn decided(planned: &[Option<Planned<'_>>], here: &KnownHere, target: &Target) -> Vec<Option<Changed>> {
    let asked: Vec<Asked> = planned.iter().flatten().map(|one| one.asked).collect();
    let mut changed = subscriptions::decide(&here.held, &asked, target.at).into_iter();
    planned.iter().map(|one| one.as_ref().and_then(|_| changed.next().flatten())).collect()
}

/// Stores a batch, and what became of it.
pub async fn store(tx: &mut WriteTx, batch: &Batch, target: &Target) -> sqlx::Result<Tally> {
    loop {
        let here = locked_here(tx, batch, target).await?;
        let planned = plan(batch, target, &here);
        if !add_new(tx, &planned, target).await? {
            // Somebody added one of them since they were looked for: now they are known.
            continue;
        }
        let changed = decided(&planned, &here, target);
        return write(tx, batch, (&planned, &changed), target, &here).await;
    }
}

async fn locked_here(tx: &mut WriteTx, batch: &Batch, target: &Target) -> sqlx::Result<KnownHere> {
    let mut people = people_here(tx, batch).await?;
    let mut held = Vec::new();
    if !people.is_empty() {
        held = subscriptions::lock(tx, &ids_of(&people)).await?;
        // Somebody may have been erased before they were locked.
        people = people_here(tx, batch).await?;
    }
    known_here(tx, batch, target, people, held).await
}

/// Adds those who are new; false where somebody else added one of them a moment ago.
async fn add_new(tx: &mut WriteTx, planned: &[Option<Planned<'_>>], target: &Target) -> sqlx::Result<bool> {
    let new: Vec<NewPerson<'_>> = planned
        .iter()
        .flatten()
        .filter(|one| one.is_new)
        .map(|one| NewPerson {
            id: one.id,
            email: one.person.email.as_str(),
            email_key: one.key,
            name: &one.person.name,
            language: one.person.language.as_deref().unwrap_or_default(),
            created_at: one.asked.created_at.unwrap_or(target.at),
        })
        .collect();
    Ok(import_store::add_people(tx, &new).await? == new.len() as u64)
}

async fn write(
    tx: &mut WriteTx,
    batch: &Batch,
    (planned, changed): (&[Option<Planned<'_>>], &[Option<Changed>]),
    target: &Target,
    here: &KnownHere,
) -> sqlx::Result<Tally> {
    let mut pairs: Vec<(&Planned<'_>, Option<Changed>)> =
        planned.iter().zip(changed).filter_map(|(one, changed)| Some((one.as_ref()?, *changed))).collect();
    // As their tables are ordered: new ones stand side by side at the end, not each on a page of its own.
    pairs.sort_unstable_by_key(|(one, _)| one.id);
    let asked: Vec<Asked> = pairs.iter().map(|(one, _)| one.asked).collect();
    let decided: Vec<Option<Changed>> = pairs.iter().map(|(_, changed)| *changed).collect();
    subscriptions::write(tx, &asked, &decided, target.at).await?;

    let names: Vec<(&str, &str)> = pairs
        .iter()
        .filter(|(one, _)| one.fills_name)
        .map(|(one, _)| (one.key, one.person.name.as_str()))
        .collect();
    import_store::fill_names(tx, &names, target.at).await?;
    let stops: Vec<(&str, SuppressionReason, DateTime<Utc>)> =
        pairs.iter().filter_map(|(one, _)| one.suppress.map(|(reason, at)| (one.key, reason, at))).collect();
    import_store::suppress(tx, &stops, &target.detail).await?;
    let tagged = new_tags(tx, &pairs, target).await?;
    let values: Vec<(Uuid, Uuid, FieldValue)> = pairs
        .iter()
        .flat_map(|(one, _)| one.fields.iter().map(|(field, value)| (one.id, *field, value.clone())))
        .collect();
    fields::set_all(tx, &values).await?;

    let mut rows = Vec::with_capacity(pairs.len());
    for (one, changed) in &pairs {
        let changed = changed.filter(Changed::is_new);
        let undo = undo_of(one, here);
        if changed.is_none() && undo.is_none() && !one.is_new && !tagged.contains(&one.id) {
            continue;
        }
        let consent = &one.person.consent;
        rows.push(NewImportRow {
            subscriber_id: one.id,
            list_id: target.list_id,
            is_new: one.is_new,
            set: changed.map(|changed| changed.now),
            was: changed.and_then(|changed| changed.was),
            consent: FileConsent {
                requested_at: consent.requested_at,
                requested_ip: consent.requested_ip.clone(),
                confirmed_at: consent.confirmed_at,
                confirmed_ip: consent.confirmed_ip.clone(),
            },
            undo_json: undo,
        });
    }
    import_rows::add(tx, target.import_id, &rows).await?;
    Ok(tally(batch, planned, changed, &tagged))
}

/// Tags people; those known before to whom a tag is new.
async fn new_tags(
    tx: &mut WriteTx,
    pairs: &[(&Planned<'_>, Option<Changed>)],
    target: &Target,
) -> sqlx::Result<HashSet<Uuid>> {
    let tags_of = |are_new: bool| -> Vec<(&str, Uuid)> {
        let people = pairs.iter().map(|(one, _)| one).filter(|one| one.is_new == are_new);
        let mut tags: Vec<(&str, Uuid)> =
            people.flat_map(|one| one.person.tags.iter().map(|tag| (tag.as_str(), one.id))).collect();
        tags.sort_unstable();
        tags
    };
    import_store::tag(tx, &tags_of(true), true, target.at).await?;
    let tags = tags_of(false);
    if import_store::tag(tx, &tags, false, target.at).await? == 0 {
        return Ok(HashSet::new());
    }
    let known: HashSet<Uuid> = tags.iter().map(|(_, id)| *id).collect();
    let known: Vec<Uuid> = known.into_iter().collect();
    import_store::tagged_at(tx, &known, target.at).await
}

/// What else of somebody is to be put back when the import is undone.
fn undo_of(one: &Planned<'_>, here: &KnownHere) -> Option<String> {
    let mut undo = serde_json::Map::new();
    if one.fills_name {
        undo.insert("name".to_owned(), json!(one.person.name));
    }
    if one.suppress.is_some() {
        undo.insert("suppressed".to_owned(), json!(true));
    }
    if !one.fields.is_empty() && !one.is_new {
        let was = |field: &Uuid| here.fields.get(&(one.id, *field));
        let fields = one.fields.iter().map(|(field, value)| json!([field, value.text, was(field)]));
        undo.insert("fields".to_owned(), fields.collect());
    }
    (!undo.is_empty()).then(|| serde_json::Value::Object(undo).to_string())
}

/// What a suppression that comes of a file says.
pub fn suppression_detail(file_name: &str) -> String {
    say("suppression-by-import").with("file", file_name.to_owned()).to_string()
}
