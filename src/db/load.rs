//! Many rows in one statement, without JSON between: a value a place on SQLite, an array a column on PostgreSQL. Places
//! have no numbers there: for each that has one, the driver asks SQLite for its name, which looks through all of them.

use chrono::{DateTime, Utc};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Engine, Tx, WriteTx};

/// Rows of one statement on SQLite, which allows 32,766 values: twenty columns fit. Each number of rows is a text of
/// its own to be prepared, so most statements have this many.
const ROWS_A_STATEMENT: usize = 256;

/// The values of one column, a row each; or one value for all rows.
pub enum Column<'a> {
    Id(Uuid),
    Text(&'a str),
    Time(DateTime<Utc>),
    Flag(bool),
    Ids(Vec<Uuid>),
    Texts(Vec<&'a str>),
    Times(Vec<DateTime<Utc>>),
    Flags(Vec<bool>),
    Numbers(Vec<i64>),
    MaybeIds(Vec<Option<Uuid>>),
    MaybeWholeNumbers(Vec<Option<i64>>),
    MaybeNumbers(Vec<Option<f64>>),
    MaybeTexts(Vec<Option<&'a str>>),
    MaybeTimes(Vec<Option<DateTime<Utc>>>),
}

impl Column<'_> {
    fn is_for_all(&self) -> bool {
        matches!(self, Column::Id(_) | Column::Text(_) | Column::Time(_) | Column::Flag(_))
    }

    fn postgres_type(&self) -> &'static str {
        match self {
            Column::Id(_) => "uuid",
            Column::Text(_) => "text",
            Column::Time(_) => "timestamptz",
            Column::Flag(_) => "boolean",
            Column::Ids(_) | Column::MaybeIds(_) => "uuid[]",
            Column::Texts(_) | Column::MaybeTexts(_) => "text[]",
            Column::Times(_) | Column::MaybeTimes(_) => "timestamptz[]",
            Column::Flags(_) => "boolean[]",
            Column::Numbers(_) | Column::MaybeWholeNumbers(_) => "bigint[]",
            Column::MaybeNumbers(_) => "double precision[]",
        }
    }
}

/// Inserts `rows` rows into a table; `then` is what follows, as `ON CONFLICT …`. How many were written. By an error, whoever
/// calls ends the transaction. Names are ours, never text from outside.
pub async fn insert(
    tx: &mut WriteTx,
    table: &'static str,
    columns: &[(&'static str, Column<'_>)],
    rows: usize,
    then: &'static str,
) -> sqlx::Result<u64> {
    if rows == 0 {
        return Ok(0);
    }
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let into = format!("{table} ({}) ", names.join(", "));
    let values: Vec<&Column<'_>> = columns.iter().map(|(_, column)| column).collect();
    match Tx::engine(tx) {
        Engine::Sqlite(tx) => {
            // By an error the transaction ends anyway: SQLite needs not be able to take back the statement alone, for which it
            // would copy each page first.
            let head = format!("INSERT OR FAIL INTO {into}");
            let mut written = 0;
            for from in (0..rows).step_by(ROWS_A_STATEMENT) {
                let to = rows.min(from + ROWS_A_STATEMENT);
                let sql = format!("{head}{} {then}", places(values.len(), to - from));
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for at in from..to {
                    for column in &values {
                        query = bind_at(query, column, at);
                    }
                }
                written += query.execute(&mut **tx).await?.rows_affected();
            }
            Ok(written)
        }
        Engine::Postgres(tx) => {
            let sql = format!("INSERT INTO {into}{} {then}", arrays(&values));
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for column in &values {
                query = match column {
                    Column::Id(one) => query.bind(*one),
                    Column::Text(one) => query.bind(*one),
                    Column::Time(one) => query.bind(*one),
                    Column::Flag(one) => query.bind(*one),
                    Column::Ids(all) => query.bind(all.as_slice()),
                    Column::Texts(all) => query.bind(all.as_slice()),
                    Column::Times(all) => query.bind(all.as_slice()),
                    Column::Flags(all) => query.bind(all.as_slice()),
                    Column::Numbers(all) => query.bind(all.as_slice()),
                    Column::MaybeIds(all) => query.bind(all.as_slice()),
                    Column::MaybeWholeNumbers(all) => query.bind(all.as_slice()),
                    Column::MaybeNumbers(all) => query.bind(all.as_slice()),
                    Column::MaybeTexts(all) => query.bind(all.as_slice()),
                    Column::MaybeTimes(all) => query.bind(all.as_slice()),
                };
            }
            Ok(query.execute(&mut **tx).await?.rows_affected())
        }
    }
}

type SqliteQuery<'q> = sqlx::query::Query<'q, sqlx::Sqlite, sqlx::sqlite::SqliteArguments>;

fn bind_at<'q>(query: SqliteQuery<'q>, column: &'q Column<'_>, at: usize) -> SqliteQuery<'q> {
    match column {
        Column::Id(one) => query.bind(*one),
        Column::Text(one) => query.bind(*one),
        Column::Time(one) => query.bind(*one),
        Column::Flag(one) => query.bind(*one),
        Column::Ids(all) => query.bind(all[at]),
        Column::Texts(all) => query.bind(all[at]),
        Column::Times(all) => query.bind(all[at]),
        Column::Flags(all) => query.bind(all[at]),
        Column::Numbers(all) => query.bind(all[at]),
        Column::MaybeIds(all) => query.bind(all[at]),
        Column::MaybeWholeNumbers(all) => query.bind(all[at]),
        Column::MaybeNumbers(all) => query.bind(all[at]),
        Column::MaybeTexts(all) => query.bind(all[at]),
        Column::MaybeTimes(all) => query.bind(all[at]),
    }
}

/// `VALUES (?, ?), (?, ?)`.
fn places(columns: usize, rows: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    format!("VALUES {}", vec![row.as_str(); rows].join(", "))
}

/// `SELECT $1, r.c2 FROM unnest($2::text[]) AS r(c2)`.
fn arrays(columns: &[&Column<'_>]) -> String {
    let (mut wanted, mut arrays, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for (nth, column) in (1..).zip(columns) {
        let place = format!("${nth}::{}", column.postgres_type());
        if column.is_for_all() {
            wanted.push(place);
        } else {
            wanted.push(format!("r.c{nth}"));
            arrays.push(place);
            names.push(format!("c{nth}"));
        }
    }
    format!("SELECT {} FROM unnest({}) AS r({})", wanted.join(", "), arrays.join(", "), names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_a_place_a_column_and_a_column_an_array() {
        let (ids, all, names) = (
            Column::Ids(vec![Uuid::nil(), Uuid::max()]),
            Column::Text("active"),
            Column::Texts(vec!["a", "b"]),
        );
        let columns = [&ids, &all, &names];
        assert_eq!(places(columns.len(), 2), "VALUES (?, ?, ?), (?, ?, ?)");
        assert_eq!(
            arrays(&columns),
            "SELECT r.c1, $2::text, r.c3 FROM unnest($1::uuid[], $3::text[]) AS r(c1, c3)"
        );
    }
}
