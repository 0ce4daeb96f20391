//! The web: the route table, the servers, and what every answer carries. One module per intent.
//! A GET or HEAD never changes anything, save the one-click confirmation (see [`confirm`]).

mod archive;
mod assets;
mod block;
mod brand;
mod confirm;
mod connection;
mod cursor;
pub mod desk;
mod edge;
mod headers;
mod health;
mod limits;
mod mailbox;
mod metrics;
mod page;
mod preferences;
mod reader;
mod server;
mod subscribe;
mod unsubscribe;

use actix_web::web::{self, ServiceConfig, resource};
use actix_web::{FromRequest, Handler, Responder, Route, guard};

pub use self::connection::Limits;
pub use self::limits::{SignInLimit, SignUpLimit};
pub use self::server::{listen, server, worker_server};

/// The largest body that a form may have, in bytes.
const BODY_BYTES_MAX: usize = 16 * 1024;

/// The route table, one line per URL.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.service(resource("/").route(get(subscribe::show)));
    cfg.service(resource("/subscribe").route(get(subscribe::go_to_form)).route(post(subscribe::submit)));
    cfg.service(resource("/subscribed").route(get(subscribe::show_answer)));
    cfg.service(resource("/confirm/{token}").route(get(confirm::show)).route(post(confirm::submit)));
    cfg.service(
        resource("/unsubscribe/{token}").route(get(unsubscribe::show)).route(post(unsubscribe::submit)),
    );
    cfg.service(
        resource("/preferences/{token}").route(get(preferences::show)).route(post(preferences::submit)),
    );
    cfg.service(resource("/block/{token}").route(get(block::show)).route(post(block::submit)));
    cfg.service(resource("/archive").route(get(archive::list)));
    cfg.service(resource("/archive/feed.xml").route(get(archive::feed)));
    cfg.service(resource("/archive/{slug}").route(get(archive::show)));
    cfg.service(resource("/mailbox").route(get(mailbox::list)));
    cfg.service(resource("/mailbox/{name}").route(get(mailbox::show)));
    cfg.service(resource("/mailbox/{name}/{part}").route(get(mailbox::part)));
    cfg.service(resource("/assets/{name}").route(get(assets::serve)));
    cfg.service(resource("/brand-{hash}.css").route(get(brand::serve)));
    cfg.configure(desk::routes);
    cfg.configure(checks);
}

/// What machines ask of every process: all that a worker answers.
pub fn checks(cfg: &mut ServiceConfig) {
    cfg.service(resource("/healthz").route(get(health::alive)));
    cfg.service(resource("/readyz").route(get(health::ready)));
    cfg.service(resource("/metrics").route(get(metrics::show)));
}

/// A route for GET and HEAD.
fn get<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(handler)
}

fn post<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::post().to(handler)
}
