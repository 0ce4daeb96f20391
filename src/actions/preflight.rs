//! What is looked at before a campaign is sent, and how many readers would get it.

use chrono::{DateTime, Utc};
use url::Url;
use uuid::Uuid;

use crate::actions::Result;
use crate::actions::compose::{self, Preview};
use crate::app::App;
use crate::app::link_answers::DeadLink;
use crate::articles::outline::{self, Link, Outline};
use crate::articles::{html, text};
use crate::db::articles::Article;
use crate::db::drafts::{self, Draft};
use crate::db::walk::{self, Count};
use crate::db::{Tx, campaigns, counts, publication, segments};
use crate::domain::campaign::CampaignStatus;
use crate::domain::delivery::DeliveryStatus;
use crate::domain::email_address::EmailAddress;
use crate::domain::segment::{Fact, Rule, Segment};
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::locale::{Sentence, Text, say};
use crate::mail::content::Content;

/// Readers that are counted at once; beyond, there are as many as were counted last.
pub const COUNTED: i64 = 20_000;
/// A longer subject is cut by many inboxes.
const SUBJECT_CHARS: usize = 60;
/// Gmail cuts at 102 KB; the rest is room for links and what relays add.
const HTML_KB: usize = 95;

/// Of a link's text, where a sentence names it.
const LINK_CHARS: usize = 60;

/// How many readers a campaign has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readers {
    pub count: i64,
    /// False: they are more than are counted at once, and this is how many there were lately, or how many were
    /// reckoned.
    pub is_exact: bool,
    /// So few that of those who were asked nobody was one: there may be fewer than `count`.
    pub is_at_most: bool,
}

impl Readers {
    fn of(count: i64, lately: i64) -> Readers {
        match count < COUNTED {
            true => Readers { count, is_exact: true, is_at_most: false },
            false => Readers { count: lately.max(COUNTED), is_exact: false, is_at_most: false },
        }
    }
}

/// How many readers would get a campaign to a list.
pub async fn who_would_get(tx: &mut Tx, list_id: Uuid) -> sqlx::Result<Readers> {
    let count = drafts::count_readers(tx, list_id, COUNTED).await?;
    let of_list = counts::subscriptions(tx).await?;
    let lately = of_list.iter().filter(|of| {
        of.list_id == list_id && of.status == SubscriptionStatus::Active && of.cadence == Cadence::Each
    });
    Ok(Readers::of(count, lately.map(|of| of.subscriptions).sum()))
}

/// How many readers a draft would have: of its list, and of its segment as that is now.
pub async fn readers_of(tx: &mut Tx, draft: &Draft, now: DateTime<Utc>) -> Result<Readers> {
    if let Some(of) = draft.correction_of {
        return Ok(who_got(tx, of).await?);
    }
    let Some(segment) = segment_of(tx, draft).await? else {
        return Ok(who_would_get(tx, draft.list_id).await?);
    };
    let reader = Fact::Subscription {
        list: Some(draft.list_id),
        status: Some(SubscriptionStatus::Active),
        cadence: Some(Cadence::Each),
    };
    let rule = Rule::All(vec![Rule::Fact(reader), segments::rule_at(tx, &segment, now).await?]);
    let readers = |count, is_exact, is_at_most| Readers { count, is_exact, is_at_most };
    Ok(match walk::count(tx, &rule).await? {
        Count::Exactly(n) => readers(n, true, false),
        Count::FewerThan(n) => readers(n, false, true),
        other => readers(other.number(), false, false),
    })
}

/// The segment that a campaign is for: a draft's as it is now, what was copied of it from then on.
async fn segment_of(tx: &mut Tx, draft: &Draft) -> Result<Option<Segment>> {
    let stored = match draft.segment_id.filter(|_| draft.status == CampaignStatus::Draft) {
        Some(id) => segments::by_id(tx, id).await?.map(|saved| saved.segment_json),
        None => None,
    };
    match stored.as_ref().or(draft.segment_json.as_ref()) {
        Some(json) => Ok(Some(Segment::parse(json).map_err(anyhow::Error::from)?)),
        None => Ok(None),
    }
}

/// How many readers got a campaign, or may have.
pub async fn who_got(tx: &mut Tx, campaign_id: Uuid) -> sqlx::Result<Readers> {
    let count = drafts::count_got(tx, campaign_id, COUNTED).await?;
    let totals = counts::totals(tx, campaign_id).await?;
    let of = |status: DeliveryStatus| totals.get(status.as_str()).copied().unwrap_or_default();
    Ok(Readers::of(count, of(DeliveryStatus::Sent) + of(DeliveryStatus::Uncertain)))
}

/// How well one thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    Ok,
    Warn,
    Bad,
    /// Not known yet.
    Awaited,
}

impl Grade {
    /// The name of its mark on a page.
    pub fn as_str(self) -> &'static str {
        match self {
            Grade::Ok => "ok",
            Grade::Warn => "warn",
            Grade::Bad => "bad",
            Grade::Awaited => "queued",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    pub grade: Grade,
    pub sentence: String,
}

impl Check {
    fn new(grade: Grade, sentence: Sentence<'_, Text>) -> Check {
        Check { grade, sentence: sentence.to_string() }
    }
}

/// Looks at a campaign and its articles, as they are stored.
pub async fn checks(
    app: &App,
    draft: &Draft,
    articles: &[Article],
    readers: Readers,
) -> sqlx::Result<Vec<Check>> {
    let mut checks = Vec::new();
    if readers.count == 0 {
        checks.push(Check::new(Grade::Warn, say("preflight-nobody")));
    }
    checks.push(of_subject(&draft.subject));
    // A feed's campaign has its article, and no text.
    if draft.markdown.as_deref().is_some_and(|text| text.trim().is_empty()) && articles.is_empty() {
        checks.push(Check::new(Grade::Bad, say("preflight-empty")));
    }
    for article in articles.iter().filter(|article| article.is_held) {
        checks.push(Check::new(Grade::Bad, say("preflight-article-held").with("title", &article.title)));
    }
    let mut tx = app.db.read().await?;
    if let Some(title) = drafts::retired_article(&mut tx, draft.id).await? {
        checks.push(Check::new(Grade::Bad, say("preflight-article-retired").with("title", title)));
    }
    let Some(campaign) = campaigns::by_id(&mut tx, draft.id).await? else { return Ok(checks) };
    let logo = publication::get(&mut tx).await?.logo_url;
    drop(tx);
    let Ok(to) = EmailAddress::parse("reader@example.org") else { return Ok(checks) };
    match compose::preview(app, &campaign, &to, None).await {
        Ok(Preview { content, message, .. }) => {
            checks.extend(of_mail(app, content, message.len(), &logo).await)
        }
        Err(error) => {
            checks.push(Check::new(Grade::Bad, say("preflight-failed").with("why", format!("{error:#}"))))
        }
    }
    Ok(checks)
}

fn of_subject(subject: &str) -> Check {
    match subject.chars().count() {
        0 => Check::new(Grade::Bad, say("preflight-no-subject")),
        n if n > SUBJECT_CHARS => {
            Check::new(Grade::Warn, say("preflight-subject-long").with("characters", n))
        }
        _ => Check::new(Grade::Ok, say("preflight-subject")),
    }
}

/// Looks at the mail itself. `logo` is the publication's picture, which has the name beside it.
async fn of_mail(app: &App, content: Content, message_bytes: usize, logo: &str) -> Vec<Check> {
    let kb = content.html.len().div_ceil(1024);
    let grade = if kb > HTML_KB { Grade::Warn } else { Grade::Ok };
    let whole = message_bytes / 1024;
    let size = say("preflight-size").with("kb", kb).with("whole", whole);
    let mut checks = vec![Check::new(grade, size)];
    match html::apart(move || outline::of_page(&content.html)).await.flatten() {
        Ok(found) => {
            checks.extend(of_outline(&found, logo, app.config.base_url.scheme() == "https"));
            checks.extend(of_links(app, &found.links));
        }
        Err(error) => {
            checks.push(Check::new(Grade::Bad, say("preflight-failed").with("why", error.to_string())))
        }
    }
    checks.push(Check::new(Grade::Ok, say("preflight-unsubscribe")));
    checks
}

/// Looks at pictures, which whoever listens needs described, and at links.
fn of_outline(found: &Outline, logo: &str, wants_https: bool) -> Vec<Check> {
    let mut checks = Vec::new();
    let is_logo = |url: &str| !logo.is_empty() && url == logo;
    let pictures: Vec<_> = found.pictures.iter().filter(|picture| !is_logo(&picture.url)).collect();
    let without = pictures.iter().filter(|picture| picture.alt.is_empty()).count();
    match (pictures.len(), without) {
        (0, _) => {}
        (_, 0) => checks.push(Check::new(Grade::Ok, say("preflight-pictures"))),
        (all, n) => {
            let said = say("preflight-pictures-without").with("without", n).with("pictures", all);
            checks.push(Check::new(Grade::Warn, said));
        }
    }
    let is_plain = |url: &str| url.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"));
    // An email program asks for its pictures over https, whatever our own address is.
    let plain_pictures = pictures.iter().filter(|picture| is_plain(&picture.url)).count();
    let plain_links = found.links.iter().filter(|link| wants_https && is_plain(&link.url)).count();
    let leads_nowhere = |link: &&Link| matches!(link.url.trim(), "" | "#");
    let empty = found.links.iter().filter(leads_nowhere).count();
    let wordless = found.links.iter().filter(|link| link.text.is_empty()).count();
    for (key, links) in [
        ("preflight-pictures-http", plain_pictures),
        ("preflight-links-http", plain_links),
        ("preflight-links-empty", empty),
        ("preflight-links-wordless", wordless),
    ] {
        if links > 0 {
            checks.push(Check::new(Grade::Warn, say(key).with("number", links)));
        }
    }
    checks
}

/// Looks at what the links lead to, as far as that is known by now. Our own pages are there.
fn of_links(app: &App, links: &[Link]) -> Vec<Check> {
    let ours = app.config.base_url.origin();
    let mut urls: Vec<(Url, &str)> = Vec::new();
    for link in links {
        let url = Url::parse(&link.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some(url) = url.filter(|url| url.origin() != ours) else { continue };
        if urls.iter().all(|(other, _)| *other != url) {
            urls.push((url, &link.text));
        }
    }
    let report = app.link_answers.look(&app.fetcher, urls.iter().map(|(url, _)| url.clone()));
    let name = |url: &Url| {
        let text = urls.iter().find(|(other, _)| other == url).map_or("", |(_, text)| text);
        text::excerpt(if text.is_empty() { url.as_str() } else { text }, LINK_CHARS)
    };
    let dead = report.dead.iter().map(|(url, why)| {
        let said = match why {
            DeadLink::Missing(code) => say("preflight-link-missing").with("code", i64::from(*code)),
            DeadLink::Unreachable(why) => say("preflight-link-unreachable").with("why", why),
        };
        Check::new(Grade::Warn, said.with("link", name(url)))
    });
    let mut checks: Vec<Check> = dead.collect();
    if report.awaited > 0 {
        checks
            .push(Check::new(Grade::Awaited, say("preflight-links-awaited").with("number", report.awaited)));
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_readers_are_as_many_as_were_counted_lately() {
        assert_eq!(Readers::of(1, 0), Readers { count: 1, is_exact: true, is_at_most: false });
        assert_eq!(
            Readers::of(COUNTED, 1_234_567),
            Readers { count: 1_234_567, is_exact: false, is_at_most: false }
        );
        assert_eq!(Readers::of(COUNTED, 12).count, COUNTED, "those that were seen are there");
    }

    #[test]
    fn pictures_without_a_description_are_counted_but_for_the_logo() {
        let html = "<img src='https://harbour.example/logo?a=1&amp;b=2' alt=''><img src='a.png' alt='A > B'>\
                    <img src='b.png'><a href='http://one.example/'>1</a>";
        let found = outline::of_page(html).unwrap();
        let said: Vec<String> = of_outline(&found, "https://harbour.example/logo?a=1&b=2", true)
            .into_iter()
            .map(|check| check.sentence)
            .collect();
        assert_eq!(said, ["1 of 2 images has no alt text.", "A link goes to http, not https."]);
        assert_eq!(of_outline(&Outline::default(), "", true), []);
    }

    #[test]
    fn links_that_lead_nowhere_or_have_no_text_and_pictures_over_http_are_counted() {
        let html = "<a name=top></a><a href='#'>More</a><a>Read</a><a href=''>It</a><a href='https://one.example/'> </a>\
                    <a href='https://two.example/'><img src='HTTP://two.example/a.png' alt='Two'></a>\
                    <a href='https://three.example/' aria-label='Three'></a>";
        let said: Vec<String> = of_outline(&outline::of_page(html).unwrap(), "", true)
            .into_iter()
            .map(|check| check.sentence)
            .collect();
        assert_eq!(
            said,
            [
                "Every image has alt text.",
                "An image is loaded over http, not https: many email apps don’t show it.",
                "3 links have no address, so they go nowhere.",
                "A link has no text, so nobody can see or click it.",
            ]
        );
    }
}
