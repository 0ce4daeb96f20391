//! The first run: the first admin, then steps that may be left and come back to, from nothing to a first
//! campaign. Each step saves by the same functions as the settings and the commands.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use secrecy::SecretString;

use super::frame::{Desk, Fields, Me, Tab, done};
use super::settings::zones;
use super::{refuse, see_other, sign_in};
use crate::actions::accounts::{self, AccountError};
use crate::actions::poll;
use crate::actions::poll::CheckReport;
use crate::actions::settings::{self, Form, Part, SaveError, Wrong};
use crate::app::App;
use crate::db::audit::{self, Subject};
use crate::db::lists::List;
use crate::db::notices::LastTest;
use crate::db::publication::Publication;
use crate::db::{feeds as stored_feeds, lists, notices, publication, users};
use crate::domain::delivery::DeliveryStatus;
use crate::domain::email_address::EmailAddress;
use crate::feeds::site;
use crate::web::assets;
use crate::web::page::{Answer, ErrorPage, page};

/// A name's longest, in characters.
const NAME_CHARS_MAX: usize = 100;
/// Items that "what it would send" shows.
const ITEMS_SHOWN: usize = 12;
/// What the publication's step holds.
const PARTS: [Part; 2] = [Part::Publication, Part::Brand];

/// One step, as the list of them shows it.
pub struct Step {
    pub name: &'static str,
    pub path: &'static str,
    pub is_done: bool,
    pub is_here: bool,
}

/// What is there already.
struct Progress {
    publication: Publication,
    lists: Vec<List>,
    /// Address and title.
    feeds: Vec<(String, String)>,
    last_test: Option<LastTest>,
}

impl Progress {
    async fn read(app: &App, me: &Me) -> Result<Progress, ErrorPage> {
        let mut tx = app.db.read().await?;
        let feeds = stored_feeds::all(&mut tx).await?;
        let last_test = match EmailAddress::parse(&me.user.email) {
            Ok(email) => notices::last_test(&mut tx, &email).await?,
            Err(_) => None,
        };
        Ok(Progress {
            publication: publication::get(&mut tx).await?,
            lists: lists::all(&mut tx).await?,
            feeds: feeds.into_iter().map(|feed| (feed.url, feed.title)).collect(),
            last_test,
        })
    }

    fn has_publication(&self) -> bool {
        self.publication.name != Publication::default().name && !self.publication.url.is_empty()
    }

    fn has_sent_test(&self) -> bool {
        self.last_test.as_ref().is_some_and(|test| test.status == DeliveryStatus::Sent)
    }

    fn steps(&self, here: &str) -> Vec<Step> {
        let steps = [
            ("You", "", true),
            ("Publication", "publication", self.has_publication()),
            ("List", "list", !self.lists.is_empty()),
            ("Feed", "feed", !self.feeds.is_empty()),
            ("Sender", "sender", self.has_sent_test()),
            ("Ready", "done", self.publication.setup_at.is_some()),
        ];
        let step = |(name, path, is_done)| Step { name, path, is_done, is_here: path == here };
        steps.into_iter().map(step).collect()
    }
}

#[derive(Template)]
#[template(path = "admin/setup.html")]
struct FirstPage {
    desk: Desk,
    token: String,
    email: String,
    name: String,
    wrong: Wrong,
}

async fn first_page(app: &App, fields: &Fields, token: &str, wrong: Wrong) -> Answer {
    let desk = Desk::bare(app, &mut app.db.read().await?).await?;
    let (email, name) = (fields.text("email").to_owned(), fields.text("name").to_owned());
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page(status, &FirstPage { desk, token: token.to_owned(), email, name, wrong })
}

/// Lets in who has the token that `serve` prints, while nobody works here.
async fn check_token(app: &App, token: &str) -> Result<bool, ErrorPage> {
    if !users::is_empty(&mut app.db.read().await?).await? {
        return Ok(false);
    }
    if app.keyring.is_setup_token(token) {
        return Ok(true);
    }
    Err(ErrorPage::new(
        StatusCode::FORBIDDEN,
        "The setup has an address of its own",
        "postrider serve prints it at its start, and it ends in a token that only the log shows. Open that one; or \
         make the first admin with: postrider user add EMAIL --role admin",
    ))
}

/// `GET /admin/setup`: `token`.
pub async fn show(app: web::Data<App>, request: HttpRequest) -> Answer {
    let fields = Fields::of_query(request.query_string());
    let token = fields.text("token");
    match check_token(&app, token).await? {
        true => first_page(&app, &Fields::default(), token, Wrong::default()).await,
        false => Ok(see_other("/admin/setup/publication")),
    }
}

/// `POST /admin/setup`: `token`, `email`, `name`, `password`.
pub async fn make_first_admin(app: web::Data<App>, request: HttpRequest, fields: Fields) -> Answer {
    let token = fields.text("token");
    if !check_token(&app, token).await? {
        return Ok(see_other("/admin/setup/publication"));
    }
    let name = &*fields.line("name");
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let sentence = format!("A name has at most {NAME_CHARS_MAX} characters, on one line.");
        return first_page(&app, &fields, token, Wrong::one("name", sentence)).await;
    }
    let email = match EmailAddress::parse(fields.text("email")) {
        Ok(email) => email,
        Err(error) => {
            return first_page(&app, &fields, token, Wrong::one("email", format!("{error}."))).await;
        }
    };
    let password = SecretString::from(fields.raw("password"));
    match accounts::first_admin(&app, &email, name, &password, &sign_in::place(&app, &request)).await {
        Ok(begun) => {
            let sentence = "You are the first admin, and signed in.";
            let mut response = done(&app, "/admin/setup/publication", sentence);
            sign_in::remember(&app, &mut response, &begun);
            Ok(response)
        }
        Err(AccountError::Refused(sentence)) => {
            first_page(&app, &fields, token, Wrong::one("password", sentence)).await
        }
        Err(error) => Err(refuse(error)),
    }
}

#[derive(Template)]
#[template(path = "admin/setup_publication.html")]
struct PublicationPage {
    desk: Desk,
    steps: Vec<Step>,
    form: Form,
    wrong: Wrong,
    zones: Vec<&'static str>,
    /// The feed that the site names; goes along to its step.
    feed: String,
    /// What was found at the site; empty: it was not looked at.
    found: String,
    /// Nobody has chosen the zone yet: a script may propose the browser's.
    is_zone_open: bool,
    script: String,
}

struct Typed {
    form: Form,
    wrong: Wrong,
    feed: String,
    found: String,
}

async fn publication_page(app: &App, me: &Me, request: &HttpRequest, typed: Option<Typed>) -> Answer {
    let progress = Progress::read(app, me).await?;
    let desk = Desk::read(app, &mut app.db.read().await?, me, request, Tab::None).await?;
    let stands = &progress.publication;
    let typed = typed.unwrap_or_else(|| {
        let mut form = Form::of(stands, &PARTS);
        if stands.name == Publication::default().name {
            form.set("name", "");
        }
        Typed { form, wrong: Wrong::default(), feed: String::new(), found: String::new() }
    });
    let Typed { form, wrong, feed, found } = typed;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let is_zone_open = !progress.has_publication() && form.get("time_zone") == "UTC";
    let (zones, script) = (zones(form.get("time_zone")), assets::path("setup.js"));
    let steps = progress.steps("publication");
    page(status, &PublicationPage { desk, steps, form, wrong, zones, feed, found, is_zone_open, script })
}

/// `GET /admin/setup/publication`
pub async fn show_publication(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    publication_page(&app, &me, &request, None).await
}

/// `POST /admin/setup/site`: reads what the site at `url` says of itself into the form.
pub async fn read_site(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let mut form = Form::typed(&PARTS, |name| fields.raw(name).to_owned());
    let mut typed = Typed {
        form: form.clone(),
        wrong: Wrong::default(),
        feed: fields.text("feed").to_owned(),
        found: String::new(),
    };
    if form.get("url").trim().is_empty() {
        typed.wrong = Wrong::one("url", "Type the address of the site. Like this: https://harbour.example");
        return publication_page(&app, &me, &request, Some(typed)).await;
    }
    match site::read(&app.fetcher, form.get("url")).await {
        Ok(facts) => {
            let mut found = Vec::new();
            for (name, text, word) in [
                ("url", &facts.url, ""),
                ("name", &facts.name, "its name"),
                ("tagline", &facts.tagline, "a line under it"),
                ("logo_url", &facts.logo_url, "a logo"),
                ("brand_colour", &facts.colour, "a colour"),
            ] {
                if !text.is_empty() {
                    form.set(name, text.as_str());
                    found.extend((!word.is_empty()).then_some(word));
                }
            }
            if let Some(feed) = facts.feeds.first() {
                typed.feed.clone_from(feed);
                found.push("a feed");
            }
            typed.found = match found.split_last() {
                None => "The site says nothing of itself. Fill it in by hand.".to_owned(),
                Some((only, [])) => format!("The site told {only}. Correct what is wrong, then save."),
                Some((last, rest)) => {
                    format!("The site told {} and {last}. Correct what is wrong, then save.", rest.join(", "))
                }
            };
            typed.form = form;
        }
        Err(error) => typed.wrong = Wrong::one("url", format!("The site can't be read: {error}.")),
    }
    publication_page(&app, &me, &request, Some(typed)).await
}

/// `POST /admin/setup/publication`
pub async fn save_publication(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let form = Form::typed(&PARTS, |name| fields.raw(name).to_owned());
    let feed = fields.text("feed").to_owned();
    match settings::save(&app, &me.actor(), &PARTS, &form, "").await {
        Ok(_) => Ok(done(&app, &with_feed("/admin/setup/list", &feed), "Saved.")),
        Err(SaveError::Wrong(wrong)) => {
            let typed = Typed { form, wrong, feed, found: String::new() };
            publication_page(&app, &me, &request, Some(typed)).await
        }
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: SaveError) -> ErrorPage {
    match error {
        SaveError::Database(error) => error.into(),
        SaveError::Wrong(_) | SaveError::Changed => {
            ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "That can't be saved", "Open the page again.")
        }
    }
}

/// A step's address, with the feed that an earlier one has found.
fn with_feed(path: &str, feed: &str) -> String {
    if feed.is_empty() || feed.len() > 2000 {
        return path.to_owned();
    }
    let feed: String = url::form_urlencoded::byte_serialize(feed.as_bytes()).collect();
    format!("{path}?feed={feed}")
}

#[derive(Template)]
#[template(path = "admin/setup_list.html")]
struct ListPage {
    desk: Desk,
    steps: Vec<Step>,
    lists: Vec<List>,
    name: String,
    slug: String,
    wrong: Wrong,
    feed: String,
}

async fn list_page(app: &App, me: &Me, request: &HttpRequest, typed: &Fields, wrong: Wrong) -> Answer {
    let progress = Progress::read(app, me).await?;
    let desk = Desk::read(app, &mut app.db.read().await?, me, request, Tab::None).await?;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let steps = progress.steps("list");
    let first = progress.lists.is_empty() && !typed.is_ticked("list_name");
    let name = if first { "All articles" } else { typed.text("list_name") };
    let slug = if first { "all" } else { typed.text("slug") };
    page(
        status,
        &ListPage {
            desk,
            steps,
            lists: progress.lists,
            name: name.to_owned(),
            slug: slug.to_owned(),
            wrong,
            feed: typed.text("feed").to_owned(),
        },
    )
}

/// `GET /admin/setup/list`
pub async fn show_list(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let fields = Fields::of_query(request.query_string());
    list_page(&app, &me, &request, &fields, Wrong::default()).await
}

/// `POST /admin/setup/list`: `list_name`, `slug`.
pub async fn add_list(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    match settings::add_first_list(&app, &me.actor(), fields.raw("list_name"), fields.text("slug")).await {
        Ok(list) => {
            let to = with_feed("/admin/setup/feed", fields.text("feed"));
            Ok(done(&app, &to, format!("Readers can subscribe to “{}”.", list.name)))
        }
        Err(SaveError::Wrong(wrong)) => list_page(&app, &me, &request, &fields, wrong).await,
        Err(error) => Err(failed(error)),
    }
}

/// One item of a feed, and what would become of it.
struct Shown {
    title: String,
    date: String,
    what: String,
}

#[derive(Template)]
#[template(path = "admin/setup_feed.html")]
struct FeedPage {
    desk: Desk,
    steps: Vec<Step>,
    lists: Vec<List>,
    /// Address and title.
    feeds: Vec<(String, String)>,
    url: String,
    list: String,
    wrong: Wrong,
    report: Option<CheckReport>,
    items: Vec<Shown>,
    more: usize,
}

async fn feed_page(
    app: &App,
    me: &Me,
    request: &HttpRequest,
    typed: &Fields,
    wrong: Wrong,
    report: Option<CheckReport>,
) -> Answer {
    let progress = Progress::read(app, me).await?;
    let desk = Desk::read(app, &mut app.db.read().await?, me, request, Tab::None).await?;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let steps = progress.steps("feed");
    let url = if typed.is_ticked("url") { typed.text("url") } else { typed.text("feed") }.to_owned();
    let all = report.as_ref().map(|report| report.items.len()).unwrap_or_default();
    let items = report.iter().flat_map(|report| {
        report.items.iter().take(ITEMS_SHOWN).map(|item| Shown {
            title: item.title.clone(),
            date: item
                .published_at
                .map(|at| at.with_timezone(&desk.zone).format("%-d %b %Y").to_string())
                .unwrap_or_default(),
            what: report.words(item, |at| desk.short_time(&at)),
        })
    });
    let items: Vec<Shown> = items.collect();
    let more = all - items.len();
    let list = typed.text("list").to_owned();
    let (lists, feeds) = (progress.lists, progress.feeds);
    page(status, &FeedPage { desk, steps, lists, feeds, url, list, wrong, report, items, more })
}

/// `GET /admin/setup/feed`
pub async fn show_feed(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let fields = Fields::of_query(request.query_string());
    feed_page(&app, &me, &request, &fields, Wrong::default(), None).await
}

/// `POST /admin/setup/feed/check`: `url`; shows what it would send, and stores nothing.
pub async fn check_feed(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    if let Err(error) = poll::web_address(fields.text("url")) {
        return feed_page(&app, &me, &request, &fields, Wrong::one("url", error), None).await;
    }
    let report = poll::check(&app, &app.fetcher, fields.text("url")).await.map_err(broken)?;
    if let Some(error) = &report.error {
        let wrong = Wrong::one("url", format!("The feed can't be read: {error}."));
        return feed_page(&app, &me, &request, &fields, wrong, None).await;
    }
    feed_page(&app, &me, &request, &fields, Wrong::default(), Some(report)).await
}

fn broken(error: anyhow::Error) -> ErrorPage {
    tracing::error!(error = format!("{error:#}"), "the setup's feed");
    ErrorPage::new(StatusCode::INTERNAL_SERVER_ERROR, "This failed on our side", "Nothing was changed.")
}

/// `POST /admin/setup/feed`: binds `url` to `list`.
pub async fn bind_feed(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    if let Err(error) = poll::web_address(fields.text("url")) {
        return feed_page(&app, &me, &request, &fields, Wrong::one("url", error), None).await;
    }
    let list = lists::by_slug(&mut app.db.read().await?, fields.text("list")).await?;
    let Some(list) = list else {
        let wrong = Wrong::one("list", "Choose the list that gets its articles.");
        return feed_page(&app, &me, &request, &fields, wrong, None).await;
    };
    match poll::add(&app, &app.fetcher, fields.text("url"), &list.slug, None, None).await {
        Ok(added) => {
            let mut tx = app.db.write().await?;
            let name = if added.title.is_empty() { fields.text("url") } else { &added.title };
            let subject = Subject { kind: "feed", id: added.feed_id, name };
            let after = serde_json::json!({ "url": fields.text("url"), "list": list.slug });
            audit::note(&mut tx, &me.actor(), "bound", subject, (), after, app.clock.now()).await?;
            tx.commit().await?;
            let today = match added.report.baseline {
                0 => String::new(),
                1 => " Its one article of today is remembered and not mailed.".to_owned(),
                many => format!(" Its {many} articles of today are remembered and not mailed."),
            };
            let sentence = format!("“{name}” feeds “{}”.{today}", list.name);
            Ok(done(&app, "/admin/setup/sender", sentence))
        }
        Err(error) => {
            let wrong = Wrong::one("url", format!("{error:#}."));
            feed_page(&app, &me, &request, &fields, wrong, None).await
        }
    }
}

#[derive(Template)]
#[template(path = "admin/setup_sender.html")]
struct SenderPage {
    desk: Desk,
    steps: Vec<Step>,
    form: Form,
    wrong: Wrong,
    config_from: String,
    email: String,
    /// The last test mail.
    test: Option<LastTest>,
    is_captured: bool,
}

async fn sender_page(app: &App, me: &Me, request: &HttpRequest, typed: Option<(Form, Wrong)>) -> Answer {
    let progress = Progress::read(app, me).await?;
    let desk = Desk::read(app, &mut app.db.read().await?, me, request, Tab::None).await?;
    let steps = progress.steps("sender");
    let (form, wrong) = typed.unwrap_or_else(|| {
        let mut form = Form::of(&progress.publication, &[Part::Sender]);
        // What inboxes show in bold: nobody means it to be ours.
        if form.get("from_name").is_empty() && progress.has_publication() {
            form.set("from_name", progress.publication.name.as_str());
        }
        (form, Wrong::default())
    });
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let config_from = app.config.mail_from.to_string();
    let (email, is_captured) = (me.user.email.clone(), app.config.captures_mail());
    let test = progress.last_test;
    page(status, &SenderPage { desk, steps, form, wrong, config_from, email, test, is_captured })
}

/// `GET /admin/setup/sender`
pub async fn show_sender(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    sender_page(&app, &me, &request, None).await
}

/// `POST /admin/setup/sender`: `from_name`, `from_email`, `reply_to`; with `test`, mails a test from them.
pub async fn save_sender(app: web::Data<App>, me: Me, request: HttpRequest, fields: Fields) -> Answer {
    let form = Form::typed(&[Part::Sender], |name| fields.raw(name).to_owned());
    match settings::save(&app, &me.actor(), &[Part::Sender], &form, "").await {
        Ok(_) => {}
        Err(SaveError::Wrong(wrong)) => return sender_page(&app, &me, &request, Some((form, wrong))).await,
        Err(error) => return Err(failed(error)),
    }
    if !fields.is_ticked("test") {
        return Ok(done(&app, "/admin/setup/done", "Saved."));
    }
    let email = EmailAddress::parse(&me.user.email).map_err(|error| {
        ErrorPage::new(StatusCode::UNPROCESSABLE_ENTITY, "Your address can't be mailed", &format!("{error}."))
    })?;
    let sent = settings::send_test(&app, &me.actor(), &email).await?;
    let email = email.as_str();
    let sentence = match sent {
        true => format!("Saved. A test is on its way to {email}."),
        false => format!("A test went to {email} less than half a minute ago. Look there first."),
    };
    Ok(done(&app, "/admin/setup/sender", sentence))
}

#[derive(Template)]
#[template(path = "admin/setup_done.html")]
struct DonePage {
    desk: Desk,
    steps: Vec<Step>,
    missing: Vec<(&'static str, &'static str)>,
    name: String,
    list: Option<List>,
    has_feed: bool,
    is_ended: bool,
}

/// `GET /admin/setup/done`: what is missing, and what to do next.
pub async fn show_done(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let progress = Progress::read(&app, &me).await?;
    let desk = Desk::read(&app, &mut app.db.read().await?, &me, &request, Tab::None).await?;
    let steps = progress.steps("done");
    let (has_publication, has_sent_test) = (progress.has_publication(), progress.has_sent_test());
    let Progress { publication, lists, feeds, .. } = progress;
    let needs = [
        (has_publication, "The publication’s name and address", "publication"),
        (
            !publication.postal_address.is_empty(),
            "A postal address: many countries’ law asks for it",
            "publication",
        ),
        (!lists.is_empty(), "A list to subscribe to", "list"),
        (!feeds.is_empty(), "A feed, unless you write everything here", "feed"),
        (has_sent_test, "A test mail that has left", "sender"),
    ];
    let missing =
        needs.into_iter().filter(|(is_there, ..)| !is_there).map(|(_, what, step)| (what, step)).collect();
    let is_ended = publication.setup_at.is_some();
    let (list, has_feed) = (lists.into_iter().next(), !feeds.is_empty());
    page(StatusCode::OK, &DonePage { desk, steps, missing, name: publication.name, list, has_feed, is_ended })
}

/// `POST /admin/setup/end`
pub async fn end(app: web::Data<App>, me: Me) -> Result<HttpResponse, ErrorPage> {
    settings::end_setup(&app, &me.actor()).await?;
    Ok(done(&app, "/admin", "The setup is ended. All of it is under Settings, Lists and Feeds."))
}
