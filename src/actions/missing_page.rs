//! Campaigns whose article is in its feed while its page is not there: a site may publish the one before the other. They
//! are tried again for some minutes, then held until an admin decides.

use crate::app::App;
use crate::db::campaigns::{self, Campaign};
use crate::db::holds;
use crate::domain::hold::HoldReason;

/// Whether a campaign does not begin now, since its page is not there. One that was let go has its mail, and does.
pub(super) async fn stops(app: &App, campaign: &Campaign, code: u16, url: String) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    if campaigns::mail_content(&mut tx, campaign.id).await?.is_some() {
        return Ok(false);
    }
    drop(tx);
    let now = app.clock.now();
    if app.missing_pages.missed(campaign.id, now) {
        let reason = HoldReason::PageMissing { code, url };
        let mut tx = app.db.write().await?;
        holds::add(&mut tx, &[campaign.id], &reason, now).await?;
        tx.commit().await?;
        tracing::warn!(campaign = %campaign.id, code, "a campaign is held: its article's page is not there");
    } else {
        tracing::info!(campaign = %campaign.id, code, "the article's page is not there yet; trying again");
    }
    Ok(true)
}
