//! What people do to lists: add, change, retire, bring back. The same rules for every door. A retired
//! list takes nobody and sends nothing; its subscribers stay as they are.

use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::actions::guard::RETIRED_PREFIX;
use crate::app::App;
use crate::db::Tx;
use crate::db::audit::{self, Actor, Subject};
use crate::db::campaigns::{self, Campaign};
use crate::db::lists::{self, List};
use crate::domain::email_address::EmailAddress;
use crate::domain::links;
use crate::domain::slug::{Slug, slugify};
use crate::domain::text::visible;

pub const NAME_CHARS_MAX: usize = 200;
pub const DESCRIPTION_CHARS_MAX: usize = 500;
pub const FROM_NAME_CHARS_MAX: usize = 100;
pub const POSITION_MAX: i64 = 999;

/// Why a list stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// A field of [`ListForm`] does not fit.
    #[error("{sentence}")]
    Field { field: &'static str, sentence: String },
    #[error("There is no such list any more.")]
    Gone,
    #[error(
        "It was changed while you wrote. Below is what you typed; the page of the list shows what it is now."
    )]
    ChangedMeanwhile,
    #[error(transparent)]
    Db(#[from] sqlx::Error),
}

fn field<T>(field: &'static str, sentence: impl Into<String>) -> Result<T, ListError> {
    Err(ListError::Field { field, sentence: sentence.into() })
}

/// What somebody typed.
#[derive(Clone, Debug, Default)]
pub struct ListForm {
    pub name: String,
    /// Empty: made of the name. It never changes later.
    pub slug: String,
    pub description: String,
    pub from_name: String,
    pub reply_to: String,
    pub public: bool,
    pub position: String,
}

impl ListForm {
    /// A form that says what a list is.
    pub fn of(list: &List) -> ListForm {
        ListForm {
            name: list.name.clone(),
            slug: list.slug.clone(),
            description: list.description.clone(),
            from_name: list.from_name.clone(),
            reply_to: list.reply_to.clone(),
            public: list.public,
            position: list.position.to_string(),
        }
    }

    /// Takes it over, if it fits.
    fn write_to(&self, list: &mut List) -> Result<(), ListError> {
        let one_line =
            |text: &str, max: usize| text.chars().count() <= max && !text.chars().any(char::is_control);
        let name = visible(self.name.trim());
        let name = name.trim();
        if name.is_empty() || !one_line(name, NAME_CHARS_MAX) {
            return field(
                "name",
                format!("A name has 1 to {NAME_CHARS_MAX} characters, on one line. Like this: World news"),
            );
        }
        let description = visible(&self.description).split_whitespace().collect::<Vec<_>>().join(" ");
        if !one_line(&description, DESCRIPTION_CHARS_MAX) {
            return field(
                "description",
                format!("A description has at most {DESCRIPTION_CHARS_MAX} characters."),
            );
        }
        let from_name = visible(self.from_name.trim());
        let from_name = from_name.trim();
        if !one_line(from_name, FROM_NAME_CHARS_MAX) {
            return field(
                "from_name",
                format!("A sender’s name has at most {FROM_NAME_CHARS_MAX} characters, on one line."),
            );
        }
        let reply_to = match self.reply_to.trim() {
            "" => String::new(),
            typed => match EmailAddress::parse(typed) {
                Ok(email) => email.as_str().to_owned(),
                Err(error) => return field("reply_to", format!("{error}.")),
            },
        };
        let position = match self.position.trim() {
            "" => Some(0),
            typed => typed.parse::<i64>().ok().filter(|n| (0..=POSITION_MAX).contains(n)),
        };
        let Some(position) = position else {
            return field("position", format!("A place on the form is a number from 0 to {POSITION_MAX}."));
        };
        list.name = name.to_owned();
        list.description = description;
        list.from_name = from_name.to_owned();
        list.reply_to = reply_to;
        list.public = self.public;
        list.position = position;
        Ok(())
    }
}

fn subject(list: &List) -> Subject<'_> {
    Subject { kind: "list", id: list.id, name: &list.name }
}

fn audited(list: &List) -> serde_json::Value {
    json!({
        "name": list.name, "slug": list.slug, "description": list.description, "public": list.public,
        "from_name": list.from_name, "reply_to": list.reply_to, "position": list.position,
    })
}

/// Tells one state of a list from another, for a form that was opened a while ago.
pub fn version(list: &List) -> String {
    links::fingerprint(audited(list).to_string().as_bytes())
}

/// Adds a list.
pub async fn add(app: &App, actor: &Actor, form: &ListForm) -> Result<List, ListError> {
    let now = app.clock.now();
    let typed = match form.slug.trim() {
        "" => slugify(&form.name),
        typed => typed.to_owned(),
    };
    let mut draft = List {
        id: Uuid::nil(),
        slug: String::new(),
        name: String::new(),
        description: String::new(),
        public: true,
        from_name: String::new(),
        reply_to: String::new(),
        position: 0,
        retired_at: None,
    };
    form.write_to(&mut draft)?;
    let slug = match Slug::parse(&typed) {
        Ok(slug) => slug,
        Err(_) if typed.is_empty() => {
            return field(
                "slug",
                "This name has no letter from a to z. Type a short name. Like this: world-news",
            );
        }
        Err(error) => return field("slug", format!("{error}.")),
    };
    let mut tx = app.db.write().await?;
    if !lists::add(&mut tx, &slug, &draft.name, now).await? {
        return field("slug", format!("There is a list “{}” already.", slug.as_str()));
    }
    let stored = lists::by_slug(&mut tx, slug.as_str()).await?.ok_or(ListError::Gone)?;
    let list = List { id: stored.id, slug: stored.slug, ..draft };
    lists::set(&mut tx, &list).await?;
    audit::note(&mut tx, actor, "added", subject(&list), (), audited(&list), now).await?;
    tx.commit().await?;
    Ok(list)
}

/// Changes a list, if it still is what the form showed (`version`).
pub async fn change(
    app: &App,
    actor: &Actor,
    id: Uuid,
    seen: &str,
    form: &ListForm,
) -> Result<List, ListError> {
    let mut tx = app.db.write().await?;
    lists::lock(&mut tx, id).await?;
    let before = lists::by_id(&mut tx, id).await?.ok_or(ListError::Gone)?;
    let mut list = before.clone();
    form.write_to(&mut list)?;
    if list == before {
        return Ok(list);
    }
    if version(&before) != seen {
        return Err(ListError::ChangedMeanwhile);
    }
    lists::set(&mut tx, &list).await?;
    audit::note(&mut tx, actor, "changed", subject(&list), audited(&before), audited(&list), app.clock.now())
        .await?;
    tx.commit().await?;
    Ok(list)
}

fn retired_reason(list: &List) -> String {
    format!("{RETIRED_PREFIX}the list “{}” takes nobody and sends nothing", list.name)
}

/// Retires a list: what is on its way to it is held. Returns it, and how many campaigns that are.
/// Harmless to repeat.
pub async fn retire(app: &App, actor: &Actor, id: Uuid) -> Result<(List, u64), ListError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    lists::lock(&mut tx, id).await?;
    let list = lists::by_id(&mut tx, id).await?.ok_or(ListError::Gone)?;
    if list.retired_at.is_some() {
        return Ok((list, 0));
    }
    lists::set_retired(&mut tx, id, Some(now)).await?;
    let held = campaigns::hold_list(&mut tx, id, &retired_reason(&list)).await?;
    audit::note(&mut tx, actor, "retired", subject(&list), (), json!({ "campaigns held": held }), now)
        .await?;
    tx.commit().await?;
    Ok((list, held))
}

/// Brings a retired list back. What waited goes out, unless it is late by now. Harmless to repeat.
pub async fn bring_back(app: &App, actor: &Actor, id: Uuid) -> Result<(List, u64), ListError> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    lists::lock(&mut tx, id).await?;
    let list = lists::by_id(&mut tx, id).await?.ok_or(ListError::Gone)?;
    if list.retired_at.is_none() {
        return Ok((list, 0));
    }
    lists::set_retired(&mut tx, id, None).await?;
    let waited = campaigns::unhold_list(&mut tx, id, RETIRED_PREFIX).await?;
    audit::note(&mut tx, actor, "brought back", subject(&list), (), json!({ "campaigns": waited }), now)
        .await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok((list, waited))
}

/// Holds a campaign that is about to begin on a retired list. True where it is held.
pub async fn hold_if_retired(app: &App, campaign: &Campaign) -> sqlx::Result<bool> {
    let mut tx = app.db.read().await?;
    let retired = retired(&mut tx, campaign.list_id).await?;
    drop(tx);
    let Some(list) = retired else { return Ok(false) };
    let mut tx = app.db.write().await?;
    campaigns::hold(&mut tx, campaign.id, &retired_reason(&list)).await?;
    tx.commit().await?;
    Ok(true)
}

/// The list, if it is retired.
pub async fn retired(tx: &mut Tx, id: Uuid) -> sqlx::Result<Option<List>> {
    Ok(lists::by_id(tx, id).await?.filter(|list| list.retired_at.is_some()))
}

/// What a page or a command says of a list that takes nobody.
pub fn retired_sentence(list: &List, since: DateTime<Utc>) -> String {
    format!(
        "The list “{}” was retired on {}: it takes nobody and sends nothing. Bring it back first, at the desk \
         under /admin/lists.",
        list.name,
        since.format("%-d %B %Y")
    )
}
