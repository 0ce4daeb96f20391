//! What whoever imports says of a file, as it is stored.

use serde::{Deserialize, Serialize};

use crate::imports::{self, ColumnRole, DateOrder, SaidStatus};

/// What is said of a file. Everything may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportOptions {
    /// What people are of whom the file says nothing: `active`, `pending`, `unsubscribed`, or empty.
    pub status: String,
    /// The same for a file of no service that is known, where nobody said it.
    pub plain: String,
    /// What each column holds, by hand; empty: as recognised.
    pub columns: Vec<String>,
    /// `day`, `month`, or empty.
    pub dates: String,
    /// Of MailPoet's lists the one that counts.
    pub chosen_list: String,
    /// What becomes of people whom MailPoet had stopped mailing.
    pub dormant: String,
    /// Those who have yet to confirm are asked as soon as all are stored.
    pub ask: bool,
}

fn said(text: &str) -> Option<SaidStatus> {
    match text {
        "active" => Some(SaidStatus::Active),
        "pending" => Some(SaidStatus::Pending),
        "unsubscribed" => Some(SaidStatus::Unsubscribed),
        _ => None,
    }
}

impl ImportOptions {
    /// As it was stored; what can't be read was never said.
    pub fn parse(json: &str) -> ImportOptions {
        serde_json::from_str(json).unwrap_or_default()
    }

    /// As the reader of files takes it.
    pub fn reading(&self, file_name: &str) -> imports::Options {
        let columns: Vec<ColumnRole> =
            self.columns.iter().map(|role| ColumnRole::parse(role).unwrap_or(ColumnRole::Ignored)).collect();
        imports::Options {
            file_name: file_name.to_owned(),
            status: said(&self.status),
            plain: said(&self.plain),
            columns: (!columns.is_empty()).then_some(columns),
            dates: match self.dates.as_str() {
                "day" => DateOrder::DayFirst,
                "month" => DateOrder::MonthFirst,
                _ => DateOrder::Unknown,
            },
            chosen_list: Some(self.chosen_list.clone()).filter(|list| !list.is_empty()),
            dormant: said(&self.dormant),
        }
    }
}
