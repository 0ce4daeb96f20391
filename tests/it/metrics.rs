//! What the operator's numbers say, and to whom.

use chrono::TimeDelta;
use postrider::domain::subscription::Transition;
use reqwest::StatusCode;

use crate::on_both_engines;
use crate::sign_up::join;
use crate::support::{Answer, TestApp};

/// One number, by name and labels.
async fn number(app: &TestApp, name: &str) -> f64 {
    let text = app.http.get(format!("{}/metrics", app.url)).send().await.unwrap().text().await.unwrap();
    let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok());
    found.unwrap_or_else(|| panic!("no {name} in:\n{text}"))
}

on_both_engines! {
    async fn an_operator_sees_what_is_delivered_and_nothing_of_whom(app: TestApp) {
        app.list("all", "All articles").await;
        for reader in ["ines@example.org", "tobe@example.org", "marta@example.org", "erik@example.org"] {
            join(app, reader, "all").await;
        }
        let sent_before = number(app, "postrider_deliveries_total{outcome=\"sent\"}").await;
        assert!(number(app, "postrider_notices_total{outcome=\"sent\"}").await >= 4.0);
        app.smtp.at_rcpt(|to| match to {
            "tobe@example.org" => Answer::Reply("550 5.1.1 no such user"),
            "marta@example.org" => Answer::Reply("450 4.2.1 later"),
            _ => Answer::Usual,
        });
        let list = app.list("all", "All articles").await;
        let now = app.clock.now();
        let mut tx = app.app.db.write().await.unwrap();
        let campaign = postrider::db::campaigns::add_from_html(&mut tx, list, "Ferry", "<p>It sails.</p>", now);
        let campaign = campaign.await.unwrap();
        assert!(postrider::db::campaigns::schedule(&mut tx, campaign, now).await.unwrap());
        tx.commit().await.unwrap();
        postrider::schedule::run_due(&app.app).await.unwrap();
        // Erik leaves when his copy is in the ledger already.
        let mut tx = app.app.db.write().await.unwrap();
        let erik = crate::sign_up::address("erik@example.org");
        let erik = postrider::db::subscribers::by_email(&mut tx, &erik).await.unwrap().unwrap().id;
        postrider::db::subscriptions::change(&mut tx, &app.cause(), &[erik], None, Transition::Leave).await.unwrap();
        tx.commit().await.unwrap();
        app.deliver_all_due().await;

        for (outcome, count) in [("sent", 1.0), ("bounced", 1.0), ("deferred", 1.0), ("skipped", 1.0), ("failed", 0.0)] {
            let name = format!("postrider_deliveries_total{{outcome=\"{outcome}\"}}");
            let before = if outcome == "sent" { sent_before } else { 0.0 };
            assert_eq!(number(app, &name).await - before, count, "{outcome}");
        }
        assert!(number(app, "postrider_message_wire_seconds_count").await >= 7.0);
        assert!(number(app, "postrider_commit_seconds_count").await >= 2.0);
        assert!(number(app, "postrider_commit_requests_sum").await >= 7.0);
        assert!(number(app, "postrider_leases_total").await >= 8.0);
        assert_eq!(number(app, "postrider_messages_in_hand").await, 0.0);
        assert_eq!(number(app, "postrider_smtp_connections_open").await, 0.0, "the run is over");
        assert_eq!(number(app, "postrider_relay_down").await, 0.0);
        assert_eq!(number(app, "postrider_sign_ups_total{result=\"taken\"}").await, 4.0);
        let confirm = "postrider_http_request_seconds_count{route=\"/confirm/{token}\",status=\"2xx\"}";
        assert!(number(app, confirm).await >= 4.0);
        assert!(number(app, "process_resident_memory_bytes").await > 1e6);

        let text = app.http.get(format!("{}/metrics", app.url)).send().await.unwrap().text().await.unwrap();
        let campaign = campaign.to_string();
        for secret in ["example.org", "ines", "Ferry", "\"all\"", campaign.as_str()] {
            assert!(!text.contains(secret), "{secret} in:\n{text}");
        }
        app.smtp.at_rcpt(|_| Answer::Usual);
        app.advance(TimeDelta::hours(1));
        app.deliver_all_due().await;
        let sent = number(app, "postrider_deliveries_total{outcome=\"sent\"}").await;
        assert_eq!(sent - sent_before, 2.0, "Marta's second attempt");
    }

    async fn a_sign_up_counts_the_same_whether_the_address_is_known(app: TestApp) {
        app.list("all", "All articles").await;
        join(app, "ines@example.org", "all").await;
        let mut seen = Vec::new();
        for email in ["ines@example.org", "nobody-yet@example.org"] {
            let before = number(app, "postrider_sign_ups_total{result=\"taken\"}").await;
            let form = [("email", email)];
            app.http.post(format!("{}/subscribe", app.url)).form(&form).send().await.unwrap();
            seen.push(number(app, "postrider_sign_ups_total{result=\"taken\"}").await - before);
        }
        assert_eq!(seen, [1.0, 1.0]);
        for (form, result) in [
            (vec![("email", "no address")], "refused"),
            (vec![("email", "bot@example.org"), ("website", "x")], "asked_trap"),
        ] {
            app.http.post(format!("{}/subscribe", app.url)).form(&form).send().await.unwrap();
            let name = format!("postrider_sign_ups_total{{result=\"{result}\"}}");
            assert_eq!(number(app, &name).await, 1.0, "{result}");
        }
        app.deliver_all_due().await;
    }

    async fn metrics_are_not_for_who_comes_through_a_proxy(app: TestApp) {
        let url = format!("{}/metrics", app.url);
        for header in ["x-forwarded-for", "x-forwarded-proto", "forwarded", "x-real-ip", "via"] {
            let answer = app.http.get(&url).header(header, "127.0.0.1").send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{header}");
            assert!(!answer.text().await.unwrap().contains("postrider_"));
        }
        let plain = app.http.get(&url).send().await.unwrap();
        assert_eq!(plain.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        // As Prometheus asks.
        let accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2";
        let open = app.http.get(&url).header("accept", accept).send().await.unwrap();
        assert!(open.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
        assert!(open.text().await.unwrap().ends_with("# EOF\n"));
        // What strangers make up is no label.
        app.http.get(format!("{}/wp-login.php", app.url)).send().await.unwrap();
        assert_eq!(number(app, "postrider_http_request_seconds_count{route=\"none\",status=\"4xx\"}").await, 1.0);
    }
}
