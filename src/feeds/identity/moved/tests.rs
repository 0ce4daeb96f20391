use chrono::TimeZone as _;
use proptest::prelude::*;

use super::super::names;
use super::*;

fn at(day: i64, hour: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 7, 1, 0, 0, 0).unwrap() + TimeDelta::days(day) + TimeDelta::hours(hour)
}

fn item(guid: &str, link: &str, title: &str, published_at: DateTime<Utc>) -> Item {
    Item {
        guid: Some(guid.to_owned()),
        link: Url::parse(link).ok(),
        title: title.to_owned(),
        published_at: Some(published_at),
        ..Item::default()
    }
}

fn past(item: &Item) -> Past {
    let names = names(item);
    Past {
        id: Uuid::now_v7(),
        title: item.title.clone(),
        url: item.link.as_ref().map(Url::to_string).unwrap_or_default(),
        published_at: item.published_at.unwrap(),
        aliases: [names.guid, names.canonical].into_iter().flatten().collect(),
        is_held: false,
    }
}

/// The outcome for each item, in their order.
fn outcomes(items: &[Item], past: &[Past]) -> Vec<Outcome> {
    let mut moved = judge(items, past);
    moved.retain(|moved| moved.item.is_some());
    moved.sort_by_key(|moved| moved.item);
    moved.into_iter().map(|moved| moved.outcome).collect()
}

fn matched(outcome: Outcome) -> Option<By> {
    match outcome {
        Outcome::Matched { by, .. } => Some(by),
        _ => None,
    }
}

#[test]
fn what_stays_the_same_says_which_article_it_is() {
    let old = item("g1", "https://old.example/2026/07/harbour-opens/", "The harbour opens", at(1, 8));
    let known = [past(&old)];
    let new = |guid, link, title, day| outcomes(&[item(guid, link, title, day)], &known)[0];
    for (outcome, by) in [
        (new("g1", "https://new.example/x", "Retitled", at(1, 8)), By::Guid),
        (new("h", "http://www.old.example/2026/07/harbour-opens", "Retitled", at(9, 8)), By::Address),
        (
            new("h", "https://new.example/2026/07/harbour-opens/?utm_source=rss", "Retitled", at(1, 9)),
            By::Path,
        ),
        (new("h", "https://new.example/harbour-opens.html", "Retitled", at(1, 8)), By::Slug),
        (new("h", "https://new.example/1", "The  Harbour opens", at(1, 8)), By::Title),
        (new("h", "https://new.example/1", "The harbour opens", at(2, 7)), By::Title),
    ] {
        assert_eq!(matched(outcome), Some(by));
    }
    // A number that is used again, and a title that comes back.
    for (outcome, by) in [
        (new("g1", "https://new.example/x", "Another", at(9, 8)), By::Guid),
        (new("h", "https://new.example/harbour-opens", "Another", at(9, 8)), By::Slug),
        (new("h", "https://new.example/1", "The harbour opens", at(9, 8)), By::Title),
    ] {
        assert_eq!(outcome, Outcome::Unclear { article_id: known[0].id, by });
    }
    assert_eq!(new("h", "https://new.example/1", "Another", at(1, 8)), Outcome::New);
}

#[test]
fn two_of_one_title_are_told_apart_by_their_moment_or_not_at_all() {
    let brief =
        |n: i64, hour| item(&format!("g{n}"), &format!("https://old.example/a{n}"), "In brief", at(1, hour));
    let known = [past(&brief(1, 8)), past(&brief(2, 12))];
    let moved =
        |n: i64, hour| item(&format!("h{n}"), &format!("https://new.example/b{n}"), "In brief", at(1, hour));
    let found = outcomes(&[moved(1, 8), moved(2, 12)], &known);
    assert_eq!(found.iter().map(|one| matched(*one)).collect::<Vec<_>>(), [Some(By::Title); 2]);
    let found = outcomes(&[moved(1, 9), moved(2, 10)], &known);
    assert!(found.iter().all(|one| matches!(one, Outcome::Unclear { by: By::Title, .. })), "{found:?}");
}

#[test]
fn a_last_segment_that_many_share_names_none() {
    let page = |host: &str, n: i64| {
        item(
            &format!("{host}{n}"),
            &format!("https://{host}/{n}/index.html"),
            &format!("Story {n}"),
            at(n, 8),
        )
    };
    let known: Vec<Past> = (0..5).map(|n| past(&page("old.example", n))).collect();
    let items = [page("new.example", 3), page("new.example", 7)];
    assert_eq!(matched(outcomes(&items, &known)[0]), Some(By::Path));
    assert_eq!(outcomes(&items, &known)[1], Outcome::New);
}

#[test]
fn what_is_held_is_matched_with_what_it_was_even_if_it_has_left_the_document() {
    let old = |n: i64| {
        item(&format!("g{n}"), &format!("https://a.example/old/{n}00000"), &format!("Story {n}"), at(n, 8))
    };
    let new = |n: i64| {
        item(&format!("h{n}"), &format!("https://a.example/new/{n}"), &format!("Story {n}"), at(n, 8))
    };
    let mut known: Vec<Past> = (0..3).map(|n| past(&old(n))).collect();
    known.extend((0..3).map(|n| Past { is_held: true, ..past(&new(n)) }));
    let moved = judge(&[new(2), new(1)], &known);
    assert_eq!(moved.len(), 3);
    for one in moved {
        let n = known.iter().position(|past| Some(past.id) == one.held).unwrap() - 3;
        assert_eq!(one.outcome, Outcome::Matched { article_id: known[n].id, by: By::Title });
        assert_eq!(one.item.is_none(), n == 0);
    }
}

/// What an article keeps when its feed moves: one of these at least.
#[derive(Clone, Copy, Debug)]
struct Kept {
    guid: bool,
    path: bool,
    slug: bool,
    title: bool,
    date: bool,
}

fn kept() -> impl Strategy<Value = Kept> {
    any::<(bool, bool, bool, bool, bool)>()
        .prop_map(|(guid, path, slug, title, date)| Kept { guid, path, slug, title, date })
        .prop_filter("something stays", |kept| kept.guid || kept.path || kept.slug || kept.title)
}

proptest! {
    /// Titles and last segments come up to three times each, days as they like.
    #[test]
    fn an_article_that_keeps_anything_is_never_new_and_none_is_two(
        articles in proptest::collection::vec((kept(), 0i64..5, any::<bool>()), 1..12),
        fresh in 0usize..4,
    ) {
        let (mut known, mut items) = (Vec::new(), Vec::new());
        for (n, (kept, day, is_listed)) in articles.iter().enumerate() {
            let (title, slug) = (format!("Title {}", n / 3), format!("segment-{}", n % 4));
            let old = item(&format!("g{n}"), &format!("https://old.example/{n}/{slug}"), &title, at(*day, n as i64));
            known.push(past(&old));
            let pick = |stays: bool, old: String, new: String| if stays { old } else { new };
            let folder = pick(kept.path, n.to_string(), format!("moved-{n}"));
            let slug = pick(kept.slug || kept.path, slug, format!("other-{n}"));
            let moved = item(
                &pick(kept.guid, format!("g{n}"), format!("h{n}")),
                &format!("https://new.example/{folder}/{slug}"),
                &pick(kept.title, title, format!("Retitled {n}")),
                if kept.date { at(*day, n as i64) } else { at(*day + 20, 0) },
            );
            if *is_listed {
                items.push(moved);
            }
        }
        let listed = items.len();
        for n in 0..fresh {
            items.push(item(&format!("f{n}"), &format!("https://new.example/fresh/fresh-{n}"), &format!("Fresh {n}"), at(1, 8)));
        }
        let found = outcomes(&items, &known);
        prop_assert!(found[..listed].iter().all(|one| *one != Outcome::New), "{found:?}");
        prop_assert!(found[listed..].iter().all(|one| *one == Outcome::New), "{found:?}");
        let mut seen = HashSet::new();
        for one in found {
            if let Outcome::Matched { article_id, .. } = one {
                prop_assert!(seen.insert(article_id));
            }
        }
    }
}
