//! Which mail a row of the database asks for.

use std::collections::HashMap;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use lettre::Address;
use lettre::message::Mailbox;
use uuid::Uuid;

use crate::actions::{digests, editorial, manage, permission, welcomes};
use crate::app::App;
use crate::articles::{ArticleView, html, text};
use crate::db::Tx;
use crate::db::alerts::{Alert, AlertKind};
use crate::db::campaigns::Campaign;
use crate::db::fields::{self, MailValue};
use crate::db::lists::List;
use crate::db::notices::{Notice, NoticeKey};
use crate::db::publication::Publication;
use crate::db::sessions::{self, SignInLinkKind};
use crate::db::subscribers::Subscriber;
use crate::db::{alerts, campaigns, confirmations, drafts, lists, publication, subscribers, subscriptions};
use crate::domain::account_change::AccountChange;
use crate::domain::email_address::EmailAddress;
use crate::domain::field::{FieldKind, RESERVED_KEYS};
use crate::domain::links::Link;
use crate::domain::placeholder::{self, Placeholder};
use crate::domain::subscription::{Cadence, SubscriptionStatus};
use crate::domain::text::escape_html;
use crate::locale::{Dates, Localizer};
use crate::mail::content::{self, AlertWords, Asks, Content, MailLinks, PlaceholderMarks, Written};
use crate::mail::message::{Head, MessageTemplate, Reader};

/// So much of an article stands in a mail that is only a link to it.
const LINK_CHARS_MAX: usize = 400;

/// Our own host, which Message-IDs and List-Ids end in.
fn host(app: &App) -> &str {
    app.config.base_url.host_str().unwrap_or("localhost")
}

fn base(app: &App) -> &str {
    app.config.base_url.as_str().trim_end_matches('/')
}

/// What a campaign mails, with slots for what differs from reader to reader. `article` is there
/// unless an editor wrote the mail. Fails with [`html::TooComplicated`] where its HTML is not read.
pub async fn content(
    app: &App,
    campaign: &Campaign,
    article: Option<&ArticleView>,
) -> anyhow::Result<Content> {
    let mut tx = app.db.read().await?;
    let publication = publication::get(&mut tx).await?;
    let list = lists::by_id(&mut tx, campaign.list_id).await?.context("the campaign's list is gone")?;
    if let Some(cadence) = campaign.digest_cadence {
        let ids = digests::articles(&mut tx, campaign, cadence).await?;
        drop(tx);
        return digest(app, campaign, &ids).await;
    }
    let draft = drafts::get(&mut tx, campaign.id).await?.context("the campaign is gone")?;
    let articles = drafts::articles(&mut tx, campaign.id).await?;
    drop(tx);
    let view_in_browser = app.config.link(&format!("/archive/{}", campaign.slug));
    let base_url = base(app).to_owned();
    let words = Localizer::negotiate([list.language.as_str(), publication.language.as_str()]);
    let at = campaign.scheduled_at.unwrap_or_else(|| app.clock.now());
    let (article, source_html) = (article.cloned(), campaign.source_html.clone());
    html::apart(move || {
        let links = MailLinks { base_url: &base_url, view_in_browser: &view_in_browser };
        let mut marks = PlaceholderMarks::new()?;
        let written = |html: &str, marks| {
            let written = Written { subject: &draft.subject, preheader: &draft.preheader, html, at };
            content::written(&publication, (&list.name, &words), written, marks, &links)
        };
        match (article, source_html, &draft.markdown) {
            (Some(article), ..) => content::campaign(&publication, (&list.name, &words), &article, &links),
            (None, Some(html), _) => written(&marks.mark(&html), marks),
            (None, None, Some(markdown)) => {
                // Before the articles come to it: theirs are words like any other.
                let (markdown, reason) = (marks.mark(markdown), &draft.correction_reason);
                let html = editorial::html(&markdown, &articles, reason, publication.zone(), &words)?;
                written(&html, marks)
            }
            (None, None, None) => anyhow::bail!("the campaign has neither an article nor a text"),
        }
    })
    .await?
}

/// The mail of a digest about these articles, in the order that its list wants.
pub async fn digest(app: &App, campaign: &Campaign, article_ids: &[Uuid]) -> anyhow::Result<Content> {
    let mut tx = app.db.read().await?;
    let publication = publication::get(&mut tx).await?;
    let list = lists::by_id(&mut tx, campaign.list_id).await?.context("the campaign's list is gone")?;
    let articles = digests::in_order(&mut tx, campaign, list.schedule.order, article_ids).await?;
    drop(tx);
    let view_in_browser = app.config.link(&format!("/archive/{}", campaign.slug));
    let base_url = base(app).to_owned();
    let words = Localizer::negotiate([list.language.as_str(), publication.language.as_str()]);
    let at = campaign.scheduled_at.unwrap_or_else(|| app.clock.now());
    html::apart(move || {
        let links = MailLinks { base_url: &base_url, view_in_browser: &view_in_browser };
        let articles: Vec<ArticleView> = articles.into_iter().map(ArticleView::from).collect();
        let schedule = &list.schedule;
        let digest =
            content::Digest { articles: &articles, full: schedule.full, subject: &schedule.subject, at };
        content::digest(&publication, (&list.name, &words), &digest, &links)
    })
    .await?
}

/// The mail of a campaign about an article without the article: its title, its first words, and the way to it.
pub async fn content_as_link(
    app: &App,
    campaign: &Campaign,
    article: ArticleView,
) -> anyhow::Result<Content> {
    let opening = if article.summary_html.is_empty() { &article.content_html } else { &article.summary_html };
    let opening = opening.clone();
    let words = html::apart(move || text::excerpt(&opening, LINK_CHARS_MAX)).await?;
    let words = escape_html(&words);
    let summary_html = if words.is_empty() { words } else { format!("<p>{words}</p>") };
    let link = ArticleView { content_html: String::new(), summary_html, ..article };
    content(app, campaign, Some(&link)).await
}

/// Who a mail is from, and where its answers go: the list's own, the publication's, or what the
/// configuration says, in this order.
pub struct Sender {
    pub from: Mailbox,
    pub reply_to: Option<Mailbox>,
}

impl Sender {
    /// The sender of a list's campaigns; without a list, of notices.
    pub fn of(app: &App, publication: &Publication, list: Option<&List>) -> Sender {
        let mut from = app.config.mail_from.clone();
        if let Ok(email) = publication.from_email.parse::<Address>() {
            from.email = email;
        }
        let own = |part: fn(&List) -> &str| list.map(part).filter(|text| !text.is_empty());
        let name = own(|list| &list.from_name).unwrap_or(&publication.from_name);
        if !name.is_empty() {
            from.name = Some(name.to_owned());
        }
        let answers = own(|list| &list.reply_to).unwrap_or(&publication.reply_to);
        let reply_to = answers.parse::<Mailbox>().ok().or_else(|| app.config.reply_to.clone());
        Sender { from, reply_to }
    }
}

/// A campaign's message, encoded once, and what its readers' copies need.
pub struct CampaignMessage {
    campaign_id: Uuid,
    /// Each reader's copy of that one is what theirs of this one answers.
    correction_of: Option<Uuid>,
    list_id: Uuid,
    from: Mailbox,
    host: String,
    zone: Tz,
    date: DateTime<Utc>,
    template: MessageTemplate,
    personal: Personal,
}

/// What differs from reader to reader in a mail besides links and address; nothing in most.
struct Personal {
    placeholders: Vec<Placeholder>,
    /// The keys of fields among them.
    field_keys: Vec<String>,
    /// What it says for yes, and for no.
    yes_no: [String; 2],
    /// How it writes a day.
    dates: Dates,
}

/// The message of a campaign that is being sent, in a digest of one of its variants, made of its stored mail, so that each attempt in
/// each process sends the same.
pub async fn campaign(app: &App, campaign_id: Uuid, variant: Option<i64>) -> anyhow::Result<CampaignMessage> {
    let mut tx = app.db.read().await?;
    let campaign = campaigns::by_id(&mut tx, campaign_id).await?.context("the campaign is gone")?;
    let stored = match variant {
        None => {
            campaigns::mail_content(&mut tx, campaign_id).await?.context("the campaign has no mail yet")?
        }
        Some(variant) => {
            drop(tx);
            let stored = digests::variant_content(app, &campaign, variant).await?;
            tx = app.db.read().await?;
            stored
        }
    };
    let list = lists::by_id(&mut tx, campaign.list_id).await?.context("the campaign's list is gone")?;
    let publication = publication::get(&mut tx).await?;
    let correction_of = drafts::get(&mut tx, campaign_id).await?.and_then(|draft| draft.correction_of);
    drop(tx);
    let content: Content = serde_json::from_str(&stored).context("the campaign's stored mail")?;
    let date = campaign.started_at.unwrap_or_else(|| app.clock.now());
    let message = message(app, &campaign, &list, &publication, &content, date)?;
    Ok(CampaignMessage { correction_of, ..message })
}

fn message(
    app: &App,
    campaign: &Campaign,
    list: &List,
    publication: &Publication,
    content: &Content,
    date: DateTime<Utc>,
) -> anyhow::Result<CampaignMessage> {
    let sender = Sender::of(app, publication, Some(list));
    let list_id = format!("{}.list.{}", list.slug, host(app));
    let feedback_id = format!("{}:{}:postrider", campaign.id.simple(), list.slug);
    let head = Head {
        from: &sender.from,
        reply_to: sender.reply_to.as_ref(),
        list_id: Some((&list.name, &list_id)),
        feedback_id: Some(&feedback_id),
        date,
        auto_submitted: false,
        one_click_base_url: Some(base(app)),
    };
    let template = MessageTemplate::new(content, &head)?;
    Ok(CampaignMessage {
        personal: Personal::of(content),
        campaign_id: campaign.id,
        correction_of: None,
        list_id: list.id,
        from: sender.from,
        host: host(app).to_owned(),
        zone: publication.zone(),
        date,
        template,
    })
}

impl CampaignMessage {
    /// Whose message it is.
    pub fn campaign_id(&self) -> Uuid {
        self.campaign_id
    }

    /// The envelope's sender.
    pub fn from(&self) -> &Address {
        &self.from.email
    }

    /// What its Date header says: the same for every attempt.
    pub fn date(&self) -> DateTime<Utc> {
        self.date
    }

    /// What is known of these readers that it names; nothing is read where it names nothing.
    pub async fn read_values(
        &self,
        tx: &mut Tx,
        readers: &[Uuid],
    ) -> sqlx::Result<HashMap<Uuid, Vec<MailValue>>> {
        self.personal.read_values(tx, readers).await
    }

    /// What stands for its placeholders in a reader's mail, in their order.
    pub fn fill(&self, to: &str, known: &[MailValue]) -> Vec<String> {
        self.personal.fill(to, known)
    }

    /// Writes one reader's message over `out`; `known` is what [`CampaignMessage::read_values`] found of them.
    pub fn write(
        &self,
        app: &App,
        subscriber: Uuid,
        to: &EmailAddress,
        subscription: Option<(Cadence, DateTime<Utc>)>,
        known: &[MailValue],
        out: &mut Vec<u8>,
    ) {
        let message_id =
            |campaign: Uuid| format!("{}.{}@{}", campaign.simple(), subscriber.simple(), self.host);
        let in_reply_to = self.correction_of.map(message_id);
        let message_id = message_id(self.campaign_id);
        let unsubscribe = app.keyring.token(Link::Unsubscribe { subscriber, list: self.list_id });
        let preferences = app.keyring.token(Link::Preferences { subscriber });
        let since = subscription
            .map(|(_, since)| self.personal.dates.write(&since.with_timezone(&self.zone)))
            .unwrap_or_default();
        let values = self.fill(to.as_str(), known);
        out.clear();
        let reader = Reader {
            to,
            message_id: &message_id,
            in_reply_to: in_reply_to.as_deref(),
            unsubscribe_token: Some(&unsubscribe),
            preferences_token: &preferences,
            cadence: subscription.map(|(cadence, _)| cadence),
            since: &since,
            values: &values,
        };
        self.template.splice(&reader, out);
    }
}

impl Personal {
    fn of(content: &Content) -> Personal {
        let words = Localizer::negotiate([content.language.as_str()]);
        let names = content.placeholders.iter().map(|placeholder| placeholder.name.as_str());
        let mut field_keys: Vec<String> =
            names.filter(|name| !RESERVED_KEYS.contains(name)).map(str::to_owned).collect();
        field_keys.sort();
        field_keys.dedup();
        Personal {
            placeholders: content.placeholders.clone(),
            field_keys,
            yes_no: ["field-yes", "field-no"].map(|key| words.text(key).to_string()),
            dates: words.dates(),
        }
    }

    async fn read_values(
        &self,
        tx: &mut Tx,
        readers: &[Uuid],
    ) -> sqlx::Result<HashMap<Uuid, Vec<MailValue>>> {
        let mut found: HashMap<Uuid, Vec<MailValue>> = HashMap::new();
        if self.placeholders.iter().all(|placeholder| placeholder.name == "email") {
            return Ok(found);
        }
        let keys: Vec<&str> = self.field_keys.iter().map(String::as_str).collect();
        for value in fields::for_mail(tx, readers, &keys).await? {
            found.entry(value.subscriber_id).or_default().push(value);
        }
        Ok(found)
    }

    fn fill(&self, to: &str, known: &[MailValue]) -> Vec<String> {
        let of_key = |key: Option<&str>| known.iter().find(|value| value.key.as_deref() == key);
        let name = || of_key(None).map_or("", |value| value.text.as_str());
        let fill = |placeholder: &Placeholder| {
            let value = match placeholder.name.as_str() {
                "name" => name().to_owned(),
                "first_name" => placeholder::first_name(name()).to_owned(),
                "email" => to.to_owned(),
                key => of_key(Some(key)).map(|value| self.in_words(value)).unwrap_or_default(),
            };
            if value.trim().is_empty() { placeholder.default.clone() } else { value }
        };
        self.placeholders.iter().map(fill).collect()
    }

    /// What a field holds, as the mail's language has it.
    fn in_words(&self, value: &MailValue) -> String {
        match (value.kind, value.text.as_str()) {
            (Some(FieldKind::YesNo), "yes") => self.yes_no[0].clone(),
            (Some(FieldKind::YesNo), "no") => self.yes_no[1].clone(),
            (Some(FieldKind::Date), day) => match day.parse::<NaiveDate>() {
                // In no zone: it is a day, and no moment.
                Ok(day) => self.dates.write(&day.and_time(NaiveTime::MIN).and_utc().with_timezone(&Tz::UTC)),
                Err(_) => day.to_owned(),
            },
            (_, text) => text.to_owned(),
        }
    }
}

/// The message of a notice: the envelope's sender, and all that goes on the wire.
pub struct NoticeMessage {
    pub from: Address,
    pub bytes: Vec<u8>,
}

/// The whole message of a notice to `to`, of the time `at`; `None` where what it was about is over.
pub async fn notice(
    app: &App,
    key: NoticeKey,
    notice: &Notice,
    to: &EmailAddress,
    at: DateTime<Utc>,
) -> anyhow::Result<Option<NoticeMessage>> {
    let content = match notice {
        Notice::Confirmation { confirmation_id, .. } => confirmation(app, *confirmation_id, false).await?,
        Notice::Reminder { confirmation_id, .. } => confirmation(app, *confirmation_id, true).await?,
        Notice::Subscribed { subscriber_id } => already_subscribed(app, *subscriber_id).await?,
        Notice::ManageLink { subscriber_id } => Box::pin(manage::link_mail(app, *subscriber_id, at)).await?,
        Notice::NewAddress { subscriber_id } => {
            Box::pin(manage::new_address_mail(app, *subscriber_id, to, at)).await?
        }
        Notice::AddressChanged { subscriber_id } => {
            Box::pin(manage::address_changed_mail(app, *subscriber_id)).await?
        }
        Notice::Alert { alert_id } => alert(app, *alert_id).await?,
        Notice::SignIn { link_id } => sign_in(app, *link_id).await?,
        Notice::AccountChange(change) => Some(account_change(app, change, to, at).await?),
        Notice::MailTest => Some(mail_test(app, at).await?),
        Notice::CampaignTest { campaign_id } => {
            return campaign_test(app, *campaign_id, key, to, at).await.map(Some);
        }
        Notice::Welcome { subscriber_id, lists } => {
            let Some(told) = welcomes::to_reader(app, *subscriber_id, lists).await? else {
                return Ok(None);
            };
            return notice_of(app, key, told, to, at).await.map(Some);
        }
        Notice::Permission { subscriber_id, request_id } => {
            let Some(told) = Box::pin(permission::to_reader(app, *subscriber_id, *request_id)).await? else {
                return Ok(None);
            };
            return notice_of(app, key, told, to, at).await.map(Some);
        }
        Notice::WelcomeTest { list_id } => {
            let reader = subscribers::by_email(&mut app.db.read().await?, to).await?.map(|reader| reader.id);
            let Some(told) = welcomes::to_nobody(app, *list_id, reader).await? else { return Ok(None) };
            let note = Localizer::english().text("mail-test-welcome-note").to_string();
            let content = content::test(&told.content, &note)?;
            return notice_of(app, key, Told { content, ..told }, to, at).await.map(Some);
        }
    };
    let Some(content) = content else { return Ok(None) };
    notice_of(app, key, Told { content, list: None, reader: None }, to, at).await.map(Some)
}

/// What a notice says, before it is a message.
pub struct Told {
    pub content: Content,
    /// The one list that it is about, which its reader may leave by one click (RFC 8058).
    pub list: Option<List>,
    /// Whose name and fields stand for its placeholders.
    pub reader: Option<Uuid>,
}

impl Told {
    /// What stands for its placeholders.
    pub async fn values(&self, app: &App, to: &str) -> sqlx::Result<Vec<String>> {
        let personal = Personal::of(&self.content);
        let mut known = HashMap::new();
        if let Some(reader) = self.reader {
            known = personal.read_values(&mut app.db.read().await?, &[reader]).await?;
        }
        let known = self.reader.and_then(|reader| known.remove(&reader)).unwrap_or_default();
        Ok(personal.fill(to, &known))
    }
}

async fn notice_of(
    app: &App,
    key: NoticeKey,
    told: Told,
    to: &EmailAddress,
    at: DateTime<Utc>,
) -> anyhow::Result<NoticeMessage> {
    let publication = publication::get(&mut app.db.read().await?).await?;
    let list = told.list.as_ref().zip(told.reader);
    let sender = Sender::of(app, &publication, told.list.as_ref());
    let list_id = told.list.as_ref().map(|list| (list, format!("{}.list.{}", list.slug, host(app))));
    let head = Head {
        from: &sender.from,
        reply_to: sender.reply_to.as_ref(),
        list_id: list_id.as_ref().map(|(list, id)| (list.name.as_str(), id.as_str())),
        feedback_id: None,
        date: at,
        auto_submitted: true,
        one_click_base_url: list.map(|_| base(app)),
    };
    let message_id = format!("{}@{}", key.id.simple(), host(app));
    let unsubscribe =
        list.map(|(list, subscriber)| app.keyring.token(Link::Unsubscribe { subscriber, list: list.id }));
    let values = told.values(app, to.as_str()).await?;
    let reader = Reader {
        to,
        message_id: &message_id,
        in_reply_to: None,
        unsubscribe_token: unsubscribe.as_deref(),
        preferences_token: "",
        cadence: None,
        since: "",
        values: &values,
    };
    let mut bytes = Vec::new();
    MessageTemplate::new(&told.content, &head)?.splice(&reader, &mut bytes);
    Ok(NoticeMessage { from: sender.from.email, bytes })
}

/// What a mail to one reader is in: their language, else that of the lists that it is about where they have one in
/// common, else the publication's.
pub(super) fn reader_words(
    reader: Option<&Subscriber>,
    about: &[List],
    publication: &Publication,
) -> Localizer {
    let of_lists = match about {
        [first, rest @ ..] if rest.iter().all(|list| list.language == first.language) => {
            first.language.as_str()
        }
        _ => "",
    };
    let own = reader.map(|reader| reader.language.as_str()).unwrap_or_default();
    Localizer::negotiate([own, of_lists, publication.language.as_str()])
}

async fn confirmation(app: &App, id: Uuid, is_reminder: bool) -> anyhow::Result<Option<Content>> {
    let mut tx = app.db.read().await?;
    let Some(confirmation) = confirmations::by_id(&mut tx, id).await? else { return Ok(None) };
    if confirmation.confirmed_at.is_some() || confirmation.expires_at <= app.clock.now() {
        return Ok(None);
    }
    let named = confirmations::lists(&mut tx, id).await?;
    let asked = subscriptions::of_subscriber(&mut tx, confirmation.subscriber_id).await?;
    let reader = subscribers::by_id(&mut tx, confirmation.subscriber_id).await?;
    let publication = publication::get(&mut tx).await?;
    drop(tx);
    let words = reader_words(reader.as_ref(), &named, &publication);
    let wanted: Vec<(&str, Cadence)> = named
        .iter()
        .filter(|list| list.retired_at.is_none())
        .filter_map(|list| {
            let subscription = asked.iter().find(|asked| asked.list_id == list.id)?;
            (subscription.status == SubscriptionStatus::Pending)
                .then_some((list.name.as_str(), subscription.cadence))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(None);
    }
    let subscriber = confirmation.subscriber_id;
    let confirm = app.keyring.token(Link::Confirm { confirmation: id });
    let block = app.keyring.token(Link::Block { subscriber });
    let links =
        (app.config.link(&format!("/confirm/{confirm}")), app.config.link(&format!("/block/{block}")));
    let asks = match is_reminder {
        true => Asks::Last,
        false if publication.reminds => Asks::First,
        false => Asks::Once,
    };
    let expires_at = confirmation.expires_at;
    content::confirmation(&publication, &words, &wanted, (&links.0, &links.1), expires_at, asks).map(Some)
}

async fn already_subscribed(app: &App, subscriber: Uuid) -> anyhow::Result<Option<Content>> {
    let mut tx = app.db.read().await?;
    let publication = publication::get(&mut tx).await?;
    let all = lists::all(&mut tx).await?;
    let subscribed = subscriptions::of_subscriber(&mut tx, subscriber).await?;
    let reader = subscribers::by_id(&mut tx, subscriber).await?;
    drop(tx);
    let words = reader_words(reader.as_ref(), &[], &publication);
    let lists: Vec<(&str, Cadence)> = subscribed
        .iter()
        .filter(|subscription| subscription.status == SubscriptionStatus::Active)
        .filter_map(|subscription| {
            let list = all.iter().find(|list| list.id == subscription.list_id)?;
            Some((list.name.as_str(), subscription.cadence))
        })
        .collect();
    if lists.is_empty() {
        return Ok(None);
    }
    let preferences = app.keyring.token(Link::Preferences { subscriber });
    let block = app.keyring.token(Link::Block { subscriber });
    content::already_subscribed(
        &publication,
        &words,
        &lists,
        &app.config.link(&format!("/preferences/{preferences}")),
        &app.config.link(&format!("/block/{block}")),
    )
    .map(Some)
}

async fn sign_in(app: &App, id: Uuid) -> anyhow::Result<Option<Content>> {
    let mut tx = app.db.read().await?;
    let Some(link) = sessions::link(&mut tx, id).await? else { return Ok(None) };
    if link.used_at.is_some() || link.expires_at <= app.clock.now() {
        return Ok(None);
    }
    let publication = publication::get(&mut tx).await?;
    drop(tx);
    let sets_password = link.kind == SignInLinkKind::Password;
    content::sign_in(
        &publication,
        sets_password,
        &crate::actions::accounts::link_address(app, id),
        link.expires_at,
    )
    .map(Some)
}

async fn account_change(
    app: &App,
    change: &AccountChange,
    to: &EmailAddress,
    at: DateTime<Utc>,
) -> anyhow::Result<Content> {
    let publication = publication::get(&mut app.db.read().await?).await?;
    content::account_changed(&publication, to, change, base(app), at)
}

async fn alert(app: &App, id: Uuid) -> anyhow::Result<Option<Content>> {
    let mut tx = app.db.read().await?;
    let Some(alert) = alerts::by_id(&mut tx, id).await? else { return Ok(None) };
    let publication = publication::get(&mut tx).await?;
    drop(tx);
    content::alert(&publication, &alert_words(&alert), base(app), alert.created_at).map(Some)
}

/// What an alert says, for the mail and for `doctor`.
pub fn alert_words(alert: &Alert) -> AlertWords<'_> {
    let words = Localizer::english();
    let (headline, happened, advice, commands): (_, _, _, &[&str]) = match alert.kind {
        AlertKind::CampaignPaused => (
            "alert-campaign-paused",
            "alert-campaign-paused-lead",
            "alert-campaign-paused-advice",
            &["postrider campaign show ID", "postrider campaign resume ID"],
        ),
        AlertKind::RelayRefuses => (
            "alert-relay-refuses",
            "alert-relay-refuses-lead",
            "alert-relay-refuses-advice",
            &["postrider doctor"],
        ),
        AlertKind::RelayRefusesRecipients => (
            "alert-recipients-refused",
            "alert-recipients-refused-lead",
            "alert-recipients-refused-advice",
            &["postrider doctor", "postrider campaign resume ID"],
        ),
        AlertKind::HeldLate => (
            "alert-late",
            "alert-late-lead",
            "alert-late-advice",
            &["postrider campaign release", "postrider campaign release --all"],
        ),
        AlertKind::HeldRestored => (
            "alert-restored",
            "alert-restored-lead",
            "alert-restored-advice",
            &["postrider campaign release", "postrider campaign release --this-is-the-real-one"],
        ),
        AlertKind::FeedBrake => (
            "alert-feed-brake",
            "alert-feed-brake-lead",
            "alert-feed-brake-advice",
            &[
                "postrider feed held",
                "postrider feed release 'URL' --all",
                "postrider feed skip 'URL' --all",
                "postrider feed move 'URL' 'URL' --dry-run",
            ],
        ),
        AlertKind::DraftWaits => {
            ("alert-draft-waits", "alert-draft-waits-lead", "alert-draft-waits-advice", &[])
        }
        AlertKind::FeedDead => (
            "alert-feed-dead",
            "alert-feed-dead-lead",
            "alert-feed-dead-advice",
            &["postrider feed check 'URL'", "postrider feed move 'URL' NEW_URL --dry-run"],
        ),
    };
    let url = quotable(alert.feed_url.as_deref());
    let id = alert.campaign_id.map_or_else(|| "ID".to_owned(), |id| id.to_string());
    AlertWords {
        headline: words.text(headline).to_string(),
        happened: words.text(happened).with("name", &alert.name).to_string(),
        why: &alert.text,
        advice: words.text(advice).to_string(),
        commands: commands
            .iter()
            .map(|command| command.replace("'URL'", &format!("'{url}'")).replace("ID", &id))
            .collect(),
    }
}

/// A feed's address for single quotes in a shell: what a feed redirects to is not ours to trust.
fn quotable(url: Option<&str>) -> String {
    url.unwrap_or("URL").replace('\'', "%27")
}

/// A campaign to one address. Its links are signed for nobody, so they open pages that say so.
async fn campaign_test(
    app: &App,
    id: Uuid,
    key: NoticeKey,
    to: &EmailAddress,
    at: DateTime<Utc>,
) -> anyhow::Result<NoticeMessage> {
    let mut tx = app.db.read().await?;
    let campaign = campaigns::by_id(&mut tx, id).await?.context("the campaign is gone")?;
    let list = lists::by_id(&mut tx, campaign.list_id).await?.context("the campaign's list is gone")?;
    let publication = publication::get(&mut tx).await?;
    let reader = subscribers::by_email(&mut tx, to).await?.map(|reader| reader.id);
    drop(tx);
    let content = content(app, &campaign, None).await?;
    let note = Localizer::english().text("mail-test-note").with("list", &list.name).to_string();
    let content = content::test(&content, &note)?;
    let message = message(app, &campaign, &list, &publication, &content, at)?;
    let mut bytes = Vec::new();
    // Who tests with an address that subscribes sees what they would get.
    let known = known_of(app, &message, reader).await?;
    message.write(app, key.id, to, None, &known, &mut bytes);
    Ok(NoticeMessage { from: message.from.email, bytes })
}

/// A mail that shows that mail arrives, and how it looks.
async fn mail_test(app: &App, at: DateTime<Utc>) -> anyhow::Result<Content> {
    let publication = publication::get(&mut app.db.read().await?).await?;
    let sender = Sender::of(app, &publication, None);
    let reply_to = sender.reply_to.as_ref().unwrap_or(&sender.from).to_string();
    content::trial(&publication, &sender.from.to_string(), &reply_to, base(app), at)
}

/// What a message names of one reader; of nobody, nothing.
async fn known_of(
    app: &App,
    message: &CampaignMessage,
    reader: Option<Uuid>,
) -> sqlx::Result<Vec<MailValue>> {
    let Some(reader) = reader else { return Ok(Vec::new()) };
    let mut found = message.read_values(&mut app.db.read().await?, &[reader]).await?;
    Ok(found.remove(&reader).unwrap_or_default())
}

/// A campaign before it is sent.
pub struct Preview {
    /// With slots.
    pub content: Content,
    /// The whole message of somebody who does not get it.
    pub message: Vec<u8>,
    /// What stands for the content's placeholders.
    pub values: Vec<String>,
}

/// A campaign as it stands, for a reader or, where none is chosen, for an address.
pub async fn preview(
    app: &App,
    campaign: &Campaign,
    to: &EmailAddress,
    reader: Option<Uuid>,
) -> anyhow::Result<Preview> {
    let mut tx = app.db.read().await?;
    let list = lists::by_id(&mut tx, campaign.list_id).await?.context("the campaign's list is gone")?;
    let publication = publication::get(&mut tx).await?;
    let stored = campaigns::mail_content(&mut tx, campaign.id).await?;
    let article = match (&stored, campaign.auto_article_id) {
        (None, Some(id)) => crate::db::articles::get(&mut tx, id).await?.map(ArticleView::from),
        _ => None,
    };
    drop(tx);
    let content = match stored {
        Some(stored) => serde_json::from_str(&stored).context("the campaign's stored mail")?,
        None => content(app, campaign, article.as_ref()).await?,
    };
    let message = message(app, campaign, &list, &publication, &content, app.clock.now())?;
    let mut out = Vec::new();
    let known = known_of(app, &message, reader).await?;
    message.write(app, Uuid::nil(), to, None, &known, &mut out);
    Ok(Preview { content, message: out, values: message.fill(to.as_str(), &known) })
}
