//! What editors write, and how it becomes a campaign: Markdown into HTML, saving beside others, times,
//! the second person, corrections. The rules for every door; nothing here sends by itself.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use url::Url;
use uuid::Uuid;

use crate::app::App;
use crate::articles::html::{self, TooComplicated};
use crate::articles::{clean, text};
use crate::db::articles::{self, Article};
use crate::db::audit::{self, Actor, Subject};
use crate::db::campaigns;
use crate::db::drafts::{self, Draft, DraftText, OwnArticle};
use crate::db::holds;
use crate::db::lists;
use crate::db::notices::{self, NewNotice, NoticeKind};
use crate::db::publication;
use crate::db::users::{self, User};
use crate::domain::campaign::{CampaignAction, CampaignStatus};
use crate::domain::email_address::EmailAddress;
use crate::domain::hold::{Hold, HoldKind, HoldReason};

/// The longest text, in bytes: many times what a mail can hold, and less than what stalls a browser.
pub const MARKDOWN_BYTES_MAX: usize = 1_000_000;
/// The longest subject or title, in characters.
pub const SUBJECT_CHARS_MAX: usize = 500;
/// The longest preheader, in characters.
pub const PREHEADER_CHARS_MAX: usize = 250;
/// The longest reason of a correction, in characters.
pub const REASON_CHARS_MAX: usize = 500;
/// Articles in one campaign, at most.
pub const ARTICLES_MAX: usize = 30;
/// Addresses that one test may go to.
pub const TEST_ADDRESSES_MAX: usize = 5;
/// Tests that one address may get within an hour.
const TESTS_PER_HOUR: i64 = 20;
/// Nobody means to schedule further off than this.
const AHEAD_MAX: TimeDelta = TimeDelta::days(730);

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum EditorialError {
    /// A sentence for the writer, and the field it is about.
    #[error("{sentence}")]
    Refused { field: &'static str, sentence: String },
    /// Somebody saved in between: their name and when.
    #[error("{by} saved this")]
    Conflict { by: String, at: Option<DateTime<Utc>>, version: i64 },
    #[error("it is gone")]
    Gone,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

fn refused<T>(field: &'static str, sentence: impl Into<String>) -> Result<T, EditorialError> {
    Err(EditorialError::Refused { field, sentence: sentence.into() })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn web_url(text: &str) -> Option<Url> {
    Url::parse(text.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// The HTML of a campaign: why it corrects, the text, then the articles. Not cleaned yet.
pub fn html(
    markdown: &str,
    articles: &[Article],
    correction_reason: &str,
    zone: Tz,
) -> Result<String, TooComplicated> {
    let mut out = String::new();
    if !correction_reason.is_empty() {
        out.push_str(&format!("<p><strong>Correction:</strong> {}</p><hr>", escape(correction_reason)));
    }
    out.push_str(&html::of_markdown(markdown)?);
    for article in articles {
        let title = escape(&text::excerpt(&article.title, SUBJECT_CHARS_MAX));
        let url = web_url(&article.url).map(|url| escape(url.as_str()));
        match &url {
            // A heading of nothing is a hole in the page, and a stop for who listens to it.
            _ if title.is_empty() => {}
            Some(url) => out.push_str(&format!("<h2><a href=\"{url}\">{title}</a></h2>")),
            None => out.push_str(&format!("<h2>{title}</h2>")),
        }
        let day = article.published_at.with_timezone(&zone).format("%-d %B %Y");
        match article.author.as_str() {
            "" => out.push_str(&format!("<p>{day}</p>")),
            author => out.push_str(&format!("<p>By {} · {day}</p>", escape(author))),
        }
        if let Some(image) = web_url(&article.image_url) {
            let alt = escape(&text::plain_text(&article.image_alt));
            out.push_str(&format!("<p><img src=\"{}\" alt=\"{alt}\"></p>", escape(image.as_str())));
        }
        // Ours is all there is of it; a feed's is an invitation to the site.
        match &url {
            None => out.push_str(&article.content_html),
            Some(url) => {
                let source = match article.summary_html.trim() {
                    "" => &article.content_html,
                    _ => &article.summary_html,
                };
                out.push_str(&format!("<p>{}</p>", escape(&text::excerpt(source, 400))));
                out.push_str(&format!("<p><a href=\"{url}\">Read on</a></p>"));
            }
        }
    }
    Ok(out)
}

fn too_complicated<T>(error: TooComplicated) -> Result<T, EditorialError> {
    refused("markdown", format!("{error}."))
}

/// Refuses a text that no mail could be made of.
async fn check_readable(app: &App, id: Uuid) -> Result<(), EditorialError> {
    let mut tx = app.db.read().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return Err(EditorialError::Gone) };
    let articles = drafts::articles(&mut tx, id).await?;
    let zone = publication::get(&mut tx).await?.zone();
    drop(tx);
    let Some(markdown) = draft.markdown else { return Ok(()) };
    let base = app.config.base_url.clone();
    let read = html::apart(move || {
        clean::email_html(&html(&markdown, &articles, &draft.correction_reason, zone)?, &base)
    });
    match read.await.flatten() {
        Ok(_) => Ok(()),
        Err(error) => too_complicated(error),
    }
}

fn check_line(
    field: &'static str,
    name: &str,
    text: &str,
    chars_max: usize,
    may_be_empty: bool,
) -> Result<(), EditorialError> {
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return refused(field, format!("{name} is one line: take the line breaks out."));
    }
    if text.trim().is_empty() && !may_be_empty {
        return refused(field, format!("{name} is empty. Say in a few words what it is about."));
    }
    if text.chars().count() > chars_max {
        return refused(field, format!("{name} has at most {chars_max} characters."));
    }
    Ok(())
}

fn check_markdown(markdown: &str) -> Result<(), EditorialError> {
    if markdown.len() > MARKDOWN_BYTES_MAX {
        let sentence = format!(
            "The text has {:.1} MB; at most {} MB can be kept, and a mail shows 100 KB. Cut it, or link to it.",
            markdown.len() as f64 / 1e6,
            MARKDOWN_BYTES_MAX / 1_000_000
        );
        return refused("markdown", sentence);
    }
    if markdown.contains('\0') {
        return refused("markdown", "The text holds a NUL: it is no text. Paste it again as text.");
    }
    Ok(())
}

fn check(text: &DraftText) -> Result<(), EditorialError> {
    // A draft may be anything that can be kept; what is missing is asked for when it is scheduled.
    check_line("subject", "The subject", &text.subject, SUBJECT_CHARS_MAX, true)?;
    check_line("preheader", "The preheader", &text.preheader, PREHEADER_CHARS_MAX, true)?;
    check_markdown(&text.markdown)?;
    if text.articles.len() > ARTICLES_MAX {
        return refused("article", format!("At most {ARTICLES_MAX} articles fit into one campaign."));
    }
    Ok(())
}

fn subject_of(draft: &Draft) -> Subject<'_> {
    Subject { kind: "campaign", id: draft.id, name: &draft.subject }
}

/// Begins a campaign.
pub async fn begin_campaign(
    app: &App,
    me: &Actor,
    user: Uuid,
    list_id: Uuid,
    subject: &str,
    articles: &[Uuid],
) -> Result<Uuid, EditorialError> {
    check_line("subject", "The subject", subject, SUBJECT_CHARS_MAX, true)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    match lists::by_id(&mut tx, list_id).await? {
        Some(list) if list.retired_at.is_none() => {}
        Some(list) => return refused("list", format!("“{}” is retired. Choose another.", list.name)),
        None => return refused("list", "That list is gone. Choose another."),
    }
    let id = drafts::add(&mut tx, list_id, subject, user, now).await?;
    if !articles.is_empty() {
        let text = DraftText {
            list_id,
            subject: subject.to_owned(),
            articles: articles.iter().copied().take(ARTICLES_MAX).collect(),
            ..DraftText::default()
        };
        drafts::save(&mut tx, id, 0, &text, user, now).await?;
    }
    audit::note(&mut tx, me, "begun", Subject { kind: "campaign", id, name: subject }, (), (), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Saves a draft over the version its writer read; returns the new version.
pub async fn save_campaign(
    app: &App,
    user: Uuid,
    id: Uuid,
    version: i64,
    text: &DraftText,
) -> Result<i64, EditorialError> {
    check(text)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return Err(EditorialError::Gone) };
    if draft.markdown.is_none() || draft.status != CampaignStatus::Draft {
        return refused(
            "",
            format!("It is {} and can't be changed. Take it back first.", draft.status.as_str()),
        );
    }
    if lists::by_id(&mut tx, text.list_id).await?.is_none() {
        return refused("list", "That list is gone. Choose another.");
    }
    if draft.correction_of.is_some() && text.list_id != draft.list_id {
        return refused("list", "A correction goes to the list of what it corrects.");
    }
    if draft.version != version {
        // Saved twice, by a double click: the same text is no conflict.
        let articles: Vec<Uuid> =
            drafts::articles(&mut tx, id).await?.iter().map(|article| article.id).collect();
        let same = (&draft.subject, &draft.preheader, draft.markdown.as_deref(), draft.list_id)
            == (&text.subject, &text.preheader, Some(text.markdown.as_str()), text.list_id)
            && articles == text.articles;
        if same {
            return Ok(draft.version);
        }
        return conflict(&mut tx, user, draft.updated_by, draft.updated_at, draft.version).await;
    }
    if !drafts::save(&mut tx, id, version, text, user, now).await? {
        return conflict(&mut tx, user, draft.updated_by, draft.updated_at, draft.version).await;
    }
    tx.commit().await?;
    Ok(version + 1)
}

async fn conflict<T>(
    tx: &mut crate::db::Tx,
    me: Uuid,
    by: Option<Uuid>,
    at: Option<DateTime<Utc>>,
    version: i64,
) -> Result<T, EditorialError> {
    let user = match by {
        Some(id) if id == me => {
            return Err(EditorialError::Conflict { by: "You, in another window,".to_owned(), at, version });
        }
        Some(id) => users::by_id(tx, id).await?,
        None => None,
    };
    let by = user.map_or_else(|| "Somebody".to_owned(), |user| user.shown().to_owned());
    Err(EditorialError::Conflict { by, at, version })
}

/// When a campaign is to leave.
#[derive(Clone, Copy, Debug)]
pub enum When {
    /// After the undo window.
    Now,
    At(DateTime<Utc>),
}

/// What came of scheduling.
#[derive(Clone, Copy, Debug)]
pub struct Scheduled {
    pub at: DateTime<Utc>,
    pub awaits_approval: bool,
}

/// Whether a campaign to a list that somebody sends needs another person's yes.
pub async fn wants_second_person(tx: &mut crate::db::Tx, list_id: Uuid) -> sqlx::Result<bool> {
    Ok(match publication::sending(tx).await?.two_person_min {
        Some(min) if min <= 0 => true,
        Some(min) => drafts::count_readers(tx, list_id, min).await? >= min,
        None => false,
    })
}

/// Whether a campaign waits for another person's yes.
pub async fn awaits_approval(tx: &mut crate::db::Tx, id: Uuid) -> sqlx::Result<bool> {
    Ok(holds::of_campaign(tx, id).await?.iter().any(|hold| hold.kind == HoldKind::Approval))
}

/// Gives a draft its time: what was read as `version` is what is sent.
pub async fn schedule(
    app: &App,
    me: &Actor,
    user: Uuid,
    id: Uuid,
    version: i64,
    when: When,
) -> Result<Scheduled, EditorialError> {
    check_readable(app, id).await?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return Err(EditorialError::Gone) };
    // A form sent twice schedules once.
    if let (CampaignStatus::Scheduled, true, Some(at)) =
        (draft.status, draft.version == version, draft.scheduled_at)
    {
        return Ok(Scheduled { at, awaits_approval: awaits_approval(&mut tx, id).await? });
    }
    let Some(markdown) = draft.markdown.as_deref().filter(|_| draft.status == CampaignStatus::Draft) else {
        return refused("", format!("It is {} already.", draft.status.as_str()));
    };
    if draft.version != version {
        return conflict(&mut tx, user, draft.updated_by, draft.updated_at, draft.version).await;
    }
    if let Some(list) = lists::by_id(&mut tx, draft.list_id).await?.filter(|list| list.retired_at.is_some()) {
        return refused(
            "list",
            format!("“{}” is retired and sends nothing. Choose another list.", list.name),
        );
    }
    check_line("subject", "The subject", &draft.subject, SUBJECT_CHARS_MAX, false)?;
    let articles = drafts::articles(&mut tx, id).await?;
    if markdown.trim().is_empty() && articles.is_empty() && draft.correction_of.is_none() {
        return refused("markdown", "There is nothing to read in it. Write something, or pick an article.");
    }
    if let Some(held) = articles.iter().find(|article| article.is_held) {
        return refused("article", format!("“{}” is held. Let it go first, or leave it out.", held.title));
    }
    if let Some(title) = drafts::retired_article(&mut tx, id).await? {
        return refused("article", format!("“{title}” is retired. Bring it back first, or leave it out."));
    }
    let publication = publication::get(&mut tx).await?;
    let settings = publication::sending(&mut tx).await?;
    let at = match when {
        When::Now => now + TimeDelta::seconds(settings.undo_secs),
        When::At(at) if at <= now => {
            let local = at.with_timezone(&publication.zone()).format("%-d %B %Y, %H:%M");
            return refused("at", format!("{local} is over. Choose a time to come, or send it now."));
        }
        When::At(at) if at > now + AHEAD_MAX => {
            return refused("at", "That is more than two years off. Choose an earlier day.");
        }
        When::At(at) => at,
    };
    let awaits_approval = wants_second_person(&mut tx, draft.list_id).await?;
    if !drafts::schedule(&mut tx, id, version, at, user).await? {
        return conflict(&mut tx, user, draft.updated_by, draft.updated_at, draft.version).await;
    }
    if awaits_approval {
        holds::add(&mut tx, &[id], &HoldReason::AwaitsApproval, now).await?;
    }
    let after = serde_json::json!({ "at": at, "awaits approval": awaits_approval });
    audit::note(&mut tx, me, "scheduled", subject_of(&draft), (), after, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Scheduled { at, awaits_approval })
}

/// Takes a scheduled campaign back, until it has begun.
pub async fn take_back(app: &App, me: &Actor, id: Uuid) -> Result<(), EditorialError> {
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return Err(EditorialError::Gone) };
    if !drafts::unschedule(&mut tx, id).await? {
        return match draft.status {
            CampaignStatus::Draft => Ok(()),
            CampaignStatus::Sending => refused("", "It has begun. Pause it, or write a correction."),
            CampaignStatus::Sent => refused("", "It is sent and can't be taken back. Write a correction."),
            CampaignStatus::Scheduled => refused("", "It was made by a feed: cancel it instead."),
            status => refused("", format!("It is {}.", status.as_str())),
        };
    }
    let before = serde_json::json!({ "at": draft.scheduled_at });
    audit::note(&mut tx, me, "taken back", subject_of(&draft), before, (), app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Throws a draft away: it is cancelled, its text stays, and [`bring_back`] makes a draft of it again.
pub async fn discard(app: &App, me: &Actor, id: Uuid) -> Result<(), EditorialError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return Err(EditorialError::Gone) };
    match draft.status {
        CampaignStatus::Draft => {}
        // A form sent twice.
        CampaignStatus::Cancelled => return Ok(()),
        status => return refused("", format!("It is {}, and no draft any more.", status.as_str())),
    }
    campaigns::apply(&mut tx, id, CampaignAction::Cancel, None, now).await?;
    audit::note(&mut tx, me, "thrown away", subject_of(&draft), (), (), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes a draft again of a campaign that was cancelled before anything of it left.
pub async fn bring_back(app: &App, me: &Actor, user: Uuid, id: Uuid) -> Result<(), EditorialError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return Err(EditorialError::Gone) };
    if !drafts::bring_back(&mut tx, id, user, now).await? {
        return match draft.status {
            CampaignStatus::Draft => Ok(()),
            _ => refused("", "Only what was cancelled before it began becomes a draft again."),
        };
    }
    audit::note(&mut tx, me, "brought back", subject_of(&draft), (), (), now).await?;
    tx.commit().await?;
    Ok(())
}

/// An approved campaign.
#[derive(Clone, Debug)]
pub struct Approved {
    /// When it is sent, if nothing holds it.
    pub at: DateTime<Utc>,
    /// What holds it still.
    pub still: Vec<Hold>,
}

/// The second person's yes. The undo window begins anew where the time is over.
pub async fn approve(app: &App, me: &Actor, user: &User, id: Uuid) -> Result<Approved, EditorialError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return Err(EditorialError::Gone) };
    if draft.status != CampaignStatus::Scheduled || !awaits_approval(&mut tx, id).await? {
        return refused("", "It does not wait for a second person any more.");
    }
    if draft.scheduled_by == Some(user.id) {
        return refused("", "You scheduled it yourself. Another person must look at it.");
    }
    let settings = publication::sending(&mut tx).await?;
    let not_before = now + TimeDelta::seconds(settings.undo_secs);
    if !drafts::approve(&mut tx, id, user.id, not_before).await? {
        return refused("", "It does not wait for a second person any more.");
    }
    let still = holds::of_campaign(&mut tx, id).await?;
    audit::note(&mut tx, me, "approved", subject_of(&draft), (), (), now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Approved { at: draft.scheduled_at.unwrap_or(not_before).max(not_before), still })
}

/// Begins the correction of a campaign: only for those who got it, with the reason above it. One that
/// is being written already is returned.
pub async fn begin_correction(
    app: &App,
    me: &Actor,
    user: Uuid,
    of: Uuid,
    subject: &str,
    reason: &str,
) -> Result<Uuid, EditorialError> {
    check_line("reason", "The reason", reason, REASON_CHARS_MAX, false)?;
    check_line("subject", "The subject", subject, SUBJECT_CHARS_MAX, false)?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(original) = drafts::get(&mut tx, of).await? else { return Err(EditorialError::Gone) };
    let has_begun = matches!(
        original.status,
        CampaignStatus::Sending | CampaignStatus::Paused | CampaignStatus::Sent | CampaignStatus::Cancelled
    );
    if !has_begun || drafts::count_got(&mut tx, of, 1).await? == 0 {
        return refused("", "Nobody has got it yet: change it, or cancel it.");
    }
    if let Some(open) = drafts::open_correction(&mut tx, of).await? {
        return Ok(open);
    }
    let id = drafts::add(&mut tx, original.list_id, subject, user, now).await?;
    drafts::set_correction(&mut tx, id, of, reason).await?;
    let after = serde_json::json!({ "of": original.subject, "reason": reason });
    audit::note(
        &mut tx,
        me,
        "correction begun",
        Subject { kind: "campaign", id, name: subject },
        (),
        after,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// Mails a campaign to a few addresses, as a test.
pub async fn send_test(app: &App, me: &Actor, id: Uuid, to: &str) -> Result<usize, EditorialError> {
    let now = app.clock.now();
    let mut addresses = Vec::new();
    for text in to.split([',', ';', ' ', '\n', '\r', '\t']).filter(|text| !text.is_empty()) {
        match EmailAddress::parse(text) {
            Ok(address) => addresses.push(address),
            Err(error) => return refused("to", error.to_string()),
        }
    }
    if addresses.is_empty() {
        return refused("to", "Say where the test goes. Like this: ines@example.org");
    }
    if addresses.len() > TEST_ADDRESSES_MAX {
        return refused("to", format!("A test goes to at most {TEST_ADDRESSES_MAX} addresses."));
    }
    check_readable(app, id).await?;
    let mut tx = app.db.write().await?;
    let Some(draft) = drafts::get(&mut tx, id).await? else { return Err(EditorialError::Gone) };
    for email in &addresses {
        if notices::count_tests(&mut tx, &email.key(), now - TimeDelta::hours(1)).await? >= TESTS_PER_HOUR {
            return refused(
                "to",
                format!("{} got {TESTS_PER_HOUR} tests within an hour. Wait a while.", email.as_str()),
            );
        }
        let notice = NewNotice { campaign_id: Some(id), ..NewNotice::new(NoticeKind::Test, email) };
        notices::enqueue(&mut tx, notice, now).await?;
    }
    audit::note(&mut tx, me, "test sent", subject_of(&draft), (), (), now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(addresses.len())
}

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
        return refused("url", "That is no address on the web. Like this: https://example.org/story");
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
        return refused("", "A campaign holds it. Take it out there first; what was mailed stays.");
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
        return refused("", "It is held. Let it go, or decide not to mail it, on its feed’s page.");
    }
    if let Some(subject) = articles::on_its_way_as(&mut tx, id).await? {
        return refused("", format!("It is on its way in “{subject}”. Cancel that first, or let it go out."));
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
