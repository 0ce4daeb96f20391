//! A campaign's record: live progress, who has it and who not, pause, resume, cancel, send to those who
//! missed it.

use std::time::Duration;

use chrono::TimeDelta;
use postrider::db::ledger::{self, DeliveryKey};
use postrider::db::{audit, campaigns, publication, workers};
use postrider::delivery::recovery;
use postrider::domain::campaign::CampaignStatus;
use postrider::domain::delivery::UncertainPolicy;
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use uuid::Uuid;

use crate::delivery::{campaign, counts, subscribe_all};
use crate::on_both_engines;
use crate::support::{Answer, TestApp};

const CAST: [&str; 4] = ["ines@example.org", "tobe@example.org", "marta@example.org", "owen@example.org"];

async fn status(app: &TestApp, id: Uuid) -> CampaignStatus {
    campaigns::by_id(&mut app.app.db.read().await.unwrap(), id).await.unwrap().unwrap().status
}

/// A campaign to all four whose readers are enqueued.
async fn begun(app: &TestApp) -> Uuid {
    let list = app.list("world", "World").await;
    subscribe_all(app, list, &CAST).await;
    let id = campaign(app, list, "Ferry").await;
    postrider::schedule::run_campaigns(&app.app).await.unwrap();
    app.count().await;
    id
}

/// Server-sent events as they come.
struct Events {
    answer: Response,
    text: String,
}

impl Events {
    /// The next event's name and data; `None`: the stream has ended.
    async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.text = rest;
                let Some(name) = event.strip_prefix("event: ") else { continue };
                let (name, data) = name.split_once("\ndata: ").expect("data");
                return Some((name.to_owned(), serde_json::from_str(data).expect("JSON")));
            }
            let chunk = tokio::time::timeout(Duration::from_secs(30), self.answer.chunk());
            let chunk = chunk.await.expect("something within half a minute").expect("the stream is whole")?;
            self.text.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        }
    }
}

on_both_engines! {
    async fn a_live_page_hears_of_each_step_and_of_the_end(app: TestApp) {
        let id = begun(app).await;
        let owen = app.editor().await;
        let page = owen.page(&format!("/admin/campaigns/{id}")).await;
        for words in ["data-live=", "live.js", "<noscript><meta http-equiv=\"refresh\"", "Pause", "Cancel the rest…", "Reload"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let answer = owen.get(&format!("/admin/campaigns/{id}/events")).await;
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let mut events = Events { answer, text: String::new() };
        let (name, first) = events.next().await.unwrap();
        assert_eq!((name.as_str(), first["status"].as_str()), ("progress", Some("sending")));
        assert_eq!(first["states"]["queued"][0], "4");
        assert_eq!(first["figure"], "0 %");

        app.advance(TimeDelta::seconds(10));
        app.run_all_due().await;
        app.advance(TimeDelta::seconds(1));
        app.count().await;
        let (name, last) = loop {
            let (name, message) = events.next().await.expect("not before the end");
            if name != "progress" {
                break (name, message);
            }
        };
        assert_eq!((name.as_str(), last["status"].as_str(), last["figure"].as_str()), ("over", Some("sent"), Some("100 %")));
        assert_eq!(last["states"]["sent"][0], "4");
        assert!(events.next().await.is_none(), "the stream ends with the campaign");
        let page = owen.page(&format!("/admin/campaigns/{id}")).await;
        assert!(!page.contains("live.js") && page.contains("/admin/reports/"), "what is over is not live: {page}");
        app.smtp.take();
    }

    async fn a_stream_ends_when_its_session_does(app: TestApp) {
        let id = begun(app).await;
        let owen = app.editor().await;
        let answer = owen.get(&format!("/admin/campaigns/{id}/events")).await;
        let mut events = Events { answer, text: String::new() };
        assert_eq!(events.next().await.unwrap().0, "progress");
        owen.submit("/admin/sign-out", &[]).await;
        assert_eq!(events.next().await.unwrap().0, "out");
        assert!(events.next().await.is_none());
        let nobody = owen.get(&format!("/admin/campaigns/{id}/events")).await;
        assert_eq!(nobody.status(), StatusCode::SEE_OTHER);
    }

    async fn an_editor_pauses_and_resumes_and_a_second_click_is_told_so(app: TestApp) {
        let id = begun(app).await;
        let (owen, marta) = (app.editor().await, app.admin().await);
        let at = |verb: &str| format!("/admin/campaigns/{id}/{verb}");
        let (to, said) = owen.submit(&at("pause"), &[]).await;
        assert_eq!(to, format!("/admin/campaigns/{id}"));
        assert!(said.starts_with("Paused."), "{said}");
        assert_eq!(marta.submit(&at("pause"), &[]).await.1, "This campaign is already paused.");
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        let page = marta.page(&format!("/admin/campaigns/{id}")).await;
        assert!(page.contains("by owen@harbour.example") && page.contains("Resume"), "{page}");
        let missed = marta.page(&at("missed")).await;
        assert!(missed.contains("This campaign is paused. Resume it"), "{missed}");

        marta.submit(&at("resume"), &[]).await;
        assert_eq!(owen.submit(&at("resume"), &[]).await.1, "This campaign is already being sent.");
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 4);
        let late = owen.post(&at("pause"), &[]).await;
        assert_eq!(late.status(), StatusCode::CONFLICT);
        assert!(late.text().await.unwrap().contains("This campaign has been sent, so it can’t be paused. Write a correction instead."));
        let log = audit::of_subject(&mut app.app.db.read().await.unwrap(), "campaign", id, 10).await.unwrap();
        let verbs: Vec<(&str, &str)> = log.iter().map(|e| (e.action.as_str(), e.user_email.as_str())).collect();
        assert_eq!(verbs, [("resumed", "marta@harbour.example"), ("paused", "owen@harbour.example")]);
    }

    async fn the_rest_is_cancelled_only_by_whoever_types_how_many_that_are(app: TestApp) {
        let id = begun(app).await;
        let owen = app.editor().await;
        let path = format!("/admin/campaigns/{id}/cancel");
        let page = owen.page(&path).await;
        assert!(page.contains(">4 readers</span> won’t get it. <span data-have>0 readers</span> already got it."), "{page}");
        for typed in ["", "3", "four", "-"] {
            let page = owen.refused(&path, &[("shown", "4"), ("typed", typed)]).await;
            assert!(page.contains("aria-invalid"), "{page}");
        }
        owen.refused(&path, &[]).await;
        assert_eq!(status(app, id).await, CampaignStatus::Sending);
        let said = owen.submit(&path, &[("shown", "4"), ("typed", " 4 ")]).await.1;
        assert_eq!(said, "Cancelled. Nobody else will get it.");
        assert_eq!(owen.submit(&path, &[("shown", "4"), ("typed", "4")]).await.1, "This campaign is already cancelled.");
        app.run_all_due().await;
        assert_eq!(app.smtp.count(), 0);
        let again = owen.get(&path).await;
        assert_eq!(again.status(), StatusCode::CONFLICT);
    }

    async fn what_was_cancelled_half_way_says_how_many_got_it_and_can_be_corrected(app: TestApp) {
        app.smtp.at_rcpt(|to| match to {
            "tobe@example.org" => Answer::Reply("451 4.2.0 mailbox busy"),
            _ => Answer::Usual,
        });
        let id = begun(app).await;
        app.run_all_due().await;
        app.count().await;
        let owen = app.editor().await;
        let page = format!("/admin/campaigns/{id}");
        owen.submit(&format!("{page}/cancel"), &[("shown", "1"), ("typed", "1")]).await;
        app.advance(TimeDelta::seconds(1));
        app.count().await;
        let page = owen.page(&page).await;
        assert!(page.contains("3 of 4 readers got it.") && page.contains("/correct\""), "{page}");
        assert!(!page.contains("100 %") && !page.contains("data-figure"), "{page}");
        app.smtp.behave();
    }

    async fn what_has_not_begun_is_cancelled_without_a_number(app: TestApp) {
        let list = app.list("world", "World").await;
        let mut tx = app.app.db.write().await.unwrap();
        let id = campaigns::add_from_html(&mut tx, list, "Dues", "<p>x</p>", app.clock.now()).await.unwrap();
        campaigns::schedule(&mut tx, id, app.clock.now() + TimeDelta::hours(1)).await.unwrap();
        tx.commit().await.unwrap();
        let owen = app.editor().await;
        let page = owen.page(&format!("/admin/campaigns/{id}/cancel")).await;
        assert!(!page.contains("name=\"typed\""), "{page}");
        owen.submit(&format!("/admin/campaigns/{id}/cancel"), &[]).await;
        assert_eq!(status(app, id).await, CampaignStatus::Cancelled);
    }

    async fn those_who_missed_it_get_it_and_nobody_else(app: TestApp) {
        app.smtp.at_rcpt(|to| match to {
            "tobe@example.org" => Answer::Reply("550 5.7.1 not from you"),
            _ => Answer::Usual,
        });
        let id = begun(app).await;
        app.run_all_due().await;
        app.count().await;
        assert_eq!(app.smtp.take().len(), 3);
        let owen = app.editor().await;
        let path = format!("/admin/campaigns/{id}/missed");
        let page = owen.page(&path).await;
        assert!(page.contains("1 reader missed it."), "{page}");
        app.smtp.behave();
        assert_eq!(owen.submit(&path, &[]).await.1, "Sending to 1 reader who missed it.");
        let twice = owen.post(&path, &[]).await;
        assert_eq!(twice.status(), StatusCode::CONFLICT);
        assert!(twice.text().await.unwrap().contains("This campaign is still being sent."));
        app.run_all_due().await;
        let to: Vec<String> = app.smtp.take().into_iter().map(|mail| mail.to).collect();
        assert_eq!(to, ["tobe@example.org"]);
        assert_eq!(owen.submit(&path, &[]).await.1, "Nobody missed it, so nothing was sent.");
        let page = owen.page(&format!("/admin/campaigns/{id}")).await;
        assert!(page.contains("Sent to those who missed it") && page.contains("1 reader, by owen"), "{page}");
    }

    async fn who_may_have_it_gets_it_again_only_when_asked(app: TestApp) {
        let mut tx = app.app.db.write().await.unwrap();
        let mut site = publication::get(&mut tx).await.unwrap();
        site.uncertain = UncertainPolicy::Leave;
        publication::set(&mut tx, &site, app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        let id = begun(app).await;
        // A worker dies with one on the wire.
        let (dead, now) = (Uuid::now_v7(), app.clock.now());
        let mut tx = app.app.db.write().await.unwrap();
        workers::beat(&mut tx, dead, now).await.unwrap();
        let row = campaigns::by_id(&mut tx, id).await.unwrap().unwrap();
        let leased = ledger::lease_queued(&mut tx, dead, &row, Uuid::nil(), 1, now).await.unwrap();
        let key = DeliveryKey { campaign_id: id, subscriber_id: leased[0].subscriber_id };
        ledger::settle(&mut tx, dead, &[], &[key], false, now).await.unwrap();
        tx.commit().await.unwrap();
        recovery::recover_from_everybody(&app.app).await.unwrap();
        app.run_all_due().await;
        app.count().await;
        assert_eq!(app.smtp.take().len(), 3);

        let owen = app.editor().await;
        let page = owen.page(&format!("/admin/campaigns/{id}")).await;
        assert!(page.contains("won’t be sent again"), "{page}");
        let who = owen.page(&format!("/admin/campaigns/{id}/deliveries?status=uncertain")).await;
        assert!(who.contains("ines@example.org") && who.contains("on the wire"), "{who}");
        let path = format!("/admin/campaigns/{id}/missed");
        let page = owen.page(&path).await;
        assert!(page.contains("As far as we know, nobody missed it.") && page.contains("Also send it to 1 reader who may have got it"), "{page}");
        assert_eq!(owen.submit(&path, &[]).await.1, "Nobody missed it, so nothing was sent.");
        assert_eq!(owen.submit(&path, &[("uncertain", "on")]).await.1, "Sending to 1 reader who missed it.");
        app.run_all_due().await;
        assert_eq!(app.smtp.take().len(), 1);
    }

    async fn deliveries_are_found_by_their_state_page_by_page(app: TestApp) {
        let list = app.list("world", "World").await;
        let readers: Vec<String> = (0..120).map(|n| format!("reader{n:03}@example.org")).collect();
        subscribe_all(app, list, &readers.iter().map(String::as_str).collect::<Vec<_>>()).await;
        app.smtp.at_rcpt(|to| match to {
            "reader007@example.org" => Answer::Reply("550 5.7.1 <b>not</b> from you"),
            to if to > "reader060" => Answer::Reply("451 4.2.1 busy"),
            _ => Answer::Usual,
        });
        let id = campaign(app, list, "Ferry").await;
        app.run_all_due().await;
        app.count().await;
        let owen = app.editor().await;
        let path = format!("/admin/campaigns/{id}/deliveries");
        let failed = owen.page(&format!("{path}?status=failed")).await;
        assert!(failed.contains("reader007@") && failed.contains("&#60;b&#62;not") && !failed.contains("reader008@"), "{failed}");
        for (query, all) in [("", 120), ("?status=deferred", counts(app, id).await[&postrider::domain::delivery::DeliveryStatus::Deferred])] {
            let (mut seen, mut at) = (0, format!("{path}{query}"));
            for _ in 0..10 {
                let page = owen.page(&at).await;
                seen += page.matches("@example.org</a>").count() as i64;
                let Some((before, _)) = page.split_once("\">More</a>") else { break };
                at = before.rsplit_once("href=\"").unwrap().1.replace("&amp;", "&").replace("&#38;", "&");
            }
            assert_eq!(seen, all, "{query}");
        }
        for bad in ["?status=x", "?after=x", "?status=deferred&after=9~9", "?status=deferred&after=99999999999999999999~x"] {
            owen.page(&format!("{path}{bad}")).await;
        }
        app.smtp.take();
    }

    async fn campaigns_are_listed_by_status_and_list_and_page(app: TestApp) {
        let (world, sport) = (app.list("world", "World").await, app.list("sport", "Sport").await);
        let mut tx = app.app.db.write().await.unwrap();
        for n in 0..60 {
            let list = if n % 2 == 0 { world } else { sport };
            campaigns::add_from_html(&mut tx, list, &format!("Piece {n:02}."), "<p>x</p>", app.clock.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let owen = app.editor().await;
        let page = owen.page("/admin/campaigns").await;
        assert!(page.contains("Piece 59.") && page.contains("Piece 10.") && !page.contains("Piece 09."), "{page}");
        let older = page.split_once("\">Older</a>").unwrap().0.rsplit_once("href=\"").unwrap().1.replace("&amp;", "&");
        let older = owen.page(&older).await;
        assert!(older.contains("Piece 09.") && older.contains("Newest") && !older.contains("Older"), "{older}");
        let page = owen.page(&format!("/admin/campaigns?status=draft&list={sport}")).await;
        assert!(page.contains("Piece 59.") && !page.contains("Piece 58."), "{page}");
        let none = owen.page("/admin/campaigns?status=sent").await;
        assert!(none.contains("No campaigns match."), "{none}");
        owen.page("/admin/campaigns?status=x&list=x&before=x").await;
    }

    async fn what_is_not_there_is_not_found(app: TestApp) {
        let owen = app.admin().await;
        let id = Uuid::now_v7();
        for (method, path) in [
            (Method::GET, format!("/admin/campaigns/{id}")),
            (Method::GET, format!("/admin/campaigns/{id}/events")),
            (Method::GET, format!("/admin/campaigns/{id}/deliveries")),
            (Method::POST, format!("/admin/campaigns/{id}/pause")),
            (Method::POST, format!("/admin/campaigns/{id}/cancel")),
            (Method::POST, format!("/admin/campaigns/{id}/missed")),
            (Method::GET, format!("/admin/reports/{id}")),
            (Method::GET, "/admin/reports/x/deliveries.csv".to_owned()),
        ] {
            let answer = owen.send(method, &path, &[]).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
