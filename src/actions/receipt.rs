//! The receipt of a subscriber: what they agreed to, in which words, when, from where, and when they confirmed. A text that
//! somebody can hand over, in English as all that the desk says.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};

use crate::app::App;
use crate::db::subscribers::Subscriber;
use crate::db::timeline::ConsentRow;
use crate::db::{Tx, lists, publication, subscriptions, timeline, wordings};
use crate::domain::stored_words;
use crate::locale::{Plain, Sentence, say_plain};

/// Consents in one receipt, at most: the newest.
const CONSENTS_MAX: i64 = 1_000;

fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Under an empty line, or at the beginning.
fn heading(text: &mut String, sentence: Sentence<'_, Plain>) {
    let gap = if text.is_empty() { "" } else { "\n" };
    // Writing to a string does not fail.
    let _ = writeln!(text, "{gap}{sentence}");
}

fn line(text: &mut String, sentence: Sentence<'_, Plain>) {
    let _ = writeln!(text, "  {sentence}");
}

fn place(ip: &str) -> String {
    if ip.is_empty() { say_plain("receipt-ip-unknown").to_string() } else { ip.to_owned() }
}

fn consent(text: &mut String, consent: &ConsentRow, words: &HashMap<String, String>) {
    heading(text, say_plain("receipt-list").with("list", &consent.list_name));
    let form = stored_words::form(&consent.form);
    let asked = say_plain("receipt-asked").with("time", written(consent.requested_at));
    line(text, asked.with("form", form).with("ip", place(&consent.requested_ip)));
    match consent.confirmed_at {
        None => line(text, say_plain("receipt-not-confirmed")),
        Some(at) => {
            let ip = place(consent.confirmed_ip.as_deref().unwrap_or_default());
            line(text, say_plain("receipt-confirmed").with("time", written(at)).with("ip", ip));
        }
    }
    match words.get(&consent.wording_version) {
        // What an admin says of how somebody agreed stands there itself.
        None => line(text, say_plain("receipt-wording").with("wording", &consent.wording_version)),
        Some(words) => {
            line(text, say_plain("receipt-words").with("version", &consent.wording_version));
            for sentence in words.lines() {
                let _ = writeln!(text, "    | {sentence}");
            }
        }
    }
}

/// The receipt, as a text.
pub async fn of_subscriber(tx: &mut Tx, app: &App, subscriber: &Subscriber) -> sqlx::Result<String> {
    let publication = publication::get(tx).await?;
    let words: HashMap<String, String> =
        wordings::all(tx).await?.into_iter().map(|wording| (wording.version, wording.words)).collect();
    let mut text = String::new();
    heading(&mut text, say_plain("receipt-title").with("publication", &publication.name));
    line(&mut text, say_plain("receipt-address").with("address", &subscriber.email));
    line(&mut text, say_plain("receipt-made").with("time", written(app.clock.now())));
    line(&mut text, say_plain("receipt-joined").with("time", written(subscriber.created_at)));
    let consents = timeline::consents(tx, subscriber.id, CONSENTS_MAX).await?;
    if consents.is_empty() {
        heading(&mut text, say_plain("receipt-no-consent"));
    }
    for one in &consents {
        consent(&mut text, one, &words);
    }
    heading(&mut text, say_plain("receipt-now"));
    let all = lists::all(tx).await?;
    for held in subscriptions::of_subscriber(tx, subscriber.id).await? {
        let list = all.iter().find(|list| list.id == held.list_id).map_or("", |list| list.name.as_str());
        let stands = say_plain("receipt-stands").with("list", list);
        let status = say_plain(held.status.key()).to_string();
        line(&mut text, stands.with("status", status).with("time", written(held.status_since)));
    }
    Ok(text)
}
