use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn items(times: &[&str]) -> Vec<Item> {
    let item = |(n, time): (usize, &&str)| Item {
        title: n.to_string(),
        at: at(time),
        is_dated: false,
        unread_since: None,
    };
    times.iter().enumerate().map(item).collect()
}

fn plan(zone: Tz, schedule: ListSchedule) -> Plan {
    Plan {
        mode: BindingMode::Send,
        schedule,
        grace: TimeDelta::minutes(10),
        zone,
        between_polls: TimeDelta::minutes(10),
        feed: "Harbour".to_owned(),
        from: DateTime::UNIX_EPOCH,
    }
}

/// "Mon 02 06:10 each 0", in the plan's zone; a digest has a star.
fn calendar(outcome: &Outcome, plan: &Plan) -> Vec<String> {
    let line = |mail: &Mail| {
        let local = mail.at.with_timezone(&plan.zone).format("%a %d %H:%M");
        let star = if mail.is_digest { "*" } else { "" };
        let items: Vec<String> = mail.items.iter().map(usize::to_string).collect();
        format!("{local} {}{star} {}", mail.cadence.as_str(), items.join(" "))
    };
    outcome.mails.iter().map(line).collect()
}

fn run(times: &[&str], plan: &Plan) -> Vec<String> {
    calendar(&simulate(&items(times), plan), plan)
}

#[test]
fn each_cadence_gets_every_item_in_its_next_mail() {
    let plan = plan(chrono_tz::UTC, ListSchedule { month_day: 31, ..ListSchedule::default() });
    let times =
        ["2026-11-24T12:00:00Z", "2026-11-25T06:50:00Z", "2026-11-25T06:51:00Z", "2026-11-29T09:00:00Z"];
    assert_eq!(
        run(&times, &plan),
        [
            "Tue 24 12:10 each 0",
            "Wed 25 07:00 each 1",
            "Wed 25 07:00 daily* 0 1",
            "Wed 25 07:01 each 2",
            "Thu 26 07:00 daily* 2",
            "Sun 29 09:10 each 3",
            "Mon 30 07:00 daily* 3",
            "Mon 30 07:00 weekly* 0 1 2 3",
            "Mon 30 07:00 monthly* 0 1 2 3",
        ]
    );
}

#[test]
fn what_is_over_the_cap_comes_at_the_end_of_the_day_and_quiet_hours_put_off() {
    let quiet = Some(QuietHours { from: 22, to: 8 });
    let schedule = ListSchedule { daily_cap: Some(2), quiet, ..ListSchedule::default() };
    let mut plan = plan(chrono_tz::UTC, schedule);
    let times = [
        "2026-11-24T23:00:00Z",
        "2026-11-25T07:30:00Z",
        "2026-11-25T12:00:00Z",
        "2026-11-25T20:30:00Z",
        "2026-11-26T07:55:00Z",
    ];
    // The first two wait until eight; so does the digest of seven, which then has them too.
    let all = [
        "Wed 25 08:00 each 0",
        "Wed 25 08:00 each 1",
        "Wed 25 20:00 each* 2",
        "Thu 26 08:05 each 4",
        "Thu 26 20:00 each* 3",
    ];
    let told = run(&times, &plan);
    let each: Vec<&String> = told.iter().filter(|line| line.contains("each")).collect();
    assert_eq!(each, all);
    let daily: Vec<&String> = told.iter().filter(|line| line.contains("daily")).collect();
    // Numbered at eight, behind the digest's hour: the next one, which is put off to eight.
    assert_eq!(daily, ["Thu 26 08:00 daily* 0 1 2 3", "Fri 27 08:00 daily* 4"]);
    plan.mode = BindingMode::Digest;
    let told = run(&times, &plan);
    assert!(told.iter().all(|line| line.contains('*')), "{told:?}");
    let daily: Vec<&String> = told.iter().filter(|line| line.contains("daily")).collect();
    assert_eq!(daily, ["Wed 25 08:00 daily* 0 1", "Thu 26 08:00 daily* 2 3", "Fri 27 08:00 daily* 4"]);
    plan.mode = BindingMode::Collect;
    let outcome = simulate(&items(&times), &plan);
    assert_eq!((outcome.mails.len(), outcome.collected), (0, vec![0, 1, 2, 3, 4]));
}

#[test]
fn digests_keep_their_local_hour_through_both_changes_of_the_clocks() {
    let berlin = chrono_tz::Europe::Berlin;
    let plan = plan(berlin, ListSchedule { hour: 2, ..ListSchedule::default() });
    let daily = |times: &[&str]| {
        let mails = simulate(&items(times), &plan).mails;
        let daily = mails.into_iter().filter(|mail| mail.cadence == Cadence::Daily);
        daily.map(|mail| mail.at.to_rfc3339()).collect::<Vec<_>>()
    };
    // Two o'clock is skipped on 28 March: it goes out at three, which is one o'clock UTC.
    let spring = ["2027-03-26T12:00:00Z", "2027-03-27T12:00:00Z", "2027-03-28T12:00:00Z"];
    assert_eq!(
        daily(&spring),
        ["2027-03-27T01:00:00+00:00", "2027-03-28T01:00:00+00:00", "2027-03-29T00:00:00+00:00"]
    );
    // It comes twice on 25 October: the first time. What becomes sendable between the two is for the next day.
    let autumn = ["2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T12:00:00Z"];
    assert_eq!(daily(&autumn), ["2026-10-25T00:00:00+00:00", "2026-10-26T01:00:00+00:00"]);
}

#[test]
fn the_brake_holds_a_flood_whole_and_tells_how_many_are_usual() {
    let plan = plan(chrono_tz::UTC, ListSchedule::default());
    let mut times: Vec<String> = (1..=20).map(|day| format!("2026-10-{day:02}T12:00:00Z")).collect();
    times.extend((0..30).map(|_| "2026-10-21T12:00:00Z".to_owned()));
    times.push("2026-10-22T12:00:00Z".to_owned());
    let times: Vec<&str> = times.iter().map(String::as_str).collect();
    let outcome = simulate(&items(&times), &plan);
    assert_eq!(outcome.held.len(), 1);
    assert_eq!((outcome.held[0].items.len(), outcome.held[0].at), (30, at("2026-10-21T12:00:00Z")));
    assert!(outcome.held[0].why.contains("30"), "{}", outcome.held[0].why);
    let singles = outcome.mails.iter().filter(|mail| mail.cadence == Cadence::Each);
    assert_eq!(singles.count(), 21);
}

#[test]
fn dated_items_come_with_the_poll_behind_their_date() {
    let plan = plan(chrono_tz::UTC, ListSchedule::default());
    let mut dated = items(&["2026-11-24T12:03:00Z", "2026-11-24T12:09:59Z", "2026-11-24T12:10:00Z"]);
    dated.iter_mut().for_each(|item| item.is_dated = true);
    let each = simulate(&dated, &plan).mails.into_iter().filter(|mail| mail.cadence == Cadence::Each);
    let each: Vec<String> = each.map(|mail| mail.at.format("%H:%M").to_string()).collect();
    assert_eq!(each, ["12:20", "12:20", "12:30"]);
}

#[test]
fn what_is_typed_is_read_or_refused() {
    let parse = |days, mode, cadence, cap, quiet| Proposal::parse(days, "", mode, cadence, cap, quiet);
    let read = parse("30", "digest", "weekly", "3", "22-6").unwrap();
    assert_eq!((read.days, read.mode, read.cadence), (30, BindingMode::Digest, Some(Cadence::Weekly)));
    assert_eq!((read.daily_cap, read.quiet), (Some(3), Some(QuietHours { from: 22, to: 6 })));
    assert_eq!(parse("", "", "", "", "").unwrap().days, DAYS_DEFAULT);
    for (days, mode, cadence, cap, quiet, field) in [
        ("0", "", "", "", "", "days"),
        ("366", "", "", "", "", "days"),
        ("ninety", "", "", "", "", "days"),
        ("", "shout", "", "", "", "mode"),
        ("", "", "hourly", "", "", "cadence"),
        ("", "", "", "few", "", "cap"),
        ("", "", "", "", "22", "quiet"),
        ("", "", "", "", "22-24", "quiet"),
        ("", "", "", "", "6-6", "quiet"),
    ] {
        assert_eq!(parse(days, mode, cadence, cap, quiet).unwrap_err().field, field);
    }
}

fn any_schedule() -> impl Strategy<Value = ListSchedule> {
    let times = (0u32..24, 1u32..8, 1u32..32, 0u32..24);
    let cap = proptest::option::of(1u32..4);
    let quiet = proptest::option::of((0u32..24, 0u32..24).prop_filter("hours", |(from, to)| from != to));
    (times, cap, quiet).prop_map(|((hour, weekday, month_day, day_end_hour), daily_cap, quiet)| {
        let quiet = quiet.map(|(from, to)| QuietHours { from, to });
        ListSchedule { hour, weekday, month_day, day_end_hour, daily_cap, quiet, ..ListSchedule::default() }
    })
}

proptest! {
    #[test]
    fn each_item_is_in_one_mail_of_each_cadence_or_held(
        schedule in any_schedule(),
        zone in 0usize..chrono_tz::TZ_VARIANTS.len(),
        mode in 0usize..3,
        // Around both changes of the clocks of most zones.
        begins in prop::sample::select(vec![1_774_000_000i64, 1_792_000_000]),
        times in proptest::collection::vec((0i64..2_000_000, any::<bool>()), 0..60),
    ) {
        let item = |(secs, is_dated): &(i64, bool)| Item {
            title: String::new(),
            // Polls are whole minutes apart.
            at: DateTime::from_timestamp((begins + secs) / 60 * 60, 0).unwrap(),
            is_dated: *is_dated,
            unread_since: None,
        };
        let items: Vec<Item> = times.iter().map(item).collect();
        let mut plan = plan(chrono_tz::TZ_VARIANTS[zone], schedule);
        plan.mode = BindingMode::ALL[mode];
        let outcome = simulate(&items, &plan);
        let held: BTreeSet<usize> = outcome.held.iter().flat_map(|poll| poll.items.clone()).collect();
        for cadence in Cadence::ALL {
            let mut found: Vec<usize> = outcome.mails.iter().filter(|mail| mail.cadence == cadence)
                .flat_map(|mail| mail.items.clone()).collect();
            found.sort_unstable();
            let expected: Vec<usize> = (0..items.len()).filter(|place| !held.contains(place)).collect();
            prop_assert_eq!(found, expected, "{:?}", cadence);
        }
        for mail in &outcome.mails {
            prop_assert!(mail.items.iter().all(|place| items[*place].at < mail.at), "nothing early");
            prop_assert_eq!(plan.schedule.quiet_until(plan.zone, mail.at), None, "nothing in quiet hours");
        }
        prop_assert!(outcome.mails.is_sorted_by_key(|mail| mail.at));
    }
}
