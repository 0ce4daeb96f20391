//! Articles of our own, and which articles campaigns are offered.

use uuid::Uuid;

use super::{
    EditorialError, SUBJECT_CHARS_MAX, check_line, check_markdown, conflict, refused, too_complicated,
    web_url,
};
use crate::app::App;
use crate::articles::html;
use crate::db::articles;
use crate::db::audit::{self, Actor, Subject};
use crate::db::drafts::{self, OwnArticle};
use crate::db::users::User;
use crate::domain::refusal::editorial as codes;

/// Begins an article of our own.
pub async fn begin_article(app: &App, me: &Actor, user: &User, title: &str) -> Result<Uuid, EditorialError> {
    check_line("title", "The title", title, SUBJECT_CHARS_MAX, true)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let id = drafts::add_article(&mut tx, title, &user.name, user.id, now).await?;
    audit::note(&mut tx, me, "begun", Subject { kind: "article", id, name: title }, (), (), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Saves an article over the version that `article` names; returns the new version.
pub async fn save_article(app: &App, user: Uuid, article: &OwnArticle) -> Result<i64, EditorialError> {
    check_line("title", "The title", &article.title, SUBJECT_CHARS_MAX, true)?;
    check_line("author", "The author", &article.author, 200, true)?;
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
        return Err(EditorialError::Gone);
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
pub async fn delete_article(app: &App, me: &Actor, id: Uuid) -> Result<String, EditorialError> {
    let mut tx = app.db.write().await?;
    let Some(article) = drafts::own_article(&mut tx, id).await? else { return Err(EditorialError::Gone) };
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
pub async fn retire_article(app: &App, me: &Actor, id: Uuid) -> Result<String, EditorialError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(article) = articles::get(&mut tx, id).await? else { return Err(EditorialError::Gone) };
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
pub async fn bring_back_article(app: &App, me: &Actor, id: Uuid) -> Result<String, EditorialError> {
    let mut tx = app.db.write().await?;
    let Some(article) = articles::get(&mut tx, id).await? else { return Err(EditorialError::Gone) };
    if articles::retired_at(&mut tx, id).await?.is_some() {
        articles::set_retired(&mut tx, id, None).await?;
        let subject = Subject { kind: "article", id, name: &article.title };
        audit::note(&mut tx, me, "brought back", subject, (), (), app.clock.now()).await?;
        tx.commit().await?;
    }
    Ok(article.title)
}
