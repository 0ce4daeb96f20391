//! Which items of a feed are articles that we know, and which of the others are mailed. Pure: what
//! the feed says, what we remember and the time go in, verdicts come out. It must never ask a
//! clock, a database or the network.
//!
//! The seen-set decides; dates only filter. An article is known by its aliases: the GUID, the
//! canonical URL (its link without what varies), and, for items that have neither, a fingerprint of
//! link and title, stored under the kind `link`.

pub mod moved;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use super::parse::Item;
pub use crate::domain::alias::{Alias, AliasKind};
use crate::domain::hold::HoldReason;

/// An article that this feed has listed.
#[derive(Clone, Debug)]
pub struct Known {
    pub title: String,
    pub published_at: DateTime<Utc>,
    /// Its canonical URLs in this feed.
    pub canonicals: BTreeSet<String>,
    /// Whether the feed listed it at the last poll.
    pub listed: bool,
}

/// What is remembered of a feed, as far as one document touches it.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// When the first poll was stored; `None` before it.
    pub baseline_at: Option<DateTime<Utc>>,
    /// When the feed was last read, where that was by a reader that may have seen other items in it.
    pub other_reader_at: Option<DateTime<Utc>>,
    /// The aliases of this feed.
    pub aliases: HashMap<Alias, Uuid>,
    /// All articles that `aliases` names, and all that were listed at the last poll.
    pub known: HashMap<Uuid, Known>,
    /// Canonical URLs that other feeds have listed: the article, and when it was first seen.
    pub elsewhere: HashMap<String, (Uuid, DateTime<Utc>)>,
}

/// What becomes of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// Seen before: its edits are taken, nothing is sent.
    Known { article_id: Uuid },
    /// Mailed, but not before a date in the future that the feed gives it.
    New { not_before: Option<DateTime<Utc>> },
    /// Remembered, never mailed by itself.
    BaselineOnly { reason: Quiet },
    /// Remembered, and mailed only if an editor says so.
    Held { reason: HoldReason },
}

impl Verdict {
    /// The article that was seen before.
    pub fn known(&self) -> Option<Uuid> {
        match self {
            Verdict::Known { article_id } => Some(*article_id),
            _ => None,
        }
    }
}

/// Why an unknown item is not mailed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quiet {
    /// It was there when the feed was first read.
    FirstPoll,
    /// It was there when the feed was last read, by a reader that did not see it.
    OtherReader,
    /// It is old, and came back into the feed's window when something else left it.
    Surfaced,
    /// Another feed has listed it for days.
    LongKnownElsewhere,
    /// Another feed has listed it, and an editor decided not to mail it.
    DroppedElsewhere,
}

/// A verdict on one item, or on several that are one article.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The item that speaks for the article.
    pub item: usize,
    pub verdict: Verdict,
    /// How many other items are this article too.
    pub merged: usize,
    /// The article that another feed brought already.
    pub elsewhere: Option<Uuid>,
    /// What the article is called in this feed.
    pub aliases: Vec<Alias>,
}

/// An article that another feed has shown for this long is not newly published.
const ELSEWHERE_FRESH: TimeDelta = TimeDelta::hours(48);

/// PostgreSQL's index holds 2,700 bytes of a value; a longer one is kept by its hash.
const ALIAS_BYTES_MAX: usize = 1000;

/// The part of a web address that identifies a page, without scheme: `news.example/2026/07/a`.
/// `None` for a site's front page, which identifies no article. Idempotent.
pub fn canonical_url(url: &Url) -> Option<String> {
    let host = bare_host(url.host_str()?);
    let port = url
        .port()
        .filter(|port| !matches!(port, 80 | 443))
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = normal_percents(url.path());
    let path = path.trim_end_matches('/');
    let query: Vec<String> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .map(normal_percents)
        .filter(|pair| !pair.is_empty() && !is_tracking(pair.split('=').next().unwrap_or_default()))
        .collect();
    if path.is_empty() && query.is_empty() {
        return None;
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    Some(format!("{host}{port}{path}{query}"))
}

/// A GUID that is a web address is the same over https and with `www.`; otherwise it is opaque.
fn normal_guid(guid: &str) -> String {
    let guid = guid.trim();
    match Url::parse(guid) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            let rest = guid.split_once("://").map_or("", |(_, rest)| rest);
            let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
            format!("//{}{path}", bare_host(&host.to_ascii_lowercase()))
        }
        _ => guid.to_owned(),
    }
}

fn bare_host(host: &str) -> &str {
    let mut host = host.trim_end_matches('.');
    while let Some(rest) = host.strip_prefix("www.").filter(|rest| rest.contains('.')) {
        host = rest;
    }
    host
}

fn is_tracking(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_")
        || name.starts_with("mtm_")
        || name.starts_with("pk_")
        || matches!(
            name.as_str(),
            "fbclid"
                | "gclid"
                | "dclid"
                | "gbraid"
                | "wbraid"
                | "msclkid"
                | "yclid"
                | "twclid"
                | "igshid"
                | "mc_cid"
                | "mc_eid"
                | "_hsenc"
                | "_hsmi"
                | "ref_src"
                | "cmpid"
                | "srsltid"
                | "_ga"
                | "_gl"
        )
}

/// One spelling of percent-encoding: upper-case digits, and none where none is needed (RFC 3986,
/// section 6.2.2).
fn normal_percents(text: &str) -> String {
    let mut text = text.to_owned();
    // Decoding can bring a new sequence about ("%%34%31"), hence again until nothing changes.
    loop {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(at) = rest.find('%') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            let code = rest
                .get(1..3)
                .filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
                .and_then(|hex| u8::from_str_radix(hex, 16).ok());
            match code {
                Some(byte) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => {
                    out.push(char::from(byte));
                    rest = &rest[3..];
                }
                Some(byte) => {
                    out.push_str(&format!("%{byte:02X}"));
                    rest = &rest[3..];
                }
                None => {
                    out.push('%');
                    rest = &rest[1..];
                }
            }
        }
        out.push_str(rest);
        if out == text {
            return out;
        }
        text = out;
    }
}

fn alias(kind: AliasKind, value: &str) -> Alias {
    if value.len() <= ALIAS_BYTES_MAX {
        return Alias { kind, value: value.to_owned() };
    }
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, value.as_bytes());
    Alias {
        kind,
        value: hash.as_ref().iter().fold("sha256:".to_owned(), |text, byte| format!("{text}{byte:02x}")),
    }
}

fn folded(title: &str) -> String {
    title.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The names of one item.
struct Names {
    guid: Option<Alias>,
    canonical: Option<Alias>,
    fingerprint: Alias,
    title: String,
}

fn names(item: &Item) -> Names {
    let title = folded(&item.title);
    let link = item.link.as_ref().map(Url::as_str).unwrap_or_default();
    Names {
        guid: item.guid.as_deref().map(|guid| alias(AliasKind::Guid, &normal_guid(guid))),
        canonical: item.link.as_ref().and_then(canonical_url).map(|url| alias(AliasKind::Canonical, &url)),
        fingerprint: alias(AliasKind::Link, &format!("{link} {title}")),
        title,
    }
}

/// Every alias under which the items of a document might be known.
pub fn aliases_of(items: &[Item]) -> BTreeSet<Alias> {
    items
        .iter()
        .flat_map(|item| {
            let names = names(item);
            [names.guid, names.canonical, Some(names.fingerprint)]
        })
        .flatten()
        .collect()
}

/// Two items of one document are one article where they share a GUID or a canonical URL and nothing
/// else says otherwise; else what they share names neither.
fn same(a: &Names, b: &Names) -> bool {
    let guid = a.guid.is_some() && a.guid == b.guid;
    let canonical = a.canonical.is_some() && a.canonical == b.canonical;
    let no_name = |names: &Names| names.guid.is_none() && names.canonical.is_none();
    (guid && (canonical || a.canonical.is_none() || b.canonical.is_none()))
        || ((guid || canonical) && a.title == b.title)
        || (no_name(a) && no_name(b) && a.fingerprint == b.fingerprint)
}

/// One article of a document: one item or several.
struct Group {
    items: Vec<usize>,
    speaker: usize,
    guids: BTreeSet<Alias>,
    /// All of them, shared or not.
    canonicals: BTreeSet<Alias>,
    fingerprints: BTreeSet<Alias>,
    title: String,
}

fn group(items: &[Item]) -> Vec<Group> {
    let names: Vec<Names> = items.iter().map(names).collect();
    // Only items that share something need comparing: buckets instead of all pairs.
    let mut buckets: HashMap<&Alias, Vec<usize>> = HashMap::new();
    for (at, name) in names.iter().enumerate() {
        for alias in
            [name.guid.as_ref(), name.canonical.as_ref(), Some(&name.fingerprint)].into_iter().flatten()
        {
            buckets.entry(alias).or_default().push(at);
        }
    }
    let mut parent: Vec<usize> = (0..items.len()).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    for bucket in buckets.values() {
        for (nth, &a) in bucket.iter().enumerate() {
            for &b in &bucket[nth + 1..] {
                if same(&names[a], &names[b]) {
                    let (a, b) = (root(&mut parent, a), root(&mut parent, b));
                    parent[a.max(b)] = a.min(b);
                }
            }
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..items.len() {
        members.entry(root(&mut parent, at)).or_default().push(at);
    }
    let speaks = |at: usize| {
        let item = &items[at];
        (item.updated_at.or(item.published_at), &item.title, &item.guid, &item.link, &item.content_html)
    };
    let mut groups: Vec<Group> = members
        .into_values()
        .map(|members| {
            let speaker = members.iter().copied().max_by_key(|at| speaks(*at)).unwrap_or_default();
            Group {
                speaker,
                guids: members.iter().filter_map(|at| names[*at].guid.clone()).collect(),
                canonicals: members.iter().filter_map(|at| names[*at].canonical.clone()).collect(),
                fingerprints: members.iter().map(|at| names[*at].fingerprint.clone()).collect(),
                title: names[speaker].title.clone(),
                items: members,
            }
        })
        .collect();
    groups.sort_by(|a, b| speaks(a.speaker).cmp(&speaks(b.speaker)));
    groups
}

/// How many articles of a document have a GUID or an address.
fn uses(groups: &[Group]) -> HashMap<&Alias, usize> {
    let mut uses: HashMap<&Alias, usize> = HashMap::new();
    for alias in groups.iter().flat_map(|group| group.guids.iter().chain(&group.canonicals)) {
        *uses.entry(alias).or_default() += 1;
    }
    uses
}

/// Judges the items of a document. Their order matters only where dates are missing; the verdicts come the oldest
/// article first.
pub fn judge(items: &[Item], memory: &Memory, now: DateTime<Utc>) -> Vec<Judged> {
    let groups = group(items);
    let uses = uses(&groups);
    let listed = memory.known.values().filter(|known| known.listed);
    let oldest_before = listed.map(|known| known.published_at).min();
    let positions = guids_are_positions(&groups, memory, &uses);
    let judge = Judge { items, uses, memory, oldest_before, positions, now };
    let mut verdicts: Vec<Option<Verdict>> = groups.iter().map(|group| judge.by_name(group)).collect();
    let below = judge.below_all_known(&groups, &verdicts);
    let gone = judge.find_moved(&groups, &mut verdicts);
    let surfaced = judge.has_surfaced(&groups, &verdicts, &gone);
    let judged = groups.iter().zip(verdicts).map(|(group, verdict)| {
        let undated = judge.items[group.speaker].published_at.is_none();
        let is_below = below.is_some_and(|last| group.items.iter().all(|at| *at > last));
        judge.judged(group, verdict, if undated { is_below } else { surfaced && judge.is_old(group) })
    });
    judged.collect()
}

/// Whether a feed's GUIDs only number its items: an address that we know has the GUID of another article.
fn guids_are_positions(groups: &[Group], memory: &Memory, uses: &HashMap<&Alias, usize>) -> bool {
    let own = |alias: &&Alias| uses.get(*alias).is_none_or(|uses| *uses == 1);
    groups.iter().any(|group| {
        let mut by_url = group.canonicals.iter().filter(own).filter_map(|alias| memory.aliases.get(alias));
        let by_guid = group.guids.iter().find_map(|alias| memory.aliases.get(alias));
        by_url.next().is_some_and(|by_url| by_guid.is_some_and(|by_guid| by_guid != by_url))
    })
}

/// One document beside what is remembered of its feed.
struct Judge<'a> {
    items: &'a [Item],
    /// How many articles of the document have a name.
    uses: HashMap<&'a Alias, usize>,
    memory: &'a Memory,
    /// The date of the oldest article that the feed listed before.
    oldest_before: Option<DateTime<Utc>>,
    /// Whether its GUIDs only number its items.
    positions: bool,
    now: DateTime<Utc>,
}

impl Judge<'_> {
    /// Whether a name is one article's alone.
    fn is_own(&self, alias: &Alias) -> bool {
        self.uses.get(alias).is_none_or(|uses| *uses == 1)
    }

    fn known_as<'b>(&self, aliases: impl IntoIterator<Item = &'b Alias>) -> Option<Uuid> {
        aliases.into_iter().filter_map(|alias| self.memory.aliases.get(alias)).min().copied()
    }

    /// The verdict on an article that is called what an earlier one was called; `None` on one that isn't.
    fn by_name(&self, group: &Group) -> Option<Verdict> {
        if let Some(article_id) = self.known_as(group.canonicals.iter().filter(|alias| self.is_own(alias))) {
            return Some(Verdict::Known { article_id });
        }
        if let Some(article_id) = self.known_as(&group.guids) {
            let known = self.memory.known.get(&article_id)?;
            let elsewhere = !group.canonicals.is_empty()
                && !known.canonicals.is_empty()
                && group.canonicals.iter().all(|alias| !known.canonicals.contains(&alias.value));
            if !elsewhere || folded(&known.title) == group.title || self.memory.other_reader_at.is_some() {
                return Some(Verdict::Known { article_id });
            }
            // Held once already, when its own address was shared by others or not.
            if let Some(article_id) = self.known_as(&group.fingerprints) {
                return Some(Verdict::Known { article_id });
            }
            if self.positions {
                return None;
            }
            return Some(Verdict::Held { reason: HoldReason::GuidReused { title: known.title.clone() } });
        }
        let is_nameless = !group.guids.iter().chain(&group.canonicals).any(|alias| self.is_own(alias));
        if is_nameless {
            return self.known_as(&group.fingerprints).map(|article_id| Verdict::Known { article_id });
        }
        None
    }

    /// A site that moves to another domain, or changes every permalink and GUID at once, still says the same
    /// titles and dates in place of those that left. Returns the articles that have left for good.
    fn find_moved(&self, groups: &[Group], verdicts: &mut [Option<Verdict>]) -> BTreeSet<Uuid> {
        let mut gone = vanished(self.memory, verdicts);
        for (group, verdict) in groups.iter().zip(verdicts) {
            let Some(published_at) = self.items[group.speaker].published_at.filter(|_| verdict.is_none())
            else {
                continue;
            };
            let is_twin = |id: &&Uuid| {
                self.memory
                    .known
                    .get(*id)
                    .is_some_and(|k| k.published_at == published_at && folded(&k.title) == group.title)
            };
            let twins: Vec<Uuid> = gone.iter().filter(is_twin).copied().collect();
            if let [article_id] = twins[..] {
                gone.retain(|id| *id != article_id);
                *verdict = Some(Verdict::Known { article_id });
            }
        }
        gone
    }

    /// Whether an article is older than all that the feed listed before, and than our first look at it.
    fn is_old(&self, group: &Group) -> bool {
        match (self.memory.baseline_at, self.items[group.speaker].published_at) {
            (Some(baseline_at), Some(date)) => {
                date < baseline_at && self.oldest_before.is_none_or(|oldest| date < oldest)
            }
            _ => false,
        }
    }

    /// Whether old articles have moved up into the window, rather than been published now.
    fn has_surfaced(&self, groups: &[Group], verdicts: &[Option<Verdict>], gone: &BTreeSet<Uuid>) -> bool {
        let unseen = groups.iter().zip(verdicts).filter(|(_, verdict)| verdict.is_none());
        let (old, fresh): (Vec<&Group>, Vec<&Group>) =
            unseen.map(|(group, _)| group).partition(|group| self.is_old(group));
        // A window of fixed length loses as many at its old end as come in at its new end. Where more
        // left than that, or one from the middle, something was withdrawn, and the old one beside the
        // window moved up: it was not published now.
        let known = &self.memory.known;
        let still = known.iter().filter(|(id, known)| known.listed && !gone.contains(id));
        let oldest_still = still.map(|(_, known)| known.published_at).min();
        let from_the_middle = |known: &Known| oldest_still.is_some_and(|oldest| oldest < known.published_at);
        let withdrawn =
            gone.len() > fresh.len() || gone.iter().filter_map(|id| known.get(id)).any(from_the_middle);
        old.len() > 1 || withdrawn
    }

    /// The place of the last known article, below which undated ones are old. `None` where nothing tells, or the oldest
    /// come first.
    fn below_all_known(&self, groups: &[Group], verdicts: &[Option<Verdict>]) -> Option<usize> {
        let mut known: Vec<(usize, DateTime<Utc>)> = Vec::new();
        for (group, verdict) in groups.iter().zip(verdicts) {
            let Some(id) = verdict.as_ref().and_then(Verdict::known) else { continue };
            let remembered = self.memory.known.get(&id).map(|known| known.published_at);
            if let Some(date) = self.items[group.speaker].published_at.or(remembered) {
                known.extend(group.items.iter().map(|at| (*at, date)));
            }
        }
        known.sort_unstable();
        let steps = |newer: fn(&DateTime<Utc>, &DateTime<Utc>) -> bool| {
            known.windows(2).filter(|pair| newer(&pair[0].1, &pair[1].1)).count()
        };
        let oldest_first = steps(|above, below| above < below) > steps(|above, below| above > below);
        known.last().map(|(at, _)| *at).filter(|_| !oldest_first)
    }

    /// The verdict on an article, and what it is called from now on.
    fn judged(&self, group: &Group, verdict: Option<Verdict>, surfaced: bool) -> Judged {
        let held_by_guid = matches!(verdict, Some(Verdict::Held { .. }));
        let own = |alias: &&Alias| self.is_own(alias);
        let mut aliases: Vec<Alias> =
            group.guids.iter().filter(own).filter(|_| !held_by_guid).cloned().collect();
        aliases.extend(group.canonicals.iter().filter(own).cloned());
        // Without an address of its own, link and title together say the most.
        if held_by_guid || !aliases.iter().any(|alias| alias.kind == AliasKind::Canonical) {
            aliases.extend(group.fingerprints.iter().cloned());
        }
        let elsewhere = match verdict {
            None => {
                let own = group.canonicals.iter().filter(own);
                own.filter_map(|alias| self.memory.elsewhere.get(&alias.value)).min()
            }
            Some(_) => None,
        };
        let verdict = verdict.unwrap_or_else(|| self.of_unseen(group, surfaced, elsewhere, &aliases));
        debug_assert!(group.items.contains(&group.speaker));
        let merged = group.items.len() - 1;
        Judged { item: group.speaker, verdict, merged, elsewhere: elsewhere.map(|(id, _)| *id), aliases }
    }

    /// The verdict on an article that is called what no earlier one was called.
    fn of_unseen(
        &self,
        group: &Group,
        surfaced: bool,
        elsewhere: Option<&(Uuid, DateTime<Utc>)>,
        aliases: &[Alias],
    ) -> Verdict {
        let quiet = |reason| Verdict::BaselineOnly { reason };
        let published_at = self.items[group.speaker].published_at;
        let published_since =
            |before: DateTime<Utc>| published_at.is_some_and(|at| at > before && at <= self.now);
        if self.memory.baseline_at.is_none() {
            quiet(Quiet::FirstPoll)
        } else if self.memory.other_reader_at.is_some_and(|before| !published_since(before)) {
            quiet(Quiet::OtherReader)
        } else if surfaced {
            quiet(Quiet::Surfaced)
        } else if elsewhere.is_some_and(|(_, first_seen_at)| self.now - *first_seen_at > ELSEWHERE_FRESH) {
            quiet(Quiet::LongKnownElsewhere)
        } else if aliases.iter().all(|alias| alias.kind == AliasKind::Link) {
            Verdict::Held { reason: HoldReason::Nameless }
        } else {
            Verdict::New { not_before: published_at.filter(|date| *date > self.now) }
        }
    }
}

/// The articles that the feed listed at the last poll and does not list now.
fn vanished(memory: &Memory, verdicts: &[Option<Verdict>]) -> BTreeSet<Uuid> {
    let here: HashSet<Uuid> = verdicts
        .iter()
        .filter_map(|verdict| match verdict {
            Some(Verdict::Known { article_id }) => Some(*article_id),
            _ => None,
        })
        .collect();
    memory.known.iter().filter(|(id, known)| known.listed && !here.contains(id)).map(|(id, _)| *id).collect()
}

#[cfg(test)]
mod tests;
