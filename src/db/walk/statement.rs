//! The SQL of a rule: literals of ours and bound values, nothing else.

use std::fmt::Write as _;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::db::{Engine, Tx, on_either};
use crate::domain::segment::{Fact, FieldTest, Rule, Source};
use crate::domain::subscription::{Cadence, SubscriptionStatus};

/// A value that a statement binds.
#[derive(Clone, Debug)]
pub enum Value {
    Id(Uuid),
    Text(String),
    Number(f64),
}

/// Binds a statement's values to a query, in order.
macro_rules! bind_all {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                $crate::db::walk::Value::Id(id) => query.bind(id),
                $crate::db::walk::Value::Text(text) => query.bind(text),
                $crate::db::walk::Value::Number(number) => query.bind(number),
            };
        }
        query
    }};
}
pub(in crate::db) use bind_all;

/// A statement that grows, with its values.
pub struct Statement {
    pub sql: String,
    pub values: Vec<Value>,
    /// How many values others bind before these.
    before: usize,
}

/// Tells PostgreSQL's planner, until the transaction ends, to go along indexes and to stop where there is enough: of a
/// table that nobody has analysed it takes a condition of a million rows for one of a few, and would sort them all.
pub async fn walk_along_indexes(tx: &mut Tx) -> sqlx::Result<()> {
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        let set =
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off;
                   SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off";
        sqlx::raw_sql(set).execute(&mut **tx).await?;
    }
    Ok(())
}

/// How many walks along an index a fact is; `None`: it is none.
pub fn arms(fact: &Fact) -> Option<usize> {
    match fact {
        Fact::Word(_) | Fact::Tag(_) | Fact::Domain(_) => Some(1),
        Fact::Subscription { list, status, cadence } => match (list, status, cadence) {
            (None, None, None) => None,
            (Some(_), None, None) => Some(1),
            _ => Some(statuses(*status).len() * cadences(*cadence).len()),
        },
        Fact::Field(_, test) => match test {
            FieldTest::Is(_) | FieldTest::On(_) => Some(1),
            FieldTest::Equals(_) | FieldTest::Less(_) | FieldTest::Greater(_) => Some(1),
            FieldTest::Before(_) | FieldTest::After(_) => Some(1),
            FieldTest::Set | FieldTest::BeginsWith(_) => None,
        },
        Fact::GotOneOf(campaigns) => Some(campaigns.len()),
        Fact::Joined { .. } | Fact::CameBy(_) => None,
    }
}

/// Whether a fact's rows stand in another order than subscribers do.
pub fn is_out_of_order(fact: &Fact) -> bool {
    match fact {
        Fact::Word(_) => true,
        Fact::Field(_, test) => !matches!(test, FieldTest::Is(_) | FieldTest::On(_) | FieldTest::Equals(_)),
        _ => false,
    }
}

fn statuses(status: Option<SubscriptionStatus>) -> Vec<SubscriptionStatus> {
    status.map_or_else(|| SubscriptionStatus::ALL.to_vec(), |status| vec![status])
}

fn cadences(cadence: Option<Cadence>) -> Vec<Cadence> {
    cadence.map_or_else(|| Cadence::ALL.to_vec(), |cadence| vec![cadence])
}

/// A text as a part of a LIKE pattern whose escape is `!`.
fn literally(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

impl Statement {
    pub fn new(sql: &str) -> Statement {
        Statement { sql: sql.to_owned(), values: Vec::new(), before: 0 }
    }

    /// A part of a statement that binds so many values before.
    pub fn behind(before: usize) -> Statement {
        Statement { sql: String::new(), values: Vec::new(), before }
    }

    pub fn push(&mut self, sql: &str) -> &mut Statement {
        self.sql.push_str(sql);
        self
    }

    fn id(&mut self, id: Uuid) -> &mut Statement {
        self.bind(Value::Id(id))
    }

    pub fn text(&mut self, text: &str) -> &mut Statement {
        self.bind(Value::Text(text.to_owned()))
    }

    fn bind(&mut self, value: Value) -> &mut Statement {
        self.values.push(value);
        let _ = write!(self.sql, "${}", self.before + self.values.len());
        self
    }

    fn between(&mut self, column: &str, (low, high): (Uuid, Uuid)) -> &mut Statement {
        self.push(column).push(" > ").id(low).push(" AND ").push(column).push(" < ").id(high)
    }

    /// The rows of any of these facts between two ids, as the column `id`; of no facts: everybody's. Each walk has its
    /// own limit, or PostgreSQL would sort all of them; the engines merge them, since each of them is in order.
    pub fn rows(&mut self, facts: &[&Fact], bounds: (Uuid, Uuid), order: &str, looks: i64) {
        if facts.is_empty() {
            self.push("SELECT id FROM subscribers WHERE ").between("id", bounds);
            let _ = write!(self.sql, " ORDER BY 1 {order} LIMIT {}", looks + 1);
        }
        let mut walks = 0;
        for fact in facts {
            self.walks(fact, bounds, order, looks, &mut walks);
        }
    }

    fn walks(&mut self, fact: &Fact, bounds: (Uuid, Uuid), order: &str, looks: i64, walks: &mut usize) {
        match fact {
            Fact::Subscription { list, status: None, cadence: None } => {
                self.walk(bounds, order, looks, walks, |sql| {
                    sql.push("subscriptions WHERE ").fits(*list, None, None);
                });
            }
            // One walk for each status and cadence that may be: each of them is a range of an index.
            Fact::Subscription { list, status, cadence } => {
                for status in statuses(*status) {
                    for cadence in cadences(*cadence) {
                        self.walk(bounds, order, looks, walks, |sql| {
                            sql.push("subscriptions WHERE ").fits(*list, Some(status), Some(cadence));
                        });
                    }
                }
            }
            Fact::GotOneOf(campaigns) => {
                for campaign in campaigns {
                    self.walk(bounds, order, looks, walks, |sql| {
                        sql.push("deliveries WHERE campaign_id = ").id(*campaign).push(" AND ");
                    });
                }
            }
            fact if is_out_of_order(fact) => {
                self.begin_walk(walks);
                // The inner limit keeps SQLite from walking all subscribers for the outer bounds; such a fact drives
                // only where no more than these have it.
                self.push("SELECT DISTINCT subscriber_id AS id FROM (SELECT subscriber_id FROM ");
                self.range(fact);
                let _ = write!(self.sql, " LIMIT {}) AS w WHERE ", looks + 1);
                self.between("subscriber_id", bounds);
                self.end_walk(order, looks, *walks);
            }
            fact => self.walk(bounds, order, looks, walks, |sql| {
                sql.range(fact);
                sql.push(" AND ");
            }),
        }
    }

    fn begin_walk(&mut self, walks: &mut usize) {
        self.push(if *walks == 0 { "" } else { " UNION ALL " });
        *walks += 1;
        self.push("SELECT id FROM (");
    }

    fn end_walk(&mut self, order: &str, looks: i64, walk: usize) {
        let _ = write!(self.sql, " ORDER BY 1 {order} LIMIT {}) AS w{walk}", looks + 1);
    }

    fn walk(
        &mut self,
        bounds: (Uuid, Uuid),
        order: &str,
        looks: i64,
        walks: &mut usize,
        from: impl FnOnce(&mut Statement),
    ) {
        self.begin_walk(walks);
        self.push("SELECT subscriber_id AS id FROM ");
        from(self);
        self.between("subscriber_id", bounds);
        self.end_walk(order, looks, *walks);
    }

    /// The table of a fact and the range of its index, but for subscriptions and deliveries.
    pub fn range(&mut self, fact: &Fact) {
        match fact {
            Fact::Word(word) => self.push("subscriber_words WHERE ").begins_with("word", word),
            Fact::Domain(domain) => {
                self.push("subscriber_words WHERE word = ").text(domain);
            }
            Fact::Tag(tag) => {
                self.push("subscriber_tags WHERE tag = ").text(tag);
            }
            Fact::Field(field, test) => {
                self.push("subscriber_fields WHERE field_id = ").id(*field);
                self.value(test, "text", "number");
            }
            Fact::Subscription { .. } | Fact::GotOneOf(_) | Fact::Joined { .. } | Fact::CameBy(_) => {
                self.push("subscriptions WHERE 1 = 0");
            }
        }
    }

    /// What is asked of a field's value, of columns or of what stands for them.
    fn value(&mut self, test: &FieldTest, text: &str, number: &str) {
        let (column, comparison, value) = match test {
            FieldTest::Set => return,
            FieldTest::BeginsWith(start) => {
                let _ = write!(self.sql, " AND substr({text}, 1, {}) = ", start.chars().count());
                self.text(start);
                return;
            }
            FieldTest::Is(is) => (text, " = ", Value::Text(is.clone())),
            FieldTest::On(day) => (text, " = ", Value::Text(day.to_string())),
            FieldTest::Before(day) => (text, " < ", Value::Text(day.to_string())),
            FieldTest::After(day) => (text, " > ", Value::Text(day.to_string())),
            FieldTest::Equals(n) => (number, " = ", Value::Number(*n)),
            FieldTest::Less(n) => (number, " < ", Value::Number(*n)),
            FieldTest::Greater(n) => (number, " > ", Value::Number(*n)),
        };
        self.push(" AND ").push(column).push(comparison).bind(value);
    }

    fn fits(
        &mut self,
        list: Option<Uuid>,
        status: Option<SubscriptionStatus>,
        cadence: Option<Cadence>,
    ) -> &mut Statement {
        if let Some(id) = list {
            self.push("list_id = ").id(id).push(" AND ");
        }
        if let Some(status) = status {
            self.push("status = ").text(status.as_str()).push(" AND ");
        }
        if let Some(cadence) = cadence {
            self.push("cadence = ").text(cadence.as_str()).push(" AND ");
        }
        self
    }

    fn begins_with(&mut self, column: &str, word: &str) {
        self.push(column).push(" >= ").text(word);
        // The last character there is: no word that begins so comes after it.
        self.push(" AND ").push(column).push(" < ").text(&format!("{word}\u{10ffff}"));
    }

    /// That the subscriber whose id is `subject` fits a rule: true or false, never NULL. No EXISTS: PostgreSQL would
    /// rather join whole tables, and what it is joined with it looks up by key. What is compared beside the key is no
    /// bare column, or an index of it alone might be taken for the better one.
    pub fn check(&mut self, rule: &Rule, subject: &str) {
        let (rules, joint, of_none) = match rule {
            Rule::Fact(fact) => return self.fact(fact, subject),
            Rule::Not(rule) => {
                self.push("NOT (").check(rule, subject);
                self.push(")");
                return;
            }
            Rule::All(rules) => (rules, " AND ", "1 = 1"),
            Rule::Any(rules) => (rules, " OR ", "1 = 0"),
        };
        if rules.is_empty() {
            self.push(of_none);
            return;
        }
        self.push("(");
        for (n, rule) in rules.iter().enumerate() {
            self.push(if n == 0 { "" } else { joint }).check(rule, subject);
        }
        self.push(")");
    }

    fn fact(&mut self, fact: &Fact, subject: &str) {
        match fact {
            Fact::Joined { since, until } => {
                let low = since.map_or(Uuid::nil(), super::floor);
                let high = until.map_or(Uuid::max(), super::floor);
                self.push("(").between(subject, (low, high)).push(")");
                return;
            }
            Fact::GotOneOf(campaigns) => return self.got(campaigns, subject),
            Fact::CameBy(source) => return self.came_by(*source, subject),
            _ => {}
        }
        self.push("(SELECT 1 FROM ");
        match fact {
            Fact::Word(word) => {
                self.push("subscriber_words WHERE subscriber_id = ").push(subject).push(" AND ");
                self.begins_with("word", word);
            }
            Fact::Tag(tag) => {
                self.push("subscriber_tags WHERE subscriber_id = ")
                    .push(subject)
                    .push(" AND tag = ")
                    .text(tag);
            }
            Fact::Domain(domain) => {
                let pattern = format!("%@{}", literally(domain));
                self.push("subscribers WHERE id = ").push(subject);
                self.push(" AND email_key LIKE ").text(&pattern).push(" ESCAPE '!'");
            }
            Fact::Field(field, test) => {
                self.push("subscriber_fields WHERE subscriber_id = ").push(subject);
                self.push(" AND field_id = ").id(*field);
                self.value(test, "(text || '')", "(number + 0)");
            }
            Fact::Subscription { list, status, cadence } => {
                self.push("subscriptions WHERE subscriber_id = ").push(subject);
                if let Some(id) = list {
                    self.push(" AND list_id = ").id(*id);
                }
                if let Some(status) = status {
                    self.push(" AND status || '' = ").text(status.as_str());
                }
                if let Some(cadence) = cadence {
                    self.push(" AND cadence || '' = ").text(cadence.as_str());
                }
            }
            Fact::Joined { .. } | Fact::GotOneOf(_) | Fact::CameBy(_) => {}
        }
        self.push(" LIMIT 1) IS NOT NULL");
    }

    fn got(&mut self, campaigns: &[Uuid], subject: &str) {
        self.push("(1 = 0");
        for campaign in campaigns {
            self.push(" OR (SELECT 1 FROM deliveries WHERE campaign_id = ").id(*campaign);
            self.push(" AND subscriber_id = ")
                .push(subject)
                .push(" AND status || '' = 'sent' LIMIT 1) IS NOT NULL");
        }
        self.push(")");
    }

    fn came_by(&mut self, source: Source, subject: &str) {
        // Whom a file brought has no consent of their own: the import has it for all.
        self.push("COALESCE((SELECT 'import' FROM import_rows WHERE is_new AND subscriber_id = ");
        self.push(subject).push(
            " LIMIT 1), (SELECT CASE WHEN form LIKE 'import%' THEN 'import' WHEN form LIKE 'desk%' THEN 'desk'
                 ELSE 'form' END FROM consents WHERE subscriber_id = ",
        );
        self.push(subject).push(" ORDER BY requested_at, id LIMIT 1), '') = ").text(source.as_str());
    }

    pub async fn ids(self, tx: &mut Tx) -> sqlx::Result<Vec<Uuid>> {
        on_either!(tx, |conn| bind_all!(sqlx::query_scalar(AssertSqlSafe(self.sql)), self.values)
            .fetch_all(conn)
            .await)
    }

    pub async fn number(self, tx: &mut Tx) -> sqlx::Result<i64> {
        on_either!(tx, |conn| bind_all!(sqlx::query_scalar(AssertSqlSafe(self.sql)), self.values)
            .fetch_one(conn)
            .await)
    }
}
