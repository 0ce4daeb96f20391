//! Whole tables as they are, row by row: what leaves in one archive, and what an empty database takes from one.

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::{AssertSqlSafe, Row as _};
use uuid::Uuid;

use super::load::{self, Column as Values};
use super::{Tx, WriteTx, on_either};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Id,
    Text,
    Time,
    Flag,
    Number,
    Real,
}

/// A column of an exported table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub is_optional: bool,
    /// What is read in its place.
    read: Option<&'static str>,
}

impl Column {
    /// It may be NULL.
    const fn maybe(mut self) -> Column {
        self.is_optional = true;
        self
    }

    const fn read(mut self, sql: &'static str) -> Column {
        self.read = Some(sql);
        self
    }
}

macro_rules! kinds {
    ($($name:ident $kind:ident),*) => {
        $(const fn $name(name: &'static str) -> Column {
            Column { name, kind: Kind::$kind, is_optional: false, read: None }
        })*
    };
}
kinds!(id Id, text Text, time Time, flag Flag, number Number, real Real);

/// A table, or what is exported of it.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
    /// How many of the columns, from the first on, tell a row from all others: rows come in their order.
    key: usize,
}

/// A row's values as text, a column each.
pub type Row = Vec<Option<String>>;

/// What moves from one Postrider to another, each table after those that it refers to.
pub const MOVING: [Table; 18] = [
    Table {
        name: "lists",
        key: 1,
        columns: &[
            id("id"),
            text("slug"),
            text("name"),
            text("description"),
            flag("public"),
            time("created_at"),
            text("from_name"),
            text("reply_to"),
            time("retired_at").maybe(),
            number("position"),
            text("language"),
            text("schedule_json"),
        ],
    },
    Table {
        name: "fields",
        key: 1,
        columns: &[
            id("id"),
            text("key"),
            text("name"),
            text("kind"),
            flag("is_open"),
            flag("is_on_form"),
            number("position"),
            time("created_at"),
        ],
    },
    Table {
        name: "segments",
        key: 1,
        columns: &[
            id("id"),
            text("name"),
            text("name_key"),
            text("segment_json"),
            time("created_at"),
            time("updated_at"),
        ],
    },
    // Before anybody who could be mailed.
    Table {
        name: "suppressions",
        key: 1,
        columns: &[
            text("email_key"),
            text("reason"),
            text("detail"),
            time("created_at"),
            id("campaign_id").maybe(),
            text("mailbox").maybe(),
        ],
    },
    Table {
        name: "erased_addresses",
        key: 1,
        columns: &[
            text("hash"),
            text("mailbox_hash").maybe(),
            text("salt"),
            text("reason").maybe(),
            time("erased_at"),
        ],
    },
    // What a consent names as its words.
    Table {
        name: "wordings",
        key: 1,
        columns: &[text("version"), text("language"), text("words"), time("first_used_at")],
    },
    Table {
        name: "subscribers",
        key: 1,
        columns: &[
            id("id"),
            text("email"),
            text("email_key"),
            text("name"),
            time("created_at"),
            text("language"),
        ],
    },
    Table {
        name: "subscriptions",
        key: 2,
        columns: &[
            id("list_id"),
            id("subscriber_id"),
            text("status"),
            text("cadence"),
            time("created_at"),
            time("status_since"),
            time("paused_until").maybe(),
        ],
    },
    Table {
        name: "subscriber_tags",
        key: 2,
        columns: &[id("subscriber_id"), text("tag"), time("created_at")],
    },
    Table {
        name: "subscriber_fields",
        key: 2,
        columns: &[id("subscriber_id"), id("field_id"), text("text"), real("number").maybe()],
    },
    Table {
        name: "consents",
        key: 1,
        columns: &[
            id("id"),
            id("subscriber_id"),
            id("list_id"),
            text("form"),
            text("wording_version"),
            time("requested_at"),
            text("requested_ip"),
            time("confirmed_at").maybe(),
            text("confirmed_ip").maybe(),
        ],
    },
    Table {
        name: "confirmations",
        key: 1,
        columns: &[
            id("id"),
            id("subscriber_id"),
            // It says which browser was asked: a secret of its cookie.
            text("browser").read("''"),
            time("created_at"),
            time("expires_at"),
            time("confirmed_at").maybe(),
            time("reminded_at").maybe(),
        ],
    },
    Table {
        name: "leave_reasons",
        key: 2,
        columns: &[
            id("subscriber_id"),
            id("list_id"),
            text("reason"),
            text("comment"),
            time("created_at"),
        ],
    },
    Table {
        name: "confirmation_lists",
        key: 2,
        columns: &[id("confirmation_id"), id("list_id")],
    },
    Table {
        name: "imports",
        key: 1,
        columns: &[
            id("id"),
            id("list_id"),
            text("user_email"),
            text("file_name"),
            text("worker"),
            // What is at work here goes on here, and its file stays.
            text("phase").read(
                "CASE WHEN phase = 'done' OR phase = 'failed' OR phase = 'undone' THEN phase ELSE 'cancelled' END",
            ),
            text("options_json"),
            text("recognised_json"),
            text("check_json"),
            text("consent"),
            text("digest"),
            number("total").maybe(),
            number("position"),
            number("added"),
            number("changed"),
            number("unchanged"),
            number("held"),
            number("refused"),
            number("pending"),
            number("pending_asked"),
            flag("is_asking").read("FALSE"),
            text("failure"),
            time("created_at"),
            time("started_at").maybe(),
            time("ended_at").maybe(),
        ],
    },
    Table {
        name: "import_rows",
        key: 3,
        columns: &[
            id("subscriber_id"),
            id("import_id"),
            id("list_id"),
            flag("is_new"),
            text("status").maybe(),
            text("cadence").maybe(),
            time("since").maybe(),
            text("was_status").maybe(),
            text("was_cadence").maybe(),
            time("was_since").maybe(),
            time("requested_at").maybe(),
            text("requested_ip").maybe(),
            time("confirmed_at").maybe(),
            text("confirmed_ip").maybe(),
            text("undo_json").maybe(),
        ],
    },
    // Their numbers only say what was first.
    Table {
        name: "events",
        key: 1,
        columns: &[
            number("id"),
            time("at"),
            text("kind"),
            id("subscriber_id"),
            id("list_id").maybe(),
            text("was").maybe(),
            text("status").maybe(),
            text("cadence").maybe(),
            text("actor_kind"),
            text("actor"),
            id("cause_id").maybe(),
        ],
    },
    Table {
        name: "merges",
        key: 1,
        columns: &[
            id("merged_id"),
            id("kept_id"),
            id("under_id").maybe(),
            text("email"),
            text("email_key"),
            text("name"),
            text("language"),
            time("created_at"),
            time("merged_at"),
            text("user_email"),
            text("undo_json"),
        ],
    },
];

/// What was sent, with what it was written from.
pub const CAMPAIGNS: Table = Table {
    name: "campaigns",
    key: 1,
    columns: &[
        number("number"),
        id("id"),
        text("list").read("(SELECT l.slug FROM lists l WHERE l.id = campaigns.list_id)"),
        text("slug"),
        text("status"),
        text("status_reason").maybe(),
        text("subject"),
        text("preheader"),
        text("markdown").maybe(),
        text("source_html").maybe(),
        text("mail_html").maybe(),
        id("article_id").maybe().read("auto_article_id"),
        id("correction_of").maybe(),
        text("correction_reason"),
        text("segment_name").maybe(),
        text("segment_json").maybe(),
        time("created_at"),
        time("scheduled_at").maybe(),
        time("started_at").maybe(),
        time("finished_at").maybe(),
    ],
};

/// Articles as they were read.
pub const ARTICLES: Table = Table {
    name: "articles",
    key: 1,
    columns: &[
        id("id"),
        text("url"),
        text("title"),
        text("author"),
        text("summary_html"),
        text("content_html"),
        text("image_url"),
        text("image_alt"),
        text("markdown").maybe(),
        time("published_at"),
        time("first_seen_at"),
        time("retired_at").maybe(),
    ],
};

/// The ledger: what became of each mail.
pub const DELIVERIES: Table = Table {
    name: "deliveries",
    key: 2,
    columns: &[
        id("campaign_id"),
        id("subscriber_id"),
        text("email").maybe().read(
            "COALESCE((SELECT b.email FROM subscribers b WHERE b.id = deliveries.subscriber_id),
                 (SELECT m.email FROM merges m WHERE m.merged_id = deliveries.subscriber_id))",
        ),
        text("status"),
        time("status_since"),
        number("attempts"),
        time("first_attempt_at").maybe(),
        time("next_attempt_at").maybe(),
        time("uncertain_at").maybe(),
        number("requeues"),
        text("reply").maybe(),
        text("relay").maybe().read("(SELECT r.name FROM relays r WHERE r.id = deliveries.relay)"),
    ],
};

/// The next rows of a table behind the row `after`.
pub async fn page(tx: &mut Tx, table: &Table, after: Option<&Row>, limit: i64) -> sqlx::Result<Vec<Row>> {
    let is_sqlite = tx.is_sqlite();
    let key: Vec<String> =
        table.columns[..table.key].iter().map(|column| ordered(column, is_sqlite)).collect();
    let read: Vec<&str> = table.columns.iter().map(|column| column.read.unwrap_or(column.name)).collect();
    let places = match (table.key, after) {
        (_, None) => String::new(),
        (1, _) => format!("WHERE {} > $1", key[0]),
        (2, _) => format!("WHERE {0} >= $1 AND ({0}, {1}) > ($1, $2)", key[0], key[1]),
        _ => format!("WHERE {0} >= $1 AND ({0}, {1}, {2}) > ($1, $2, $3)", key[0], key[1], key[2]),
    };
    let sql = format!(
        "SELECT {} FROM {} {places} ORDER BY {} LIMIT {limit}",
        read.join(", "),
        table.name,
        key.join(", ")
    );
    on_either!(tx, |conn| {
        let mut query = sqlx::query(AssertSqlSafe(sql));
        if let Some(after) = after {
            for (column, value) in table.columns[..table.key].iter().zip(after) {
                let value = value.as_deref().unwrap_or_default();
                let wrong = |error: &dyn std::fmt::Display| sqlx::Error::Encode(error.to_string().into());
                query = match column.kind {
                    Kind::Id => query.bind(Uuid::parse_str(value).map_err(|error| wrong(&error))?),
                    Kind::Number => query.bind(value.parse::<i64>().map_err(|error| wrong(&error))?),
                    _ => query.bind(value.to_owned()),
                };
            }
        }
        let rows = query.fetch_all(conn).await?;
        let mut read = Vec::with_capacity(rows.len());
        for row in rows {
            let mut values = Row::with_capacity(table.columns.len());
            for (at, column) in table.columns.iter().enumerate() {
                values.push(match column.kind {
                    Kind::Id => row.try_get::<Option<Uuid>, _>(at)?.map(|id| id.to_string()),
                    Kind::Text => row.try_get(at)?,
                    Kind::Time => row.try_get::<Option<DateTime<Utc>>, _>(at)?.map(written),
                    Kind::Flag => row.try_get::<Option<bool>, _>(at)?.map(|flag| flag.to_string()),
                    Kind::Number => row.try_get::<Option<i64>, _>(at)?.map(|number| number.to_string()),
                    Kind::Real => row.try_get::<Option<f64>, _>(at)?.map(|number| number.to_string()),
                });
            }
            read.push(values);
        }
        Ok(read)
    })
}

/// Text is ordered by its bytes on both engines.
fn ordered(column: &Column, is_sqlite: bool) -> String {
    match column.kind {
        Kind::Text if !is_sqlite => format!("{} COLLATE \"C\"", column.name),
        _ => column.name.to_owned(),
    }
}

/// Every digit that is stored.
fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A value that its column can't hold: which row of those given, and which column.
#[derive(Clone, Copy, Debug)]
pub struct WrongValue {
    pub row: usize,
    pub column: &'static str,
}

/// Why rows were not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error("{0:?}")]
    Wrong(WrongValue),
    /// By a constraint: they contradict themselves or each other.
    #[error("{0}")]
    Refused(sqlx::Error),
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

/// Adds rows to a table that moves.
pub async fn add(tx: &mut WriteTx, table: &Table, rows: &[Row]) -> Result<(), AddError> {
    let mut columns = Vec::new();
    for (at, column) in table.columns.iter().enumerate() {
        columns.push((column.name, values(column, at, rows).map_err(AddError::Wrong)?));
    }
    if table.name == "subscribers" {
        columns.push(("has_words", Values::Flag(false)));
    }
    let is_refused = |error: &sqlx::Error| {
        let kind = error.as_database_error().map(|error| error.kind());
        kind.is_some_and(|kind| !matches!(kind, sqlx::error::ErrorKind::Other))
    };
    // Each start keeps today's words.
    let then = match table.name {
        "wordings" => "ON CONFLICT (version) DO UPDATE SET first_used_at = excluded.first_used_at",
        _ => "",
    };
    match load::insert(tx, table.name, &columns, rows.len(), then).await {
        Ok(_) => Ok(()),
        Err(error) if is_refused(&error) => Err(AddError::Refused(error)),
        Err(error) => Err(error.into()),
    }
}

fn values<'a>(column: &Column, at: usize, rows: &'a [Row]) -> Result<Values<'a>, WrongValue> {
    let texts = rows.iter().map(|row| row.get(at).and_then(Option::as_deref));
    fn parsed<'a, T>(
        texts: impl Iterator<Item = Option<&'a str>>,
        column: &Column,
        parse: impl Fn(&'a str) -> Option<T>,
    ) -> Result<Vec<Option<T>>, WrongValue> {
        let wrong = |row| WrongValue { row, column: column.name };
        let read = texts.enumerate().map(|(row, text)| match text {
            Some(text) => parse(text).map(Some).ok_or(wrong(row)),
            None if column.is_optional => Ok(None),
            None => Err(wrong(row)),
        });
        read.collect()
    }
    let time = |text: &str| DateTime::parse_from_rfc3339(text).ok().map(|time| time.with_timezone(&Utc));
    let is_optional = column.is_optional;
    fn whole<T>(values: Vec<Option<T>>) -> Vec<T> {
        values.into_iter().flatten().collect()
    }
    Ok(match column.kind {
        Kind::Id => {
            let ids = parsed(texts, column, |text| Uuid::parse_str(text).ok())?;
            if is_optional { Values::MaybeIds(ids) } else { Values::Ids(whole(ids)) }
        }
        Kind::Text if is_optional => Values::MaybeTexts(texts.collect()),
        Kind::Text => Values::Texts(texts.map(Option::unwrap_or_default).collect()),
        Kind::Time => {
            let times = parsed(texts, column, time)?;
            if is_optional { Values::MaybeTimes(times) } else { Values::Times(whole(times)) }
        }
        Kind::Flag => Values::Flags(whole(parsed(texts, column, |text| text.parse().ok())?)),
        Kind::Number => {
            let numbers = parsed(texts, column, |text| text.parse().ok())?;
            if is_optional { Values::MaybeWholeNumbers(numbers) } else { Values::Numbers(whole(numbers)) }
        }
        Kind::Real => Values::MaybeNumbers(parsed(texts, column, |text| text.parse().ok())?),
    })
}

/// Whether nothing has begun here: nobody subscribes, nothing is fetched, written or defined.
pub async fn is_empty(tx: &mut Tx) -> sqlx::Result<bool> {
    for table in [
        "subscribers",
        "suppressions",
        "erased_addresses",
        "campaigns",
        "feed_bindings",
        "fields",
        "segments",
        "imports",
    ] {
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 AS one FROM {table} LIMIT 1) AS found");
        let found: i64 =
            on_either!(tx, |conn| sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await?);
        if found > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes room for the lists that come: those of an empty database go.
pub async fn remove_lists(tx: &mut WriteTx) -> sqlx::Result<()> {
    on_either!(tx, |conn| sqlx::query("DELETE FROM lists").execute(conn).await.map(|_| ()))
}

/// Events that happen from now on get numbers behind those that came.
pub async fn continue_events(tx: &mut WriteTx) -> sqlx::Result<()> {
    if !tx.is_sqlite() {
        let sql = "SELECT setval(pg_get_serial_sequence('events', 'id'), (SELECT MAX(id) FROM events))
                   FROM (SELECT 1 AS one FROM events LIMIT 1) AS any_of_them";
        on_either!(tx, |conn| sqlx::query(sql).execute(conn).await.map(|_| ()))?;
    }
    Ok(())
}
