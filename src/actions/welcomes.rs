//! The welcome mail to who has just confirmed: which one is queued, what it says, and what admins write for it.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::compose::{Told, reader_words};
use super::editorial::{check_markdown, check_placeholders, too_complicated};
use super::{Context, Result, lists as rules};
use crate::actions::editorial::TextKind;
use crate::app::App;
use crate::articles::{ArticleView, html};
use crate::db::lists::List;
use crate::db::notices::{self, Notice, WelcomingList};
use crate::db::subscribers::Subscriber;
use crate::db::users::Role;
use crate::db::welcomes::{self, Welcome};
use crate::db::{WriteTx, articles, audit, lists, publication, subscribers, subscriptions};
use crate::domain::email_address::EmailAddress;
use crate::domain::links::{self, Link};
use crate::domain::refusal::lists as codes;
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::mail::content::{self, PlaceholderMarks, Welcoming};

/// The most articles in one welcome mail.
pub const ARTICLES_MAX: i64 = 10;
/// The longest text of a list.
pub const TEXT_CHARS_MAX: usize = 10_000;
/// More welcome mails than this a day are somebody playing with a forwarded link.
const WELCOMES_PER_DAY_MAX: i64 = 3;
/// Tests that one address may get within an hour.
const TESTS_PER_HOUR: i64 = 20;

/// Queues one welcome mail for all lists that somebody has joined at once, and decides which articles it brings: they count
/// as received from now on. Its callers are the two ways in which a reader does it themselves, `Transition::Confirm` by a
/// mail's link and `Transition::Join` in their preferences; nobody is welcomed by an import, a merge, an undo, or by what an
/// admin does.
pub(super) async fn queue(
    tx: &mut WriteTx,
    subscriber: &Subscriber,
    joined: &[Uuid],
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let Ok(email) = EmailAddress::parse(&subscriber.email) else { return Ok(()) };
    let mut welcoming = Vec::new();
    for list_id in joined {
        let welcome = welcomes::of_list(tx, *list_id).await?;
        if welcome.is_on {
            welcoming.push((*list_id, welcome.articles));
        }
    }
    let day = now - TimeDelta::hours(24);
    if welcoming.is_empty() || notices::count_welcomes(tx, &email.key(), day).await? >= WELCOMES_PER_DAY_MAX {
        return Ok(());
    }
    let (mut room, mut lists) = (ARTICLES_MAX, Vec::new());
    for (list_id, wanted) in welcoming {
        let articles = welcomes::latest(tx, list_id, Some(subscriber.id), wanted.min(room)).await?;
        welcomes::note(tx, subscriber.id, &articles).await?;
        room -= articles.len() as i64;
        lists.push(WelcomingList { list_id, articles });
    }
    notices::enqueue(tx, &Notice::Welcome { subscriber_id: subscriber.id, lists }, &email, now).await?;
    Ok(())
}

/// The mail that was queued to a reader, of those of its lists that they still have.
pub(super) async fn to_reader(
    app: &App,
    subscriber: Uuid,
    queued: &[WelcomingList],
) -> anyhow::Result<Option<Told>> {
    let mut tx = app.db.read().await?;
    let reader = subscribers::by_id(&mut tx, subscriber).await?;
    let held = subscriptions::of_subscriber(&mut tx, subscriber).await?;
    let mut welcoming = Vec::new();
    for one in queued {
        let held =
            held.iter().find(|held| held.list_id == one.list_id && held.status == SubscriptionStatus::Active);
        let list = lists::by_id(&mut tx, one.list_id).await?.filter(|list| list.retired_at.is_none());
        if let (Some(held), Some(list)) = (held, list) {
            welcoming.push((list, held.cadence, one.articles.clone()));
        }
    }
    drop(tx);
    write(app, reader.as_ref(), welcoming).await
}

/// A list's welcome as it would be, for whoever wrote it. Its links are signed for nobody, unless they are a reader.
pub async fn to_nobody(app: &App, list_id: Uuid, reader: Option<Uuid>) -> anyhow::Result<Option<Told>> {
    let mut tx = app.db.read().await?;
    let Some(list) = lists::by_id(&mut tx, list_id).await? else { return Ok(None) };
    let wanted = welcomes::of_list(&mut tx, list_id).await?.articles;
    let articles = welcomes::latest(&mut tx, list_id, None, wanted).await?;
    drop(tx);
    let cadence = list.schedule.default;
    let told = write(app, None, vec![(list, cadence, articles)]).await?;
    // No header by which a mail program would end what the tester has of the list.
    Ok(told.map(|told| Told { list: None, reader, ..told }))
}

async fn write(
    app: &App,
    reader: Option<&Subscriber>,
    welcoming: Vec<(List, Cadence, Vec<Uuid>)>,
) -> anyhow::Result<Option<Told>> {
    if welcoming.is_empty() {
        return Ok(None);
    }
    let mut tx = app.db.read().await?;
    let publication = publication::get(&mut tx).await?;
    let (mut markdowns, mut views) = (Vec::new(), Vec::new());
    for (list, _, ids) in &welcoming {
        markdowns.push(welcomes::of_list(&mut tx, list.id).await?.markdown);
        let found = articles::of_ids(&mut tx, ids).await?;
        let in_order = ids.iter().filter_map(|id| found.iter().find(|article| article.id == *id));
        views.extend(in_order.cloned().map(ArticleView::from));
    }
    drop(tx);
    markdowns.retain(|markdown| !markdown.trim().is_empty());
    let about: Vec<List> = welcoming.iter().map(|(list, ..)| list.clone()).collect();
    let words = reader_words(reader, &about, &publication);
    let subscriber = reader.map_or(Uuid::nil(), |reader| reader.id);
    let leaving: Vec<(String, String)> = about
        .iter()
        .map(|list| {
            let token = app.keyring.token(Link::Unsubscribe { subscriber, list: list.id });
            (list.name.clone(), app.config.link(&format!("/unsubscribe/{token}")))
        })
        .collect();
    let preferences = app.keyring.token(Link::Preferences { subscriber });
    let preferences_url = app.config.link(&format!("/preferences/{preferences}"));
    let base_url = app.config.base_url.to_string();
    let content = html::apart(move || {
        let mut marks = PlaceholderMarks::new()?;
        let texts = markdowns.iter().map(|markdown| html::of_markdown(&marks.mark(markdown)));
        let texts = texts.collect::<std::result::Result<Vec<String>, _>>()?;
        let lists: Vec<(&str, Cadence)> =
            welcoming.iter().map(|(list, cadence, _)| (list.name.as_str(), *cadence)).collect();
        let said = Welcoming {
            lists: &lists,
            texts: &texts,
            articles: &views,
            preferences_url: &preferences_url,
            leaving: &leaving,
        };
        content::welcome(&publication, &words, &base_url, &said, marks)
    })
    .await??;
    let list = <[List; 1]>::try_from(about).ok().map(|[list]| list);
    Ok(Some(Told { content, list, reader: reader.map(|reader| reader.id) }))
}

/// A list's welcome as it was typed into a form.
#[derive(Clone, Debug, Default)]
pub struct WelcomeForm {
    pub is_on: bool,
    pub markdown: String,
    pub articles: String,
}

impl WelcomeForm {
    pub fn of(welcome: &Welcome) -> WelcomeForm {
        WelcomeForm {
            is_on: welcome.is_on,
            markdown: welcome.markdown.clone(),
            articles: welcome.articles.to_string(),
        }
    }

    fn read(&self) -> Result<Welcome> {
        let markdown = self.markdown.replace("\r\n", "\n").trim_end().to_owned();
        check_markdown(&markdown)?;
        if markdown.chars().count() > TEXT_CHARS_MAX {
            return Err(codes::WELCOME_TEXT_LONG.on("markdown").with("max", TEXT_CHARS_MAX).into());
        }
        let articles = match self.articles.trim() {
            "" => Some(0),
            typed => typed.parse().ok().filter(|number| (0..=ARTICLES_MAX).contains(number)),
        };
        let wrong = || codes::WELCOME_ARTICLES_WRONG.on("articles").with("max", ARTICLES_MAX);
        let articles = articles.ok_or_else(wrong)?;
        if self.is_on && articles == 0 && markdown.trim().is_empty() {
            return Err(codes::WELCOME_EMPTY.on("markdown").into());
        }
        Ok(Welcome { is_on: self.is_on, markdown, articles })
    }
}

/// Tells one state of a list's welcome from another, for a form that was opened a while ago.
pub fn version(welcome: &Welcome) -> String {
    links::fingerprint(audited(welcome).to_string().as_bytes())
}

fn audited(welcome: &Welcome) -> serde_json::Value {
    json!({ "welcome": { "on": welcome.is_on, "text": welcome.markdown, "articles": welcome.articles } })
}

/// Changes what a list says to who has just confirmed, if it still is what the form showed (`seen`).
pub async fn set(cx: &Context<'_>, list_id: Uuid, seen: &str, form: &WelcomeForm) -> Result<Welcome> {
    cx.require(Role::Admin)?;
    let welcome = form.read()?;
    check_placeholders(cx.app, &[], Some(("markdown", &welcome.markdown, TextKind::Markdown))).await?;
    let markdown = welcome.markdown.clone();
    if let Err(error) = html::apart(move || html::of_markdown(&markdown)).await.flatten() {
        return too_complicated(error);
    }
    let mut tx = cx.app.db.write().await?;
    lists::lock(&mut tx, list_id).await?;
    let list = lists::by_id(&mut tx, list_id).await?.ok_or_else(rules::gone)?;
    let before = welcomes::of_list(&mut tx, list_id).await?;
    if before == welcome {
        return Ok(welcome);
    }
    if version(&before) != seen {
        return Err(codes::LIST_CHANGED.refusal().into());
    }
    welcomes::set(&mut tx, list_id, &welcome).await?;
    let (old, new) = (audited(&before), audited(&welcome));
    audit::note(&mut tx, &cx.actor, "changed", rules::subject(&list), old, new, cx.now()).await?;
    tx.commit().await?;
    Ok(welcome)
}

/// Mails a list's welcome to whoever wrote it. False where they had many tests lately.
pub async fn send_test(cx: &Context<'_>, list_id: Uuid, to: &EmailAddress) -> Result<bool> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let list = lists::by_id(&mut tx, list_id).await?.ok_or_else(rules::gone)?;
    if notices::count_tests(&mut tx, &to.key(), now - TimeDelta::hours(1)).await? >= TESTS_PER_HOUR {
        return Ok(false);
    }
    notices::enqueue(&mut tx, &Notice::WelcomeTest { list_id }, to, now).await?;
    audit::note(&mut tx, &cx.actor, "test sent", rules::subject(&list), (), (), now).await?;
    tx.commit().await?;
    cx.app.wake_delivery.notify_one();
    Ok(true)
}
