//! Hands finished messages to a relay over SMTP, or to the outbox folder where mail is captured.
//!
//! lettre speaks SMTP; the socket is ours, since its pool leaves Nagle's algorithm on (44 ms a
//! message against a relay that delays its ACKs), and since only the socket knows whether the
//! final dot has left when a connection ends.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Context as _;
use lettre::Address;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, CertificateStore, TlsParameters, TlsVersion,
};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::config::{Config, MailRoute, Relay, RelayTls};
use crate::domain::delivery::Outcome;
use crate::domain::email_address::EmailAddress;

/// Connecting, greeting, TLS and AUTH, all together.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(60);
/// RFC 5321 section 4.5.3.2 asks for 5 minutes for MAIL and RCPT, 2 for DATA.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(300);
/// RFC 5321 section 4.5.3.2.6: 10 minutes for the answer to the final dot.
const FINAL_DOT_TIMEOUT: Duration = Duration::from_secs(600);
/// Postfix slows down after 10 refused recipients on a connection and closes it at 20.
const REFUSALS_MAX: u32 = 8;
/// How long a relay that could not be reached is passed over.
const RELAY_PAUSE: Duration = Duration::from_secs(60);

/// Where mail goes, ready to be connected to.
pub enum Transport {
    /// Files in the outbox folder.
    Capture(PathBuf),
    /// Relays over SMTP.
    Smtp(SmtpRoute),
}

/// The relays, with what a connection needs.
pub struct SmtpRoute {
    relays: Vec<RelayState>,
    /// Whose turn it is: indexes of `relays`.
    turns: Vec<usize>,
    taken: AtomicUsize,
    hello: ClientId,
    ca: Option<Certificate>,
    pipelining_works: Arc<AtomicBool>,
}

struct RelayState {
    relay: Relay,
    /// One that could not be reached is passed over until then, as long as another can be.
    down_until: Mutex<Option<Instant>>,
}

/// An open way for mail, used by one task.
pub enum Connection {
    Capture(PathBuf),
    Smtp(Box<SmtpConnection>),
}

impl Transport {
    /// Reads what the configuration names. Fails where the CA file is no certificate.
    pub fn new(config: &Config) -> anyhow::Result<Transport> {
        let relays = match &config.mail_route {
            MailRoute::Capture { outbox } => return Ok(Transport::Capture(outbox.clone())),
            MailRoute::Smtp(relays) => relays,
        };
        let ca = match &config.smtp_ca_file {
            None => None,
            Some(path) => {
                let pem = std::fs::read(path)
                    .with_context(|| format!("SMTP_CA_FILE {} can't be read", path.display()))?;
                Some(Certificate::from_pem(&pem).context("SMTP_CA_FILE holds no PEM certificate")?)
            }
        };
        // Each relay as often as its weight says, in turns: A B A B, not A A B B.
        let rounds = relays.iter().map(|relay| relay.weight).max().unwrap_or(1);
        let turns = (0..rounds)
            .flat_map(|round| (0..relays.len()).filter(move |at| relays[*at].weight > round))
            .collect();
        let relays =
            relays.iter().map(|relay| RelayState { relay: relay.clone(), down_until: Mutex::new(None) });
        Ok(Transport::Smtp(SmtpRoute {
            relays: relays.collect(),
            turns,
            taken: AtomicUsize::new(0),
            hello: ClientId::Domain(config.smtp_helo_name.clone()),
            ca,
            pipelining_works: Arc::new(AtomicBool::new(true)),
        }))
    }

    /// Opens a way. Relays take turns by weight; one that can't be reached is passed over. Fails
    /// where none can be.
    pub async fn connect(&self) -> anyhow::Result<Connection> {
        match self {
            Transport::Capture(outbox) => {
                crate::db::make_private_folder(outbox)
                    .with_context(|| format!("the outbox folder {} can't be made", outbox.display()))?;
                Ok(Connection::Capture(outbox.clone()))
            }
            Transport::Smtp(route) => {
                let first = route.turns[route.taken.fetch_add(1, Ordering::Relaxed) % route.turns.len()];
                let mut order: Vec<usize> =
                    (0..route.relays.len()).map(|n| (first + n) % route.relays.len()).collect();
                order.sort_by_key(|at| route.relays[*at].is_down());
                let mut failure = None;
                for at in order {
                    match route.open(at).await {
                        Ok(connection) => return Ok(connection),
                        Err(error) => failure = Some(error),
                    }
                }
                Err(failure.unwrap_or_else(|| anyhow::anyhow!("no relay is set")))
            }
        }
    }

    /// Whether each relay lets us in: its name, and what came of trying.
    pub async fn try_each(&self) -> Vec<(String, anyhow::Result<()>)> {
        let Transport::Smtp(route) = self else { return Vec::new() };
        let mut tried = Vec::new();
        for at in 0..route.relays.len() {
            let Relay { host, port, .. } = &route.relays[at].relay;
            let opened = route.open(at).await;
            let result = match opened {
                Ok(connection) => {
                    connection.close().await;
                    Ok(())
                }
                Err(error) => Err(error),
            };
            tried.push((format!("{host}:{port}"), result));
        }
        tried
    }
}

impl RelayState {
    fn is_down(&self) -> bool {
        let down_until = self.down_until.lock().unwrap_or_else(PoisonError::into_inner);
        down_until.is_some_and(|until| Instant::now() < until)
    }
}

impl SmtpRoute {
    async fn open(&self, at: usize) -> anyhow::Result<Connection> {
        let RelayState { relay, down_until } = &self.relays[at];
        let opened = timeout(CONNECT_TIMEOUT, SmtpConnection::open(relay, self)).await;
        let opened = opened
            .unwrap_or_else(|_| Err(anyhow::anyhow!("no answer within {CONNECT_TIMEOUT:?}")))
            .with_context(|| format!("the relay {}:{}", relay.host, relay.port));
        *down_until.lock().unwrap_or_else(PoisonError::into_inner) =
            opened.is_err().then(|| Instant::now() + RELAY_PAUSE);
        Ok(Connection::Smtp(Box::new(opened?)))
    }
}

impl Connection {
    /// Hands over one message. `name` is unique to the delivery and names the captured file.
    pub async fn deliver(
        &mut self,
        name: &str,
        from: &Address,
        to: &EmailAddress,
        message: &[u8],
    ) -> Outcome {
        match self {
            Connection::Capture(outbox) => match capture(outbox, name, message).await {
                Ok(()) => Outcome::Accepted { reply: "captured".to_owned() },
                Err(error) => Outcome::Deferred { reply: format!("the outbox folder refused: {error}") },
            },
            Connection::Smtp(connection) => connection.deliver(from, to, message).await,
        }
    }

    /// Whether another message may go over it.
    pub fn is_usable(&self) -> bool {
        match self {
            Connection::Capture(_) => true,
            Connection::Smtp(connection) => connection.usable && connection.refusals < REFUSALS_MAX,
        }
    }

    /// Says goodbye, briefly.
    pub async fn close(self) {
        if let Connection::Smtp(mut connection) = self
            && connection.usable
        {
            let _ = timeout(Duration::from_secs(1), connection.smtp.quit()).await;
        }
    }
}

/// Writes a whole file or none: a reader of the folder never sees half a mail.
async fn capture(outbox: &std::path::Path, name: &str, message: &[u8]) -> io::Result<()> {
    let half = outbox.join(format!("{name}.part"));
    tokio::fs::write(&half, message).await?;
    tokio::fs::rename(&half, outbox.join(format!("{name}.eml"))).await
}

/// One SMTP session.
pub struct SmtpConnection {
    smtp: AsyncSmtpConnection,
    written: Arc<AtomicU64>,
    /// Whether `written` is counted: not with TLS from the first byte.
    counts: bool,
    /// Whether anything was announced on it yet.
    fresh: bool,
    /// Whether commands may be sent without waiting for each answer.
    pipelining: bool,
    /// Shared by all connections: false once a relay that offers pipelining broke on it.
    pipelining_works: Arc<AtomicBool>,
    usable: bool,
    refusals: u32,
}

impl SmtpConnection {
    async fn open(relay: &Relay, route: &SmtpRoute) -> anyhow::Result<SmtpConnection> {
        let tcp = TcpStream::connect((relay.host.as_str(), relay.port)).await?;
        tcp.set_nodelay(true)?;
        let written = Arc::new(AtomicU64::new(0));
        let peer = tcp.peer_addr()?;
        let tls = || {
            let mut builder = TlsParameters::builder(relay.host.clone())
                .set_min_tls_version(TlsVersion::Tlsv12)
                .certificate_store(CertificateStore::WebpkiRoots);
            if let Some(ca) = &route.ca {
                builder = builder.add_root_certificate(ca.clone());
            }
            builder.build()
        };
        let mut smtp = if relay.tls == RelayTls::Implicit {
            // Nagle's algorithm stays on here: lettre offers TLS from the first byte only on
            // sockets that it opens itself.
            drop(tcp);
            AsyncSmtpConnection::connect_tokio1(
                (relay.host.as_str(), relay.port),
                None,
                &route.hello,
                Some(tls()?),
                None,
            )
            .await?
        } else {
            let wire = Wire { stream: tcp, peer, written: written.clone() };
            AsyncSmtpConnection::connect_with_transport(Box::new(wire), &route.hello).await?
        };
        match relay.tls {
            RelayTls::None | RelayTls::Implicit => {}
            RelayTls::Offered if !smtp.can_starttls() => {}
            RelayTls::Offered | RelayTls::Required => {
                anyhow::ensure!(smtp.can_starttls(), "it offers no STARTTLS, and TLS is required");
                smtp.starttls(tls()?, &route.hello).await.context("STARTTLS")?;
            }
        }
        if let Some((user, password)) = &relay.credentials {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            smtp.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await.context("AUTH")?;
        }
        // lettre keeps only the extensions that it uses itself, so EHLO is asked once more.
        let offered = smtp.command(Ehlo::new(route.hello.clone())).await.context("EHLO")?;
        let pipelining_works = route.pipelining_works.clone();
        let pipelining = pipelining_works.load(Ordering::Relaxed)
            && offered.message().any(|line| line.trim().eq_ignore_ascii_case("PIPELINING"));
        let counts = relay.tls != RelayTls::Implicit;
        Ok(SmtpConnection {
            smtp,
            written,
            counts,
            fresh: true,
            pipelining,
            pipelining_works,
            usable: true,
            refusals: 0,
        })
    }

    async fn deliver(&mut self, from: &Address, to: &EmailAddress, message: &[u8]) -> Outcome {
        let Ok(recipient) = to.as_str().parse::<Address>() else {
            return Outcome::Refused { reply: "not an address that SMTP can carry".to_owned() };
        };
        let mail = Mail::new(Some(from.clone()), vec![]);
        let rcpt = Rcpt::new(recipient, vec![]);
        let refusal = if self.pipelining {
            self.announce_at_once(mail, rcpt).await
        } else {
            self.announce(mail, rcpt).await
        };
        self.fresh = false;
        if let Err((failure, at_rcpt)) = refusal {
            self.refusals += u32::from(at_rcpt);
            return match self.refused(failure, at_rcpt).await {
                // Not the reader's doing: the sender, the login or the relaying is refused.
                Outcome::Refused { reply } if !at_rcpt => {
                    self.usable = false;
                    Outcome::RelayRefused { reply }
                }
                other => other,
            };
        }
        let before = self.written.load(Ordering::Relaxed);
        let answer = timeout(FINAL_DOT_TIMEOUT, self.smtp.message(message)).await;
        match answer {
            Ok(Ok(response)) => Outcome::Accepted { reply: spoken(&response) },
            Ok(Err(error)) if error.status().is_some() => self.refused(Failure::Reply(error), false).await,
            Ok(Err(error)) => {
                self.usable = false;
                let reply = format!("the connection ended in the message: {error}");
                // TLS only adds bytes: fewer than the message's own means that its end never left.
                // On a socket of lettre's own nobody counts.
                let left = self.written.load(Ordering::Relaxed) - before;
                if self.counts && left < message.len() as u64 {
                    Outcome::Deferred { reply }
                } else {
                    Outcome::Uncertain { reply }
                }
            }
            Err(_) => {
                self.usable = false;
                Outcome::Uncertain { reply: format!("no answer to the message within {FINAL_DOT_TIMEOUT:?}") }
            }
        }
    }

    /// MAIL, RCPT and DATA, one after the other. An `Err` says whether RCPT was refused.
    async fn announce(&mut self, mail: Mail, rcpt: Rcpt) -> Result<(), (Failure, bool)> {
        self.command(mail).await.map_err(|failure| (failure, false))?;
        self.command(rcpt).await.map_err(|failure| (failure, true))?;
        self.command(Data).await.map_err(|failure| (failure, false))?;
        Ok(())
    }

    /// The same in one packet (RFC 2920). All three answers are read, whatever they are.
    async fn announce_at_once(&mut self, mail: Mail, rcpt: Rcpt) -> Result<(), (Failure, bool)> {
        let mail = self.command(format!("{mail}{rcpt}{Data}")).await;
        if mail.as_ref().is_err_and(Failure::ends_the_session) {
            self.pipelining_broke();
            return mail.map(|_| ()).map_err(|failure| (failure, false));
        }
        let rcpt = self.answer().await;
        if rcpt.as_ref().is_err_and(Failure::ends_the_session) {
            self.pipelining_broke();
            return rcpt.map(|_| ()).map_err(|failure| (failure, false));
        }
        let data = self.answer().await;
        let refused = match (mail, rcpt) {
            (Err(failure), _) => Some((failure, false)),
            (_, Err(failure)) => Some((failure, true)),
            (Ok(_), Ok(_)) => None,
        };
        match (refused, data) {
            (None, data) => data.map(|_| ()).map_err(|failure| (failure, false)),
            // It waits for a message to nobody: a lone dot ends that (RFC 2920 section 3.1).
            (Some(refused), Ok(_)) => {
                if timeout(COMMAND_TIMEOUT, self.smtp.message(b"")).await.is_err() {
                    self.usable = false;
                }
                Err(refused)
            }
            (Some(refused), Err(failure)) => {
                self.usable &= !failure.ends_the_session();
                Err(refused)
            }
        }
    }

    /// A session that ends at its very first group may well end because of it; a later end has
    /// other reasons.
    fn pipelining_broke(&self) {
        if self.fresh {
            self.pipelining_works.store(false, Ordering::Relaxed);
        }
    }

    async fn answer(&mut self) -> Result<Response, Failure> {
        match timeout(COMMAND_TIMEOUT, self.smtp.read_response()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(Failure::Reply(error)),
            Err(_) => Err(Failure::Timeout),
        }
    }

    async fn command(&mut self, command: impl std::fmt::Display) -> Result<Response, Failure> {
        match timeout(COMMAND_TIMEOUT, self.smtp.command(command)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(Failure::Reply(error)),
            Err(_) => Err(Failure::Timeout),
        }
    }

    /// What a refusal means, and the session made ready for the next message.
    async fn refused(&mut self, failure: Failure, at_rcpt: bool) -> Outcome {
        let error = match failure {
            Failure::Timeout => {
                self.usable = false;
                return Outcome::Deferred { reply: format!("no answer within {COMMAND_TIMEOUT:?}") };
            }
            Failure::Reply(error) => error,
        };
        let Some(code) = error.status() else {
            self.usable = false;
            return Outcome::Deferred { reply: format!("the connection ended: {error}") };
        };
        let code: u16 = code.into();
        let text = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        if code == 421 || self.command(Rset).await.is_err() {
            self.usable = false;
        }
        Outcome::from_reply(code, &text, at_rcpt)
    }
}

enum Failure {
    Timeout,
    Reply(lettre::transport::smtp::Error),
}

impl Failure {
    /// Whether nothing more can be said over the connection.
    fn ends_the_session(&self) -> bool {
        match self {
            Failure::Timeout => true,
            Failure::Reply(error) => error.status().is_none(),
        }
    }
}

/// A reply on one line.
fn spoken(response: &Response) -> String {
    let code: u16 = response.code().into();
    format!("{code} {}", response.message().collect::<Vec<_>>().join(" "))
}

/// A socket that counts what it has sent.
#[derive(Debug)]
struct Wire {
    stream: TcpStream,
    peer: SocketAddr,
    written: Arc<AtomicU64>,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(cx, buf);
        if let Poll::Ready(Ok(bytes)) = &wrote {
            self.written.fetch_add(*bytes as u64, Ordering::Relaxed);
        }
        wrote
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}
