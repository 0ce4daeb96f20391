//! Articles of our own, and which articles campaigns are offered.

use uuid::Uuid;

use super::{
    SUBJECT_CHARS_MAX, check_line, check_markdown, conflict, refused, too_complicated, web_url, writer,
};
use crate::actions::{Context, Result};
use crate::articles::html;
use crate::db::articles;
use crate::db::audit::{self, Subject};
use crate::db::drafts::{self, OwnArticle};
use crate::db::users;
use crate::domain::refusal::common;
use crate::domain::refusal::editorial as codes;

/// Begins an article of our own.
pub async fn begin_article(cx: &Context<'_>, title: &str) -> Result<Uuid> {
    let (app, me, user) = writer(cx)?;
    check_line("title", "editor-the-title", title, SUBJECT_CHARS_MAX, true)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let author = users::by_id(&mut tx, user).await?.map(|user| user.name).unwrap_or_default();
    let id = drafts::add_article(&mut tx, title, &author, user, now).await?;
    audit::note(&mut tx, me, "begun", Subject { kind: "article", id, name: title }, (), (), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Saves an article over the version that `article` names; returns the new version.
pub async fn save_article(cx: &Context<'_>, article: &OwnArticle) -> Result<i64> {
    let (app, _, user) = writer(cx)?;
    check_line("title", "editor-the-title", &article.title, SUBJECT_CHARS_MAX, true)?;
    check_line("author", "editor-the-author", &article.author, 200, true)?;
    check_markdown(&article.markdown)?;
    if !article.url.is_empty() && (web_url(&article.url).is_none() || article.url.len() > 2000) {
        return refused(codes::ARTICLE_ADDRESS_WRONG.on("url"));
    }
    let markdown = article.markdown.clone();
    let html = match html::apart(move || html::of_markdown(&markdown)).await.flatten() {
        Ok(html) => html,
        Err(error) => return too_complicated(error),
    };
    let mut tx = app.db.write().await?;
    let Some(stands) = drafts::own_article(&mut tx, article.id).await? else {
        return refused(common::GONE.refusal());
    };
    if stands.version != article.version {
        let same = (&stands.title, &stands.url, &stands.author, &stands.markdown)
            == (&article.title, &article.url, &article.author, &article.markdown);
        if same {
            return Ok(stands.version);
        }
        return conflict(&mut tx, user, stands.updated_by, stands.updated_at, stands.version).await;
    }
    if !drafts::save_article(&mut tx, article, &html, user, app.clock.now()).await? {
        return conflict(&mut tx, user, stands.updated_by, stands.updated_at, stands.version).await;
    }
    tx.commit().await?;
    Ok(article.version + 1)
}

/// Deletes an article of our own, with its history. One that a campaign holds stays: it was mailed, or may be.
pub async fn delete_article(cx: &Context<'_>, id: Uuid) -> Result<String> {
    let (app, me, _) = writer(cx)?;
    let mut tx = app.db.write().await?;
    let Some(article) = drafts::own_article(&mut tx, id).await? else {
        return refused(common::GONE.refusal());
    };
    if !drafts::remove_article(&mut tx, id).await? {
        return refused(codes::ARTICLE_IN_CAMPAIGN.refusal());
    }
    let subject = Subject { kind: "article", id, name: &article.title };
    audit::note(&mut tx, me, "deleted", subject, (), (), app.clock.now()).await?;
    tx.commit().await?;
    Ok(article.title)
}

/// Retires an article: no campaign is offered it any more, and none can be sent with it. What was mailed
/// stays. Returns its title. Harmless to repeat.
pub async fn retire_article(cx: &Context<'_>, id: Uuid) -> Result<String> {
    let (app, me, _) = writer(cx)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(article) = articles::get(&mut tx, id).await? else { return refused(common::GONE.refusal()) };
    if articles::retired_at(&mut tx, id).await?.is_some() {
        return Ok(article.title);
    }
    if article.is_held {
        return refused(codes::ARTICLE_WAITS.refusal());
    }
    if let Some(subject) = articles::on_its_way_as(&mut tx, id).await? {
        return refused(codes::ARTICLE_ON_ITS_WAY.refusal().with("subject", subject));
    }
    articles::set_retired(&mut tx, id, Some(now)).await?;
    let subject = Subject { kind: "article", id, name: &article.title };
    audit::note(&mut tx, me, "retired", subject, (), (), now).await?;
    tx.commit().await?;
    Ok(article.title)
}

/// Brings a retired article back. Nothing is mailed by it. Harmless to repeat.
pub async fn bring_back_article(cx: &Context<'_>, id: Uuid) -> Result<String> {
    let (app, me, _) = writer(cx)?;
    let mut tx = app.db.write().await?;
    let Some(article) = articles::get(&mut tx, id).await? else { return refused(common::GONE.refusal()) };
    if articles::retired_at(&mut tx, id).await?.is_some() {
        articles::set_retired(&mut tx, id, None).await?;
        let subject = Subject { kind: "article", id, name: &article.title };
        audit::note(&mut tx, me, "brought back", subject, (), (), app.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(article.title)
}
