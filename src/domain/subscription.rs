//! What a subscriber has with a list.

use serde::{Deserialize, Serialize};

/// Where a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type, Serialize, Deserialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum SubscriptionStatus {
    /// Asked for, not confirmed: gets nothing.
    Pending,
    /// Gets the list.
    Active,
    /// Left.
    Unsubscribed,
    /// Its address refuses mail for good.
    Bounced,
    /// Its reader called our mail spam.
    Complained,
}

impl SubscriptionStatus {
    /// Every status, in the order that forms show.
    pub const ALL: [SubscriptionStatus; 5] = [
        SubscriptionStatus::Active,
        SubscriptionStatus::Pending,
        SubscriptionStatus::Unsubscribed,
        SubscriptionStatus::Bounced,
        SubscriptionStatus::Complained,
    ];

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<Self> {
        SubscriptionStatus::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// A form's value, and the name of its mark.
    pub fn as_str(self) -> &'static str {
        match self {
            SubscriptionStatus::Pending => "pending",
            SubscriptionStatus::Active => "active",
            SubscriptionStatus::Unsubscribed => "unsubscribed",
            SubscriptionStatus::Bounced => "bounced",
            SubscriptionStatus::Complained => "complained",
        }
    }

    /// As a table shows it.
    pub fn in_words(self) -> &'static str {
        match self {
            SubscriptionStatus::Pending => "Pending",
            SubscriptionStatus::Active => "Active",
            SubscriptionStatus::Unsubscribed => "Unsubscribed",
            SubscriptionStatus::Bounced => "Bounced",
            SubscriptionStatus::Complained => "Complained",
        }
    }
}

/// How often a subscriber gets a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, sqlx::Type, Serialize, Deserialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum Cadence {
    /// Each article as it comes.
    #[default]
    Each,
    /// One mail a day.
    Daily,
    /// One mail a week.
    Weekly,
}

impl Cadence {
    /// Every cadence, in the order that forms show.
    pub const ALL: [Cadence; 3] = [Cadence::Each, Cadence::Daily, Cadence::Weekly];

    /// Parses a form's value.
    pub fn parse(text: &str) -> Option<Self> {
        Cadence::ALL.into_iter().find(|cadence| cadence.as_str() == text)
    }

    /// A form's value.
    pub fn as_str(self) -> &'static str {
        match self {
            Cadence::Each => "each",
            Cadence::Daily => "daily",
            Cadence::Weekly => "weekly",
        }
    }

    /// In words, as it ends a sentence: "You asked for World, once a day."
    pub fn in_words(self) -> &'static str {
        match self {
            Cadence::Each => "each article",
            Cadence::Daily => "once a day",
            Cadence::Weekly => "once a week",
        }
    }

    /// In one word, for a table: "Each".
    pub fn short(self) -> &'static str {
        match self {
            Cadence::Each => "Each",
            Cadence::Daily => "Daily",
            Cadence::Weekly => "Weekly",
        }
    }
}
