//! What waits for somebody: held and paused campaigns, drafts of feeds, held articles, feeds that are gone, a relay that refuses.

use crate::actions::compose;
use crate::db::feeds::{FeedHealth, FeedStatus};
use crate::db::{Tx, alerts, articles, brake, campaigns, holds};
use crate::domain::campaign::CampaignStatus;
use crate::domain::hold::{self, HoldKind};
use crate::locale::say;

use super::SHOWN;

/// Something that waits for somebody.
pub(super) struct Waits {
    pub(super) mark: &'static str,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) why: String,
    pub(super) link: String,
    pub(super) action: String,
    /// Where a POST sends it; empty: there is no such thing.
    pub(super) send: String,
}

/// Everything that waits, the campaigns first.
pub(super) async fn waiting(tx: &mut Tx, all_feeds: &[FeedHealth]) -> sqlx::Result<Vec<Waits>> {
    let mut waits = Vec::new();
    for campaign in campaigns::waiting(tx, SHOWN).await? {
        let link = format!("/admin/campaigns/{}", campaign.id);
        let held = holds::of_campaign(tx, campaign.id).await?;
        waits.push(match held.as_slice() {
            [first, ..] => {
                let (link, action) = match held.iter().all(|hold| hold.kind == HoldKind::Approval) {
                    true => (format!("{link}/edit"), "campaign-look"),
                    false => ("/admin/held".to_owned(), "campaign-decide"),
                };
                let (kind, why) = (first.label(), hold::in_sentences(&held));
                let action = say(action).to_string();
                Waits { mark: "held", kind, title: campaign.subject, why, link, action, send: String::new() }
            }
            [] => Waits {
                mark: "paused",
                kind: CampaignStatus::Paused.label(),
                title: campaign.subject,
                why: campaign.status_reason.unwrap_or_else(|| say("today-paused-why").to_string()),
                link,
                action: say("today-paused-button").to_string(),
                send: String::new(),
            },
        });
    }
    for draft in campaigns::drafts_of_feeds(tx, SHOWN).await? {
        waits.push(Waits {
            mark: "draft",
            kind: say("today-draft").to_string(),
            title: draft.subject,
            why: say("today-draft-why").with("list", draft.list_name).to_string(),
            link: format!("/admin/campaigns/{}", draft.id),
            action: say("campaign-look").to_string(),
            send: format!("/admin/campaigns/{}/send", draft.id),
        });
    }
    for article in articles::held(tx, SHOWN).await? {
        waits.push(Waits {
            mark: "held",
            kind: say("today-article-held").to_string(),
            title: article.title,
            why: hold::in_sentences(&holds::of_article(tx, article.id).await?),
            link: format!("/admin/articles/{}", article.id),
            action: say("campaign-decide").to_string(),
            send: String::new(),
        });
    }
    for batch in brake::batches(tx).await? {
        waits.push(Waits {
            mark: "held",
            kind: HoldKind::Brake.label(),
            title: say("feed-articles").with("articles", batch.items).to_string(),
            why: format!("{}.", batch.reason().sentence()),
            link: "/admin/held".to_owned(),
            action: say("campaign-decide").to_string(),
            send: String::new(),
        });
    }
    for feed in all_feeds {
        let link = format!("/admin/feeds/{}", feed.id);
        let title = if feed.title.is_empty() { feed.url.clone() } else { feed.title.clone() };
        if feed.status == FeedStatus::Disabled && feed.failures > 0 {
            let why = feed.last_error.clone().unwrap_or_else(|| say("today-feed-gone-why").to_string());
            let (kind, action) =
                (say("today-feed-gone").to_string(), say("today-feed-gone-button").to_string());
            waits.push(Waits { mark: "bad", kind, title, why, link, action, send: String::new() });
        }
    }
    // The others are about what stands above.
    for alert in alerts::open(tx).await?.into_iter().filter(|alert| alert.kind.is_of_relay()) {
        let title = compose::alert_words(&alert).headline.to_owned();
        let link = format!("/admin/alerts/{}", alert.id);
        let why = alert.text;
        let (kind, action) = (say("today-relay").to_string(), say("today-feeds-button").to_string());
        waits.push(Waits { mark: "bad", kind, title, why, link, action, send: String::new() });
    }
    Ok(waits)
}
