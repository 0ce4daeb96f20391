//! A real SMTP server on a real socket: it keeps to RFC 5321 and notes who does not, and
//! misbehaves where a test asks for it. It decides nothing about the test.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// A message that the server has taken, or was handed whole.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub from: String,
    pub to: String,
    pub message: Vec<u8>,
}

/// Where a test has a say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum At {
    Connect,
    Ehlo,
    /// Only who was refused EHLO says HELO.
    Helo,
    StartTls,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// After the final dot.
    Message,
}

impl At {
    pub const ALL: [At; 8] =
        [At::Connect, At::Ehlo, At::StartTls, At::Auth, At::Mail, At::Rcpt, At::Data, At::Message];
}

/// What the server does at a point where a test has a say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Goes on as a server does.
    Usual,
    /// This instead; what was asked does not happen. Lines are separated by CRLF. After a 421 it
    /// closes.
    Reply(&'static str),
    /// Hangs up without a word; the message is not taken.
    HangUp,
    /// Never says another word, and keeps the line open; the message is not taken.
    Hang,
    /// Takes the message and hangs up before it says so.
    TakeAndHangUp,
    /// Takes the message and never says so, with the line open.
    TakeAndHang,
    /// Begins a reply of many lines that has no end.
    Endless,
}

/// What the server makes of commands that come together (RFC 2920).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipelining {
    /// Offers it and takes them.
    Offered,
    /// Does not offer it, and hangs up on who tries all the same.
    Refused,
    /// Offers it and hangs up on it.
    Broken,
    /// Offers it, answers the first command and never sees the rest.
    Swallowed,
}

/// How answers leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Those to commands that came together leave together.
    Together,
    /// Each in two packets, broken in the middle of a line.
    Pieces,
    /// A byte a packet, with this pause between.
    Drip(Duration),
}

/// How much the server says where it agrees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Usual,
    /// Three lines an answer.
    Wordy,
    /// The bare code.
    Terse,
}

/// How the server encrypts.
#[derive(Clone)]
pub enum Tls {
    Never,
    /// Offers STARTTLS.
    Start(TlsAcceptor),
    /// From the first byte.
    Implicit(TlsAcceptor),
}

/// Who may send.
#[derive(Clone, Copy, Debug)]
pub struct Login {
    pub user: &'static str,
    pub password: &'static str,
    /// As EHLO offers it: `PLAIN LOGIN`.
    pub mechanisms: &'static str,
    /// Those of them that it does not know when it comes to it.
    pub unknown: &'static str,
}

/// What the server has seen so far.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Connections that were accepted.
    pub connections: usize,
    /// Those whose sessions have not ended.
    pub open: usize,
    /// Messages taken, by connection.
    pub messages: Vec<usize>,
    /// Commands without what follows the verb, by connection; RCPT with its address.
    pub commands: Vec<(usize, String)>,
    /// The most connections at once that had a message for this domain in hand.
    pub at_once: HashMap<String, usize>,
    /// What no client may do.
    pub violations: Vec<String>,
    in_hand: HashMap<String, usize>,
}

impl Seen {
    /// How often a command was given.
    pub fn times(&self, verb: &str) -> usize {
        self.commands.iter().filter(|(_, command)| command.split(' ').next() == Some(verb)).count()
    }
}

type Decide = Arc<dyn Fn(&Received) -> Answer + Send + Sync>;

struct Behaviour {
    at: HashMap<At, Decide>,
    delays: HashMap<At, Duration>,
    pipelining: Pipelining,
    pace: Pace,
    manner: Manner,
    tls: Tls,
    login: Option<Login>,
    messages_max: usize,
    cut_bodies: Option<(usize, Answer)>,
    data_to_nobody: bool,
    before_tls: &'static [u8],
}

/// The server. It listens until the test ends.
#[derive(Clone)]
pub struct SmtpServer {
    pub addr: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    behaviour: Arc<Mutex<Behaviour>>,
    seen: Arc<Mutex<Seen>>,
}

impl SmtpServer {
    /// Starts on a free port.
    pub async fn start() -> SmtpServer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let server = SmtpServer {
            addr: listener.local_addr().expect("an address"),
            received: Arc::default(),
            behaviour: Arc::new(Mutex::new(Behaviour {
                at: HashMap::new(),
                delays: HashMap::new(),
                pipelining: Pipelining::Offered,
                pace: Pace::Together,
                manner: Manner::Usual,
                tls: Tls::Never,
                login: None,
                messages_max: usize::MAX,
                cut_bodies: None,
                data_to_nobody: false,
                before_tls: b"",
            })),
            seen: Arc::default(),
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = {
                    let mut seen = accepting.seen();
                    seen.connections += 1;
                    seen.open += 1;
                    seen.messages.push(0);
                    seen.connections - 1
                };
                let server = accepting.clone();
                tokio::spawn(async move {
                    let _ = Session::serve(server.clone(), stream, number).await;
                    server.seen().open -= 1;
                });
            }
        });
        server
    }

    fn behaviour(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour.lock().unwrap()
    }

    /// What was seen. The server waits while this is held.
    pub fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap()
    }

    /// Decides what is said at a point. What is known of the message by then is handed over.
    pub fn at(&self, at: At, answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) {
        self.behaviour().at.insert(at, Arc::new(answer));
    }

    /// Decides what is said to MAIL.
    pub fn at_mail(&self, answer: Answer) {
        self.at(At::Mail, move |_| answer.clone());
    }

    /// Decides what is said to RCPT, by address.
    pub fn at_rcpt(&self, answer: impl Fn(&str) -> Answer + Send + Sync + 'static) {
        self.at(At::Rcpt, move |known| answer(&known.to));
    }

    /// Decides what is said after the final dot.
    pub fn at_message(&self, answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) {
        self.at(At::Message, answer);
    }

    /// Is itself again: takes all that comes, at once.
    pub fn behave(&self) {
        let mut behaviour = self.behaviour();
        behaviour.at.clear();
        behaviour.delays.clear();
        behaviour.pipelining = Pipelining::Offered;
        behaviour.pace = Pace::Together;
        behaviour.manner = Manner::Usual;
        behaviour.messages_max = usize::MAX;
        behaviour.cut_bodies = None;
        behaviour.data_to_nobody = false;
        behaviour.before_tls = b"";
    }

    /// Waits this long before it answers the final dot.
    pub fn delay(&self, delay: Duration) {
        self.delay_at(At::Message, delay);
    }

    /// Waits this long before it answers at a point.
    pub fn delay_at(&self, at: At, delay: Duration) {
        self.behaviour().delays.insert(at, delay);
    }

    /// Decides about pipelining, from the next connection on.
    pub fn pipelining(&self, pipelining: Pipelining) {
        self.behaviour().pipelining = pipelining;
    }

    /// Decides how answers leave.
    pub fn pace(&self, pace: Pace) {
        self.behaviour().pace = pace;
    }

    /// Decides how much is said.
    pub fn manner(&self, manner: Manner) {
        self.behaviour().manner = manner;
    }

    /// Decides about encryption, from the next connection on.
    pub fn tls(&self, tls: Tls) {
        self.behaviour().tls = tls;
    }

    /// Takes mail only from this one, from the next connection on.
    pub fn login(&self, login: Login) {
        self.behaviour().login = Some(login);
    }

    /// After so many messages a connection, MAIL is answered by 421.
    pub fn messages_max(&self, max: usize) {
        self.behaviour().messages_max = max;
    }

    /// Hangs up after so many bytes of each body.
    pub fn cut_bodies(&self, after: usize) {
        self.behaviour().cut_bodies = Some((after, Answer::HangUp));
    }

    /// Takes so many bytes of each body and no more, with the line open.
    pub fn choke_on_bodies(&self, after: usize) {
        self.behaviour().cut_bodies = Some((after, Answer::Hang));
    }

    /// Lets DATA begin though nobody is to have the message, as RFC 2920 allows.
    pub fn data_to_nobody(&self) {
        self.behaviour().data_to_nobody = true;
    }

    /// Sends this in the clear behind its consent to STARTTLS, in one packet.
    pub fn before_tls(&self, bytes: &'static [u8]) {
        self.behaviour().before_tls = bytes;
    }

    /// Waits until no session is open: what was on its way from a client that is gone has been taken, or
    /// never will be.
    pub async fn quiet(&self) {
        for _ in 0..20_000 {
            if self.seen().open == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        panic!("{} sessions are open after 20 s", self.seen().open);
    }

    /// All that was taken.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// How many were taken.
    pub fn count(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// Forgets what was taken and returns it.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// Whether the session goes on.
enum Then {
    /// As usual: what was asked happened.
    Done,
    /// Something else was said.
    Refused,
    Over,
}

/// One connection.
struct Session {
    server: SmtpServer,
    number: usize,
    stream: BufReader<Box<dyn Wire>>,
    /// Answers that have not left yet.
    answers: Vec<u8>,
    pipelining: Pipelining,
    tls: Tls,
    login: Option<Login>,
    greeted: bool,
    encrypted: bool,
    logged_in: bool,
    has_sender: bool,
    has_recipient: bool,
    known: Received,
}

impl Session {
    async fn serve(server: SmtpServer, stream: TcpStream, number: usize) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let (pipelining, tls, login) = {
            let behaviour = server.behaviour();
            (behaviour.pipelining, behaviour.tls.clone(), behaviour.login)
        };
        let (stream, encrypted): (Box<dyn Wire>, bool) = match &tls {
            Tls::Implicit(acceptor) => (Box::new(acceptor.accept(stream).await?), true),
            _ => (Box::new(stream), false),
        };
        let mut session = Session {
            server,
            number,
            stream: BufReader::new(stream),
            answers: Vec::new(),
            pipelining,
            tls,
            login,
            greeted: false,
            encrypted,
            logged_in: false,
            has_sender: false,
            has_recipient: false,
            known: Received::default(),
        };
        let ended = session.converse().await;
        session.forget();
        ended
    }

    async fn converse(&mut self) -> io::Result<()> {
        match self.answer(At::Connect, "220 relay.example ESMTP").await? {
            Then::Over => return Ok(()),
            Then::Done | Then::Refused => self.flush().await?,
        }
        let mut line = Vec::new();
        loop {
            // What came together is answered together.
            if self.stream.buffer().is_empty() {
                self.flush().await?;
            }
            line.clear();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(());
            }
            let together = !self.stream.buffer().is_empty();
            if !line.ends_with(b"\r\n") || line.len() > 512 {
                self.violation("a command is a line of at most 512 bytes that ends in CRLF");
            }
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            let verb = text.split([' ', ':']).next().unwrap_or("").to_ascii_uppercase();
            let note = match verb.as_str() {
                "RCPT" => format!("RCPT {}", address(&text)),
                _ => verb.clone(),
            };
            self.server.seen().commands.push((self.number, note));
            if together {
                if matches!(verb.as_str(), "EHLO" | "HELO" | "STARTTLS" | "AUTH" | "DATA" | "QUIT" | "NOOP") {
                    self.violation(&format!("{verb} is the last of a group"));
                    return Ok(());
                }
                match self.pipelining {
                    Pipelining::Offered => {}
                    Pipelining::Refused => {
                        self.violation("commands came together, which was not offered");
                        return Ok(());
                    }
                    Pipelining::Broken => return Ok(()),
                    Pipelining::Swallowed => {
                        let rest = self.stream.buffer().len();
                        self.stream.consume(rest);
                    }
                }
            }
            let then = match verb.as_str() {
                "EHLO" => self.ehlo().await?,
                "HELO" => self.helo().await?,
                "STARTTLS" if matches!(self.tls, Tls::Start(_)) && !self.encrypted => {
                    self.start_tls().await?
                }
                "AUTH" if self.login.is_some() && !self.logged_in => self.auth(&text).await?,
                "MAIL" => self.mail(&text).await?,
                "RCPT" => self.rcpt(&text).await?,
                "DATA" => self.data().await?,
                "RSET" => {
                    self.forget();
                    self.say("250 2.0.0 as new").await?
                }
                "NOOP" => self.say("250 2.0.0 still here").await?,
                "QUIT" => {
                    self.say("221 2.0.0 goodbye").await?;
                    return self.flush().await;
                }
                _ => {
                    self.violation(&format!("no such command here: {verb}"));
                    self.say("502 5.5.2 not here").await?
                }
            };
            if matches!(then, Then::Over) {
                return Ok(());
            }
        }
    }

    async fn ehlo(&mut self) -> io::Result<Then> {
        let mut offers = vec!["relay.example", "8BITMIME", "ENHANCEDSTATUSCODES"];
        if self.pipelining != Pipelining::Refused {
            offers.push("PIPELINING");
        }
        if matches!(self.tls, Tls::Start(_)) && !self.encrypted {
            offers.push("STARTTLS");
        }
        let auth = self.login.map(|login| format!("AUTH {}", login.mechanisms));
        offers.extend(auth.as_deref());
        let last = offers.len() - 1;
        let lines: Vec<String> = offers
            .iter()
            .enumerate()
            .map(|(at, offer)| format!("250{}{offer}", if at == last { ' ' } else { '-' }))
            .collect();
        self.forget();
        let then = self.answer(At::Ehlo, &lines.join("\r\n")).await?;
        self.greeted |= matches!(then, Then::Done);
        Ok(then)
    }

    async fn helo(&mut self) -> io::Result<Then> {
        self.forget();
        // It offers nothing.
        self.pipelining = Pipelining::Refused;
        let then = self.answer(At::Helo, "250 relay.example").await?;
        self.greeted |= matches!(then, Then::Done);
        Ok(then)
    }

    async fn start_tls(&mut self) -> io::Result<Then> {
        let Tls::Start(acceptor) = self.tls.clone() else { return Ok(Then::Over) };
        let then = self.answer(At::StartTls, "220 2.0.0 go").await?;
        if !matches!(then, Then::Done) {
            return Ok(then);
        }
        self.answers.extend_from_slice(self.server.behaviour().before_tls);
        self.flush().await?;
        let nothing: Box<dyn Wire> = Box::new(tokio::io::empty());
        let clear = std::mem::replace(&mut self.stream, BufReader::new(nothing)).into_inner();
        self.stream = BufReader::new(Box::new(acceptor.accept(clear).await?));
        self.encrypted = true;
        self.greeted = false;
        Ok(Then::Done)
    }

    async fn auth(&mut self, text: &str) -> io::Result<Then> {
        let Some(login) = self.login else { return Ok(Then::Over) };
        if matches!(self.tls, Tls::Start(_)) && !self.encrypted {
            self.violation("a password in the clear, where TLS is offered");
        }
        let mut words = text.split(' ').skip(1);
        let mechanism = words.next().unwrap_or("").to_ascii_uppercase();
        if !login.mechanisms.split(' ').any(|offered| offered == mechanism) {
            self.violation("a mechanism that was not offered");
            return self.say("504 5.5.4 no such mechanism").await;
        }
        if login.unknown.split(' ').any(|unknown| unknown == mechanism) {
            return self.say("504 5.5.4 not this one").await;
        }
        let first = words.next().map(str::to_owned);
        let given = match mechanism.as_str() {
            "PLAIN" => {
                let plain = match first {
                    Some(plain) => plain,
                    None => self.challenge("").await?,
                };
                let plain = decoded(&plain);
                let mut parts = plain.split('\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            _ => {
                let user = match first {
                    Some(user) => user,
                    None => self.challenge("Username:").await?,
                };
                (decoded(&user), decoded(&self.challenge("Password:").await?))
            }
        };
        if given != (login.user.to_owned(), login.password.to_owned()) {
            return self.say("535 5.7.8 wrong user or password").await;
        }
        let then = self.answer(At::Auth, "235 2.7.0 welcome").await?;
        self.logged_in = matches!(then, Then::Done);
        Ok(then)
    }

    /// Asks for one more line of AUTH.
    async fn challenge(&mut self, prompt: &str) -> io::Result<String> {
        self.say(&format!("334 {}", BASE64.encode(prompt))).await?;
        self.flush().await?;
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        Ok(line.trim_end().to_owned())
    }

    async fn mail(&mut self, text: &str) -> io::Result<Then> {
        if !self.greeted || self.has_sender {
            self.violation("MAIL comes after EHLO, once a message");
            return self.say("503 5.5.1 not now").await;
        }
        if self.login.is_some() && !self.logged_in {
            return self.say("530 5.7.0 log in first").await;
        }
        if self.server.seen().messages[self.number] >= self.server.behaviour().messages_max {
            self.say("421 4.7.0 enough for one connection").await?;
            self.flush().await?;
            return Ok(Then::Over);
        }
        self.known.from = address(text);
        let then = self.answer(At::Mail, "250 2.1.0 ok").await?;
        self.has_sender = matches!(then, Then::Done);
        Ok(then)
    }

    async fn rcpt(&mut self, text: &str) -> io::Result<Then> {
        if !self.has_sender {
            return self.say("503 5.5.1 MAIL first").await;
        }
        if self.has_recipient {
            self.violation("a second recipient");
            return self.say("452 4.5.3 one at a time").await;
        }
        self.known.to = address(text);
        let then = self.answer(At::Rcpt, "250 2.1.5 ok").await?;
        if matches!(then, Then::Done) {
            self.has_recipient = true;
            let domain = domain(&self.known.to);
            let mut seen = self.server.seen();
            let now = seen.in_hand.entry(domain.clone()).or_default();
            *now += 1;
            let now = *now;
            let most = seen.at_once.entry(domain).or_default();
            *most = now.max(*most);
        }
        Ok(then)
    }

    async fn data(&mut self) -> io::Result<Then> {
        if !self.has_recipient {
            if !(self.has_sender && self.server.behaviour().data_to_nobody) {
                return self.say("503 5.5.1 RCPT first").await;
            }
            self.say("354 go on").await?;
            self.flush().await?;
            if self.body().await?.is_none() {
                return Ok(Then::Over);
            }
            if !self.known.message.iter().all(|byte| b"\r\n".contains(byte)) {
                self.violation("a message to nobody");
            }
            self.forget();
            return self.say("554 5.5.1 for nobody").await;
        }
        let then = self.answer(At::Data, "354 go on").await?;
        if !matches!(then, Then::Done) {
            return Ok(then);
        }
        self.flush().await?;
        if self.body().await?.is_none() {
            return Ok(Then::Over);
        }
        if !self.stream.buffer().is_empty() && self.pipelining != Pipelining::Offered {
            if self.pipelining == Pipelining::Refused {
                self.violation("commands came behind a message, which was not offered");
            }
            return Ok(Then::Over);
        }
        let then = self.answer(At::Message, "250 2.0.0 taken").await?;
        if !matches!(then, Then::Over) {
            self.forget();
        }
        Ok(then)
    }

    /// Reads up to the final dot. `None`: the session ends before.
    async fn body(&mut self) -> io::Result<Option<()>> {
        let cut = self.server.behaviour().cut_bodies.clone();
        let mut line = Vec::new();
        loop {
            line.clear();
            if self.stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(None);
            }
            if line == b".\r\n" {
                return Ok(Some(()));
            }
            if !line.ends_with(b"\r\n") || line.len() > 1000 {
                self.violation("a line of a message is at most 1000 bytes and ends in CRLF");
            }
            let text = line.strip_prefix(b".").unwrap_or(&line);
            self.known.message.extend_from_slice(text);
            if let Some((after, answer)) = &cut
                && self.known.message.len() >= *after
            {
                if *answer == Answer::Hang {
                    // Nobody reads any more; the client's end is not seen either.
                    tokio::time::sleep(Duration::from_secs(20)).await;
                }
                return Ok(None);
            }
        }
    }

    /// Says what is usual at a point, or does what the test asks for.
    async fn answer(&mut self, at: At, usual: &str) -> io::Result<Then> {
        let (decide, delay) = {
            let behaviour = self.server.behaviour();
            (behaviour.at.get(&at).cloned(), behaviour.delays.get(&at).copied())
        };
        let answer = decide.map_or(Answer::Usual, |decide| decide(&self.known));
        if let Some(delay) = delay {
            self.flush().await?;
            tokio::time::sleep(delay).await;
        }
        if at == At::Message && matches!(answer, Answer::Usual | Answer::TakeAndHangUp | Answer::TakeAndHang)
        {
            self.server.received.lock().unwrap().push(self.known.clone());
            self.server.seen().messages[self.number] += 1;
        }
        match answer {
            Answer::Usual => {
                let manner = self.server.behaviour().manner;
                let code = usual.get(..3).unwrap_or_default();
                match manner {
                    // EHLO's answer is what it offers, and has lines of its own.
                    _ if at == At::Ehlo => self.say(usual).await?,
                    Manner::Usual => self.say(usual).await?,
                    Manner::Wordy => self.say(&format!("{code}-well\r\n{code}-\r\n{usual}")).await?,
                    Manner::Terse => self.say(code).await?,
                };
                Ok(Then::Done)
            }
            Answer::Reply(reply) => {
                self.say(reply).await?;
                if !reply.starts_with("421") {
                    return Ok(Then::Refused);
                }
                self.flush().await?;
                Ok(Then::Over)
            }
            Answer::HangUp | Answer::TakeAndHangUp => {
                self.flush().await?;
                Ok(Then::Over)
            }
            Answer::Hang | Answer::TakeAndHang => {
                self.flush().await?;
                tokio::io::copy(&mut self.stream, &mut tokio::io::sink()).await?;
                Ok(Then::Over)
            }
            Answer::Endless => {
                self.flush().await?;
                loop {
                    self.answers.extend_from_slice(b"250-and another thing\r\n");
                    self.flush().await?;
                }
            }
        }
    }

    async fn say(&mut self, reply: &str) -> io::Result<Then> {
        self.answers.extend_from_slice(reply.as_bytes());
        self.answers.extend_from_slice(b"\r\n");
        let pace = self.server.behaviour().pace;
        if pace != Pace::Together {
            self.flush().await?;
        }
        Ok(Then::Refused)
    }

    /// Lets the answers leave, at the pace that is asked for.
    async fn flush(&mut self) -> io::Result<()> {
        let answers = std::mem::take(&mut self.answers);
        if answers.is_empty() {
            return Ok(());
        }
        let pace = self.server.behaviour().pace;
        let (piece, pause) = match pace {
            Pace::Together => (answers.len(), Duration::ZERO),
            Pace::Pieces => (answers.len().div_ceil(2), Duration::from_millis(2)),
            Pace::Drip(pause) => (1, pause),
        };
        for piece in answers.chunks(piece) {
            self.stream.write_all(piece).await?;
            self.stream.flush().await?;
            if pause > Duration::ZERO {
                tokio::time::sleep(pause).await;
            }
        }
        Ok(())
    }

    /// Ends the message in hand.
    fn forget(&mut self) {
        if self.has_recipient
            && let Some(now) = self.server.seen().in_hand.get_mut(&domain(&self.known.to))
        {
            *now -= 1;
        }
        self.has_sender = false;
        self.has_recipient = false;
        self.known = Received::default();
    }

    fn violation(&self, what: &str) {
        self.server.seen().violations.push(format!("connection {}: {what}", self.number));
    }
}

/// What stands between the angle brackets.
fn address(text: &str) -> String {
    text.split(['<', '>']).nth(1).unwrap_or("").to_owned()
}

fn domain(address: &str) -> String {
    address.rsplit('@').next().unwrap_or("").to_ascii_lowercase()
}

fn decoded(text: &str) -> String {
    String::from_utf8(BASE64.decode(text).unwrap_or_default()).unwrap_or_default()
}

/// Refuses each address once and takes it later.
pub fn greylisting() -> impl Fn(&str) -> Answer + Send + Sync {
    let met = Mutex::new(HashSet::new());
    move |to| match met.lock().unwrap().insert(to.to_owned()) {
        true => Answer::Reply("451 4.7.1 greylisted, come back later"),
        false => Answer::Usual,
    }
}
