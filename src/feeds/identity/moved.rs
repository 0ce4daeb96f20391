//! A feed at another address, or under other GUIDs: which of its items are which articles that it listed before.
//! Nothing is guessed: an item is matched where one article alone fits it, and it alone that article. What only
//! resembles an article is said to be unclear; what resembles none is new.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use super::{Alias, AliasKind, Group, Item, canonical_url, folded, group, uses};

/// More articles than these may share a last path segment, or a title, that says nothing of any: "index", "Untitled".
const SHARED_MAX: usize = 3;
/// The shortest last path segment that names an article; of digits alone, one longer.
const SLUG_CHARS_MIN: usize = 4;

/// What an item and an article have in common, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    Guid,
    /// The address without scheme, `www.` and what tracks.
    Address,
    /// Link and title together.
    Link,
    /// The address without its host.
    Path,
    /// The last segment of the path.
    Slug,
    /// The title, and the day of publication.
    Title,
}

/// In this order items are matched; of the same title, first those of the same moment.
const PASSES: [(By, TimeDelta); 7] = [
    (By::Guid, TimeDelta::zero()),
    (By::Address, TimeDelta::zero()),
    (By::Link, TimeDelta::zero()),
    (By::Path, TimeDelta::zero()),
    (By::Slug, TimeDelta::zero()),
    (By::Title, TimeDelta::zero()),
    (By::Title, TimeDelta::days(1)),
];

/// An article that the feed has listed.
#[derive(Clone, Debug)]
pub struct Past {
    pub id: Uuid,
    pub title: String,
    pub url: String,
    pub published_at: DateTime<Utc>,
    /// What it was called in the feed.
    pub aliases: Vec<Alias>,
    /// Whether it waits for an editor: it may be another one that came again under another name.
    pub is_held: bool,
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// The article.
    Matched {
        article_id: Uuid,
        by: By,
    },
    /// Like this article, but maybe not that one.
    Unclear {
        article_id: Uuid,
        by: By,
    },
    New,
}

/// One article of the document, or one that is held and has left it.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The item that speaks for it; `None`: the document has none.
    pub item: Option<usize>,
    /// How many other items are this article too.
    pub merged: usize,
    /// As what it is held.
    pub held: Option<Uuid>,
    /// What it is called from now on.
    pub aliases: Vec<Alias>,
    pub outcome: Outcome,
}

/// What can be common to two.
struct Traits {
    keys: BTreeSet<(By, String)>,
    title: String,
    published_at: Option<DateTime<Utc>>,
}

impl Traits {
    fn of(aliases: &[Alias], url: Option<&str>, title: &str, published_at: Option<DateTime<Utc>>) -> Traits {
        let title = folded(title);
        let mut keys = BTreeSet::from([(By::Title, title.clone())]);
        let mut pages: Vec<String> = url.and_then(canonical).into_iter().collect();
        for alias in aliases {
            let by = match alias.kind {
                AliasKind::Guid => By::Guid,
                AliasKind::Canonical => By::Address,
                AliasKind::Link => By::Link,
            };
            keys.insert((by, alias.value.clone()));
            match alias.kind {
                AliasKind::Guid if alias.value.starts_with("//") => {
                    pages.extend(canonical(&format!("http:{}", alias.value)));
                }
                AliasKind::Canonical => pages.push(alias.value.clone()),
                _ => {}
            }
        }
        for page in pages {
            // A value that was too long is kept by its hash, which has no path.
            let Some(path) = page.find(['/', '?']).map(|at| &page[at..]) else { continue };
            keys.extend(slug(path).map(|slug| (By::Slug, slug)));
            keys.insert((By::Path, path.to_owned()));
        }
        Traits { keys, title, published_at }
    }

    fn shares(&self, other: &Traits, by: By) -> bool {
        self.keys.iter().any(|key| key.0 == by && other.keys.contains(key))
    }

    fn within(&self, other: &Traits, time: TimeDelta) -> bool {
        match (self.published_at, other.published_at) {
            (Some(one), Some(two)) => (one - two).abs() <= time,
            _ => false,
        }
    }

    /// Whether title, date and address all say that what they share is no more than a number used again.
    fn contradicts(&self, other: &Traits, by: By) -> bool {
        let elsewhere = match by {
            By::Guid => ![By::Address, By::Path, By::Slug].iter().any(|by| self.shares(other, *by)),
            By::Path | By::Slug => true,
            By::Address | By::Link | By::Title => false,
        };
        elsewhere && self.title != other.title && !self.within(other, TimeDelta::days(1))
    }
}

fn canonical(url: &str) -> Option<String> {
    canonical_url(&Url::parse(url).ok()?)
}

/// The last segment of a path, without what stands for a kind of file: `/2026/11/harbour-opens.html` and
/// `/harbour-opens` have the same.
fn slug(path: &str) -> Option<String> {
    let last = path.split('?').next()?.rsplit('/').next()?.to_lowercase();
    let last =
        [".html", ".htm", ".php", ".aspx"].iter().find_map(|end| last.strip_suffix(end)).unwrap_or(&last);
    let chars = last.chars().count();
    let is_number = last.chars().all(|char| char.is_ascii_digit());
    (chars >= SLUG_CHARS_MIN + usize::from(is_number) && !path.contains('?')).then(|| last.to_owned())
}

/// What is to be matched, beside what it is matched with.
struct Matching<'a> {
    subjects: Vec<(Moved, Traits)>,
    targets: Vec<(&'a Past, Traits)>,
}

impl Matching<'_> {
    /// Which articles have what: their places.
    fn index(&self) -> HashMap<&(By, String), Vec<usize>> {
        let mut index: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, (_, traits)) in self.targets.iter().enumerate() {
            for key in &traits.keys {
                index.entry(key).or_default().push(at);
            }
        }
        index
    }

    /// The articles that have something in common with a subject; of the same title, within a time.
    fn like(
        &self,
        index: &HashMap<&(By, String), Vec<usize>>,
        subject: &Traits,
        by: By,
        time: TimeDelta,
    ) -> BTreeSet<usize> {
        let shared = subject.keys.iter().filter(|key| key.0 == by).filter_map(|key| index.get(key));
        let told = shared.filter(|found| by != By::Slug || found.len() <= SHARED_MAX).flatten().copied();
        told.filter(|at| by != By::Title || subject.within(&self.targets[*at].1, time)).collect()
    }

    fn run(mut self) -> Vec<Moved> {
        let index = self.index();
        let mut taken: HashSet<usize> = HashSet::new();
        let mut outcomes: Vec<Option<Outcome>> = vec![None; self.subjects.len()];
        let mut resembled: Vec<Option<(usize, By)>> = vec![None; self.subjects.len()];
        for (by, time) in PASSES {
            let likes: Vec<BTreeSet<usize>> =
                self.subjects.iter().map(|(_, traits)| self.like(&index, traits, by, time)).collect();
            let mut wanted: HashMap<usize, usize> = HashMap::new();
            for at in likes.iter().flatten() {
                *wanted.entry(*at).or_default() += 1;
            }
            for (nth, likes) in likes.iter().enumerate() {
                let Some(first) = likes.first().copied() else { continue };
                resembled[nth].get_or_insert((first, by));
                let (past, target) = &self.targets[first];
                let is_sure = likes.len() == 1
                    && wanted[&first] == 1
                    && !taken.contains(&first)
                    && !self.subjects[nth].1.contradicts(target, by);
                if outcomes[nth].is_none() && is_sure {
                    taken.insert(first);
                    outcomes[nth] = Some(Outcome::Matched { article_id: past.id, by });
                }
            }
        }
        for (nth, (_, traits)) in self.subjects.iter().enumerate() {
            let titled =
                index.get(&(By::Title, traits.title.clone())).filter(|like| like.len() <= SHARED_MAX);
            let titled = titled.and_then(|like| like.first()).map(|at| (*at, By::Title));
            let unclear = resembled[nth].or(titled).map(|(at, by)| {
                let article_id = self.targets[at].0.id;
                Outcome::Unclear { article_id, by }
            });
            outcomes[nth] = outcomes[nth].or(unclear);
        }
        for ((moved, _), outcome) in self.subjects.iter_mut().zip(outcomes) {
            moved.outcome = outcome.unwrap_or(Outcome::New);
        }
        self.subjects.into_iter().map(|(moved, _)| moved).collect()
    }
}

/// Judges each article of a document beside those that the feed has listed: the oldest first, and behind them those
/// that are held and have left the document.
pub fn judge(items: &[Item], past: &[Past]) -> Vec<Moved> {
    let groups = group(items);
    let uses = uses(&groups);
    let own = |alias: &&Alias| uses.get(*alias).is_none_or(|uses| *uses == 1);
    let mut held_as: HashMap<&Alias, Uuid> = HashMap::new();
    for one in past.iter().filter(|one| one.is_held) {
        held_as.extend(one.aliases.iter().map(|alias| (alias, one.id)));
    }
    let mut here: HashSet<Uuid> = HashSet::new();
    let mut subjects = Vec::new();
    for group in &groups {
        let item = &items[group.speaker];
        let aliases = aliases(group, own);
        let mut traits = Traits::of(&aliases, None, &item.title, item.published_at);
        traits.keys.extend(group.fingerprints.iter().map(|alias| (By::Link, alias.value.clone())));
        let mut names = aliases.iter().chain(&group.fingerprints);
        let held = names.find_map(|alias| held_as.get(alias)).copied().filter(|id| here.insert(*id));
        let merged = group.items.len() - 1;
        let moved = Moved { item: Some(group.speaker), merged, held, aliases, outcome: Outcome::New };
        subjects.push((moved, traits));
    }
    let traits =
        |past: &Past| Traits::of(&past.aliases, Some(&past.url), &past.title, Some(past.published_at));
    for one in past.iter().filter(|one| one.is_held && !here.contains(&one.id)) {
        let outcome = Outcome::New;
        let moved = Moved { item: None, merged: 0, held: Some(one.id), aliases: Vec::new(), outcome };
        subjects.push((moved, traits(one)));
    }
    let targets = past.iter().filter(|one| !one.is_held).map(|one| (one, traits(one))).collect();
    Matching { subjects, targets }.run()
}

/// What an article is called from now on, as [`super::judge`] names one.
fn aliases(group: &Group, own: impl Fn(&&Alias) -> bool) -> Vec<Alias> {
    let mut aliases: Vec<Alias> = group.guids.iter().filter(&own).cloned().collect();
    aliases.extend(group.canonicals.iter().filter(&own).cloned());
    if !aliases.iter().any(|alias| alias.kind == AliasKind::Canonical) {
        aliases.extend(group.fingerprints.iter().cloned());
    }
    aliases
}

#[cfg(test)]
mod tests;
