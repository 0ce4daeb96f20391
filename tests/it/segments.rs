//! Segments: SQL and plain thinking agree about who is in one; saved, used for the list, bulk changes, exports and
//! campaigns.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use postrider::db::segments;
use postrider::db::walk::{Count, Plan, Walk};
use postrider::db::{Db, publication};
use postrider::domain::local_time::day_begins;
use postrider::domain::segment::{
    Combine, Condition, FieldTest, Group, LAST_CAMPAIGNS_MAX, Segment, Source, Test,
};
use postrider::domain::subscription::{Cadence, SubscriptionStatus};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use reqwest::StatusCode;
use uuid::Uuid;

use crate::delivery::{campaign, subscribe_all};
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::desk::Person;

async fn exec(app: &TestApp, sql: String) {
    match &app.app.db {
        Db::Sqlite { writer, .. } => {
            sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(writer).await.map(|_| ())
        }
        Db::Postgres(pool) => sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(pool).await.map(|_| ()),
    }
    .unwrap();
}

fn literal(app: &TestApp, id: Uuid) -> String {
    match app.app.db {
        Db::Sqlite { .. } => format!("x'{}'", id.simple()),
        Db::Postgres(_) => format!("'{id}'"),
    }
}

/// Somebody of a few, with little that tells them apart.
#[derive(Clone, Debug)]
struct Somebody {
    minutes_ago: i64,
    domain: usize,
    name: usize,
    subscriptions: [Option<(SubscriptionStatus, Cadence)>; 2],
    tags: [bool; 2],
    text: Option<usize>,
    number: Option<i64>,
    day: Option<u32>,
    yes: Option<bool>,
    forms: Vec<usize>,
    got: [Option<bool>; 3],
}

const DOMAINS: [&str; 3] = ["example.org", "example.com", "mail.example.org"];
const NAMES: [&str; 4] = ["", "Ines Carvalho", "Tobe Exa", "Caro_l"];
const TAGS: [&str; 2] = ["founder", "100%"];
const TEXTS: [&str; 4] = ["Lisbon", "Lis", "Lis%", "Oslo"];
const FORMS: [&str; 6] = ["page", "json", "import", "import, by an admin", "desk", "desk, by an admin"];
const LISTS: [Uuid; 2] = [Uuid::from_u128(1 << 100 | 1), Uuid::from_u128(1 << 100 | 2)];
const FIELDS: [Uuid; 4] =
    [Uuid::from_u128(11), Uuid::from_u128(12), Uuid::from_u128(13), Uuid::from_u128(14)];

fn status() -> impl Strategy<Value = SubscriptionStatus> {
    (0..5usize).prop_map(|n| SubscriptionStatus::ALL[n])
}

fn cadence() -> impl Strategy<Value = Cadence> {
    (0..3usize).prop_map(|n| Cadence::ALL[n])
}

fn somebody() -> impl Strategy<Value = Somebody> {
    let held = || proptest::option::of((status(), cadence()));
    let values = (
        proptest::option::of(0..TEXTS.len()),
        proptest::option::of(-3..4i64),
        proptest::option::of(1..5u32),
        proptest::option::of(any::<bool>()),
    );
    let forms = proptest::collection::vec(0..FORMS.len(), 0..3);
    let got = || proptest::option::of(any::<bool>());
    (
        (0..10_000i64, 0..DOMAINS.len(), 0..NAMES.len()),
        [held(), held()],
        any::<[bool; 2]>(),
        values,
        forms,
        [got(), got(), got()],
    )
        .prop_map(
            |((minutes_ago, domain, name), subscriptions, tags, (text, number, day, yes), forms, got)| {
                Somebody {
                    minutes_ago,
                    domain,
                    name,
                    subscriptions,
                    tags,
                    text,
                    number,
                    day,
                    yes,
                    forms,
                    got,
                }
            },
        )
}

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, n).unwrap()
}

/// Tests that fit some, and some that fit nobody. Campaigns are named by their place.
fn test() -> impl Strategy<Value = Test> {
    let field = |place: usize, is: FieldTest| Test::Field { field: FIELDS[place], is };
    prop_oneof![
        prop_oneof![Just("ines"), Just("exa"), Just("example.org"), Just("p1"), Just("zz")]
            .prop_map(|word| Test::Word { word: word.to_owned() }),
        (
            proptest::option::of((0..2usize).prop_map(|n| LISTS[n])),
            proptest::option::of(status()),
            proptest::option::of(cadence())
        )
            .prop_map(|(list, status, cadence)| Test::Subscription { list, status, cadence }),
        (0..2usize).prop_map(|n| Test::Tag { tag: TAGS[n].to_owned() }),
        (0..4usize).prop_map(move |n| field(n, FieldTest::Set)),
        (0..TEXTS.len()).prop_map(move |n| field(0, FieldTest::Is(TEXTS[n].to_owned()))),
        (0..TEXTS.len()).prop_map(move |n| field(0, FieldTest::BeginsWith(TEXTS[n].to_owned()))),
        (-3..4i64).prop_map(move |n| field(1, FieldTest::Equals(n as f64))),
        (-3..4i64).prop_map(move |n| field(1, FieldTest::Less(n as f64 + 0.5))),
        (-3..4i64).prop_map(move |n| field(1, FieldTest::Greater(n as f64))),
        (1..5u32).prop_map(move |n| field(2, FieldTest::On(day(n)))),
        (1..5u32).prop_map(move |n| field(2, FieldTest::Before(day(n)))),
        (1..5u32).prop_map(move |n| field(2, FieldTest::After(day(n)))),
        any::<bool>().prop_map(move |yes| field(3, FieldTest::Is(if yes { "yes" } else { "no" }.to_owned()))),
        (18..25u32).prop_map(|n| Test::JoinedBefore { day: day(n) }),
        (1..8u32).prop_map(|days| Test::JoinedWithin { days }),
        (0..3usize).prop_map(|n| Test::CameBy { source: Source::ALL[n] }),
        (0..3usize).prop_map(|n| Test::Domain { domain: DOMAINS[n].to_owned() }),
        (0..3u128).prop_map(|n| Test::Got { campaign: Uuid::from_u128(n) }),
        (1..5u32).prop_map(|last| Test::GotOneOf { last }),
    ]
}

fn segment() -> impl Strategy<Value = Segment> {
    let combine = || (0..3usize).prop_map(|n| Combine::ALL[n]);
    let condition = (any::<bool>(), test()).prop_map(|(not, test)| Condition { not, test });
    let group = (combine(), proptest::collection::vec(condition, 1..4))
        .prop_map(|(combine, conditions)| Group { combine, conditions });
    (combine(), proptest::collection::vec(group, 1..4))
        .prop_map(|(combine, groups)| Segment::new(combine, groups))
}

/// The segment with the ids that campaigns got in place of their places.
fn with_campaigns(mut segment: Segment, campaigns: &[Uuid]) -> Segment {
    for condition in segment.groups.iter_mut().flat_map(|group| &mut group.conditions) {
        if let Test::Got { campaign } = &mut condition.test {
            *campaign = campaigns[campaign.as_u128() as usize];
        }
    }
    segment
}

/// What everybody is compared with.
struct World {
    now: DateTime<Utc>,
    zone: chrono_tz::Tz,
    /// The oldest first.
    campaigns: Vec<Uuid>,
}

impl World {
    fn fits(&self, one: &Somebody, n: usize, test: &Test) -> bool {
        let joined = self.now - TimeDelta::minutes(one.minutes_ago);
        let email = format!("p{n}@{}", DOMAINS[one.domain]);
        let got = |campaign: &Uuid| {
            let place = self.campaigns.iter().position(|known| known == campaign).unwrap();
            one.got[place] == Some(true)
        };
        match test {
            Test::Word { word } => {
                let name = NAMES[one.name].to_lowercase();
                let name = name.split(|c: char| !c.is_alphanumeric());
                [email.as_str(), DOMAINS[one.domain]]
                    .into_iter()
                    .chain(name)
                    .any(|found| found.starts_with(word.as_str()))
            }
            Test::Subscription { list, status, cadence } => {
                LISTS.iter().zip(&one.subscriptions).any(|(of, held)| {
                    held.is_some_and(|(is, often)| {
                        list.is_none_or(|list| list == *of)
                            && status.is_none_or(|status| status == is)
                            && cadence.is_none_or(|cadence| cadence == often)
                    })
                })
            }
            Test::Tag { tag } => TAGS.iter().zip(one.tags).any(|(known, has)| has && known == tag),
            Test::Field { field, is } => self.field(one, *field, is),
            Test::JoinedBefore { day } => joined < day_begins(*day, self.zone).unwrap(),
            Test::JoinedWithin { days } => joined >= self.now - TimeDelta::days(i64::from(*days)),
            Test::CameBy { source } => match one.forms.first() {
                Some(0 | 1) => *source == Source::Form,
                Some(2 | 3) => *source == Source::Import,
                Some(_) => *source == Source::Desk,
                None => false,
            },
            Test::Domain { domain } => DOMAINS[one.domain] == domain,
            Test::Got { campaign } => got(campaign),
            Test::GotOneOf { last } => {
                assert!(*last <= LAST_CAMPAIGNS_MAX);
                self.campaigns.iter().rev().take(*last as usize).any(got)
            }
        }
    }

    fn field(&self, one: &Somebody, field: Uuid, is: &FieldTest) -> bool {
        let text = match FIELDS.iter().position(|known| *known == field).unwrap() {
            0 => one.text.map(|n| TEXTS[n].to_owned()),
            1 => one.number.map(|n| n.to_string()),
            2 => one.day.map(|n| day(n).to_string()),
            _ => one.yes.map(|yes| if yes { "yes" } else { "no" }.to_owned()),
        };
        let Some(text) = text else { return false };
        let number = one.number.map(|n| n as f64);
        match is {
            FieldTest::Set => true,
            FieldTest::Is(value) => text == *value,
            FieldTest::BeginsWith(start) => text.starts_with(start.as_str()),
            FieldTest::Equals(n) => number == Some(*n),
            FieldTest::Less(n) => number.is_some_and(|number| number < *n),
            FieldTest::Greater(n) => number.is_some_and(|number| number > *n),
            FieldTest::On(day) => text == day.to_string(),
            FieldTest::Before(day) => text < day.to_string(),
            FieldTest::After(day) => text > day.to_string(),
        }
    }

    fn is_in(&self, one: &Somebody, n: usize, segment: &Segment) -> bool {
        let combined = |combine: Combine, mut of: Box<dyn Iterator<Item = bool> + '_>| match combine {
            Combine::All => of.all(|fits| fits),
            Combine::Any => of.any(|fits| fits),
            Combine::None => !of.any(|fits| fits),
        };
        let group = |group: &Group| {
            let fits = group.conditions.iter().map(|c| self.fits(one, n, &c.test) != c.not);
            combined(group.combine, Box::new(fits.collect::<Vec<_>>().into_iter()))
        };
        combined(segment.combine, Box::new(segment.groups.iter().map(group)))
    }
}

/// Writes everybody down; their ids.
async fn store(app: &TestApp, world: &World, people: &[Somebody]) -> Vec<Uuid> {
    let id = |id| literal(app, id);
    let at = app.clock.now().to_rfc3339();
    let mut ids = Vec::new();
    for (n, one) in people.iter().enumerate() {
        let joined = (world.now - TimeDelta::minutes(one.minutes_ago)).timestamp_millis() as u128;
        let s = Uuid::from_u128(joined << 80 | 7 << 76 | 2 << 62 | n as u128);
        ids.push(s);
        let s = id(s);
        let email = format!("p{n}@{}", DOMAINS[one.domain]);
        let name = NAMES[one.name];
        let mut sql = format!(
            "INSERT INTO subscribers (id, email, email_key, name, created_at) VALUES ({s}, '{email}', '{email}', '{name}', '{at}');"
        );
        for (list, held) in LISTS.iter().zip(&one.subscriptions) {
            if let Some((status, cadence)) = held {
                sql += &format!(
                    "INSERT INTO subscriptions (list_id, subscriber_id, status, cadence, created_at, status_since)
                     VALUES ({}, {s}, '{}', '{}', '{at}', '{at}');",
                    id(*list), status.as_str(), cadence.as_str()
                );
            }
        }
        for (tag, _) in TAGS.iter().zip(one.tags).filter(|(_, has)| *has) {
            sql += &format!(
                "INSERT INTO subscriber_tags (tag, subscriber_id, created_at) VALUES ('{tag}', {s}, '{at}');"
            );
        }
        let values = [
            one.text.map(|n| (TEXTS[n].to_owned(), "NULL".to_owned())),
            one.number.map(|n| (n.to_string(), n.to_string())),
            one.day.map(|n| (day(n).to_string(), "NULL".to_owned())),
            one.yes.map(|yes| (if yes { "yes" } else { "no" }.to_owned(), "NULL".to_owned())),
        ];
        for (field, value) in FIELDS.iter().zip(values) {
            if let Some((text, number)) = value {
                sql += &format!(
                    "INSERT INTO subscriber_fields (subscriber_id, field_id, text, number) VALUES ({s}, {}, '{text}', {number});",
                    id(*field)
                );
            }
        }
        for (nth, form) in one.forms.iter().enumerate() {
            sql += &format!(
                "INSERT INTO consents (id, subscriber_id, list_id, form, wording_version, requested_at, requested_ip)
                 VALUES ({}, {s}, {}, '{}', 'x', '2026-11-0{}T00:00:00+00:00', '');",
                id(Uuid::new_v4()), id(LISTS[0]), FORMS[*form], nth + 1
            );
        }
        for (campaign, got) in world.campaigns.iter().zip(one.got) {
            if let Some(got) = got {
                sql += &format!(
                    "INSERT INTO deliveries (campaign_id, subscriber_id, status, attempts, status_since)
                     VALUES ({}, {s}, '{}', 1, '{at}');",
                    id(*campaign),
                    if got { "sent" } else { "bounced" }
                );
            }
        }
        exec(app, sql).await;
    }
    ids
}

/// Two lists, four fields, and three campaigns that were sent.
async fn a_world(app: &TestApp) -> World {
    let at = app.clock.now().to_rfc3339();
    for (n, list) in LISTS.iter().enumerate() {
        app.list(&format!("list{n}"), "List").await;
        exec(app, format!("UPDATE lists SET id = {} WHERE slug = 'list{n}'", literal(app, *list))).await;
    }
    for (n, (field, kind)) in FIELDS.iter().zip(["text", "number", "date", "yes_no"]).enumerate() {
        let field = literal(app, *field);
        exec(
            app,
            format!(
                "INSERT INTO fields (id, key, name, kind, is_open, is_on_form, position, created_at)
             VALUES ({field}, 'f{n}', 'Field {n}', '{kind}', FALSE, FALSE, {n}, '{at}')"
            ),
        )
        .await;
    }
    let mut campaigns = Vec::new();
    for n in 0..3 {
        let id = campaign(app, LISTS[0], &format!("Ferry {n}")).await;
        let began = (app.clock.now() - TimeDelta::hours(10 - n)).to_rfc3339();
        let sql = format!(
            "UPDATE campaigns SET status = 'sent', started_at = '{began}', finished_at = '{began}' WHERE id = {}",
            literal(app, id)
        );
        exec(app, sql).await;
        campaigns.push(id);
    }
    let zone = publication::get(&mut app.app.db.read().await.unwrap()).await.unwrap().zone();
    World { now: app.clock.now(), zone, campaigns }
}

/// A form of the builder with one group of all its conditions.
fn form<'a>(button: &'a str, name: &'a str, rows: &[Vec<(&str, &'a str)>]) -> Vec<(String, &'a str)> {
    let mut form = vec![("do".to_owned(), button), ("name".to_owned(), name), ("combine".to_owned(), "all")];
    form.push(("combine-0".to_owned(), "all"));
    for (n, row) in rows.iter().enumerate() {
        form.extend(row.iter().map(|(field, value)| (format!("{field}-0-{n}"), *value)));
    }
    form
}

/// Saves a segment of those with a tag; its id.
async fn save_tagged(who: &Person<'_>, path: &str, name: &str, tag: &str) -> String {
    let form = form("save", name, &[vec![("what", "tag"), ("verb", "is"), ("value", tag)]]);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    who.submit(path, &form).await.0.rsplit('/').next().unwrap().to_owned()
}

async fn tag(app: &TestApp, emails: &[&str], tag: &str) {
    for email in emails {
        let sql = format!(
            "INSERT INTO subscriber_tags (tag, subscriber_id, created_at)
             SELECT '{tag}', id, created_at FROM subscribers WHERE email = '{email}'"
        );
        exec(app, sql).await;
    }
}

fn mailed(app: &TestApp) -> BTreeSet<String> {
    app.smtp.take().into_iter().map(|mail| mail.to).collect()
}

fn addresses(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|email| (*email).to_owned()).collect()
}

fn version(page: &str) -> String {
    let from = page.split_once("name=\"version\" value=\"").expect("a version").1;
    from.split('"').next().unwrap().to_owned()
}

/// A draft of a list for a segment; the path of its page.
async fn draft(who: &Person<'_>, list: &str, segment: &str) -> String {
    let (edit, _) = who.submit("/admin/campaigns/new", &[("list", list), ("subject", "To some")]).await;
    let stands = version(&who.page(&edit).await);
    let form = [
        ("version", stands.as_str()),
        ("list", list),
        ("subject", "To some"),
        ("markdown", "Words"),
        ("segment", segment),
    ];
    assert_eq!(who.submit(&edit, &form).await.1, "Saved.");
    edit
}

async fn schedule(who: &Person<'_>, edit: &str) {
    let stands = version(&who.page(edit).await);
    who.submit(&edit.replace("/edit", "/schedule"), &[("version", &stands), ("when", "now")]).await;
}

on_both_engines! {
    async fn sql_and_plain_thinking_agree_about_who_is_in_a_segment(app: TestApp) {
        let world = a_world(app).await;
        let mut runner = TestRunner::deterministic();
        let people = proptest::collection::vec(somebody(), 60).new_tree(&mut runner).unwrap().current();
        let ids = store(app, &world, &people).await;
        while postrider::schedule::work_on_subscribers(&app.app).await.unwrap() {}
        let mut found_some = 0;
        for _ in 0..250 {
            let segment = with_campaigns(segment().new_tree(&mut runner).unwrap().current(), &world.campaigns);
            let mut wanted: Vec<Uuid> = people.iter().zip(&ids).enumerate()
                .filter(|(n, (one, _))| world.is_in(one, *n, &segment)).map(|(_, (_, id))| *id).collect();
            wanted.sort();
            let mut tx = app.app.db.read().await.unwrap();
            let rule = segments::rule_at(&mut tx, &segment, world.now).await.unwrap();
            let plan = Plan::of(&mut tx, &rule).await.unwrap();
            assert_eq!(plan.count(&mut tx).await.unwrap(), Count::Exactly(wanted.len() as i64), "{segment:#?}");
            let (mut newer, mut after) = (Vec::new(), Uuid::nil());
            loop {
                let page = plan.page(&mut tx, Walk::Newer(after), 7).await.unwrap();
                assert_eq!(page.looked_to, None);
                newer.extend_from_slice(&page.ids);
                match page.ids.len() {
                    7 => after = page.ids[6],
                    _ => break,
                }
            }
            assert_eq!(newer, wanted, "{segment:#?}");
            let older = plan.page(&mut tx, Walk::Older(Uuid::max()), 100).await.unwrap().ids;
            assert!(older.iter().rev().eq(wanted.iter()), "{segment:#?}");
            found_some += usize::from(!wanted.is_empty() && wanted.len() < people.len());
        }
        assert!(found_some > 100, "{found_some}");
    }

    async fn what_many_fit_is_reckoned_and_is_the_same_each_time(app: TestApp) {
        let world = app.list("world", "World").await;
        let list = literal(app, world);
        let at = app.clock.now().to_rfc3339();
        let from = app.clock.now().timestamp_millis() as u128 - 20_000;
        for thousand in 0..14u128 {
            let mut sql = String::new();
            for n in thousand * 1000..(thousand + 1) * 1000 {
                let id = literal(app, Uuid::from_u128((from + n) << 80 | 7 << 76 | 2 << 62 | n));
                let status = if n % 4 == 0 { "unsubscribed" } else { "active" };
                sql += &format!("INSERT INTO subscribers (id, email, email_key, name, created_at) VALUES ({id}, 'p{n}@example.org', 'p{n}@example.org', '', '{at}');
                    INSERT INTO subscriptions (list_id, subscriber_id, status, cadence, created_at, status_since) VALUES ({list}, {id}, '{status}', 'each', '{at}', '{at}');");
            }
            exec(app, sql).await;
        }
        let held = |status| Condition { not: false, test: Test::Subscription { list: Some(world), status, cadence: None } };
        let of = |conditions| Segment::new(Combine::All, vec![Group { combine: Combine::All, conditions }]);
        let mut tx = app.app.db.read().await.unwrap();
        let count = async |tx: &mut postrider::db::Tx, segment: &Segment| {
            let rule = segments::rule_at(tx, segment, app.clock.now()).await.unwrap();
            postrider::db::walk::count(tx, &rule).await.unwrap()
        };
        let active = of(vec![held(Some(SubscriptionStatus::Active))]);
        let about = count(&mut tx, &active).await;
        assert!(matches!(about, Count::About(n) if (9_600..=11_400).contains(&n)), "{about:?}");
        assert_eq!(count(&mut tx, &active).await, about);
        let left = of(vec![held(Some(SubscriptionStatus::Unsubscribed)), held(None)]);
        assert_eq!(count(&mut tx, &left).await, Count::Exactly(3_500));
        let nobody = of(vec![held(None), Condition { not: true, test: Test::Domain { domain: "example.org".to_owned() } }]);
        assert!(matches!(count(&mut tx, &nobody).await, Count::FewerThan(n) if n < 300));
    }

    async fn a_segment_is_built_saved_renamed_and_deleted(app: TestApp) {
        let world = app.list("world", "World").await;
        subscribe_all(app, world, &["ines@example.org", "tobe@example.org", "caro@example.com"]).await;
        tag(app, &["ines@example.org", "caro@example.com"], "founder").await;
        while postrider::schedule::work_on_subscribers(&app.app).await.unwrap() {}
        let editor = app.editor().await;
        let new = "/admin/subscribers/segments/new";
        // Each button brings back what was typed, and stores nothing.
        let rows = [
            vec![("what", "tag"), ("verb", "is"), ("value", "founder")],
            vec![("what", "domain"), ("verb", "not"), ("value", "Example.COM")],
        ];
        let mut typed = form("add-0", "Founders", &rows);
        typed.push(("new-0".to_owned(), "within"));
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let page = editor.post(new, &typed).await.text().await.unwrap();
        assert!(page.contains("value=\"founder\"") && page.contains("name=\"what-0-2\" value=\"within\""), "{page}");
        assert!(page.contains("1 match") && page.contains("ines@example.org") && !page.contains("tobe@example.org"), "{page}");
        let mut less = form("remove-0-0", "Founders", &rows);
        less.push(("new-0".to_owned(), "tag"));
        let less: Vec<(&str, &str)> = less.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert!(editor.post(new, &less).await.text().await.unwrap().contains("2 matches"));
        assert!(editor.page("/admin/subscribers/segments").await.contains("No segments yet"));
        // Saved, and shown again.
        let id = save_tagged(&editor, new, "Founders", "founder").await;
        let path = format!("/admin/subscribers/segments/{id}");
        let page = editor.page(&path).await;
        assert!(page.contains("2 matches") && page.contains("value=\"Founders\""), "{page}");
        let again = form("save", "FOUNDERS", &[vec![("what", "tag"), ("verb", "is"), ("value", "x")]]);
        let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert!(editor.refused(new, &again).await.contains("There is already a segment called"));
        for (rows, said) in [
            (vec![("what", "tag"), ("value", "")], "Enter one tag"),
            (vec![("what", "within"), ("value", "x")], "Enter a whole number from 1 to 3,650"),
            (vec![("what", "field-x"), ("value", "x")], "That field no longer exists"),
            (vec![("what", "got"), ("value", &id)], "Choose a campaign that was sent"),
        ] {
            let wrong = form("save", "Wrong", &[rows]);
            let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (name.as_str(), *value)).collect();
            let page = editor.refused(new, &wrong).await;
            assert!(page.contains(said) && page.contains("A condition is incomplete"), "{page}");
        }
        let no_name = form("save", "", &[vec![("what", "tag"), ("verb", "is"), ("value", "x")]]);
        let no_name: Vec<(&str, &str)> = no_name.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert!(editor.refused(new, &no_name).await.contains("Enter a name for the segment."));
        assert_eq!(save_tagged(&editor, &path, "First readers", "founder").await, id);
        // The list, with a quick filter beside.
        let list = editor.page(&format!("/admin/subscribers?segment={id}")).await;
        assert!(list.contains("2 matches") && list.contains("caro@example.com") && !list.contains("tobe@example.org"), "{list}");
        assert!(editor.page(&format!("/admin/subscribers?segment={id}&q=ines")).await.contains("1 match"));
        let gone = editor.get("/admin/subscribers?segment=none").await;
        assert_eq!(gone.status(), StatusCode::UNPROCESSABLE_ENTITY);
        // A draft keeps it from being deleted.
        let edit = draft(&editor, &world.to_string(), &id).await;
        assert!(editor.page(&edit).await.contains("If you send it now, it will go to 2 readers."));
        let delete = format!("{path}/delete");
        assert!(editor.submit(&delete, &[]).await.1.contains("uses this segment"));
        assert!(editor.page(&path).await.contains("To some"));
        editor.submit(&edit.replace("/edit", "/discard"), &[]).await;
        assert_eq!(editor.submit(&delete, &[]).await.1, "Deleted segment: First readers");
        assert_eq!(editor.get(&path).await.status(), StatusCode::NOT_FOUND);
        let audit = app.admin().await.page("/admin/settings/audit").await;
        assert!(audit.matches("First readers").count() >= 2, "{audit}");
    }

    async fn bulk_changes_and_exports_are_for_those_in_a_segment(app: TestApp) {
        let world = app.list("world", "World").await;
        subscribe_all(app, world, &["ines@example.org", "tobe@example.org", "caro@example.com"]).await;
        tag(app, &["ines@example.org", "caro@example.com"], "founder").await;
        let admin = app.admin().await;
        let id = save_tagged(&admin, "/admin/subscribers/segments/new", "Founders", "founder").await;
        let ask = admin.page(&format!("/admin/subscribers/change?action=tag&all=yes&segment={id}")).await;
        assert!(ask.contains("Founders") && ask.contains("name=\"f-segment\""), "{ask}");
        let form = [("action", "tag"), ("all", "yes"), ("tag", "thanked"), ("f-segment", &*id)];
        admin.submit("/admin/subscribers/change", &form).await;
        // It is for those who were meant when it began.
        save_tagged(&admin, &format!("/admin/subscribers/segments/{id}"), "Founders", "nobody").await;
        app.run_all_due().await;
        while postrider::schedule::work_on_subscribers(&app.app).await.unwrap() {}
        let thanked = admin.page("/admin/subscribers?tag=thanked").await;
        assert!(thanked.contains("ines@example.org") && thanked.contains("caro@example.com"), "{thanked}");
        assert!(!thanked.contains("tobe@example.org"));
        save_tagged(&admin, &format!("/admin/subscribers/segments/{id}"), "Founders", "thanked").await;
        let csv = admin.page(&format!("/admin/subscribers/export.csv?segment={id}")).await;
        assert_eq!(csv.lines().count(), 3, "{csv}");
        assert!(!csv.contains("tobe@"), "{csv}");
        let refused = app.editor().await.get(&format!("/admin/subscribers/export.csv?segment={id}")).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    }

    async fn a_campaign_is_for_those_whom_the_segment_meant_when_it_was_scheduled(app: TestApp) {
        let world = app.list("world", "World").await;
        let everybody = ["ines@example.org", "tobe@example.org", "caro@example.com", "left@example.org"];
        subscribe_all(app, world, &everybody).await;
        tag(app, &["ines@example.org", "caro@example.com", "left@example.org"], "founder").await;
        tag(app, &["tobe@example.org"], "other").await;
        exec(app, "UPDATE subscriptions SET status = 'unsubscribed' WHERE subscriber_id = (SELECT id FROM subscribers WHERE email = 'left@example.org')".to_owned()).await;
        let editor = app.editor().await;
        let id = save_tagged(&editor, "/admin/subscribers/segments/new", "Founders", "founder").await;
        let path = format!("/admin/subscribers/segments/{id}");
        let edit = draft(&editor, &world.to_string(), &id).await;
        // A form that says nothing of it changes nothing.
        let stands = version(&editor.page(&edit).await);
        let list = world.to_string();
        let form = [("version", stands.as_str()), ("list", &list), ("subject", "To some"), ("markdown", "More")];
        editor.submit(&edit, &form).await;
        schedule(&editor, &edit).await;
        save_tagged(&editor, &path, "Founders", "other").await;
        editor.submit(&format!("{path}/delete"), &[]).await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        assert_eq!(mailed(app), addresses(&["ines@example.org", "caro@example.com"]));
        let shown = editor.page(&edit.replace("/edit", "")).await;
        assert!(shown.contains("Segment: Founders"), "{shown}");
        // Taken back, it is a draft again and means what the segment means by then; of a deleted one what it meant.
        let id = save_tagged(&editor, "/admin/subscribers/segments/new", "Founders", "founder").await;
        let edit = draft(&editor, &world.to_string(), &id).await;
        schedule(&editor, &edit).await;
        editor.submit(&edit.replace("/edit", "/take-back"), &[]).await;
        save_tagged(&editor, &format!("/admin/subscribers/segments/{id}"), "Founders", "other").await;
        schedule(&editor, &edit).await;
        editor.submit(&format!("/admin/subscribers/segments/{id}/delete"), &[]).await;
        editor.submit(&edit.replace("/edit", "/take-back"), &[]).await;
        let page = editor.page(&edit).await;
        assert!(page.contains("Founders (since deleted)") && page.contains("it will go to 1 reader."), "{page}");
        schedule(&editor, &edit).await;
        app.advance(TimeDelta::minutes(6));
        app.run_all_due().await;
        assert_eq!(mailed(app), addresses(&["tobe@example.org"]));
    }

    async fn who_missed_a_campaign_is_of_its_segment(app: TestApp) {
        let world = app.list("world", "World").await;
        subscribe_all(app, world, &["ines@example.org", "tobe@example.org", "caro@example.com"]).await;
        tag(app, &["ines@example.org", "caro@example.com"], "founder").await;
        let editor = app.editor().await;
        let id = save_tagged(&editor, "/admin/subscribers/segments/new", "Founders", "founder").await;
        let edit = draft(&editor, &world.to_string(), &id).await;
        schedule(&editor, &edit).await;
        app.advance(TimeDelta::minutes(6));
        // It begins, and is cancelled before anybody was enqueued.
        postrider::schedule::run_campaigns(&app.app).await.unwrap();
        let campaign = edit.split('/').nth(3).unwrap().to_owned();
        let uuid = literal(app, campaign.parse().unwrap());
        exec(app, format!("DELETE FROM deliveries WHERE campaign_id = {uuid}")).await;
        exec(app, format!("UPDATE campaigns SET enqueued_at = NULL, enqueued_to = NULL WHERE id = {uuid}")).await;
        editor.submit(&format!("/admin/campaigns/{campaign}/cancel"), &[("shown", "0"), ("typed", "0")]).await;
        app.run_all_due().await;
        assert_eq!(mailed(app), BTreeSet::new());
        let missed = editor.page(&format!("/admin/campaigns/{campaign}/missed")).await;
        assert!(missed.contains("2 readers"), "{missed}");
        editor.submit(&format!("/admin/campaigns/{campaign}/missed"), &[]).await;
        app.run_all_due().await;
        assert_eq!(mailed(app), addresses(&["ines@example.org", "caro@example.com"]));
    }
}
