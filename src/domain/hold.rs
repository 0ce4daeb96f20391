//! What holds a campaign or an article: kinds, reasons, and the sentence of each. Several may hold the same one.

use std::fmt;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::restored::Restored;
use crate::locale::{Sentence, Text, say};

/// What a hold is for. Nothing has two holds of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type, Serialize, Deserialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum HoldKind {
    /// Nothing ran when it was due.
    Late,
    /// The database looks like another's copy.
    Clone,
    /// The database is an older copy of itself.
    Restored,
    /// Its list is retired.
    Retired,
    /// It waits for a second person.
    Approval,
    /// The HTML is too complex to read.
    Html,
    /// Its article's page is not there.
    Page,
    /// A poll brought far more articles than usual.
    Brake,
    /// An item that may be one of the feed's known articles.
    Unclear,
}

impl HoldKind {
    /// All of them.
    pub const ALL: [HoldKind; 9] = [
        HoldKind::Late,
        HoldKind::Clone,
        HoldKind::Restored,
        HoldKind::Retired,
        HoldKind::Approval,
        HoldKind::Html,
        HoldKind::Page,
        HoldKind::Brake,
        HoldKind::Unclear,
    ];

    /// Its name, as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            HoldKind::Late => "late",
            HoldKind::Clone => "clone",
            HoldKind::Restored => "restored",
            HoldKind::Retired => "retired",
            HoldKind::Approval => "approval",
            HoldKind::Html => "html",
            HoldKind::Page => "page",
            HoldKind::Brake => "brake",
            HoldKind::Unclear => "unclear",
        }
    }

    /// The kind of this name.
    pub fn parse(name: &str) -> Option<HoldKind> {
        HoldKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Its name on a page.
    pub fn label(self) -> String {
        let key = match self {
            HoldKind::Late => "hold-late",
            HoldKind::Clone => "hold-clone",
            HoldKind::Restored => "hold-restored",
            HoldKind::Retired => "hold-retired",
            HoldKind::Approval => "hold-approval",
            HoldKind::Html => "hold-html",
            HoldKind::Page => "hold-page",
            HoldKind::Brake => "hold-brake",
            HoldKind::Unclear => "hold-unclear",
        };
        say(key).to_string()
    }

    /// Whether the late, restore and clone guard sets it, and an admin releases it.
    pub fn is_set_by_guard(self) -> bool {
        matches!(self, HoldKind::Late | HoldKind::Clone | HoldKind::Restored)
    }
}

/// Why something is held, with what the sentence names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum HoldReason {
    NothingRan {
        from: DateTime<Utc>,
        to: DateTime<Utc>,
        zone: String,
    },
    NotBegunInTime {
        mins: i64,
    },
    /// `differs` says what the database was and what it is.
    Copied {
        differs: String,
    },
    DatabaseRestored {
        how: Restored,
        zone: String,
    },
    /// A feed's article that may have been mailed before the database was restored.
    MayHaveBeenMailed,
    ListRetired {
        list: String,
    },
    AwaitsApproval,
    /// Its list wants each digest looked at.
    DigestAwaitsApproval,
    TooComplicated {
        why: String,
    },
    /// The article is in its feed, and its own page is not there.
    PageMissing {
        code: u16,
        url: String,
    },
    TooManyItems(TooManyItems),
    /// The feed's item has the GUID of an article whose title and address are others.
    GuidReused {
        title: String,
    },
    /// The feed's item has no name of its own.
    Nameless,
    /// The sentence itself: held by an earlier version.
    Said {
        kind: HoldKind,
        why: String,
    },
}

/// How many new items a poll brought, and how many are usual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooManyItems {
    /// The feed's name.
    pub feed: String,
    pub new: i64,
    /// The least and the most; `None`: the feed has no history.
    pub usual: Option<(i64, i64)>,
    /// How long the feed was not read, where that is longer than between polls.
    pub away_mins: Option<i64>,
    /// How many pass, where somebody set that; then it counts alone.
    #[serde(default)]
    pub limit: Option<i64>,
}

/// The longest name of a feed in a sentence, in characters.
const FEED_CHARS_MAX: usize = 80;

/// A time as sentences show it.
pub fn local(time: DateTime<Utc>, zone: Tz) -> String {
    time.with_timezone(&zone).format("%-d %b %Y, %H:%M").to_string()
}

impl TooManyItems {
    /// Why so many items are held, without its full stop.
    pub fn sentence(&self) -> String {
        let feed: String = self.feed.chars().take(FEED_CHARS_MAX).collect();
        if let Some(limit) = self.limit {
            let said = say("hold-why-many-limit").with("feed", feed).with("articles", self.new);
            return said.with("limit", limit).to_string();
        }
        let away = self.away_mins.map(span);
        let key = match (self.usual, &away) {
            (None, None) => "hold-why-many-new-feed",
            (None, Some(_)) => "hold-why-many-new-feed-after",
            (Some((low, high)), None) if low == high => "hold-why-many",
            (Some((low, high)), Some(_)) if low == high => "hold-why-many-after",
            (Some(_), None) => "hold-why-many-range",
            (Some(_), Some(_)) => "hold-why-many-range-after",
        };
        let mut said = say(key).with("feed", feed).with("articles", self.new);
        if let Some((low, high)) = self.usual {
            said = said.with("low", low).with("high", high);
        }
        if let Some(away) = away {
            said = said.with("away", away);
        }
        said.to_string()
    }
}

/// "40 minutes", "8 hours", "3 days".
fn span(mins: i64) -> Sentence<'static, Text> {
    match mins {
        mins if mins < 120 => say("hold-span-mins").with("mins", mins),
        mins if mins < 48 * 60 => say("hold-span-hours").with("hours", mins / 60),
        mins => say("hold-span-days").with("days", mins / (24 * 60)),
    }
}

impl HoldReason {
    /// The kind of hold that it makes.
    pub fn kind(&self) -> HoldKind {
        match self {
            HoldReason::NothingRan { .. } | HoldReason::NotBegunInTime { .. } => HoldKind::Late,
            HoldReason::Copied { .. } => HoldKind::Clone,
            HoldReason::DatabaseRestored { .. } | HoldReason::MayHaveBeenMailed => HoldKind::Restored,
            HoldReason::ListRetired { .. } => HoldKind::Retired,
            HoldReason::AwaitsApproval | HoldReason::DigestAwaitsApproval => HoldKind::Approval,
            HoldReason::TooComplicated { .. } => HoldKind::Html,
            HoldReason::PageMissing { .. } => HoldKind::Page,
            HoldReason::TooManyItems(_) => HoldKind::Brake,
            HoldReason::GuidReused { .. } | HoldReason::Nameless => HoldKind::Unclear,
            HoldReason::Said { kind, .. } => *kind,
        }
    }

    /// Its parameters, as they are stored. A text that can't be read is the sentence itself.
    pub fn parse(kind: HoldKind, stored: &str) -> HoldReason {
        serde_json::from_str(stored).unwrap_or_else(|_| HoldReason::Said { kind, why: stored.to_owned() })
    }

    /// Why it is held, as a sentence without its full stop.
    pub fn sentence(&self) -> String {
        let zone_of = |name: &str| name.parse().unwrap_or(Tz::UTC);
        let said = match self {
            HoldReason::NothingRan { from, to, zone } => {
                let tz = zone_of(zone);
                let (from, to) = (local(*from, tz), local(*to, tz));
                say("hold-why-nothing-ran").with("from", from).with("to", to).with("zone", zone)
            }
            HoldReason::NotBegunInTime { mins } => say("hold-why-not-begun").with("mins", *mins),
            HoldReason::Copied { differs } => say("hold-why-copied").with("differs", differs),
            HoldReason::DatabaseRestored { how, zone } => {
                say("hold-why-restored").with("what", how.sentence(zone_of(zone)))
            }
            HoldReason::MayHaveBeenMailed => say("hold-why-may-have-been-sent"),
            HoldReason::ListRetired { list } => say("hold-why-list-retired").with("list", list),
            HoldReason::AwaitsApproval => say("hold-why-approval"),
            HoldReason::DigestAwaitsApproval => say("hold-why-digest"),
            HoldReason::GuidReused { title } => say("hold-why-guid-reused").with("title", title),
            HoldReason::Nameless => say("hold-why-nameless"),
            HoldReason::PageMissing { code, url } => {
                say("hold-why-page").with("code", code.to_string()).with("url", url)
            }
            HoldReason::TooManyItems(found) => return found.sentence(),
            HoldReason::TooComplicated { why } | HoldReason::Said { why, .. } => {
                let mut said = why.clone();
                if let Some(first) = said.get(..1).map(str::to_uppercase) {
                    said.replace_range(..1, &first);
                }
                return said;
            }
        };
        said.to_string()
    }
}

impl fmt::Display for HoldReason {
    /// "late: It couldn’t be started within 15 minutes of when it was due": for logs and commands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            HoldKind::Unclear => f.write_str(&self.sentence()),
            kind => write!(f, "{}: {}", kind.as_str(), self.sentence()),
        }
    }
}

/// Something that holds a campaign or an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub kind: HoldKind,
    pub reason: HoldReason,
    /// `None`: it was not noted.
    pub since: Option<DateTime<Utc>>,
}

impl Hold {
    /// What holds it, in a word or two.
    pub fn label(&self) -> String {
        self.kind.label()
    }

    /// Why it is held, as a sentence without its full stop.
    pub fn sentence(&self) -> String {
        self.reason.sentence()
    }
}

/// Several holds in one line: "late: …; approval: …".
pub fn in_one_line(holds: &[Hold]) -> String {
    let said: Vec<String> = holds.iter().map(|hold| hold.reason.to_string()).collect();
    said.join("; ")
}

/// Several holds as sentences: "Postrider wasn’t running from …. Someone else must approve it."
pub fn in_sentences(holds: &[Hold]) -> String {
    let said: Vec<String> = holds.iter().map(|hold| format!("{}.", hold.sentence())).collect();
    said.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_read_as_it_was_stored() {
        let zone = "Europe/London".to_owned();
        let at = DateTime::UNIX_EPOCH;
        for reason in [
            HoldReason::NothingRan { from: at, to: at, zone: zone.clone() },
            HoldReason::DatabaseRestored { how: Restored::Backup { made_at: at }, zone },
            HoldReason::AwaitsApproval,
            HoldReason::TooManyItems(TooManyItems {
                feed: "World".to_owned(),
                new: 41,
                usual: Some((1, 6)),
                away_mins: None,
                limit: None,
            }),
            HoldReason::Said { kind: HoldKind::Html, why: "it is “long”".to_owned() },
        ] {
            let stored = serde_json::to_string(&reason).unwrap();
            assert_eq!(HoldReason::parse(HoldKind::Unclear, &stored), reason, "{stored}");
        }
        let text = HoldReason::parse(HoldKind::Late, "nothing ran");
        assert_eq!((text.kind(), text.sentence()), (HoldKind::Late, "Nothing ran".to_owned()));
    }

    #[test]
    fn a_sentence_begins_large_but_for_a_feeds_name() {
        assert_eq!(HoldReason::AwaitsApproval.sentence(), "Someone else must approve it");
        assert_eq!(HoldReason::AwaitsApproval.to_string(), "approval: Someone else must approve it");
        let brake = |usual, away_mins| {
            let feed = "world feed".to_owned();
            HoldReason::TooManyItems(TooManyItems { feed, new: 41, usual, away_mins, limit: None }).sentence()
        };
        assert_eq!(brake(Some((3, 6)), None), "world feed: 41 new articles in one check, usually 3 to 6");
        assert_eq!(brake(Some((1, 1)), None), "world feed: 41 new articles in one check, usually 1");
        assert_eq!(
            brake(Some((3, 6)), Some(8 * 60 + 10)),
            "world feed: 41 new articles after 8 hours without a check, usually 3 to 6"
        );
        assert_eq!(
            brake(None, None),
            "world feed: 41 new articles in one check, and no history to compare with"
        );
    }

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        for kind in HoldKind::ALL {
            assert_eq!(HoldKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(HoldKind::parse("nothing"), None);
    }
}
