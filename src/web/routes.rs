//! The route table of the server, a line a URL: who may use it, how large a body it takes, and its handler. Nothing
//! is open unless its line says to whom; a page or a form that is in no line is not there.

use actix_web::middleware::from_fn;
use actix_web::web::{self, PayloadConfig, ServiceConfig};
use actix_web::{FromRequest, Handler, Resource, Responder, Route, guard};

use super::access::Access::{self, *};
use super::access::check;
use super::desk::{
    account, alerts, articles, calendar, changes, compose, feeds, find, held, help, imports, list_schedule,
    lists, merges, permission, progress, reports, segments, settings, setup, sign_in, sign_ups, subscriber,
    subscriber_fields, subscribers, suppressions, today, users, welcome, why,
};
use super::{
    archive, archive_feeds, assets, block, brand, confirm, embed, health, icon, keep, mailbox, manage,
    metrics, pause, ping, preferences, proof, subscribe, unsubscribe, websub,
};

/// The largest body of a reader's form, in bytes: an address, and a few choices.
pub const SMALL: usize = 16 * 1024;

/// The largest body of a form of the desk, in bytes.
const FORM: usize = 256 * 1024;

/// The largest body that a text may come in, in bytes. A text that is too long is refused by its action, with a
/// sentence, so this leaves room for it: urlencoding makes three bytes of one.
const TEXT: usize = 24 * 1024 * 1024;

/// The largest body with a file of addresses, in bytes.
const FILE: usize = imports::BYTES_MAX;

/// All that a process serves which serves pages.
fn all() -> Vec<Url> {
    let desk = [
        held(),
        signing_in(),
        account(),
        campaigns(),
        articles(),
        subscribers(),
        lists_and_feeds(),
        settings(),
    ];
    [readers(), archived(), pushed(), checks()].into_iter().chain(desk).flatten().collect()
}

/// Signing up, confirming, choosing and leaving.
#[rustfmt::skip]
fn readers() -> Vec<Url> {
    vec![
        url("/").get(Anybody, subscribe::show),
        url("/subscribe")
            .get(Anybody, subscribe::go_to_form)
            .post(Anybody, SMALL, subscribe::submit)
            .options(Anybody, embed::allow),
        url("/subscribe/challenge").get(Anybody, proof::challenge),
        url("/lists/{slug}").get(Anybody, subscribe::show_list),
        url("/subscribed").get(Anybody, subscribe::show_answer),
        url("/confirm/{token}").get(ReaderLink, confirm::show).post(ReaderLink, SMALL, confirm::submit),
        url("/unsubscribe/{token}").get(ReaderLink, unsubscribe::show).post(ReaderLink, SMALL, unsubscribe::submit),
        url("/unsubscribe/{token}/undo").post(ReaderLink, SMALL, unsubscribe::undo),
        url("/unsubscribe/{token}/reason").post(ReaderLink, SMALL, unsubscribe::explain),
        url("/preferences/{token}").get(ReaderLink, preferences::show).post(ReaderLink, SMALL, preferences::submit),
        url("/preferences/{token}/pause").post(ReaderLink, SMALL, pause::pause),
        url("/preferences/{token}/resume").post(ReaderLink, SMALL, pause::resume),
        url("/preferences/{token}/missed").get(ReaderLink, pause::missed),
        url("/embed.js").get(Anybody, embed::script),
        url("/embed.json").get(Anybody, embed::describe_all),
        url("/embed").get(Anybody, embed::show_all),
        url("/embed/{list}.json").get(Anybody, embed::describe_lists),
        url("/embed/{list}").get(Anybody, embed::show_lists),
        url("/preferences/{token}/link").post(ReaderLink, SMALL, manage::mail_link),
        url("/preferences/{token}/address").post(ReaderLink, SMALL, manage::ask_address),
        url("/preferences/{token}/export").get(ReaderLink, manage::export),
        url("/preferences/{token}/erase").get(ReaderLink, manage::show_erase).post(ReaderLink, SMALL, manage::erase),
        url("/address/{token}").get(ReaderLink, manage::show_address).post(ReaderLink, SMALL, manage::set_address),
        url("/keep/{token}").get(ReaderLink, keep::show).post(ReaderLink, SMALL, keep::submit),
        url("/block/{token}").get(ReaderLink, block::show).post(ReaderLink, SMALL, block::submit),
    ]
}

/// What was sent, what pages are made of, and captured mail.
#[rustfmt::skip]
fn archived() -> Vec<Url> {
    vec![
        url("/archive").get(Anybody, archive::list),
        url("/archive/feed.xml").get(Anybody, archive_feeds::atom),
        url("/archive/feed.json").get(Anybody, archive_feeds::json_feed),
        url("/archive/{slug}").get(Anybody, archive::show),
        url("/assets/{name}").get(Anybody, assets::serve),
        url("/brand-{hash}.css").get(Anybody, brand::serve),
        url("/icon-{hash}.svg").get(Anybody, icon::serve),
        url("/favicon.ico").get(Anybody, icon::favicon),
        url("/sitemap.xml").get(Anybody, archive_feeds::sitemap),
        url("/robots.txt").get(Anybody, assets::robots),
        url("/mailbox").get(ThisMachine, mailbox::list),
        url("/mailbox/{name}").get(ThisMachine, mailbox::show),
        url("/mailbox/{name}/{part}").get(ThisMachine, mailbox::part),
    ]
}

/// What sites and hubs say of feeds. An id of a subscription at a hub is known to that hub.
#[rustfmt::skip]
fn pushed() -> Vec<Url> {
    vec![
        url("/ping").post(Anybody, SMALL, ping::submit),
        url("/websub/{id}").get(Anybody, websub::verify).post(Anybody, websub::BYTES_MAX, websub::receive),
    ]
}

/// What machines ask of every process: all that one answers which serves no pages.
#[rustfmt::skip]
fn checks() -> Vec<Url> {
    vec![
        url("/healthz").get(Anybody, health::alive),
        url("/readyz").get(Anybody, health::ready),
        url("/metrics").get(PrivateNetwork, metrics::show),
    ]
}

/// What waits for a decision.
#[rustfmt::skip]
fn held() -> Vec<Url> {
    vec![
        url("/admin").get(Editor, today::show),
        url("/admin/alerts/{id}").get(Editor, alerts::show),
        url("/admin/alerts/{id}/dismiss").post(Editor, FORM, alerts::dismiss),
        url("/admin/held").get(Editor, held::show),
        url("/admin/held/articles/release").post(Editor, FORM, held::release_articles),
        url("/admin/held/articles/skip").post(Editor, FORM, held::skip_articles),
        url("/admin/held/release").post(Admin, FORM, held::release),
        url("/admin/held/cancel").post(Admin, FORM, held::cancel),
        url("/admin/held/real").post(Admin, FORM, held::adopt),
    ]
}

/// Signing in, and the first run.
#[rustfmt::skip]
fn signing_in() -> Vec<Url> {
    vec![
        url("/admin/sign-in").get(SigningIn, sign_in::show).post(SigningIn, FORM, sign_in::submit),
        url("/admin/sign-in/link").post(SigningIn, FORM, sign_in::mail_link),
        url("/admin/sign-in/code").get(AwaitingCode, sign_in::show_code).post(AwaitingCode, FORM, sign_in::submit_code),
        url("/admin/link/{token}").get(SigningIn, sign_in::show_link).post(SigningIn, FORM, sign_in::submit_link),
        url("/admin/sign-out").post(AwaitingCode, FORM, sign_in::sign_out),
        url("/admin/setup").get(SigningIn, setup::show).post(SigningIn, FORM, setup::make_first_admin),
        url("/admin/setup/publication").get(Admin, setup::show_publication).post(Admin, FORM, setup::save_publication),
        url("/admin/setup/site").post(Admin, FORM, setup::read_site),
        url("/admin/setup/list").get(Admin, setup::show_list).post(Admin, FORM, setup::add_list),
        url("/admin/setup/feed").get(Admin, setup::show_feed).post(Admin, FORM, setup::bind_feed),
        url("/admin/setup/feed/check").post(Admin, FORM, setup::check_feed),
        url("/admin/setup/sender").get(Admin, setup::show_sender).post(Admin, FORM, setup::save_sender),
        url("/admin/setup/relay").get(Admin, setup::show_relay).post(Admin, FORM, setup::save_relay),
        url("/admin/setup/done").get(Admin, setup::show_done),
        url("/admin/setup/end").post(Admin, FORM, setup::end),
    ]
}

/// A user's own account.
#[rustfmt::skip]
fn account() -> Vec<Url> {
    vec![
        url("/admin/account").get(Editor, account::show),
        url("/admin/account/profile").post(Editor, FORM, account::set_profile),
        url("/admin/account/password").post(Editor, FORM, account::set_password),
        url("/admin/account/codes/begin").post(Editor, FORM, account::begin_codes),
        url("/admin/account/codes").get(Editor, account::show_codes).post(Editor, FORM, account::turn_codes_on),
        url("/admin/account/codes/off").post(Editor, FORM, account::turn_codes_off),
        url("/admin/account/codes/recovery").post(Editor, FORM, account::renew_recovery),
        url("/admin/account/sessions/end").post(Editor, FORM, account::end_session),
    ]
}

/// Campaigns, from the first word to the report.
#[rustfmt::skip]
fn campaigns() -> Vec<Url> {
    vec![
        url("/admin/campaigns").get(Editor, progress::list),
        url("/admin/campaigns/new").get(Editor, compose::new).post(Editor, FORM, compose::begin),
        url("/admin/campaigns/{id:[0-9a-f-]{36}}").get(Editor, progress::show),
        url("/admin/campaigns/{id}/events").get(Editor, progress::events),
        url("/admin/campaigns/{id}/deliveries").get(Editor, progress::deliveries),
        url("/admin/campaigns/{id}/pause").post(Editor, FORM, progress::pause),
        url("/admin/campaigns/{id}/resume").post(Editor, FORM, progress::resume),
        url("/admin/campaigns/{id}/cancel").get(Editor, progress::ask_cancel).post(Editor, FORM, progress::cancel),
        url("/admin/campaigns/{id}/order").post(Editor, FORM, progress::reorder),
        url("/admin/campaigns/{id}/send-now").post(Editor, FORM, progress::send_now),
        url("/admin/campaigns/{id}/breaking").get(Editor, progress::ask_breaking).post(Editor, FORM, progress::send_breaking),
        url("/admin/campaigns/{id}/missed").get(Editor, progress::ask_missed).post(Editor, FORM, progress::send_to_missed),
        url("/admin/campaigns/{id}/edit").get(Editor, compose::edit).post(Editor, TEXT, compose::save),
        url("/admin/campaigns/{id}/preview").get(Editor, compose::preview),
        url("/admin/campaigns/{id}/test").post(Editor, FORM, compose::test),
        url("/admin/campaigns/{id}/schedule").post(Editor, FORM, compose::schedule),
        url("/admin/campaigns/{id}/send").post(Editor, FORM, compose::send_draft),
        url("/admin/campaigns/{id}/take-back").post(Editor, FORM, compose::take_back),
        url("/admin/campaigns/{id}/discard").post(Editor, FORM, compose::discard),
        url("/admin/campaigns/{id}/bring-back").post(Editor, FORM, compose::bring_back),
        url("/admin/campaigns/{id}/approve").post(Editor, FORM, compose::approve),
        url("/admin/campaigns/{id}/history").get(Editor, compose::history).post(Editor, FORM, compose::restore),
        url("/admin/campaigns/{id}/correct").get(Editor, compose::show_correct).post(Editor, FORM, compose::correct),
        url("/admin/calendar").get(Editor, calendar::show),
        url("/admin/reports").get(Editor, reports::list),
        url("/admin/reports/{id}").get(Editor, reports::show),
        url("/admin/reports/{id}/deliveries.csv").get(Admin, reports::file),
    ]
}

/// Articles written here.
#[rustfmt::skip]
fn articles() -> Vec<Url> {
    vec![
        url("/admin/articles").get(Editor, articles::list),
        url("/admin/articles/new").post(Editor, FORM, articles::begin),
        url("/admin/articles/{id}").get(Editor, articles::show).post(Editor, TEXT, articles::save),
        url("/admin/articles/{id}/restore").post(Editor, FORM, articles::restore),
        url("/admin/articles/{id}/delete").post(Editor, FORM, articles::delete),
        url("/admin/articles/{id}/retire").post(Editor, FORM, articles::retire),
        url("/admin/articles/{id}/bring-back").post(Editor, FORM, articles::bring_back),
        url("/admin/articles/{id}/preview").get(Editor, articles::preview),
    ]
}

/// Subscribers, bulk changes, sign-ups, suppressions, and the search.
#[rustfmt::skip]
fn subscribers() -> Vec<Url> {
    vec![
        url("/admin/find").get(Editor, find::show),
        url("/admin/subscribers").get(Editor, subscribers::show),
        url("/admin/subscribers/new").get(Editor, subscribers::show_new).post(Editor, FORM, subscribers::add),
        url("/admin/subscribers/export.csv").get(Admin, subscribers::export),
        url("/admin/subscribers/import").get(Admin, imports::show).post(Admin, FILE, imports::submit),
        url("/admin/subscribers/import/{id}").get(Admin, imports::progress).post(Admin, FORM, imports::act),
        url("/admin/subscribers/import/{id}/rejected.csv").get(Admin, imports::rejected),
        url("/admin/subscribers/change").get(Editor, changes::ask).post(Editor, FORM, changes::submit),
        url("/admin/subscribers/changes").get(Editor, changes::list),
        url("/admin/subscribers/changes/{id}").get(Editor, changes::show),
        url("/admin/subscribers/changes/{id}/undo").post(Editor, FORM, changes::undo),
        url("/admin/subscribers/segments").get(Editor, segments::list),
        url("/admin/subscribers/segments/new").get(Editor, segments::new).post(Editor, FORM, segments::submit_new),
        url("/admin/subscribers/segments/{id}").get(Editor, segments::show).post(Editor, FORM, segments::submit),
        url("/admin/subscribers/segments/{id}/delete").post(Editor, FORM, segments::delete),
        url("/admin/subscribers/{id}").get(Editor, subscriber::show),
        url("/admin/subscribers/{id}/edit").get(Editor, subscriber::show_edit).post(Editor, FORM, subscriber::edit),
        url("/admin/subscribers/{id}/lists").post(Editor, FORM, subscriber::set_lists),
        url("/admin/subscribers/{id}/tags").post(Editor, FORM, subscriber::set_tags),
        url("/admin/subscribers/{id}/fields").post(Editor, FORM, subscriber::set_fields),
        url("/admin/subscribers/{id}/unsubscribe").post(Editor, FORM, subscriber::unsubscribe),
        url("/admin/subscribers/{id}/confirmation").post(Editor, FORM, subscriber::ask_again),
        url("/admin/subscribers/{id}/articles").get(Editor, why::show),
        url("/admin/subscribers/{id}/data").get(Editor, subscriber::data),
        url("/admin/subscribers/{id}/receipt").get(Editor, subscriber::receipt),
        url("/admin/subscribers/{id}/suppress").get(Admin, subscriber::show_suppress).post(Admin, FORM, subscriber::suppress),
        url("/admin/subscribers/{id}/lift").post(Admin, FORM, subscriber::lift),
        url("/admin/subscribers/{id}/merge").get(Admin, merges::show).post(Admin, FORM, merges::submit),
        url("/admin/subscribers/{id}/merges/{merged}/undo").post(Admin, FORM, merges::undo),
        url("/admin/subscribers/{id}/erase").get(Admin, subscriber::show_erase).post(Admin, FORM, subscriber::erase),
        url("/admin/suppressions").get(Editor, suppressions::show).post(Admin, FORM, suppressions::add),
        url("/admin/sign-ups").get(Editor, sign_ups::show),
        url("/admin/sign-ups/proof").post(Admin, FORM, sign_ups::set_proof),
        url("/admin/sign-ups/checks").post(Admin, FORM, sign_ups::set_checks),
        url("/admin/sign-ups/rules").post(Admin, FORM, sign_ups::add_rule),
        url("/admin/sign-ups/rules/{id}/remove").post(Admin, FORM, sign_ups::remove_rule),
        url("/admin/suppressions/lift").post(Admin, FORM, suppressions::lift),
    ]
}

/// Lists, and the feeds that fill them.
#[rustfmt::skip]
fn lists_and_feeds() -> Vec<Url> {
    vec![
        url("/admin/lists").get(Editor, lists::show).post(Admin, FORM, lists::add),
        url("/admin/lists/new").get(Admin, lists::show_new),
        url("/admin/lists/{id}").get(Editor, lists::show_one).post(Admin, FORM, lists::change),
        url("/admin/lists/{id}/schedule").get(Admin, list_schedule::show).post(Admin, FORM, list_schedule::save),
        url("/admin/lists/{id}/edit").get(Admin, lists::show_edit),
        url("/admin/lists/{id}/retire").post(Admin, FORM, lists::retire),
        url("/admin/lists/{id}/bring-back").post(Admin, FORM, lists::bring_back),
        url("/admin/lists/{id}/welcome").get(Admin, welcome::show).post(Admin, FORM, welcome::save),
        url("/admin/lists/{id}/welcome/preview").get(Admin, welcome::preview),
        url("/admin/lists/{id}/welcome/test").post(Admin, FORM, welcome::test),
        url("/admin/lists/{id}/permission").get(Admin, permission::show).post(Admin, FORM, permission::begin),
        url("/admin/lists/{id}/permission/preview").get(Admin, permission::preview),
        url("/admin/lists/{id}/permission/cancel").post(Admin, FORM, permission::cancel),
        url("/admin/feeds").get(Editor, feeds::show).post(Admin, FORM, feeds::add),
        url("/admin/feeds/new").get(Admin, feeds::show_new),
        url("/admin/feeds/look").post(Admin, FORM, feeds::look),
        url("/admin/feeds/{id}").get(Editor, feeds::show_one),
        url("/admin/feeds/{id}/replay").get(Editor, feeds::show_replay),
        url("/admin/feeds/{id}/poll").post(Editor, FORM, feeds::poll),
        url("/admin/feeds/{id}/latest").get(Editor, feeds::show_latest).post(Editor, FORM, feeds::send_latest),
        url("/admin/feeds/{id}/move").get(Admin, feeds::show_move).post(Admin, FORM, feeds::confirm_move),
        url("/admin/feeds/{id}/move/look").post(Admin, FORM, feeds::look_at_move),
        url("/admin/feeds/{id}/release").post(Editor, FORM, feeds::release),
        url("/admin/feeds/{id}/drop").post(Editor, FORM, feeds::drop_held),
        url("/admin/feeds/{id}/lists/{list}").get(Admin, feeds::show_rule).post(Admin, FORM, feeds::save_rule),
        url("/admin/feeds/{id}/lists/{list}/try").post(Admin, FORM, feeds::try_rule),
        url("/admin/feeds/{id}/bind").post(Admin, FORM, feeds::bind),
        url("/admin/feeds/{id}/unbind").post(Admin, FORM, feeds::unbind),
        url("/admin/feeds/{id}/retire").post(Admin, FORM, feeds::retire),
        url("/admin/feeds/{id}/bring-back").post(Admin, FORM, feeds::bring_back),
    ]
}

/// Settings, users, the audit log and the help.
#[rustfmt::skip]
fn settings() -> Vec<Url> {
    vec![
        url("/admin/settings").get(Admin, settings::show).post(Admin, FORM, settings::save),
        url("/admin/settings/branding").get(Admin, settings::show_branding).post(Admin, FORM, settings::save_branding),
        url("/admin/settings/branding/reader").get(Admin, settings::preview_reader),
        url("/admin/settings/branding/mail").get(Admin, settings::preview_mail),
        url("/admin/settings/branding/brand.css").get(Admin, settings::preview_css),
        url("/admin/settings/box").get(Admin, settings::show_box),
        url("/admin/settings/box/preview").get(Admin, settings::preview_box),
        url("/admin/settings/users").get(Admin, users::show).post(Admin, FORM, users::invite),
        url("/admin/settings/users/{id}").get(Admin, users::show_one),
        url("/admin/settings/users/{id}/role").post(Admin, FORM, users::set_role),
        url("/admin/settings/users/{id}/invitation").post(Admin, FORM, users::invite_again),
        url("/admin/settings/users/{id}/sessions").post(Admin, FORM, users::end_sessions),
        url("/admin/settings/users/{id}/codes/off").post(Admin, FORM, users::turn_codes_off),
        url("/admin/settings/users/{id}/remove").post(Admin, FORM, users::remove),
        url("/admin/settings/fields").get(Admin, subscriber_fields::show).post(Admin, FORM, subscriber_fields::add),
        url("/admin/settings/fields/{id}").get(Admin, subscriber_fields::show_one).post(Admin, FORM, subscriber_fields::change),
        url("/admin/settings/fields/{id}/move").post(Admin, FORM, subscriber_fields::move_by_one),
        url("/admin/settings/fields/{id}/delete").post(Admin, FORM, subscriber_fields::delete),
        url("/admin/settings/audit").get(Admin, settings::show_audit),
        url("/admin/help").get(Editor, help::show),
    ]
}

/// One method of a URL, as the table has it.
#[derive(Clone, Copy, Debug)]
pub struct RouteLine {
    /// `GET`, which is HEAD too, `POST`, or `OPTIONS`.
    pub method: &'static str,
    /// The pattern of the path.
    pub path: &'static str,
    pub access: Access,
    /// The largest body that a POST may have.
    pub body_bytes_max: usize,
}

/// Every line of the table, for the tests that walk it.
pub fn lines() -> Vec<RouteLine> {
    all().into_iter().flat_map(|url| url.lines).collect()
}

/// Puts the routes of a process that serves pages into its server.
pub fn serve_all(cfg: &mut ServiceConfig) {
    serve(all(), cfg);
}

/// Puts the routes of a process that serves no pages into its server.
pub fn serve_checks(cfg: &mut ServiceConfig) {
    serve(checks(), cfg);
}

fn serve(urls: Vec<Url>, cfg: &mut ServiceConfig) {
    for url in urls {
        cfg.service(url.resource);
    }
}

/// A URL and what it answers to.
struct Url {
    path: &'static str,
    resource: Resource,
    lines: Vec<RouteLine>,
}

fn url(path: &'static str) -> Url {
    Url { path, resource: web::resource(path).app_data(PayloadConfig::new(SMALL)), lines: Vec::new() }
}

impl Url {
    /// Answers to GET and HEAD.
    fn get<F, Args>(self, access: Access, handler: F) -> Url
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(handler);
        let line = RouteLine { method: "GET", path: self.path, access, body_bytes_max: SMALL };
        self.add(line, route)
    }

    /// Answers to POST.
    fn post<F, Args>(mut self, access: Access, body_bytes_max: usize, handler: F) -> Url
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.resource = self.resource.app_data(PayloadConfig::new(body_bytes_max));
        let line = RouteLine { method: "POST", path: self.path, access, body_bytes_max };
        self.add(line, web::post().to(handler))
    }

    /// Answers to OPTIONS: what a browser asks before another site's script may send something.
    fn options<F, Args>(self, access: Access, handler: F) -> Url
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let line = RouteLine { method: "OPTIONS", path: self.path, access, body_bytes_max: SMALL };
        self.add(line, web::route().guard(guard::Options()).to(handler))
    }

    fn add(mut self, line: RouteLine, route: Route) -> Url {
        let access = line.access;
        let checked = route.wrap(from_fn(move |request, next| check(access, request, next)));
        self.resource = self.resource.route(checked);
        self.lines.push(line);
        self
    }
}
