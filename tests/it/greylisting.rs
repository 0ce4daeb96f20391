//! Servers that take no mail from a sender before some minutes are over, recipient by recipient.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use postrider::domain::delivery::DeliveryStatus;

use crate::delivery::counts;
use crate::on_both_engines;
use crate::relay::queue;
use crate::support::Answer;

on_both_engines! {
    async fn who_is_greylisted_for_five_minutes_has_the_mail_in_twenty_and_holds_up_nobody(app: TestApp) {
        for (n, refusal) in [
            "450 4.7.1 try again later",
            "450 4.2.0 Recipient address rejected: Greylisted, see http://postgrey.example/help",
            "451 4.7.1 Greylisting in action, please come back later",
            "451 Temporarily graylisted",
        ]
        .into_iter()
        .enumerate()
        {
            let readers = (0..60).map(|r| format!("new{r}@grey.example"));
            let known = (0..20).map(|r| format!("known{r}@grey.example"));
            let others = (0..20).map(|r| format!("reader{r}@quick.example"));
            let campaign = queue(app, &format!("ferry-{n}"), readers.chain(known).chain(others)).await;
            let met: Mutex<HashMap<String, DateTime<Utc>>> = Mutex::default();
            let clock = app.clock.clone();
            app.smtp.at_rcpt(move |to| {
                let first = *met.lock().unwrap().entry(to.to_owned()).or_insert_with(|| clock.now());
                match to.starts_with("new") && clock.now() - first < TimeDelta::minutes(5) {
                    true => Answer::Reply(refusal),
                    false => Answer::Usual,
                }
            });
            app.run_all_due().await;
            let stood = counts(app, campaign.id).await;
            let expected = HashMap::from([(DeliveryStatus::Sent, 40), (DeliveryStatus::Deferred, 60)]);
            assert_eq!(stood, expected, "{refusal}: the domain's other readers have it at once");
            for _ in 0..20 {
                app.advance(TimeDelta::minutes(1));
                app.deliver_all_due().await;
            }
            let stood = counts(app, campaign.id).await;
            assert_eq!(stood, HashMap::from([(DeliveryStatus::Sent, 100)]), "{refusal}");
            app.smtp.behave();
            app.smtp.take();
        }
    }

    async fn whoever_refuses_the_connection_or_names_a_rate_still_rests_its_domain(app: TestApp) {
        for (n, refusal) in [
            "421 4.7.0 Try again later, closing connection",
            "451 4.7.1 Too many messages, please try again later",
            "450 4.7.650 temporarily rate limited due to IP reputation",
        ]
        .into_iter()
        .enumerate()
        {
            let slow = format!("slow{n}.example");
            let campaign = queue(app, &format!("ferry-{n}"), (0..40).map(|r| format!("reader{r}@{slow}"))).await;
            app.smtp.at_rcpt(move |_| Answer::Reply(refusal));
            app.run_all_due().await;
            let tried = app.smtp.seen().commands.iter().filter(|(_, line)| line.ends_with(&slow)).count();
            assert!((1..=8).contains(&tried), "{refusal}: {tried} were tried before all were told");
            assert_eq!(counts(app, campaign.id).await, HashMap::from([(DeliveryStatus::Deferred, 40)]));
            app.smtp.behave();
        }
    }
}
