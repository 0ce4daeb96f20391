//! The client's side of one SMTP session (RFC 5321), on a socket of our own.
//!
//! It owns what lettre's client can't give: Nagle's algorithm off whatever the encryption, one write
//! and one round trip a message where the relay offers PIPELINING (RFC 2920), and the exact moment
//! after which nobody knows whether a message has arrived. It must never put on the wire what its
//! caller has not marked, nor read an answer that came before the encryption as one that came after.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::FutureExt as _;
use rustls_pki_types::ServerName;
use secrecy::ExposeSecret as _;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::io::{BufReader, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::CertificateError;

use super::relay::{Relay, RelayTls};
use crate::domain::delivery::{Outcome, REPLY_CHARS_MAX, Stage};
use crate::fetch::network;
use crate::locale::{Sentence, Text, say};

/// How long a relay may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SmtpTimeouts {
    /// Connecting, greeting, TLS and AUTH, all together.
    pub connect: Duration,
    /// After this long without them another relay is tried beside, where there is one.
    pub beside: Duration,
    /// The answer to a command.
    pub command: Duration,
    /// Sending a message and the answer to its final dot.
    pub final_dot: Duration,
}

impl Default for SmtpTimeouts {
    /// RFC 5321 section 4.5.3.2: 5 minutes for a command, 10 for the final dot.
    fn default() -> Self {
        SmtpTimeouts {
            connect: Duration::from_secs(60),
            beside: Duration::from_secs(3),
            command: Duration::from_secs(300),
            final_dot: Duration::from_secs(600),
        }
    }
}

/// A reply's lines are a few dozen bytes (RFC 5321 section 4.5.3.1.5 allows 512).
const LINE_BYTES_MAX: u64 = 2048;
/// EHLO answers with some ten lines.
const LINES_MAX: usize = 100;

/// Who a message is from and for, as SMTP says it: ASCII, without brackets.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    pub from: &'a str,
    pub to: &'a str,
}

/// What is to be announced behind a message, as soon as it may go.
pub struct Behind<'a> {
    pub envelope: Envelope<'a>,
    /// Whether it may: known once its mark is durable.
    pub may_go: &'a mut (dyn Future<Output = bool> + Send + Unpin),
}

/// Why a relay did not let us in.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// It refuses us for good: a 5xx to the connection, EHLO or AUTH.
    #[error("{0}")]
    Refused(String),
    /// Its certificate is not one that we trust.
    #[error("{0}")]
    Untrusted(String),
    /// It could not be reached, or not now.
    #[error(transparent)]
    Unreachable(#[from] anyhow::Error),
}

/// A session that mail may go over, until it is worn.
pub struct Session {
    stream: BufReader<Box<dyn Socket>>,
    wire: Arc<WireState>,
    timeouts: SmtpTimeouts,
    /// Whether commands may be sent without waiting for each answer.
    pipelining: bool,
    /// Shared by all sessions with a relay.
    breaks: Arc<PipeliningBreaks>,
    /// A refused transaction is still open: the next needs RSET first.
    transaction_open: bool,
    usable: bool,
    /// Whether the relay has taken a MAIL on it.
    worked: bool,
    announced: u32,
    refusals: u32,
    /// What a relay counts as our errors, since it last took a message.
    errors: u32,
    out: Vec<u8>,
}

/// Whether a relay broke on the pipelining that it offers. It is tried again after a while: a
/// session may also have ended there because the relay was being restarted.
#[derive(Default)]
pub struct PipeliningBreaks(Mutex<Option<Instant>>);

impl PipeliningBreaks {
    const REMEMBERED: Duration = Duration::from_secs(600);

    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn is_recent(&self) -> bool {
        let at = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        at.is_some_and(|at| at.elapsed() < Self::REMEMBERED)
    }
}

struct Reply {
    code: u16,
    text: String,
}

/// How we begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Greeting {
    /// EHLO, and HELO where that is not known.
    Extended,
    /// HELO.
    Plain,
}

enum GreetError {
    /// It does not know EHLO, and hung up on it.
    KnowsOnlyHelo,
    Failed(ConnectError),
}

impl<E: Into<ConnectError>> From<E> for GreetError {
    fn from(error: E) -> Self {
        GreetError::Failed(error.into())
    }
}

enum Failure {
    /// Nothing more can be said over the connection.
    Ended(String),
    Said(Reply),
}

impl Session {
    /// Connects, encrypts as the relay's settings ask, and signs in.
    pub async fn open(
        relay: &Relay,
        hello: &str,
        tls: &TlsConnector,
        timeouts: SmtpTimeouts,
        breaks: Arc<PipeliningBreaks>,
    ) -> Result<Session, ConnectError> {
        let opening = async {
            match Session::greet(relay, hello, Greeting::Extended, tls, timeouts, breaks.clone()).await {
                Err(GreetError::KnowsOnlyHelo) => {
                    Session::greet(relay, hello, Greeting::Plain, tls, timeouts, breaks).await
                }
                greeted => greeted,
            }
        };
        match timeout(timeouts.connect, opening).await {
            Ok(Ok(session)) => Ok(session),
            Ok(Err(GreetError::KnowsOnlyHelo)) => {
                Err(anyhow::anyhow!("EHLO: {}", say("relay-hung-up")).into())
            }
            Ok(Err(GreetError::Failed(error))) => Err(error),
            Err(_) => Err(anyhow::anyhow!(no_answer(timeouts.connect)).into()),
        }
    }

    async fn greet(
        relay: &Relay,
        hello: &str,
        mut greeting: Greeting,
        tls: &TlsConnector,
        timeouts: SmtpTimeouts,
        breaks: Arc<PipeliningBreaks>,
    ) -> Result<Session, GreetError> {
        let tcp = TcpStream::connect((relay.host.as_str(), relay.port)).await;
        let tcp = tcp.map_err(|error| {
            anyhow::anyhow!(say("relay-connecting").with("why", network::in_words(&error)).to_string())
        })?;
        tcp.set_nodelay(true).context("connecting")?;
        let wire = Arc::new(WireState::default());
        let mut socket: Box<dyn Socket> = Box::new(Wire { stream: tcp, state: wire.clone() });
        if relay.tls == RelayTls::Implicit {
            socket = encrypt(socket, &relay.host, tls).await?;
        }
        let mut session = Session {
            stream: BufReader::new(socket),
            wire,
            timeouts,
            pipelining: false,
            breaks,
            transaction_open: false,
            usable: true,
            worked: false,
            announced: 0,
            refusals: 0,
            errors: 0,
            out: Vec::new(),
        };
        session.expect(220, "greeting").await?;
        let mut offers = session.hello(hello, &mut greeting).await?;
        if matches!(relay.tls, RelayTls::Offered | RelayTls::Required) {
            if offers.has("STARTTLS") {
                session.say("STARTTLS").await?;
                session.expect(220, "STARTTLS").await?;
                // What stands in the buffer came unencrypted, from whoever: RFC 3207 section 4.2.
                if !session.stream.buffer().is_empty() {
                    return Err(anyhow::anyhow!(say("relay-early-talk").to_string()).into());
                }
                let socket = encrypt(session.stream.into_inner(), &relay.host, tls).await?;
                session.stream = BufReader::new(socket);
                offers = session.hello(hello, &mut greeting).await?;
            } else if relay.tls == RelayTls::Required {
                return Err(anyhow::anyhow!(say("relay-no-starttls").to_string()).into());
            }
        }
        if let Some((user, password)) = &relay.credentials {
            session.sign_in(&offers, user, password.expose_secret()).await?;
        }
        session.pipelining = offers.has("PIPELINING") && !session.breaks.is_recent();
        Ok(session)
    }

    /// EHLO or, where the relay does not know it, HELO (RFC 5321 section 3.2), which offers nothing.
    async fn hello(&mut self, name: &str, greeting: &mut Greeting) -> Result<Offers, GreetError> {
        if *greeting == Greeting::Extended {
            self.say(&format!("EHLO {name}")).await?;
            let reply = self.read_reply().await.map_err(|error| said_nothing("EHLO", &error))?;
            if !matches!(reply.code, 500 | 502 | 504) {
                return Ok(Offers(reply.expected(250, "EHLO")?.to_ascii_uppercase()));
            }
            *greeting = Greeting::Plain;
            return match self.plain_hello(name).await {
                // It hung up behind its refusal: it wants HELO at once.
                Err(ConnectError::Unreachable(_)) => Err(GreetError::KnowsOnlyHelo),
                helloed => Ok(helloed?),
            };
        }
        Ok(self.plain_hello(name).await?)
    }

    async fn plain_hello(&mut self, name: &str) -> Result<Offers, ConnectError> {
        self.say(&format!("HELO {name}")).await?;
        self.expect(250, "HELO").await?;
        Ok(Offers(String::new()))
    }

    /// AUTH PLAIN (RFC 4616); LOGIN where PLAIN is not offered, or is offered and not known.
    async fn sign_in(&mut self, offers: &Offers, user: &str, password: &str) -> Result<(), ConnectError> {
        let mechanisms = offers.mechanisms();
        let offered = |name: &str| mechanisms.contains(&name);
        if offered("PLAIN") {
            let secret = BASE64.encode(format!("\0{user}\0{password}"));
            self.say(&format!("AUTH PLAIN {secret}")).await?;
            let reply = self.read_reply().await.map_err(|error| said_nothing("AUTH", &error))?;
            if !(reply.code == 504 && offered("LOGIN")) {
                return reply.expected(235, "AUTH").map(|_| ());
            }
        }
        if !offered("LOGIN") {
            return Err(ConnectError::Refused(cannot_sign_in(&mechanisms)));
        }
        self.say("AUTH LOGIN").await?;
        self.expect(334, "AUTH").await?;
        self.say(&BASE64.encode(user)).await?;
        self.expect(334, "AUTH").await?;
        self.say(&BASE64.encode(password)).await?;
        self.expect(235, "AUTH").await.map(|_| ())
    }

    async fn say(&mut self, line: &str) -> anyhow::Result<()> {
        let socket = self.stream.get_mut();
        let line = format!("{line}\r\n");
        let wrote = async {
            socket.write_all(line.as_bytes()).await?;
            socket.flush().await
        };
        wrote.await.map_err(|error| anyhow::anyhow!(network::in_words(&error)))
    }

    async fn expect(&mut self, code: u16, stage: &str) -> Result<String, ConnectError> {
        let reply = self.read_reply().await.map_err(|error| said_nothing(stage, &error))?;
        reply.expected(code, stage)
    }

    /// Whether another message may be announced: the session lives, has not collected refusals
    /// and has not carried `messages_max`.
    pub fn is_usable(&self, messages_max: u32) -> bool {
        // Postfix lets who has made 10 errors wait for a second at each answer, and hangs up at 20.
        const ERRORS_MAX: u32 = 8;
        const REFUSALS_MAX: u32 = 8;
        self.usable
            && self.errors < ERRORS_MAX
            && self.refusals < REFUSALS_MAX
            && self.announced < messages_max
    }

    /// MAIL, RCPT and DATA. `Ok`: the relay waits for the message.
    pub async fn announce(&mut self, envelope: Envelope<'_>) -> Result<(), Outcome> {
        // What it says unasked must not be taken for an answer.
        if !self.stream.buffer().is_empty() {
            return Err(self.ended(&say("relay-out-of-turn").to_string(), Stage::Mail));
        }
        if !self.pipelining {
            return self.announce_stepwise(envelope).await;
        }
        self.out.clear();
        self.push_group(envelope);
        if let Err(ended) = self.write_out(self.timeouts.command).await {
            return Err(self.ended(&ended, Stage::Mail));
        }
        self.read_group().await
    }

    /// Sends the message that was announced and, behind it, announces the next as soon as that may go:
    /// in the same write where it may by then. Says how that one ended, and whether the relay waits
    /// for the other; `None` where that may not go, or there is none.
    pub async fn transfer(
        &mut self,
        message: &[u8],
        mut next: Option<Behind<'_>>,
    ) -> (Outcome, Option<Result<(), Outcome>>) {
        if !self.stream.buffer().is_empty() {
            let outcome = self.ended(&say("relay-out-of-turn").to_string(), Stage::Data);
            return (outcome, self.announce_behind(next).await);
        }
        self.out.clear();
        stuff_dots(message, &mut self.out);
        let end = self.out.len() as u64;
        let before = self.wire.sent_bytes.load(Ordering::Relaxed);
        let limit = self.timeouts.final_dot;
        let mut grouped = false;
        let answered = timeout(limit, async {
            // RFC 2920 section 3.1: a message may be the first of a group.
            if self.pipelining
                && let Some(go) = next.as_mut().and_then(|next| next.may_go.now_or_never())
            {
                (grouped, next) = self.join_group(go, next.take());
            }
            self.write().await?;
            if self.pipelining
                && let Some(behind) = &mut next
            {
                // What it may wait for takes about as long as the relay's answer: whichever is first.
                let go = tokio::select! {
                    biased;
                    go = &mut behind.may_go => Some(go),
                    _ = self.stream.fill_buf() => None,
                };
                if let Some(go) = go {
                    // A relay with Nagle's algorithm on holds its next answer back until the one to the
                    // message is acknowledged, and nothing that we have to say would carry that.
                    self.wire.ack_at_once.store(true, Ordering::Relaxed);
                    self.out.clear();
                    (grouped, next) = self.join_group(go, next.take());
                    // A relay that has hung up may have answered before.
                    let _ = self.write().await;
                }
            }
            self.read_reply().await
        });
        let answered = answered.await;
        let outcome = self.outcome_of_message(answered, before, end);
        let announced = match (grouped, self.usable) {
            (true, true) => Some(self.read_group().await),
            (true, false) => Some(Err(self.ended(&say("relay-session-ended").to_string(), Stage::Mail))),
            (false, _) => self.announce_behind(next).await,
        };
        (outcome, announced)
    }

    /// Puts the commands of what comes behind into the next write, if it may go.
    fn join_group<'a>(&mut self, go: bool, next: Option<Behind<'a>>) -> (bool, Option<Behind<'a>>) {
        if let (true, Some(next)) = (go, next) {
            self.push_group(next.envelope);
        }
        (go, None)
    }

    /// Announces what is to come behind a message that is through, once it may go.
    async fn announce_behind(&mut self, next: Option<Behind<'_>>) -> Option<Result<(), Outcome>> {
        let Behind { envelope, may_go } = next?;
        match may_go.await {
            true if self.usable => Some(self.announce(envelope).await),
            true => Some(Err(self.ended(&say("relay-session-ended").to_string(), Stage::Mail))),
            false => None,
        }
    }

    /// What became of a message of which `end` bytes were to leave, the socket having sent `before`.
    fn outcome_of_message(
        &mut self,
        answered: Result<io::Result<Reply>, tokio::time::error::Elapsed>,
        before: u64,
        end: u64,
    ) -> Outcome {
        let why = match answered {
            Ok(Ok(reply)) if reply.code < 300 => {
                self.errors = 0;
                return Outcome::Accepted { reply: reply.spoken() };
            }
            // Neither yes nor no: nobody knows.
            Ok(Ok(reply)) if reply.code < 400 => {
                self.usable = false;
                return Outcome::Uncertain { reply: reply.spoken() };
            }
            Ok(Ok(reply)) => {
                self.usable &= reply.code != 421;
                self.errors += 1;
                return Outcome::from_reply(Stage::Message, reply.code, &reply.text);
            }
            Ok(Err(error)) => {
                say("relay-ended-in-message").with("why", network::in_words(&error)).to_string()
            }
            Err(_) => {
                let time = format!("{:?}", self.timeouts.final_dot);
                say("relay-no-answer-to-message").with("time", time).to_string()
            }
        };
        self.usable = false;
        // TLS only adds bytes: fewer than the message's own means that its end never left.
        match self.wire.sent_bytes.load(Ordering::Relaxed) - before < end {
            true => Outcome::deferred(why),
            false => Outcome::Uncertain { reply: why },
        }
    }

    /// Says goodbye, briefly.
    pub async fn close(mut self) {
        if self.usable && self.say("QUIT").await.is_ok() {
            let _ = timeout(Duration::from_secs(1), self.read_reply()).await;
        }
    }

    fn push_group(&mut self, envelope: Envelope<'_>) {
        if self.transaction_open {
            self.out.extend_from_slice(b"RSET\r\n");
        }
        for part in ["MAIL FROM:<", envelope.from, ">\r\nRCPT TO:<", envelope.to, ">\r\nDATA\r\n"] {
            self.out.extend_from_slice(part.as_bytes());
        }
    }

    /// One command at a time.
    async fn announce_stepwise(&mut self, envelope: Envelope<'_>) -> Result<(), Outcome> {
        if self.transaction_open {
            let reset = self.command("RSET").await.map_err(|failure| self.refused(failure, Stage::Mail))?;
            if reset.code >= 300 {
                return Err(self.ended(&reset.spoken(), Stage::Mail));
            }
            self.transaction_open = false;
        }
        let Envelope { from, to } = envelope;
        for (stage, command, positive) in [
            (Stage::Mail, format!("MAIL FROM:<{from}>"), 250..=259),
            (Stage::Recipient, format!("RCPT TO:<{to}>"), 250..=259),
            (Stage::Data, "DATA".to_owned(), 354..=354),
        ] {
            match self.command(&command).await {
                Ok(reply) if positive.contains(&reply.code) => self.worked = true,
                Ok(reply) => {
                    self.transaction_open = stage != Stage::Mail;
                    return Err(self.refused(Failure::Said(reply), stage));
                }
                Err(failure) => return Err(self.refused(failure, stage)),
            }
        }
        self.announced += 1;
        Ok(())
    }

    /// The answers to a group. All of them are read, whatever they are.
    async fn read_group(&mut self) -> Result<(), Outcome> {
        if self.transaction_open {
            let reset = self.answer().await.map_err(|failure| self.broke_on_group(failure))?;
            if reset.code >= 300 {
                return Err(self.ended(&reset.spoken(), Stage::Mail));
            }
            self.transaction_open = false;
        }
        let mail = self.answer().await.map_err(|failure| self.broke_on_group(failure))?;
        // Who says 421 closes: no more answers come.
        if mail.code == 421 {
            return Err(self.refused(Failure::Said(mail), Stage::Mail));
        }
        let first = !self.worked;
        self.worked |= mail.code < 300;
        let recipient = match self.answer().await {
            Ok(reply) => reply,
            Err(failure) if first => return Err(self.broke_on_group(failure)),
            Err(failure) => return Err(self.refused(failure, Stage::Recipient)),
        };
        if recipient.code == 421 {
            return Err(self.refused(Failure::Said(recipient), Stage::Recipient));
        }
        let data = self.answer().await;
        let refusal = if mail.code >= 300 {
            (mail, Stage::Mail)
        } else if recipient.code >= 300 {
            (recipient, Stage::Recipient)
        } else {
            return match data {
                Ok(reply) if reply.code == 354 => {
                    self.announced += 1;
                    Ok(())
                }
                Ok(reply) => {
                    self.transaction_open = true;
                    Err(self.refused(Failure::Said(reply), Stage::Data))
                }
                Err(failure) => Err(self.refused(failure, Stage::Data)),
            };
        };
        match data {
            // It waits for a message to nobody: a lone dot ends that (RFC 2920 section 3.1).
            Ok(reply) if reply.code == 354 => {
                if !matches!(self.command(".").await, Ok(reply) if reply.code != 421) {
                    self.usable = false;
                }
            }
            Ok(_) => {
                self.transaction_open = true;
                // DATA for nobody, which went along with the recipient: another error.
                self.errors += 1;
            }
            Err(_) => self.usable = false,
        }
        Err(self.refused(Failure::Said(refusal.0), refusal.1))
    }

    /// A session that ends at its very first group may well end because of it.
    fn broke_on_group(&mut self, failure: Failure) -> Outcome {
        match failure {
            Failure::Ended(why) if self.pipelining && self.announced + self.refusals == 0 => {
                self.breaks.note();
                self.usable = false;
                Outcome::NotTried { reply: say("relay-pipelining").with("why", why).to_string() }
            }
            failure => self.refused(failure, Stage::Mail),
        }
    }

    /// What it means that a message could not be announced.
    fn refused(&mut self, failure: Failure, stage: Stage) -> Outcome {
        match failure {
            Failure::Ended(why) => self.ended(&why, stage),
            Failure::Said(reply) if reply.code == 421 && stage == Stage::Mail => {
                self.ended(&reply.spoken(), stage)
            }
            // It is out of step: whatever it says next may belong to something else.
            Failure::Said(reply) if reply.code < 400 => self.ended(&reply.spoken(), stage),
            Failure::Said(reply) => {
                self.usable &= reply.code != 421;
                self.refusals += u32::from(stage == Stage::Recipient);
                self.errors += 1;
                let outcome = Outcome::from_reply(stage, reply.code, &reply.text);
                self.usable &=
                    !matches!(outcome, Outcome::RelayRefused { .. } | Outcome::RelayDeferred { .. });
                outcome
            }
        }
    }

    /// The session ended before the message was sent. One that has worked has had its day (many
    /// relays close after a hundred messages): the message just needs another. One on which not even
    /// a MAIL was taken is the relay's trouble, whoever the reader is.
    fn ended(&mut self, why: &str, stage: Stage) -> Outcome {
        self.usable = false;
        let reply = say("relay-ended-before-message").with("why", why).to_string();
        match stage {
            Stage::Mail if self.worked => Outcome::NotTried { reply },
            Stage::Mail => Outcome::RelayDeferred { reply },
            Stage::Recipient | Stage::Data | Stage::Message => Outcome::deferred(reply),
        }
    }

    async fn command(&mut self, line: &str) -> Result<Reply, Failure> {
        self.out.clear();
        self.out.extend_from_slice(line.as_bytes());
        self.out.extend_from_slice(b"\r\n");
        self.write_out(self.timeouts.command).await.map_err(Failure::Ended)?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<Reply, Failure> {
        match timeout(self.timeouts.command, self.read_reply()).await {
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(error)) => Err(Failure::Ended(network::in_words(&error))),
            Err(_) => Err(Failure::Ended(no_answer(self.timeouts.command))),
        }
    }

    async fn write_out(&mut self, limit: Duration) -> Result<(), String> {
        match timeout(limit, self.write()).await {
            Ok(done) => done.map_err(|error| network::in_words(&error)),
            Err(_) => Err(say("relay-takes-nothing").with("time", format!("{limit:?}")).to_string()),
        }
    }

    async fn write(&mut self) -> io::Result<()> {
        let socket = self.stream.get_mut();
        socket.write_all(&self.out).await?;
        socket.flush().await
    }

    /// One reply, all of its lines (RFC 5321 section 4.2).
    async fn read_reply(&mut self) -> io::Result<Reply> {
        let odd = |key| io::Error::new(io::ErrorKind::InvalidData, say(key).to_string());
        let mut text = String::new();
        let mut line = Vec::with_capacity(64);
        for _ in 0..LINES_MAX {
            line.clear();
            (&mut self.stream).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await?;
            if line.last() != Some(&b'\n') {
                return Err(match line.len() as u64 {
                    LINE_BYTES_MAX => odd("relay-endless-line"),
                    _ => io::Error::new(io::ErrorKind::UnexpectedEof, say("relay-hung-up").to_string()),
                });
            }
            let said = String::from_utf8_lossy(&line);
            let said = said.trim_end();
            let code = said.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0);
            let more = match said.as_bytes().get(3) {
                Some(b'-') => true,
                None | Some(b' ') => false,
                Some(_) => return Err(odd("relay-no-reply")),
            };
            if !(200..=599).contains(&code) {
                return Err(odd("relay-no-reply"));
            }
            if !text.is_empty() {
                text.push('\n');
            }
            // PostgreSQL refuses NUL, and nobody wants control characters in a log.
            text.extend(said.get(4..).unwrap_or_default().trim().chars().filter(|c| !c.is_control()));
            if !more {
                return Ok(Reply { code, text });
            }
        }
        Err(odd("relay-endless-reply"))
    }
}

impl Reply {
    /// The text, where the code is what is wanted.
    fn expected(self, code: u16, stage: &str) -> Result<String, ConnectError> {
        match self.code {
            got if got == code => Ok(self.text),
            500..=599 => Err(ConnectError::Refused(format!("{stage}: {}", self.spoken()))),
            _ => Err(anyhow::anyhow!("{stage}: {}", self.spoken()).into()),
        }
    }

    /// On one line, not too long.
    fn spoken(&self) -> String {
        let line = format!("{} {}", self.code, self.text.replace('\n', " "));
        line.chars().take(REPLY_CHARS_MAX).collect()
    }
}

/// What EHLO was answered with, in upper case.
struct Offers(String);

impl Offers {
    fn has(&self, keyword: &str) -> bool {
        self.0.lines().any(|line| line.split_whitespace().next() == Some(keyword))
    }

    /// The ways to sign in: `AUTH PLAIN LOGIN`, and `AUTH=LOGIN` of before RFC 2554, a line or more.
    fn mechanisms(&self) -> Vec<&str> {
        let lines = self.0.lines().filter_map(|line| line.strip_prefix("AUTH"));
        let lists = lines.filter(|rest| rest.starts_with([' ', '=']));
        lists.flat_map(|list| list.split([' ', '=', '\t'])).filter(|name| !name.is_empty()).collect()
    }
}

/// Why we can't sign in with a user and a password, and what to do.
fn cannot_sign_in(mechanisms: &[&str]) -> String {
    let only_tokens = |name: &&str| matches!(*name, "XOAUTH2" | "OAUTHBEARER");
    let said = if mechanisms.is_empty() {
        say("relay-no-sign-in")
    } else if mechanisms.iter().all(only_tokens) {
        say("relay-only-tokens")
    } else {
        say("relay-other-sign-in")
    };
    said.with("offered", mechanisms.join(" ")).to_string()
}

fn no_answer(limit: Duration) -> String {
    say("relay-no-answer").with("time", format!("{limit:?}")).to_string()
}

fn said_nothing(stage: &str, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!("{stage}: {}", network::in_words(error))
}

/// A message as DATA carries it (RFC 5321 section 4.5.2): a dot more where a line begins with one,
/// and a lone dot behind.
fn stuff_dots(message: &[u8], out: &mut Vec<u8>) {
    out.reserve(message.len() + 512);
    let mut from = 0;
    if message.first() == Some(&b'.') {
        out.push(b'.');
    }
    for at in memchr::memmem::find_iter(message, b"\r\n.") {
        out.extend_from_slice(&message[from..at + 2]);
        out.push(b'.');
        from = at + 2;
    }
    out.extend_from_slice(&message[from..]);
    if !message.is_empty() && !message.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b".\r\n");
}

async fn encrypt(
    socket: Box<dyn Socket>,
    host: &str,
    tls: &TlsConnector,
) -> Result<Box<dyn Socket>, ConnectError> {
    let name = ServerName::try_from(host.to_owned()).context("the relay's name")?;
    match tls.connect(name, socket).await {
        Ok(socket) => Ok(Box::new(socket)),
        Err(error) => {
            let words = network::in_words(&error);
            match network::certificate_error(&error) {
                Some(why) => {
                    let said =
                        say("relay-untrusted").with("why", words).with("advice", certificate_advice(why));
                    Err(ConnectError::Untrusted(said.to_string()))
                }
                None => Err(anyhow::anyhow!("TLS: {words}").into()),
            }
        }
    }
}

/// What an operator can do about a relay's certificate.
fn certificate_advice(why: &CertificateError) -> Sentence<'static, Text> {
    say(match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "relay-advice-expired",
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "relay-advice-name"
        }
        _ => "relay-advice-certificate",
    })
}

/// What a session runs over.
pub trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

/// What a session and its socket share.
#[derive(Default)]
struct WireState {
    /// Bytes that the socket took, TLS included.
    sent_bytes: AtomicU64,
    /// What comes after the next write is acknowledged without delay, which may be 40 ms.
    ack_at_once: AtomicBool,
}

/// A TCP socket that counts what it has sent.
struct Wire {
    stream: TcpStream,
    state: Arc<WireState>,
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
            self.state.sent_bytes.fetch_add(*bytes as u64, Ordering::Relaxed);
            if self.state.ack_at_once.swap(false, Ordering::Relaxed) {
                #[cfg(target_os = "linux")]
                let _ = self.stream.set_quickack(true);
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_message_ends_it() {
        let stuffed = |message: &[u8]| {
            let mut out = Vec::new();
            stuff_dots(message, &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(stuffed(b"a\r\n.\r\nb\r\n"), "a\r\n..\r\nb\r\n.\r\n");
        assert_eq!(stuffed(b".a\r\n..b"), "..a\r\n...b\r\n.\r\n");
        assert_eq!(stuffed(b"a\r\n\r\n.b\r\n"), "a\r\n\r\n..b\r\n.\r\n");
        assert_eq!(stuffed(b""), ".\r\n");
    }

    #[test]
    fn what_a_relay_offers_is_read_by_keyword() {
        let offers = Offers("RELAY.EXAMPLE\nPIPELINING\nAUTH PLAIN LOGIN\nSIZE 1000".to_owned());
        assert!(offers.has("PIPELINING") && !offers.has("PIPE") && !offers.has("STARTTLS"));
        assert_eq!(offers.mechanisms(), ["PLAIN", "LOGIN"]);
        let offers = Offers("RELAY.EXAMPLE\nAUTH=LOGIN\nAUTH XOAUTH2\nAUTHOR X".to_owned());
        assert_eq!(offers.mechanisms(), ["LOGIN", "XOAUTH2"]);
        assert!(Offers("RELAY.EXAMPLE".to_owned()).mechanisms().is_empty());
    }
}
