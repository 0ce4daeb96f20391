//! Subscribers who fit a rule, found by keys: a bounded walk by the time they joined, and how many they are. Both are
//! driven by the condition that the fewest have; the others are looked up for each of those.

mod statement;

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(in crate::db) use self::statement::{Statement, Value, bind_all};
use super::{Tx, dialect, segments, subscribers};
use crate::domain::segment::{Fact, Rule, Segment};
use crate::domain::subscription::{Cadence, SubscriptionStatus};

/// Which subscribers a page shows: the quick filters, and a saved segment beside them. All of it must fit; list, status
/// and cadence one subscription.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Beginnings of the address, its domain or a word of the name.
    pub words: Vec<String>,
    pub list_id: Option<Uuid>,
    pub status: Option<SubscriptionStatus>,
    pub cadence: Option<Cadence>,
    pub tag: Option<String>,
    pub since: Option<DateTime<Utc>>,
    /// They joined before it.
    pub until: Option<DateTime<Utc>>,
    /// As it was when it was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<Segment>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub segment_name: String,
}

impl Filter {
    /// Whether it lets everybody through.
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// What it asks at one moment.
    pub async fn rule(&self, tx: &mut Tx, now: DateTime<Utc>) -> sqlx::Result<Rule> {
        let mut rules: Vec<Rule> =
            self.words.iter().map(|word| Rule::Fact(Fact::Word(word.clone()))).collect();
        rules.extend(self.tag.clone().map(|tag| Rule::Fact(Fact::Tag(tag))));
        let (list, status, cadence) = (self.list_id, self.status, self.cadence);
        if list.is_some() || status.is_some() || cadence.is_some() {
            rules.push(Rule::Fact(Fact::Subscription { list, status, cadence }));
        }
        if self.since.is_some() || self.until.is_some() {
            rules.push(Rule::Fact(Fact::Joined { since: self.since, until: self.until }));
        }
        if let Some(segment) = &self.segment {
            rules.push(segments::rule_at(tx, segment, now).await?);
        }
        Ok(Rule::All(rules))
    }
}

/// The most rows that one page looks at. What few subscribers have is walked whole; where each condition
/// fits more than these, and all of them together fit few, the next page looks on.
pub const LOOKS_MAX: i64 = 5_000;

/// The most rows that are looked up beside those: a rule of many conditions looks at fewer subscribers at once.
const LOOKUPS_MAX: i64 = 15_000;

/// How many subscribers are asked, to reckon how many fit.
const SAMPLE: u64 = 1_000;

/// The most walks along indexes that one condition may be, to drive: a group of any of its conditions has many.
const ARMS_MAX: usize = 20;

/// Which way a walk goes, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walk {
    /// From the newest subscriber before this one.
    Older(Uuid),
    /// From the oldest subscriber after this one.
    Newer(Uuid),
}

/// What a walk found.
#[derive(Clone, Debug)]
pub struct Walked {
    /// In the walk's order.
    pub ids: Vec<Uuid>,
    /// How far it looked, where it stopped before it had what was asked for or was through.
    pub looked_to: Option<Uuid>,
    /// How many match, where that is known.
    pub count: Count,
}

/// How many subscribers match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    Exactly(i64),
    MoreThan(i64),
    /// Reckoned from a part of all subscribers.
    About(i64),
    /// Nobody of that part fits: these are as many as there may be all the same.
    FewerThan(i64),
    Unknown,
}

impl Count {
    /// The number, where it is no guess.
    pub fn exact(self) -> Option<i64> {
        match self {
            Count::Exactly(n) => Some(n),
            _ => None,
        }
    }

    /// The number, as near as it is known.
    pub fn number(self) -> i64 {
        match self {
            Count::Exactly(n) | Count::MoreThan(n) | Count::About(n) => n,
            Count::FewerThan(_) | Count::Unknown => 0,
        }
    }
}

/// How a rule is walked: the condition that drives, and what the others ask of whom that one finds.
pub struct Plan<'a> {
    rule: &'a Rule,
    driver: Driver<'a>,
    /// How many rows the driver has, counted to one more than `looks`.
    rows: i64,
    checks: Vec<&'a Rule>,
    bounds: (Uuid, Uuid),
    /// The most rows of the driver that are looked at at once.
    looks: i64,
    /// The conditions beside the dates.
    conditions: usize,
}

/// What a walk goes along.
enum Driver<'a> {
    /// Everybody, within the dates.
    Everybody,
    /// Those of any of these facts.
    Facts(Vec<&'a Fact>),
}

impl<'a> Driver<'a> {
    /// The facts of a condition, where each of them is a range of an index.
    fn of(rule: &'a Rule) -> Option<Driver<'a>> {
        let facts = match rule {
            Rule::Fact(fact) => vec![fact],
            Rule::Any(rules) => rules
                .iter()
                .map(|rule| match rule {
                    Rule::Fact(fact) => Some(fact),
                    _ => None,
                })
                .collect::<Option<Vec<&Fact>>>()?,
            Rule::All(_) | Rule::Not(_) => return None,
        };
        let arms: usize = facts.iter().map(|fact| statement::arms(fact)).sum::<Option<usize>>()?;
        (1..=ARMS_MAX).contains(&arms).then_some(Driver::Facts(facts))
    }

    fn facts(&self) -> &[&'a Fact] {
        match self {
            Driver::Everybody => &[],
            Driver::Facts(facts) => facts,
        }
    }

    /// Whether some of its rows may not fit.
    fn is_wider(&self) -> bool {
        self.facts().iter().any(|fact| matches!(fact, Fact::GotOneOf(_)))
    }

    /// How many rows it has within bounds, looked at no further than one more than `looks`; `None`: its rows are in
    /// another order than the walk's, and too many to sort.
    async fn count(&self, tx: &mut Tx, bounds: (Uuid, Uuid), looks: i64) -> sqlx::Result<Option<i64>> {
        for fact in self.facts().iter().filter(|fact| statement::is_out_of_order(fact)) {
            let mut all = Statement::new("SELECT COUNT(*) FROM (SELECT 1 AS one FROM ");
            all.range(fact);
            let _ = write!(all.sql, " LIMIT {}) AS x", looks + 1);
            if all.number(tx).await? > looks {
                return Ok(None);
            }
        }
        let mut rows = Statement::new("SELECT COUNT(*) FROM (SELECT id FROM (");
        rows.rows(self.facts(), bounds, "DESC", looks);
        let _ = write!(rows.sql, ") AS y LIMIT {}) AS x", looks + 1);
        let rows = rows.number(tx).await?;
        if rows > looks || !self.may_repeat() {
            return Ok(Some(rows));
        }
        // Somebody on two lists is one of these.
        let mut people = Statement::new("SELECT COUNT(DISTINCT id) FROM (");
        people.rows(self.facts(), bounds, "DESC", looks);
        people.push(") AS x");
        people.number(tx).await.map(Some)
    }

    /// Whether somebody may be in it twice.
    fn may_repeat(&self) -> bool {
        let in_many =
            |fact: &&Fact| matches!(fact, Fact::Subscription { list: None, .. } | Fact::GotOneOf(_));
        self.facts().len() > 1 || self.facts().iter().any(in_many)
    }
}

/// The smallest id of who joined at `time`: ids begin with their time.
fn floor(time: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from(time.timestamp_millis()).unwrap_or(0).min((1 << 48) - 1);
    Uuid::from_u128(u128::from(millis) << 80)
}

impl<'a> Plan<'a> {
    /// Looks at each condition, to find the one that the fewest have.
    pub async fn of(tx: &mut Tx, rule: &'a Rule) -> sqlx::Result<Plan<'a>> {
        statement::walk_along_indexes(tx).await?;
        let mut bounds = (Uuid::nil(), Uuid::max());
        let mut conditions = Vec::new();
        for conjunct in rule.conjuncts() {
            match conjunct {
                Rule::Fact(Fact::Joined { since, until }) => {
                    bounds.0 = since.map_or(bounds.0, |since| floor(since).max(bounds.0));
                    bounds.1 = until.map_or(bounds.1, |until| floor(until).min(bounds.1));
                }
                other => conditions.push(other),
            }
        }
        let lookups = conditions.iter().map(|rule| rule.looks()).sum::<usize>().max(1) as i64;
        let looks = (LOOKUPS_MAX / lookups).clamp(100, LOOKS_MAX);
        let mut plan = Plan {
            rule,
            driver: Driver::Everybody,
            rows: looks + 1,
            checks: Vec::new(),
            bounds,
            looks,
            conditions: conditions.len(),
        };
        let may_drive = conditions.iter().any(|rule| Driver::of(rule).is_some());
        if plan.is_dated() || !conditions.is_empty() && !may_drive {
            plan.rows = Driver::Everybody.count(tx, bounds, looks).await?.unwrap_or(looks + 1);
        }
        plan.choose(tx, &conditions).await?;
        // None of those drives: too many have the word, or not everybody's domain is known yet.
        if may_drive && matches!(plan.driver, Driver::Everybody) && !plan.is_dated() {
            plan.rows = Driver::Everybody.count(tx, bounds, looks).await?.unwrap_or(looks + 1);
        }
        Ok(plan)
    }

    async fn choose(&mut self, tx: &mut Tx, conditions: &[&'a Rule]) -> sqlx::Result<()> {
        let mut drives = None;
        // Whoever has no words yet is found by no domain.
        let has_all_words = !subscribers::any_without_words(tx).await?;
        for (at, condition) in conditions.iter().enumerate() {
            let Some(driver) = Driver::of(condition) else { continue };
            if !has_all_words && driver.facts().iter().any(|fact| matches!(fact, Fact::Domain(_))) {
                continue;
            }
            // No further than the best so far: what has more does not drive.
            let cap = self.rows.min(self.looks);
            let Some(rows) = driver.count(tx, self.bounds, cap).await? else { continue };
            let is_first = matches!(self.driver, Driver::Everybody);
            if rows < self.rows || (rows == self.rows && is_first) {
                drives = Some((at, driver.is_wider()));
                (self.driver, self.rows) = (driver, rows);
            }
        }
        let is_checked = |at: usize| drives.is_none_or(|(driver, is_wider)| at != driver || is_wider);
        self.checks =
            conditions.iter().enumerate().filter(|(at, _)| is_checked(*at)).map(|(_, c)| *c).collect();
        Ok(())
    }

    fn is_dated(&self) -> bool {
        self.bounds != (Uuid::nil(), Uuid::max())
    }

    /// Whether the driver's rows are few enough to look at them all at once.
    fn is_whole(&self) -> bool {
        self.rows <= self.looks
    }

    fn matching(&self, select: &str, bounds: (Uuid, Uuid), order: &str) -> Statement {
        let mut found = Statement::new(select);
        found.push(" FROM (SELECT id FROM (");
        found.rows(self.driver.facts(), bounds, order, self.looks);
        let _ = write!(found.sql, ") AS x ORDER BY 1 {order} LIMIT {}) AS d", self.looks);
        for (n, rule) in self.checks.iter().enumerate() {
            found.push(if n == 0 { " WHERE " } else { " AND " }).check(rule, "d.id");
        }
        found
    }

    /// The next of those that match, `limit` at most.
    pub async fn page(&self, tx: &mut Tx, way: Walk, limit: i64) -> sqlx::Result<Walked> {
        let bounds = match way {
            Walk::Older(before) => (self.bounds.0, before.min(self.bounds.1)),
            Walk::Newer(after) => (after.max(self.bounds.0), self.bounds.1),
        };
        let order = if matches!(way, Walk::Older(_)) { "DESC" } else { "ASC" };
        let mut found = self.matching("SELECT DISTINCT d.id", bounds, order);
        let _ = write!(found.sql, " ORDER BY d.id {order} LIMIT {limit}");
        let ids = found.ids(tx).await?;
        let mut looked_to = None;
        if (ids.len() as i64) < limit && !self.is_whole() {
            let mut last = Statement::new("SELECT id FROM (");
            last.rows(self.driver.facts(), bounds, order, self.looks);
            let _ = write!(last.sql, ") AS x ORDER BY 1 {order} LIMIT 1 OFFSET {}", self.looks - 1);
            looked_to = last.ids(tx).await?.into_iter().next();
        }
        Ok(Walked { ids, looked_to, count: self.seen() })
    }

    /// How many match, as far as looking for the driver has shown.
    fn seen(&self) -> Count {
        match self.checks.as_slice() {
            [] if self.conditions == 0 && !self.is_dated() => Count::Unknown,
            [] if self.is_whole() => Count::Exactly(self.rows),
            [] => Count::MoreThan(self.looks),
            // Too many have the word for it to drive.
            [Rule::Fact(Fact::Word(_))] if self.conditions == 1 && !self.is_whole() && !self.is_dated() => {
                Count::MoreThan(self.looks)
            }
            _ => Count::Unknown,
        }
    }

    /// How many match: exactly where few have one of the conditions, else reckoned from a part of all subscribers,
    /// which is the same part for the same rule.
    pub async fn count(&self, tx: &mut Tx) -> sqlx::Result<Count> {
        if !self.is_whole() {
            return self.reckon(tx).await;
        }
        match self.seen() {
            Count::Exactly(n) => Ok(Count::Exactly(n)),
            _ => {
                let counted = self.matching("SELECT COUNT(DISTINCT d.id)", self.bounds, "DESC");
                counted.number(tx).await.map(Count::Exactly)
            }
        }
    }

    /// Asks subscribers at places of the table that chance picks. Places, not ids: ids are times, and a file of a
    /// million joined within a minute.
    async fn reckon(&self, tx: &mut Tx) -> sqlx::Result<Count> {
        let places = places(tx).await?;
        let wanted = SAMPLE * places.of_one / places.filled;
        let mut picked: Vec<u64> = (0..places.count.min(wanted)).collect();
        if places.count > wanted {
            let mut chance = Chance::of(&format!("{:?}", self.rule));
            picked = picked.iter().map(|_| chance.below(places.count)).collect();
            picked.sort_unstable();
            picked.dedup();
        }
        let mut asked = Statement::new("SELECT COUNT(CASE WHEN ");
        asked.check(self.rule, "d.id");
        asked.push(" THEN 1 END) FROM (SELECT id FROM subscribers WHERE ");
        asked.push(dialect!(
            tx,
            sqlite: "rowid IN (SELECT value + 1 FROM json_each(",
            postgres: "ctid = ANY (ARRAY(SELECT ('(' || value::bigint / 120 || ',' || value::bigint % 120 + 1 || ')')::tid
                       FROM json_array_elements_text(("
        ));
        let tried = picked.len() as i64;
        asked.text(&serde_json::json!(picked).to_string());
        asked.push(dialect!(tx, sqlite: "))) AS d", postgres: ")::json)))) AS d"));
        let found = asked.number(tx).await?;
        let each = places.count as f64 / tried.max(1) as f64;
        Ok(match found {
            0 => Count::FewerThan(rounded((3.0 * each).ceil() as i64)),
            found => Count::About(rounded((found as f64 * each).round() as i64)),
        })
    }
}

/// Where subscribers may stand in their table.
struct Places {
    count: u64,
    /// Of `of_one` places so many are filled, about.
    filled: u64,
    of_one: u64,
}

async fn places(tx: &mut Tx) -> sqlx::Result<Places> {
    // PostgreSQL's pages have 8 kB, so 120 rows of a subscriber at most; as a rule half of that.
    let sql = dialect!(
        tx,
        sqlite: "SELECT COALESCE(MAX(rowid), 1) FROM subscribers",
        postgres: "SELECT GREATEST(pg_relation_size('subscribers'::regclass) / 8192, 1) * 120"
    );
    let count = Statement::new(sql).number(tx).await?;
    let count = u64::try_from(count).unwrap_or(1).max(1);
    Ok(match tx.is_sqlite() {
        true => Places { count, filled: 1, of_one: 1 },
        false => Places { count, filled: 1, of_one: 2 },
    })
}

/// Two figures of a number: more would say more than is known.
fn rounded(n: i64) -> i64 {
    let mut unit = 1;
    while n / unit >= 100 {
        unit *= 10;
    }
    (n + unit / 2) / unit * unit
}

/// Numbers that are the same for the same text (SplitMix64 over FNV-1a): no secret hangs on them.
struct Chance(u64);

impl Chance {
    fn of(text: &str) -> Chance {
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Chance(text.bytes().fold(0xcbf2_9ce4_8422_2325, hash))
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// Walks over those that match, `limit` at most, by the time they joined.
pub async fn walk(tx: &mut Tx, rule: &Rule, way: Walk, limit: i64) -> sqlx::Result<Walked> {
    Plan::of(tx, rule).await?.page(tx, way, limit).await
}

/// How many match: exactly, or about.
pub async fn count(tx: &mut Tx, rule: &Rule) -> sqlx::Result<Count> {
    Plan::of(tx, rule).await?.count(tx).await
}

/// About how many match a filter of subscriptions, as they were counted last; `None`: nobody counts what it asks for.
pub async fn counted(tx: &mut Tx, filter: &Filter) -> sqlx::Result<Option<i64>> {
    let Filter { words, list_id, status, cadence, tag, since, until, segment, segment_name: _ } = filter;
    match words.is_empty() && tag.is_none() && since.or(*until).is_none() && segment.is_none() {
        true => super::subscriptions::counted(tx, *list_id, *status, *cadence).await,
        false => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::id_at;

    #[test]
    fn a_day_is_a_range_of_ids() {
        let at: DateTime<Utc> = "2026-11-24T09:41:00Z".parse().unwrap();
        let (first, second) = (id_at(at), id_at(at));
        assert!(first < second && floor(at) <= first);
        assert!(second < floor(at + chrono::TimeDelta::milliseconds(1)));
        assert_eq!(first.get_version_num(), 7);
    }

    #[test]
    fn what_is_reckoned_has_two_figures() {
        assert_eq!([0, 7, 99, 104, 1_250, 987_654].map(rounded), [0, 7, 99, 100, 1_300, 990_000]);
    }
}
