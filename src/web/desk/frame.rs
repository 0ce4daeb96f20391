//! What the desk's pages share: the frame around each page, what a form holds, and the sentence that says what
//! came of the last one.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use futures_util::future::LocalBoxFuture;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::see_other;
use crate::app::App;
use crate::db::users::{Role, User};
use crate::db::{self, Tx};
use crate::domain::text::visible;
use crate::locale::{self, Html, Phrase, Sentence, Text};
pub use crate::web::access::Me;
use crate::web::access::cookie_name;
use crate::web::error_page::ErrorPage;
use crate::web::{assets, edge, reader};

/// The tabs of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Today,
    Campaigns,
    Calendar,
    Articles,
    Subscribers,
    Lists,
    Feeds,
    Reports,
    Settings,
    /// A page that is under none.
    None,
}

impl Tab {
    /// In the order of the page's head.
    const ALL: [Tab; 9] = [
        Tab::Today,
        Tab::Campaigns,
        Tab::Calendar,
        Tab::Articles,
        Tab::Subscribers,
        Tab::Lists,
        Tab::Feeds,
        Tab::Reports,
        Tab::Settings,
    ];

    /// Its address, the key that opens it after `g`, and the key of its label.
    fn of(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Tab::Today => ("/admin", "t", "desk-tab-today"),
            Tab::Campaigns => ("/admin/campaigns", "c", "desk-tab-campaigns"),
            Tab::Calendar => ("/admin/calendar", "d", "desk-tab-calendar"),
            Tab::Articles => ("/admin/articles", "a", "desk-tab-articles"),
            Tab::Subscribers => ("/admin/subscribers", "s", "desk-tab-subscribers"),
            Tab::Lists => ("/admin/lists", "l", "desk-tab-lists"),
            Tab::Feeds => ("/admin/feeds", "f", "desk-tab-feeds"),
            Tab::Reports => ("/admin/reports", "r", "desk-tab-reports"),
            Tab::Settings | Tab::None => ("/admin/settings", "e", "desk-tab-settings"),
        }
    }

    /// Stands apart, at the end.
    pub fn is_last(self) -> bool {
        self == Tab::Settings
    }

    pub fn href(self) -> &'static str {
        self.of().0
    }

    pub fn letter(self) -> &'static str {
        self.of().1
    }

    pub fn label(self) -> &'static str {
        self.of().2
    }
}

/// What the frame of every page of the desk shows.
pub struct Desk {
    pub name: String,
    pub css: &'static str,
    pub icon: &'static str,
    pub script: String,
    pub tab: Tab,
    /// `None`: nobody is signed in, so there are no tabs.
    pub user: Option<User>,
    /// What waits for somebody: the number beside Today.
    pub waiting: i64,
    pub flash: Option<Flash>,
    pub zone: Tz,
    pub now: DateTime<Utc>,
    pub version: &'static str,
}

impl Desk {
    /// A sentence for the page, which escapes it.
    pub fn say<'a>(&self, key: &'a str) -> Sentence<'a, Text> {
        locale::say(key)
    }

    /// A sentence with HTML of its own.
    pub fn html<'a>(&self, key: &'a str) -> Sentence<'a, Html> {
        locale::say_html(key)
    }

    /// What is wrong; empty: nothing.
    pub fn phrase(&self, wrong: &Option<Phrase>) -> String {
        wrong.as_ref().map(Phrase::to_string).unwrap_or_default()
    }

    /// The frame for somebody who is signed in; `request` holds the sentence of the last form.
    pub async fn read(
        app: &App,
        tx: &mut Tx,
        me: &Me,
        request: &HttpRequest,
        tab: Tab,
    ) -> sqlx::Result<Desk> {
        let mut desk = Desk::bare(app, tx).await?;
        desk.user = Some(me.user.clone());
        desk.tab = tab;
        desk.waiting = db::campaigns::count_waiting(tx).await? + db::brake::count_batches(tx).await?;
        desk.flash = Flash::of(app, request);
        Ok(desk)
    }

    /// The frame for somebody who is not signed in.
    pub async fn bare(app: &App, tx: &mut Tx) -> sqlx::Result<Desk> {
        let publication = db::publication::get(tx).await?;
        Ok(Desk {
            zone: publication.zone(),
            name: publication.name,
            css: assets::css(),
            icon: assets::icon(),
            script: assets::path("desk.js"),
            tab: Tab::None,
            user: None,
            waiting: 0,
            flash: None,
            now: app.clock.now(),
            version: env!("CARGO_PKG_VERSION"),
        })
    }

    pub fn is_admin(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.role == Role::Admin)
    }

    /// "editor", "admin".
    pub fn role(&self, role: &Role) -> String {
        role_name(*role)
    }

    /// The tabs that the user may open.
    pub fn tabs(&self) -> impl Iterator<Item = Tab> {
        let is_admin = self.is_admin();
        Tab::ALL.into_iter().filter(move |tab| is_admin || *tab != Tab::Settings)
    }

    /// How many items wait, where the tab is the one that shows them.
    pub fn waiting_at(&self, tab: &Tab) -> i64 {
        if *tab == Tab::Today { self.waiting } else { 0 }
    }

    /// "London (GMT)": the zone all times of the page are in.
    pub fn zone_name(&self) -> String {
        let city = self.zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
        let short = self.now.with_timezone(&self.zone).format("%Z").to_string();
        match short.starts_with(['+', '-']) {
            true => format!("{city} (UTC{short})"),
            false if short == city => city,
            false => format!("{city} ({short})"),
        }
    }

    /// "Tuesday 24 November 2026, 09:41 London (GMT)".
    pub fn full_time(&self, time: &DateTime<Utc>) -> String {
        format!("{} {}", time.with_timezone(&self.zone).format("%A %-d %B %Y, %H:%M"), self.zone_name())
    }

    /// "24 Nov, 09:41", with the year where it is another one.
    pub fn short_time(&self, time: &DateTime<Utc>) -> String {
        let (local, now) = (time.with_timezone(&self.zone), self.now.with_timezone(&self.zone));
        match chrono::Datelike::year(&local) == chrono::Datelike::year(&now) {
            true => local.format("%-d %b, %H:%M").to_string(),
            false => local.format("%-d %b %Y, %H:%M").to_string(),
        }
    }

    /// "24 November 2026".
    pub fn day(&self, time: &DateTime<Utc>) -> String {
        time.with_timezone(&self.zone).format("%-d %B %Y").to_string()
    }

    /// For `<time datetime>`.
    pub fn machine_time(&self, time: &DateTime<Utc>) -> String {
        time.with_timezone(&self.zone).to_rfc3339_opts(chrono::SecondsFormat::Secs, false)
    }

    /// "1,048,216".
    pub fn number(&self, n: &i64) -> String {
        grouped(*n)
    }
}

/// "editor", "admin".
pub fn role_name(role: Role) -> String {
    let key = match role {
        Role::Editor => "user-role-editor",
        Role::Admin => "user-role-admin",
    };
    locale::say(key).to_string()
}

/// A page that says one thing, with one link on.
#[derive(Template)]
#[template(path = "admin/said.html")]
pub struct SaidPage<'a> {
    pub desk: Desk,
    pub title: String,
    pub sentence: String,
    pub link: &'a str,
    pub link_label: String,
}

/// A number with commas: "1,048,216".
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = if n < 0 { "−".to_owned() } else { String::new() };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What came of the last form, shown once, on the next page; with a form that takes it back, where
/// that can be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    pub sentence: String,
    /// Where a POST takes it back; empty: it can't be.
    pub undo: String,
    /// The page that it is for: another one, opened within the same seconds, is about something else.
    pub page: String,
}

const FLASH: &str = "postrider-said";

impl Flash {
    fn of(app: &App, request: &HttpRequest) -> Option<Flash> {
        let cookie = request.cookie(FLASH)?;
        if cookie.value().len() > 3000 {
            return None;
        }
        let flash: Flash = serde_json::from_slice(&app.keyring.open(FLASH, cookie.value())?).ok()?;
        (flash.page == request.path()).then_some(flash)
    }
}

/// After a form: the page `to`, with a sentence on the outcome.
pub fn done(app: &App, to: &str, sentence: impl Into<String>) -> HttpResponse {
    done_with_undo(app, to, sentence, "")
}

/// The same, with the URL that takes it back.
pub fn done_with_undo(app: &App, to: &str, sentence: impl Into<String>, undo: &str) -> HttpResponse {
    let sentence: String = sentence.into().chars().take(400).collect();
    let page = to.split(['?', '#']).next().unwrap_or_default().to_owned();
    let flash = Flash { sentence, undo: undo.to_owned(), page };
    let mut response = see_other(to);
    let sealed = serde_json::to_vec(&flash).ok().and_then(|json| app.keyring.seal(FLASH, &json));
    if let Some(sealed) = sealed {
        let cookie = Cookie::build(FLASH, sealed)
            .path("/admin")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(app.config.base_url.scheme() == "https")
            // Gone by itself: a GET changes nothing, so no page takes it away.
            .max_age(actix_web::cookie::time::Duration::seconds(10))
            .finish();
        let _ = response.add_cookie(&cookie);
    }
    response
}

/// The session's cookie.
pub fn session_cookie(app: &App, token: &str) -> Cookie<'static> {
    Cookie::build(cookie_name(app), token.to_owned())
        .path("/")
        .http_only(true)
        // Lax, so that a link in a mail finds its reader signed in; what changes anything is a POST.
        .same_site(SameSite::Lax)
        .secure(app.config.base_url.scheme() == "https")
        .max_age(actix_web::cookie::time::Duration::days(60))
        .finish()
}

/// How the cookies begin that name a browser which has signed in: one for each account.
fn known_browser_prefix(app: &App) -> &'static str {
    if app.config.base_url.scheme() == "https" { "__Host-postrider-known-" } else { "postrider-known-" }
}

/// The cookie that names a browser which has signed in to a user's account. It opens nothing: strangers who guess
/// can't use up what such a browser may try.
pub fn known_browser_cookie(app: &App, user: Uuid, value: &str) -> Cookie<'static> {
    let id = user.simple().to_string();
    // The random end of the id: its beginning is a time, which two users may share.
    Cookie::build(format!("{}{}", known_browser_prefix(app), &id[24..]), value.to_owned())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.config.base_url.scheme() == "https")
        .max_age(actix_web::cookie::time::Duration::days(365))
        .finish()
}

/// The values of a request's [`known_browser_cookie`]s.
pub fn known_browsers(app: &App, request: &HttpRequest) -> Vec<String> {
    let Ok(cookies) = request.cookies() else { return Vec::new() };
    let ours = cookies.iter().filter(|cookie| cookie.name().starts_with(known_browser_prefix(app)));
    ours.map(|cookie| cookie.value().to_owned()).collect()
}

/// What a form of the desk sent: urlencoded, in order.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// What a form sent in its address.
    pub fn of_query(query: &str) -> Fields {
        Fields(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// A field, without the white space around it; empty where it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field of one line, without what nobody sees. A line break in it is left for its check to refuse.
    pub fn line(&self, name: &str) -> String {
        visible(self.text(name)).trim().to_owned()
    }

    /// A field as it was typed.
    pub fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// All that was sent, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// All values of a field that may repeat.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether a box is ticked.
    pub fn is_ticked(&self, name: &str) -> bool {
        self.0.iter().any(|(field, _)| field == name)
    }
}

impl FromRequest for Fields {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Fields, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let kind = reader::content_type(request);
        let plain = reader::refuse_compressed(request);
        let body = actix_web::web::Bytes::from_request(request, payload);
        Box::pin(async move {
            let body = body.await?;
            plain?;
            if !body.is_empty() && kind != "application/x-www-form-urlencoded" {
                return Err(ErrorPage::new(
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "desk-error-form",
                    "desk-error-form-lead",
                )
                .into());
            }
            Ok(Fields(edge::fields(&body)?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_number_can_be_read() {
        assert_eq!(
            [0, 999, 1000, 1_048_216, -5000].map(grouped),
            ["0", "999", "1,000", "1,048,216", "−5,000"]
        );
    }
}
