//! The web: pages, forms and what machines ask. Handlers parse, call one action and present what it answers; none
//! opens a transaction that writes. [`routes`] says what there is and who may use it.
//! A GET or HEAD never changes anything, save the one-click confirmation (see [`confirm`]) and what a hub asks
//! (see [`websub`]).

mod access;
mod archive;
mod archive_feeds;
mod assets;
mod block;
mod brand;
mod confirm;
mod connection;
mod cursor;
mod desk;
mod edge;
mod embed;
mod error_page;
mod field_inputs;
mod finish;
mod headers;
mod health;
mod icon;
mod keep;
mod limits;
mod mailbox;
mod manage;
mod metrics;
mod multipart;
mod page;
mod pause;
mod ping;
mod preferences;
mod proof;
mod query;
mod reader;
pub mod routes;
mod server;
mod subscribe;
mod unsubscribe;
mod websub;

pub use self::access::Access;
pub use self::connection::Limits;
pub use self::limits::{SignInLimit, SignUpLimit};
pub use self::server::{listen, server, worker_server};
