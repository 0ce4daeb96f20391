//! Where finished messages go: to a relay, of which there may be several, or to the outbox folder
//! where mail is captured.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::io::AsyncWriteExt as _;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::relay::{MailRoute, Relay};
use super::smtp::{Behind, ConnectError, Envelope, PipeliningBreaks, Session, SmtpTimeouts};
use super::trust;
use crate::db::private;
use crate::domain::delivery::{CAPTURED, Outcome};
use crate::locale::{say, say_plain};

/// How long a relay that could not be reached is passed over.
const RELAY_PAUSE: Duration = Duration::from_secs(60);

/// What the configuration says of the way that mail takes.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    pub route: &'a MailRoute,
    /// Certificates to trust beside the system's.
    pub ca_file: Option<&'a Path>,
    /// What we call ourselves in EHLO.
    pub hello: &'a str,
    pub timeouts: SmtpTimeouts,
    /// After so many messages a connection is renewed.
    pub messages_per_connection: u32,
}

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
    hello: String,
    tls: TlsConnector,
    timeouts: SmtpTimeouts,
    messages_per_connection: u32,
}

struct RelayState {
    relay: Relay,
    /// One that could not be reached is passed over until then, as long as another can be.
    down_until: Mutex<Option<Instant>>,
    breaks: Arc<PipeliningBreaks>,
}

/// An open way for mail, used by one task.
pub enum Connection {
    Capture {
        outbox: PathBuf,
        /// The file that the next message goes into.
        name: String,
    },
    Smtp {
        session: Box<Session>,
        messages_max: u32,
        /// Which of the relays it leads to.
        relay: usize,
    },
}

/// One message's way, before it is sent.
#[derive(Clone, Copy, Debug)]
pub struct NamedEnvelope<'a> {
    /// Unique to the delivery; names the captured file.
    pub name: &'a str,
    pub envelope: Envelope<'a>,
}

impl Transport {
    /// Reads what the configuration names. Fails where the CA file is no certificate.
    pub fn new(settings: Settings<'_>) -> anyhow::Result<Transport> {
        let relays = match settings.route {
            MailRoute::Capture { outbox } => return Ok(Transport::Capture(outbox.clone())),
            MailRoute::Smtp(relays) => relays,
        };
        // Each relay as often as its weight says, in turns: A B A B, not A A B B.
        let rounds = relays.iter().map(|relay| relay.weight).max().unwrap_or(1);
        let turns = (0..rounds)
            .flat_map(|round| (0..relays.len()).filter(move |at| relays[*at].weight > round))
            .collect();
        let relays = relays.iter().map(|relay| RelayState {
            relay: relay.clone(),
            down_until: Mutex::new(None),
            breaks: Arc::default(),
        });
        Ok(Transport::Smtp(SmtpRoute {
            relays: relays.collect(),
            turns,
            taken: AtomicUsize::new(0),
            hello: settings.hello.to_owned(),
            tls: trust::connector(settings.ca_file)?,
            timeouts: settings.timeouts,
            messages_per_connection: settings.messages_per_connection,
        }))
    }

    /// Opens a way. Relays take turns by weight; one that can't be reached is passed over. Fails
    /// where none can be; with `Refused` only where each of them refuses us.
    pub async fn connect(&self) -> Result<Connection, ConnectError> {
        match self {
            Transport::Capture(outbox) => {
                crate::db::make_private_folder(outbox).with_context(|| {
                    say_plain("open-outbox").with("folder", outbox.display().to_string()).to_string()
                })?;
                Ok(Connection::Capture { outbox: outbox.clone(), name: String::new() })
            }
            Transport::Smtp(route) => {
                let first = route.turns[route.taken.fetch_add(1, Ordering::Relaxed) % route.turns.len()];
                let mut order: Vec<usize> =
                    (0..route.relays.len()).map(|n| (first + n) % route.relays.len()).collect();
                order.sort_by_key(|at| route.relays[*at].is_down());
                route.open_first_of(&order).await
            }
        }
    }

    /// How many relays there are; the outbox folder counts as one.
    pub fn relays(&self) -> usize {
        match self {
            Transport::Capture(_) => 1,
            Transport::Smtp(route) => route.relays.len(),
        }
    }

    /// What a relay is called: `host:port`.
    pub fn relay_name(&self, at: usize) -> String {
        match self {
            Transport::Capture(_) => say_plain("relay-outbox").to_string(),
            Transport::Smtp(route) => route.relays.get(at).map(RelayState::name).unwrap_or_default(),
        }
    }

    /// Whether each relay lets us in: its name, and how the attempt ended.
    pub async fn try_each(&self) -> Vec<(String, Result<(), ConnectError>)> {
        let Transport::Smtp(route) = self else { return Vec::new() };
        let mut tried = Vec::new();
        for at in 0..route.relays.len() {
            let result = match route.open(at).await {
                Ok(connection) => {
                    connection.close().await;
                    Ok(())
                }
                Err(error) => Err(error),
            };
            tried.push((route.relays[at].name(), result));
        }
        tried
    }
}

impl RelayState {
    fn name(&self) -> String {
        format!("{}:{}", self.relay.host, self.relay.port)
    }

    fn pass_over(&self, down: bool) {
        *self.down_until.lock().unwrap_or_else(PoisonError::into_inner) =
            down.then(|| Instant::now() + RELAY_PAUSE);
    }

    fn is_down(&self) -> bool {
        let down_until = self.down_until.lock().unwrap_or_else(PoisonError::into_inner);
        down_until.is_some_and(|until| Instant::now() < until)
    }
}

impl SmtpRoute {
    /// Opens a way over the first of these relays that lets us in. While one says nothing the next is tried
    /// beside it, and where that one answers first, the silent one is passed over for a while: a minute of
    /// silence would be a minute's delay for whoever waits for a confirmation.
    async fn open_first_of(&self, order: &[usize]) -> Result<Connection, ConnectError> {
        let mut left = order.iter();
        let mut opening = FuturesUnordered::new();
        // Those that have not answered, in the order in which they were asked.
        let mut silent: Vec<usize> = Vec::new();
        let mut failure = None;
        loop {
            if let Some(&at) = left.next() {
                silent.push(at);
                opening.push(async move { (at, self.open(at).await) });
            }
            let more = !left.as_slice().is_empty();
            let answered = tokio::select! {
                answered = opening.next() => answered,
                () = tokio::time::sleep(self.timeouts.beside), if more => continue,
            };
            match answered {
                Some((at, Ok(connection))) => {
                    // Whoever was asked later had less time.
                    let before = silent.iter().take_while(|silent| **silent != at);
                    before.for_each(|silent| self.relays[*silent].pass_over(true));
                    return Ok(connection);
                }
                Some((at, Err(error))) => {
                    silent.retain(|silent| *silent != at);
                    let is_refusal = matches!(error, ConnectError::Refused(_));
                    if failure.is_none() || !is_refusal {
                        failure = Some(error);
                    }
                }
                None => {
                    return Err(
                        failure.unwrap_or_else(|| anyhow::anyhow!(say("relay-none").to_string()).into())
                    );
                }
            }
        }
    }

    async fn open(&self, at: usize) -> Result<Connection, ConnectError> {
        let state = &self.relays[at];
        let (relay, breaks) = (&state.relay, state.breaks.clone());
        let opened = Session::open(relay, &self.hello, &self.tls, self.timeouts, breaks).await;
        state.pass_over(opened.is_err());
        let named = say("relay-named").with("name", state.name()).to_string();
        match opened {
            Ok(session) => Ok(Connection::Smtp {
                session: Box::new(session),
                messages_max: self.messages_per_connection,
                relay: at,
            }),
            Err(ConnectError::Refused(why)) => Err(ConnectError::Refused(format!("{named}: {why}"))),
            Err(ConnectError::Untrusted(why)) => Err(ConnectError::Untrusted(format!("{named}: {why}"))),
            Err(ConnectError::Unreachable(error)) => Err(error.context(named).into()),
        }
    }
}

impl Connection {
    /// Says whose message comes next. `Ok`: it may be sent.
    pub async fn announce(&mut self, envelope: NamedEnvelope<'_>) -> Result<(), Outcome> {
        match self {
            Connection::Capture { name, .. } => {
                envelope.name.clone_into(name);
                Ok(())
            }
            Connection::Smtp { session, .. } => session.announce(envelope.envelope).await,
        }
    }

    /// Sends the message that was announced and announces the next as soon as that may go. Says what
    /// came of the one, and whether the other may be sent; `None`: it may not go, or there is none.
    pub async fn transfer(
        &mut self,
        message: &[u8],
        next: Option<(NamedEnvelope<'_>, &mut (dyn Future<Output = bool> + Send + Unpin))>,
    ) -> (Outcome, Option<Result<(), Outcome>>) {
        match self {
            Connection::Capture { outbox, name } => {
                let outcome = match capture(outbox, name, message).await {
                    Ok(()) => Outcome::Accepted { reply: CAPTURED.to_owned() },
                    Err(error) => Outcome::deferred(
                        say("relay-outbox-failed").with("why", error.to_string()).to_string(),
                    ),
                };
                let announced = match next {
                    Some((next, may_go)) => match may_go.await {
                        true => Some(self.announce(next).await),
                        false => None,
                    },
                    None => None,
                };
                (outcome, announced)
            }
            Connection::Smtp { session, .. } => {
                let behind = next.map(|(envelope, may_go)| Behind { envelope: envelope.envelope, may_go });
                session.transfer(message, behind).await
            }
        }
    }

    /// Whether another message may be announced on it.
    pub fn is_usable(&self) -> bool {
        match self {
            Connection::Capture { .. } => true,
            Connection::Smtp { session, messages_max, .. } => session.is_usable(*messages_max),
        }
    }

    /// Which of the transport's relays it leads to.
    pub fn relay(&self) -> usize {
        match self {
            Connection::Capture { .. } => 0,
            Connection::Smtp { relay, .. } => *relay,
        }
    }

    /// Says goodbye, briefly.
    pub async fn close(self) {
        if let Connection::Smtp { session, .. } = self {
            session.close().await;
        }
    }
}

/// Writes a whole file or none: a reader of the folder never sees half a mail.
async fn capture(outbox: &Path, name: &str, message: &[u8]) -> io::Result<()> {
    let half = outbox.join(format!("{name}.part"));
    let mut file =
        tokio::fs::OpenOptions::from(private::new_file()).create(true).truncate(true).open(&half).await?;
    file.write_all(message).await?;
    file.flush().await?;
    tokio::fs::rename(&half, outbox.join(format!("{name}.eml"))).await
}
