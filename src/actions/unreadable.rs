//! Campaigns whose HTML is too complicated to read: held when they are to begin, and sent as a link to the
//! article when somebody lets them go.

use anyhow::Context as _;
use uuid::Uuid;

use crate::actions::compose;
use crate::app::App;
use crate::articles::ArticleView;
use crate::articles::html::TooComplicated;
use crate::db::campaigns::{self, Campaign};
use crate::db::{WriteTx, articles, holds};
use crate::domain::hold::{HoldKind, HoldReason};
use crate::mail::content::{self, Content};

/// The mail of a campaign that is to begin; `None` where it is held instead. One that was let go has its
/// mail already.
pub async fn content(
    app: &App,
    campaign: &Campaign,
    article: Option<&ArticleView>,
) -> anyhow::Result<Option<Content>> {
    let mut tx = app.db.read().await?;
    let stored = campaigns::mail_content(&mut tx, campaign.id).await?;
    drop(tx);
    if let Some(stored) = stored {
        return Ok(Some(serde_json::from_str(&stored).context("the campaign's stored mail")?));
    }
    match compose::content(app, campaign, article).await {
        Ok(content) => Ok(Some(content)),
        Err(error) => match error.downcast::<TooComplicated>() {
            Ok(why) => hold(app, campaign, &why).await.map(|()| None),
            Err(other) => Err(other),
        },
    }
}

async fn hold(app: &App, campaign: &Campaign, why: &TooComplicated) -> anyhow::Result<()> {
    let mut tx = app.db.write().await?;
    let reason = HoldReason::TooComplicated { why: why.to_string() };
    holds::add(&mut tx, &[campaign.id], &reason, app.clock.now()).await?;
    tx.commit().await?;
    tracing::warn!(campaign = %campaign.id, %why, "a campaign is held");
    Ok(())
}

/// The mail of a campaign that is held since its article's page is not there. `None` where nothing holds it for that,
/// or its HTML can't be read either.
pub(super) async fn as_stored(app: &App, id: Uuid) -> anyhow::Result<Option<Content>> {
    let mut tx = app.db.read().await?;
    let Some(campaign) = campaigns::by_id(&mut tx, id).await? else { return Ok(None) };
    let held = holds::of_campaign(&mut tx, id).await?.iter().any(|hold| hold.kind == HoldKind::Page);
    let article = match campaign.auto_article_id.filter(|_| held) {
        Some(article_id) => articles::get(&mut tx, article_id).await?.map(ArticleView::from),
        None => return Ok(None),
    };
    drop(tx);
    match compose::content(app, &campaign, article.as_ref()).await {
        Ok(content) => Ok(Some(content)),
        Err(error) => error.downcast::<TooComplicated>().map(|_| None),
    }
}

/// The mail that a campaign held for its HTML is let go with: title, first words, and the way to the article.
/// `None` where nothing holds it for that, or it is about no article.
pub(super) async fn as_link(app: &App, id: Uuid) -> anyhow::Result<Option<Content>> {
    let mut tx = app.db.read().await?;
    let Some(campaign) = campaigns::by_id(&mut tx, id).await? else { return Ok(None) };
    let held = holds::of_campaign(&mut tx, id).await?.iter().any(|hold| hold.kind == HoldKind::Html);
    let article = match campaign.auto_article_id.filter(|_| held) {
        Some(article_id) => articles::get(&mut tx, article_id).await?,
        None => None,
    };
    drop(tx);
    match article {
        Some(article) => compose::content_as_link(app, &campaign, article.into()).await.map(Some),
        None => Ok(None),
    }
}

/// Stores that mail.
pub(super) async fn set_mail(tx: &mut WriteTx, id: Uuid, mail: &Content) -> anyhow::Result<()> {
    let stored = serde_json::to_string(mail)?;
    campaigns::set_mail(
        tx,
        id,
        &content::public_line(mail, &mail.subject),
        &content::browser_copy(mail),
        &stored,
    )
    .await?;
    Ok(())
}
