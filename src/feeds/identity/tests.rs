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
    let reused = item("https://harbour.example/?p=3", "https://harbour.example/2026/07/other/", "Other", 19);
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
fn guids_that_only_number_the_items_send_the_new_article_and_no_other() {
    let at = |place: usize, n: u32| Item { guid: Some(place.to_string()), ..post(n) };
    let before: Vec<Item> = [5, 4, 3].into_iter().enumerate().map(|(place, n)| at(place + 1, n)).collect();
    let memory = after(&[before]);
    let now: Vec<Item> = [6, 5, 4].into_iter().enumerate().map(|(place, n)| at(place + 1, n)).collect();
    assert_eq!(new_count(&now, &memory), 1);
    assert!(!verdicts(&now, &memory).iter().any(|verdict| matches!(verdict, Verdict::Held { .. })));
    // And one alone that takes another's GUID is still held: nothing tells what it is.
    assert!(matches!(verdicts(&[at(1, 6)], &memory)[..], [Verdict::Held { .. }]));
}

#[test]
fn where_dates_are_missing_what_stands_below_all_that_is_known_is_old() {
    let undated = |n: u32| Item { published_at: None, ..post(n) };
    let memory = after(&[vec![undated(5), undated(4), undated(3)]]);
    assert_eq!(new_count(&[undated(6), undated(5), undated(4)], &memory), 1);
    // The newest was deleted, and an older one moved up.
    let up = [undated(4), undated(3), undated(2)];
    assert_eq!(new_count(&up, &memory), 0);
    assert!(verdicts(&up, &memory).contains(&Verdict::BaselineOnly { reason: Quiet::Surfaced }));
    // Under one that is pinned, it is new.
    assert_eq!(new_count(&[undated(5), undated(6), undated(4), undated(3)], &memory), 1);
    // A feed that lists the oldest first says so by the dates that it has.
    let memory = after(&[vec![post(3), post(4), post(5)]]);
    assert_eq!(new_count(&[post(3), post(4), post(5), undated(6)], &memory), 1);
}

#[test]
fn another_reader_makes_nothing_new_but_what_was_published_since() {
    let mut memory = after(&[vec![post(3)]]);
    memory.other_reader_at = Some(at(10, 0));
    let items = [post(3), post(4), post(12), Item { published_at: None, ..post(5) }];
    assert_eq!(new_count(&items, &memory), 1);
    // The same GUID under another address and title: the reader before read both wrong.
    let renamed = Item { guid: post(3).guid, ..post(7) };
    assert!(is_known(&verdicts(&[renamed], &memory)[0]));
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
    memory.elsewhere.insert("harbour.example/2026/07/post-4".into(), (other, now() - TimeDelta::hours(1)));
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
    fn the_order_of_dated_items_does_not_matter(
        first in proptest::collection::vec(any_item(), 0..6),
        mut second in proptest::collection::vec(any_item(), 0..8),
    ) {
        second.retain(|item| item.published_at.is_some());
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
