//! What goes out as CSV, by whichever door: the columns of a file, and the line of a row.

use chrono::{DateTime, Utc};

use crate::db::ledger::DeliveryRow;
use crate::db::lists::List;
use crate::db::subscribers::Subscriber;
use crate::db::subscriptions::Subscription;

/// A cell that no spreadsheet takes for a formula. `import` takes the apostrophe off again.
pub fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339()
}

/// A file of subscribers has a line a subscription.
pub const SUBSCRIBER_COLUMNS: [&str; 7] =
    ["email", "name", "status", "cadence", "subscribed_at", "list", "joined_at"];

/// Somebody's line of a list; without one, that of somebody who has none.
pub fn subscriber_line(person: &Subscriber, of: Option<(&Subscription, Option<&List>)>) -> [String; 7] {
    let (status, cadence, since, list) = match of {
        Some((held, list)) => {
            let slug = list.map_or("", |list| &list.slug);
            (held.status.as_str(), held.cadence.as_str(), time(held.created_at), slug)
        }
        None => ("", "", String::new(), ""),
    };
    [
        cell(&person.email),
        cell(&person.name),
        status.to_owned(),
        cadence.to_owned(),
        since,
        list.to_owned(),
        time(person.created_at),
    ]
}

/// A file of a campaign's deliveries.
pub const DELIVERY_COLUMNS: [&str; 10] = [
    "email",
    "status",
    "since",
    "attempts",
    "first_attempt_at",
    "next_attempt_at",
    "uncertain_at",
    "sent_again",
    "reply",
    "relay",
];

/// The line of one delivery.
pub fn delivery_line(row: &DeliveryRow) -> [String; 10] {
    let maybe = |at: Option<DateTime<Utc>>| at.map(time).unwrap_or_default();
    [
        cell(row.email.as_deref().unwrap_or_default()),
        row.status.as_str().to_owned(),
        time(row.status_since),
        row.attempts.to_string(),
        maybe(row.first_attempt_at),
        maybe(row.next_attempt_at),
        maybe(row.uncertain_at),
        row.requeues.to_string(),
        cell(row.reply.as_deref().unwrap_or_default()),
        cell(row.relay.as_deref().unwrap_or_default()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let cells = ["=1+1", "@SUM(A1)", "-2", "'quoted", "ines@example.org"].map(cell);
        assert_eq!(cells, ["'=1+1", "'@SUM(A1)", "'-2", "''quoted", "ines@example.org"]);
    }
}
