//! Which items of a feed are articles that we know, and which of the others are mailed. Pure: what
//! the feed says, what we remember and the time go in, verdicts come out. It must never ask a
//! clock, a database or the network.
//!
//! The seen-set decides; dates only filter. An article is known by its aliases: the GUID, the
//! canonical URL (its link without what varies), and, for items that have neither, a fingerprint of
//! link and title, stored under the kind `link`.

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

/// Judges the items of a document. The order of the items does not matter; the verdicts come the
/// oldest article first.
pub fn judge(items: &[Item], memory: &Memory, now: DateTime<Utc>) -> Vec<Judged> {
    let groups = group(items);
    let mut uses: HashMap<&Alias, usize> = HashMap::new();
    for group in &groups {
        for alias in group.guids.iter().chain(&group.canonicals) {
            *uses.entry(alias).or_default() += 1;
        }
    }
    let own = |alias: &&Alias| uses.get(alias).is_none_or(|uses| *uses == 1);
    let known_as = |aliases: &BTreeSet<Alias>| {
        aliases.iter().filter_map(|alias| memory.aliases.get(alias)).min().copied()
    };
    let own_known = |aliases: &BTreeSet<Alias>| {
        aliases.iter().filter(own).filter_map(|alias| memory.aliases.get(alias)).min().copied()
    };

    let mut verdicts: Vec<Option<Verdict>> = groups
        .iter()
        .map(|group| {
            if let Some(article_id) = own_known(&group.canonicals) {
                return Some(Verdict::Known { article_id });
            }
            if let Some(article_id) = known_as(&group.guids) {
                let known = memory.known.get(&article_id)?;
                let elsewhere = !group.canonicals.is_empty()
                    && !known.canonicals.is_empty()
                    && group.canonicals.iter().all(|alias| !known.canonicals.contains(&alias.value));
                if !elsewhere || folded(&known.title) == group.title {
                    return Some(Verdict::Known { article_id });
                }
                // Held once already, when its own address was shared by others or not.
                if let Some(article_id) = known_as(&group.fingerprints) {
                    return Some(Verdict::Known { article_id });
                }
                return Some(Verdict::Held { reason: HoldReason::GuidReused { title: known.title.clone() } });
            }
            let nameless = !group.guids.iter().any(|alias| own(&alias))
                && !group.canonicals.iter().any(|alias| own(&alias));
            if nameless {
                return known_as(&group.fingerprints).map(|article_id| Verdict::Known { article_id });
            }
            None
        })
        .collect();

    // A site that moves to another domain, or changes every permalink and GUID at once, still says
    // the same titles and dates in place of those that left.
    let mut gone = vanished(memory, &verdicts);
    for (group, verdict) in groups.iter().zip(&mut verdicts) {
        let Some(published_at) = items[group.speaker].published_at.filter(|_| verdict.is_none()) else {
            continue;
        };
        let twins: Vec<Uuid> = gone
            .iter()
            .filter(|id| {
                memory
                    .known
                    .get(*id)
                    .is_some_and(|k| k.published_at == published_at && folded(&k.title) == group.title)
            })
            .copied()
            .collect();
        if let [article_id] = twins[..] {
            gone.retain(|id| *id != article_id);
            *verdict = Some(Verdict::Known { article_id });
        }
    }

    let listed_before: Vec<DateTime<Utc>> =
        memory.known.values().filter(|known| known.listed).map(|known| known.published_at).collect();
    let oldest_before = listed_before.iter().min().copied();
    let old = |group: &Group| match (memory.baseline_at, items[group.speaker].published_at) {
        (Some(baseline_at), Some(date)) => {
            date < baseline_at && oldest_before.is_none_or(|oldest| date < oldest)
        }
        _ => false,
    };
    let unseen: Vec<&Group> = groups
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| verdict.is_none())
        .map(|(group, _)| group)
        .collect();
    let old_count = unseen.iter().filter(|group| old(group)).count();
    let fresh_count = unseen.len() - old_count;
    // A window of fixed length loses as many at its old end as come in at its new end. Where more
    // left than that, or one from the middle, something was withdrawn, and the old one beside the
    // window moved up: it was not published now.
    let oldest_still = memory
        .known
        .iter()
        .filter(|(id, known)| known.listed && !gone.contains(id))
        .map(|(_, known)| known.published_at)
        .min();
    let withdrawn = gone.len() > fresh_count
        || gone
            .iter()
            .filter_map(|id| memory.known.get(id))
            .any(|k| oldest_still.is_some_and(|o| o < k.published_at));
    let surfaced = old_count > 1 || withdrawn;

    groups
        .iter()
        .zip(verdicts)
        .map(|(group, verdict)| {
            let held_by_guid = matches!(verdict, Some(Verdict::Held { .. }));
            let mut aliases: Vec<Alias> =
                group.guids.iter().filter(own).filter(|_| !held_by_guid).cloned().collect();
            aliases.extend(group.canonicals.iter().filter(own).cloned());
            // Without an address of its own, link and title together say the most.
            if held_by_guid || !aliases.iter().any(|alias| alias.kind == AliasKind::Canonical) {
                aliases.extend(group.fingerprints.iter().cloned());
            }
            let elsewhere = match verdict {
                None => group
                    .canonicals
                    .iter()
                    .filter(own)
                    .filter_map(|alias| memory.elsewhere.get(&alias.value))
                    .min(),
                Some(_) => None,
            };
            let verdict = verdict.unwrap_or_else(|| {
                let quiet = |reason| Verdict::BaselineOnly { reason };
                if memory.baseline_at.is_none() {
                    quiet(Quiet::FirstPoll)
                } else if surfaced && old(group) {
                    quiet(Quiet::Surfaced)
                } else if elsewhere.is_some_and(|(_, first_seen_at)| now - *first_seen_at > ELSEWHERE_FRESH) {
                    quiet(Quiet::LongKnownElsewhere)
                } else if aliases.iter().all(|alias| alias.kind == AliasKind::Link) {
                    Verdict::Held { reason: HoldReason::Nameless }
                } else {
                    Verdict::New { not_before: items[group.speaker].published_at.filter(|date| *date > now) }
                }
            });
            debug_assert!(group.items.contains(&group.speaker));
            Judged { item: group.speaker, verdict, elsewhere: elsewhere.map(|(id, _)| *id), aliases }
        })
        .collect()
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
mod tests {
    use super::*;
    use chrono::TimeZone as _;
    use proptest::prelude::*;

    fn at(day: u32, hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 7, day, hour, 0, 0).unwrap()
    }

    fn now() -> DateTime<Utc> {
        at(20, 12)
    }

    fn item(guid: &str, link: &str, title: &str, day: u32) -> Item {
        Item {
            guid: Some(guid.to_owned()).filter(|guid| !guid.is_empty()),
            link: Url::parse(link).ok(),
            title: title.to_owned(),
            published_at: (day > 0).then(|| at(day, 8)),
            ..Item::default()
        }
    }

    fn post(n: u32) -> Item {
        item(
            &format!("https://harbour.example/?p={n}"),
            &format!("https://harbour.example/2026/07/post-{n}/"),
            &format!("Post {n}"),
            n,
        )
    }

    /// Remembers a document the way a poll stores it.
    fn remember(memory: &mut Memory, items: &[Item], judged: &[Judged]) {
        memory.known.values_mut().for_each(|known| known.listed = false);
        for judged in judged {
            let id = match judged.verdict {
                Verdict::Known { article_id } => article_id,
                _ => judged.elsewhere.unwrap_or_else(Uuid::now_v7),
            };
            let item = &items[judged.item];
            for alias in &judged.aliases {
                memory.aliases.entry(alias.clone()).or_insert(id);
            }
            let known = memory.known.entry(id).or_insert_with(|| Known {
                title: item.title.clone(),
                published_at: item.published_at.unwrap_or(now()),
                canonicals: BTreeSet::new(),
                listed: true,
            });
            known.title = item.title.clone();
            known.listed = true;
            known.canonicals.extend(
                judged.aliases.iter().filter(|a| a.kind == AliasKind::Canonical).map(|a| a.value.clone()),
            );
        }
        memory.baseline_at.get_or_insert(now());
    }

    fn after(documents: &[Vec<Item>]) -> Memory {
        let mut memory = Memory::default();
        for items in documents {
            let judged = judge(items, &memory, now());
            remember(&mut memory, items, &judged);
        }
        memory
    }

    fn verdicts(items: &[Item], memory: &Memory) -> Vec<Verdict> {
        let mut judged = judge(items, memory, now());
        judged.sort_by_key(|judged| judged.item);
        judged.into_iter().map(|judged| judged.verdict).collect()
    }

    fn new_count(items: &[Item], memory: &Memory) -> usize {
        verdicts(items, memory).iter().filter(|verdict| matches!(verdict, Verdict::New { .. })).count()
    }

    fn is_known(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Known { .. })
    }

    #[test]
    fn everything_in_the_first_document_is_baseline() {
        let verdicts = verdicts(
            &[post(3), post(2), item("f", "https://harbour.example/f", "Future", 30)],
            &Memory::default(),
        );
        assert!(verdicts.iter().all(|v| *v == Verdict::BaselineOnly { reason: Quiet::FirstPoll }));
    }

    #[test]
    fn a_new_post_is_new_and_the_rest_is_known() {
        let memory = after(&[vec![post(3), post(2)]]);
        let verdicts = verdicts(&[post(4), post(3), post(2)], &memory);
        assert_eq!(verdicts[0], Verdict::New { not_before: None });
        assert!(verdicts[1..].iter().all(is_known));
    }

    #[test]
    fn changed_guids_a_changed_scheme_tracking_and_slashes_bring_nothing_new() {
        let memory = after(&[vec![post(3)]]);
        for same in [
            item("rebuilt-1", "https://harbour.example/2026/07/post-3/", "Post 3", 3),
            item(
                "rebuilt-1",
                "http://www.harbour.example/2026/07/post-3?utm_source=rss&fbclid=1#top",
                "Post 3",
                3,
            ),
            item("http://harbour.example/?p=3", "https://harbour.example/moved/", "Post 3", 3),
            item("http://www.harbour.example/?p=3", "https://harbour.example/2026/07/post-3/", "Retitled", 9),
            item("", "https://harbour.example/2026/07/post-3/", "Post 3", 0),
        ] {
            assert!(is_known(&verdicts(std::slice::from_ref(&same), &memory)[0]), "{same:?}");
        }
    }

    #[test]
    fn a_guid_used_again_for_another_article_is_held() {
        let memory = after(&[vec![post(3), post(2)]]);
        let reused =
            item("https://harbour.example/?p=3", "https://harbour.example/2026/07/other/", "Other", 19);
        assert!(matches!(verdicts(std::slice::from_ref(&reused), &memory)[0], Verdict::Held { .. }));
        let beside = verdicts(&[reused.clone(), post(3)], &memory);
        assert!(matches!(beside[0], Verdict::Held { .. }) && is_known(&beside[1]));
        let memory = after(&[vec![post(3), post(2)], vec![reused.clone(), post(3)]]);
        assert!(verdicts(&[reused, post(3)], &memory).iter().all(is_known));
    }

    #[test]
    fn a_reused_guid_on_a_shared_link_is_held_once_and_then_known() {
        let first = vec![item("g2", "https://harbour.example/2", "One", 0)];
        let shared = |guid, title| item(guid, "https://harbour.example/1", title, 0);
        let second = vec![shared("g3", "One"), shared("g2", "Other")];
        let memory = after(&[first, second.clone()]);
        assert!(verdicts(&second, &memory).iter().all(is_known));
    }

    #[test]
    fn a_link_that_several_items_share_identifies_none_of_them() {
        let shared = |guid, title, day| item(guid, "https://harbour.example/live/", title, day);
        let memory = after(&[vec![shared("1", "One", 1), shared("2", "Two", 2)]]);
        let verdicts =
            verdicts(&[shared("3", "Three", 3), shared("2", "Two", 2), shared("1", "One", 1)], &memory);
        assert!(matches!(verdicts[0], Verdict::New { .. }));
        assert!(is_known(&verdicts[1]) && is_known(&verdicts[2]));
        let home = |guid, title, day| item(guid, "https://harbour.example/", title, day);
        let memory = after(&[vec![home("1", "One", 1)]]);
        assert_eq!(new_count(&[home("2", "Two", 2)], &memory), 1);
    }

    #[test]
    fn an_item_without_any_name_of_its_own_is_held_once_and_then_known() {
        let nameless = |title, day| item("", "https://harbour.example/", title, day);
        let first = vec![nameless("One", 1)];
        let second = vec![nameless("Two", 2), nameless("One", 1)];
        let memory = after(std::slice::from_ref(&first));
        let found = verdicts(&second, &memory);
        assert!(matches!(found[0], Verdict::Held { .. }) && is_known(&found[1]));
        assert!(verdicts(&second, &after(&[first, second.clone()])).iter().all(is_known));
    }

    #[test]
    fn two_items_that_are_one_article_make_one() {
        let memory = after(&[vec![post(2)]]);
        assert_eq!(new_count(&[post(4), post(4), post(2)], &memory), 1);
        let twin = item("other-guid", "http://www.harbour.example/2026/07/post-4/", "Post 4", 4);
        assert_eq!(new_count(&[post(4), twin, post(2)], &memory), 1);
    }

    #[test]
    fn dates_hold_back_what_is_to_come_and_select_nothing() {
        let memory = after(&[vec![post(9), post(5)]]);
        let future = item("f", "https://harbour.example/f", "Future", 25);
        assert_eq!(
            verdicts(&[future, post(9), post(5)], &memory)[0],
            Verdict::New { not_before: Some(at(25, 8)) }
        );
        let undated = item("u", "https://harbour.example/u", "Undated", 0);
        assert_eq!(new_count(&[undated, post(9), post(5)], &memory), 1);
        let between = item("b", "https://harbour.example/b", "Back-dated", 7);
        assert_eq!(new_count(&[post(9), between, post(5)], &memory), 1);
        let older = item("o", "https://harbour.example/o", "Older than all", 2);
        assert_eq!(new_count(&[post(9), post(5), older], &memory), 1);
    }

    #[test]
    fn old_posts_that_surface_when_others_leave_are_not_mailed() {
        let memory = after(&[vec![post(9), post(8), post(7)]]);
        for surfaced in [
            vec![post(9), post(7), post(6)],
            vec![post(9), post(8), post(6)],
            vec![post(8), post(7), post(6)],
            vec![post(9), post(8), post(7), post(6), post(5)],
        ] {
            assert_eq!(new_count(&surfaced, &memory), 0, "{surfaced:?}");
        }
        assert_eq!(new_count(&[post(10), post(9), post(6)], &memory), 1, "one new, two withdrawn");
        assert_eq!(new_count(&[post(10), post(9), post(8)], &memory), 1, "one rolled off");
    }

    #[test]
    fn a_deleted_post_that_comes_back_is_known() {
        let memory = after(&[vec![post(9), post(8)], vec![post(9)], vec![]]);
        assert_eq!(new_count(&[post(9), post(8)], &memory), 0);
    }

    #[test]
    fn a_feed_that_was_empty_at_first_does_not_mail_its_archive() {
        let memory = after(&[vec![]]);
        assert_eq!(new_count(&[post(9), post(8), post(7)], &memory), 0);
    }

    #[test]
    fn a_site_that_moves_to_another_domain_mails_nothing_again() {
        let memory = after(&[vec![post(9), post(8), post(7)]]);
        let moved =
            |n: u32| item(&format!("new-{n}"), &format!("https://news.example/{n}"), &format!("Post {n}"), n);
        assert_eq!(new_count(&[moved(9), moved(8), moved(7)], &memory), 0);
        let fresh = item("new-10", "https://news.example/10", "Post 10", 10);
        assert_eq!(new_count(&[fresh, moved(9), moved(8)], &memory), 1);
    }

    #[test]
    fn an_article_of_another_feed_is_the_same_article_and_new_here_only_while_it_is_fresh() {
        let other = Uuid::now_v7();
        let mut memory = after(&[vec![post(2)]]);
        memory
            .elsewhere
            .insert("harbour.example/2026/07/post-4".into(), (other, now() - TimeDelta::hours(1)));
        let judged = judge(&[post(4), post(2)], &memory, now());
        let found = judged.iter().find(|j| !is_known(&j.verdict)).unwrap();
        assert_eq!((found.elsewhere, &found.verdict), (Some(other), &Verdict::New { not_before: None }));
        memory.elsewhere.insert("harbour.example/2026/07/post-4".into(), (other, now() - TimeDelta::days(5)));
        assert_eq!(new_count(&[post(4), post(2)], &memory), 0);
    }

    #[test]
    fn urls_have_one_spelling() {
        let canonical = |url: &str| canonical_url(&Url::parse(url).unwrap());
        for url in [
            "http://news.example/a/b",
            "https://www.news.example:443/a/b/",
            "https://NEWS.example/a/b?utm_source=x&UTM_medium=y&gclid=z#comments",
            "http://news.example:80/a/%62",
        ] {
            assert_eq!(canonical(url).as_deref(), Some("news.example/a/b"), "{url}");
        }
        assert_eq!(canonical("https://news.example/%ed%95%9c/"), canonical("https://news.example/한"));
        assert_eq!(canonical("https://news.example/?p=12").as_deref(), Some("news.example?p=12"));
        assert_eq!(canonical("https://news.example/?utm_source=rss"), None);
        assert_ne!(canonical("https://news.example/?p=1"), canonical("https://news.example/?p=2"));
        assert_ne!(canonical("https://news.example/A"), canonical("https://news.example/a"));
    }

    #[test]
    fn a_very_long_alias_is_kept_by_its_hash() {
        let long = item(&"g".repeat(5000), "https://harbour.example/a", "A", 1);
        assert!(aliases_of(&[long]).iter().all(|alias| alias.value.len() <= ALIAS_BYTES_MAX));
    }

    fn any_item() -> impl Strategy<Value = Item> {
        (0u8..5, 0u8..5, 0u8..4, 0u32..28).prop_map(|(guid, link, title, day)| {
            let guid = if guid == 0 { String::new() } else { format!("g{guid}") };
            let link = if link == 0 {
                "https://harbour.example/".into()
            } else {
                format!("https://harbour.example/{link}")
            };
            item(&guid, &link, &format!("T{title}"), day)
        })
    }

    proptest! {
        #[test]
        fn one_spelling_is_idempotent(path in "[a-z%0-9A-F/._?=&~ é-]{0,40}") {
            if let Ok(url) = Url::parse(&format!("https://www.news.example/{path}"))
                && let Some(once) = canonical_url(&url)
            {
                let again = Url::parse(&format!("https://{once}")).unwrap();
                prop_assert_eq!(canonical_url(&again), Some(once));
            }
        }

        #[test]
        fn the_order_of_items_does_not_matter(
            first in proptest::collection::vec(any_item(), 0..6),
            second in proptest::collection::vec(any_item(), 0..8),
        ) {
            let memory = after(&[first]);
            let reversed: Vec<Item> = second.iter().rev().cloned().collect();
            let found = |items: &[Item]| {
                let mut found: Vec<_> = judge(items, &memory, now())
                    .into_iter()
                    .map(|j| (format!("{:?}", items[j.item]), format!("{:?}", j.verdict), j.aliases))
                    .collect();
                found.sort();
                found
            };
            prop_assert_eq!(found(&second), found(&reversed));
        }

        #[test]
        fn the_same_document_twice_brings_nothing_new(
            first in proptest::collection::vec(any_item(), 0..6),
            second in proptest::collection::vec(any_item(), 0..8),
        ) {
            let memory = after(&[first, second.clone()]);
            for verdict in verdicts(&second, &memory) {
                prop_assert!(is_known(&verdict) , "{:?}", verdict);
            }
        }

        #[test]
        fn an_edit_of_the_text_never_makes_an_article_new(
            items in proptest::collection::vec(any_item(), 0..8),
        ) {
            let memory = after(std::slice::from_ref(&items));
            let edited: Vec<Item> = items.into_iter().map(|item| Item { content_html: "edited".into(), updated_at: Some(now()), ..item }).collect();
            prop_assert_eq!(new_count(&edited, &memory), 0);
        }
    }
}
