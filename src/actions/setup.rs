//! The guided setup: what its steps need, what each does, and when it is over. Its first admin is made in `accounts`.

use super::poll::{self, Added, CheckReport};
use super::settings::Form;
use super::{Context, Result, lists as list_actions, settings as rules};
use crate::db::lists::List;
use crate::db::notices::LastTest;
use crate::db::publication::Publication;
use crate::db::users::Role;
use crate::db::{audit, feeds, lists, notices, publication, relay_setting};
use crate::domain::email_address::EmailAddress;
use crate::domain::refusal::{feeds as feed_codes, lists as list_codes, settings as codes};
use crate::domain::slug::{Slug, slugify};
use crate::domain::text::visible;
use crate::feeds::site;

/// What is there already.
pub struct Progress {
    pub publication: Publication,
    pub lists: Vec<List>,
    /// Address and title.
    pub feeds: Vec<(String, String)>,
    /// The last test mail to whoever sets up.
    pub last_test: Option<LastTest>,
    /// What the relay said that was set here.
    pub relay_reply: Option<String>,
}

/// Something that a publication needs before its first campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Publication,
    PostalAddress,
    List,
    Feed,
    /// A relay that has taken a test of ours.
    Relay,
}

impl Progress {
    /// As whoever sets up, at this address, sees it.
    pub async fn read(cx: &Context<'_>, email: &str) -> Result<Progress> {
        let mut tx = cx.app.db.read().await?;
        let last_test = match EmailAddress::parse(email) {
            Ok(email) => notices::last_test(&mut tx, &email).await?,
            Err(_) => None,
        };
        Ok(Progress {
            publication: publication::get(&mut tx).await?,
            lists: lists::all(&mut tx).await?,
            feeds: feeds::all(&mut tx).await?.into_iter().map(|feed| (feed.url, feed.title)).collect(),
            last_test,
            relay_reply: relay_setting::get(&mut tx).await?.map(|setting| setting.reply),
        })
    }

    pub fn has_name(&self) -> bool {
        self.publication.name != Publication::default().name
    }

    /// Whether this is there.
    pub fn has(&self, need: Need) -> bool {
        match need {
            Need::Publication => self.has_name() && !self.publication.url.is_empty(),
            Need::PostalAddress => !self.publication.postal_address.is_empty(),
            Need::List => !self.lists.is_empty(),
            Need::Feed => !self.feeds.is_empty(),
            Need::Relay => {
                self.relay_reply.is_some() || self.last_test.as_ref().is_some_and(LastTest::was_sent)
            }
        }
    }

    pub fn is_ended(&self) -> bool {
        self.publication.setup_at.is_some()
    }
}

/// What a site has told of itself.
#[derive(Debug, Default)]
pub struct SiteRead {
    /// The keys of what was found: "the name".
    pub found: Vec<&'static str>,
    /// The feed that the site names; empty: none.
    pub feed: String,
}

/// Reads what the site at the form's `url` says of itself into the form. Stores nothing.
pub async fn read_site(cx: &Context<'_>, form: &mut Form) -> Result<SiteRead> {
    cx.require(Role::Admin)?;
    if form.get("url").trim().is_empty() {
        return Err(codes::SITE_MISSING.on("url").into());
    }
    let facts = site::read(&cx.app.fetcher, form.get("url"))
        .await
        .map_err(|error| codes::SITE_UNREADABLE.on("url").with("why", error.to_string()))?;
    let mut read = SiteRead::default();
    for (name, text, word) in [
        ("url", &facts.url, ""),
        ("name", &facts.name, "setup-found-name"),
        ("tagline", &facts.tagline, "setup-found-tagline"),
        ("logo_url", &facts.logo_url, "setup-found-logo"),
        ("brand_colour", &facts.colour, "setup-found-colour"),
    ] {
        if !text.is_empty() {
            form.set(name, text.as_str());
            read.found.extend((!word.is_empty()).then_some(word));
        }
    }
    if let Some(feed) = facts.feeds.into_iter().next() {
        read.feed = feed;
        read.found.push("setup-found-feed");
    }
    Ok(read)
}

/// Adds the list that the setup asks for; one of that slug stays as it is.
pub async fn add_list(cx: &Context<'_>, name: &str, slug: &str) -> Result<List> {
    cx.require(Role::Admin)?;
    let name = visible(name);
    let name = name.trim();
    if name.chars().count() > list_actions::NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(codes::LINE_WRONG.on("list_name").with("max", list_actions::NAME_CHARS_MAX).into());
    }
    if name.is_empty() {
        return Err(list_codes::LIST_NAME_MISSING.on("list_name").into());
    }
    let made = slugify(name);
    let slug = match (slug.trim(), made.as_str()) {
        ("", "") => "all",
        ("", made) => made,
        (typed, _) => typed,
    };
    let slug = Slug::parse(slug)
        .map_err(|error| list_codes::LIST_SLUG_WRONG.on("slug").with("why", error.to_string()))?;
    list_actions::add_unless_there(cx, &slug, name).await.map(|(list, _)| list)
}

/// What the feed at an address as typed holds, and what it would send. Stores nothing.
pub async fn look_at_feed(cx: &Context<'_>, url: &str) -> Result<CheckReport> {
    cx.require(Role::Admin)?;
    poll::web_address(url)?;
    poll::check(cx.app, &cx.app.fetcher, url).await
}

/// Binds the feed at an address as typed to the list of a slug.
pub async fn bind_feed(cx: &Context<'_>, url: &str, slug: &str) -> Result<(Added, List)> {
    cx.require(Role::Admin)?;
    poll::web_address(url)?;
    let list = lists::by_slug(&mut cx.app.db.read().await?, slug).await?;
    let list = list.ok_or_else(|| feed_codes::FEED_LIST_MISSING.on("list"))?;
    let added = poll::add(cx, &cx.app.fetcher, url, &list.slug, None, None).await?;
    Ok((added, list))
}

/// Notes that the guided setup is over. Harmless to repeat.
pub async fn end(cx: &Context<'_>) -> Result<()> {
    cx.require(Role::Admin)?;
    let now = cx.now();
    let mut tx = cx.app.db.write().await?;
    let mut publication = publication::lock(&mut tx).await?;
    if publication.setup_at.is_none() {
        publication.setup_at = Some(now);
        publication::set(&mut tx, &publication, now).await?;
        audit::note(&mut tx, &cx.actor, "setup ended", rules::subject(&publication), (), (), now).await?;
        tx.commit().await?;
    }
    Ok(())
}
