//! The servers: workers, connections, and what is around every handler.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_http::body::MessageBody;
use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive};
use actix_service::{IntoServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_web::Error;
use actix_web::dev::{AppConfig, Server, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::web;

use super::connection::{self, Connection, Limits};
use super::limits::{PingLimit, SignInLimit, SignUpLimit, TicketLimit};
use super::{desk, edge, finish, headers, health, metrics, routes};
use crate::app::App;

/// Connections that wait to be accepted while as many are open as may be.
const BACKLOG: u32 = 1024;

/// A listener for [`server`].
pub fn listen(addr: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = match addr {
        SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4()?,
        SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6()?,
    };
    // A restart must not wait for connections of the process before.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)?.into_std()
}

/// A server on a listener that is bound already. It runs when awaited; its handle stops it.
pub fn server(app: Arc<App>, listener: TcpListener, limits: Limits) -> std::io::Result<Server> {
    let limit = web::Data::new(SignUpLimit::new(app.config.signups_per_ip_per_hour));
    let sign_in_limit = web::Data::new(SignInLimit::default());
    let ticket_limit = web::Data::new(TicketLimit::default());
    let ping_limit = web::Data::new(PingLimit::default());
    let streams = web::Data::new(desk::progress::Streams::default());
    let readiness = web::Data::new(health::Readiness::default());
    let app: web::Data<App> = web::Data::from(app);
    let make = move || {
        actix_web::App::new()
            .app_data(app.clone())
            .app_data(readiness.clone())
            .app_data(limit.clone())
            .app_data(sign_in_limit.clone())
            .app_data(ticket_limit.clone())
            .app_data(ping_limit.clone())
            .app_data(streams.clone())
            .wrap(from_fn(edge::refuse_unstorable))
            .wrap(from_fn(headers::refuse_ambiguous))
            .wrap(from_fn(finish::finish))
            .wrap(from_fn(metrics::measure))
            .wrap(from_fn(connection::watch))
            .configure(routes::serve_all)
    };
    serve(make, listener, limits, Workers { number: 2, stop_within_secs: 3 })
}

/// The server of a process that serves no pages.
pub fn worker_server(app: Arc<App>, listener: TcpListener, limits: Limits) -> std::io::Result<Server> {
    let readiness = web::Data::new(health::Readiness::default());
    let app: web::Data<App> = web::Data::from(app);
    let make = move || {
        actix_web::App::new()
            .app_data(app.clone())
            .app_data(readiness.clone())
            .wrap(from_fn(metrics::measure))
            .wrap(from_fn(connection::watch))
            .configure(routes::serve_checks)
            .default_service(web::to(health::no_pages))
    };
    serve(make, listener, limits, Workers { number: 1, stop_within_secs: 1 })
}

struct Workers {
    number: usize,
    stop_within_secs: u64,
}

/// What actix-web's `HttpServer` does, with our [`Connection`] where it has the bare socket.
fn serve<F, A, S, B>(
    make: F,
    listener: TcpListener,
    limits: Limits,
    workers: Workers,
) -> std::io::Result<Server>
where
    F: Fn() -> A + Send + Clone + 'static,
    A: IntoServiceFactory<S, actix_http::Request>,
    S: actix_service::ServiceFactory<
            actix_http::Request,
            Config = AppConfig,
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    S::Future: 'static,
    B: MessageBody + 'static,
{
    let addr = listener.local_addr()?;
    let builder = Server::build()
        .workers(workers.number)
        .max_concurrent_connections(limits.connections_max.div_ceil(workers.number))
        // SIGTERM is the process's: it stops the web, the scheduler and the workers in order.
        .disable_signals()
        .shutdown_timeout(workers.stop_within_secs);
    let stopping = builder.graceful_shutdown_signal();
    let builder = builder.listen("web", listener, move || {
        let stopping = stopping.clone();
        let app = make().into_factory().map_err(|error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            // Kept open, and timed by the connection: the server's own timer would also cut a client that is
            // still reading its answer.
            .keep_alive(KeepAlive::Os)
            .client_request_timeout(limits.head_within)
            .client_disconnect_timeout(std::time::Duration::from_secs(1))
            .local_addr(addr)
            .on_connect_ext(|connection: &Connection, data| {
                data.insert(connection.exchange());
            })
            .h1(map_config(app, |()| AppConfig::default()));
        fn_service(move |io: TcpStream| {
            let peer = io.peer_addr().ok();
            std::future::ready(Ok::<_, DispatchError>((Connection::new(io, limits), peer)))
        })
        .and_then(http)
    })?;
    Ok(builder.run())
}
