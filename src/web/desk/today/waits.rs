//! What waits for somebody: held and paused campaigns, held articles, feeds that are gone, a relay that refuses.

use crate::actions::compose;
use crate::db::feeds::{FeedHealth, FeedStatus};
use crate::db::{Tx, alerts, articles, brake, campaigns, holds};
use crate::domain::hold::{self, HoldKind};
use crate::web::desk::frame::counted;

use super::SHOWN;

/// Something that waits for somebody.
pub(super) struct Waits {
    pub(super) mark: &'static str,
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) why: String,
    pub(super) link: String,
    pub(super) action: &'static str,
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
                    true => (format!("{link}/edit"), "Look at it"),
                    false => ("/admin/held".to_owned(), "Decide"),
                };
                let (kind, why) = (first.label(), hold::in_sentences(&held));
                Waits { mark: "held", kind, title: campaign.subject, why, link, action }
            }
            [] => Waits {
                mark: "paused",
                kind: "Paused",
                title: campaign.subject,
                why: campaign
                    .status_reason
                    .unwrap_or_else(|| "Nothing of it is sent until it is resumed.".to_owned()),
                link,
                action: "Resume or cancel",
            },
        });
    }
    for article in articles::held(tx, SHOWN).await? {
        waits.push(Waits {
            mark: "held",
            kind: "Article held",
            title: article.title,
            why: hold::in_sentences(&holds::of_article(tx, article.id).await?),
            link: format!("/admin/articles/{}", article.id),
            action: "Decide",
        });
    }
    for batch in brake::batches(tx).await? {
        waits.push(Waits {
            mark: "held",
            kind: HoldKind::Brake.label(),
            title: counted(batch.items, "article", "articles"),
            why: format!("{}.", batch.reason().sentence()),
            link: "/admin/held".to_owned(),
            action: "Decide",
        });
    }
    for feed in all_feeds {
        let link = format!("/admin/feeds/{}", feed.id);
        let title = if feed.title.is_empty() { feed.url.clone() } else { feed.title.clone() };
        if feed.status == FeedStatus::Disabled && feed.failures > 0 {
            let why = feed.last_error.clone().unwrap_or_else(|| "It is gone.".to_owned());
            waits.push(Waits { mark: "bad", kind: "Feed gone", title, why, link, action: "Change the feed" });
        }
    }
    // The others are about what stands above.
    for alert in alerts::open(tx).await?.into_iter().filter(|alert| alert.kind.is_of_relay()) {
        let title = compose::alert_words(&alert).headline.to_owned();
        let link = format!("/admin/alerts/{}", alert.id);
        let why = alert.text;
        waits.push(Waits { mark: "bad", kind: "Relay", title, why, link, action: "See what to do" });
    }
    Ok(waits)
}
