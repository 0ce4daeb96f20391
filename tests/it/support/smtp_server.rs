//! A real SMTP server: mailin speaks the protocol, this file moves the bytes and misbehaves on
//! request.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mailin::{Action, Handler, Response, SessionBuilder};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A message that the server has taken, or was handed whole.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: String,
    pub message: Vec<u8>,
}

/// What the server does at a point where a test has a say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Goes on as a server does.
    Usual,
    /// This line instead; the recipient or message is not taken.
    Reply(&'static str),
    /// Hangs up without a word; the message is not taken.
    HangUp,
    /// Takes the message and hangs up before it says so.
    TakeAndHangUp,
}

type AtRcpt = Box<dyn Fn(&str) -> Answer + Send + Sync>;
type AtMessage = Box<dyn Fn(&Received) -> Answer + Send + Sync>;

struct Behaviour {
    at_mail: Answer,
    at_rcpt: AtRcpt,
    at_message: AtMessage,
    delay: Duration,
    pipelining: Pipelining,
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
}

/// The server. It listens until it is dropped.
#[derive(Clone)]
pub struct SmtpServer {
    pub addr: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    behaviour: Arc<Mutex<Behaviour>>,
}

impl SmtpServer {
    /// Starts on a free port.
    pub async fn start() -> SmtpServer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let server = SmtpServer {
            addr: listener.local_addr().expect("an address"),
            received: Arc::default(),
            behaviour: Arc::new(Mutex::new(Behaviour {
                at_mail: Answer::Usual,
                at_rcpt: Box::new(|_| Answer::Usual),
                at_message: Box::new(|_| Answer::Usual),
                delay: Duration::ZERO,
                pipelining: Pipelining::Offered,
            })),
        };
        let accepting = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = accepting.clone();
                tokio::spawn(async move {
                    let _ = server.converse(stream).await;
                });
            }
        });
        server
    }

    /// Decides what is said to MAIL.
    pub fn at_mail(&self, answer: Answer) {
        self.behaviour.lock().unwrap().at_mail = answer;
    }

    /// Decides what is said to RCPT, by address.
    pub fn at_rcpt(&self, answer: impl Fn(&str) -> Answer + Send + Sync + 'static) {
        self.behaviour.lock().unwrap().at_rcpt = Box::new(answer);
    }

    /// Decides what is said after the final dot.
    pub fn at_message(&self, answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) {
        self.behaviour.lock().unwrap().at_message = Box::new(answer);
    }

    /// Waits this long before it answers the final dot.
    pub fn delay(&self, delay: Duration) {
        self.behaviour.lock().unwrap().delay = delay;
    }

    /// Decides about pipelining, from the next connection on.
    pub fn pipelining(&self, pipelining: Pipelining) {
        self.behaviour.lock().unwrap().pipelining = pipelining;
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

    async fn converse(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        let incoming =
            Arc::new(Mutex::new(Received { from: String::new(), to: String::new(), message: vec![] }));
        let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let mut session = SessionBuilder::new("relay.example").build(ip, Incoming(incoming.clone()));
        say(&mut stream, &session.greeting()).await?;
        let mut line = Vec::new();
        let mut in_message = false;
        let pipelining = self.behaviour.lock().unwrap().pipelining;
        loop {
            line.clear();
            if stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(());
            }
            if !in_message && pipelining != Pipelining::Offered && !stream.buffer().is_empty() {
                return Ok(());
            }
            if !in_message && line.to_ascii_uppercase().starts_with(b"MAIL FROM:") {
                let answer = self.behaviour.lock().unwrap().at_mail.clone();
                if let Answer::Reply(reply) = answer {
                    stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
                    continue;
                }
            }
            let rcpt = line.to_ascii_uppercase().starts_with(b"RCPT TO:");
            if !in_message && rcpt {
                let to = String::from_utf8_lossy(&line);
                let to = to.split(['<', '>']).nth(1).unwrap_or("").to_owned();
                let answer = (self.behaviour.lock().unwrap().at_rcpt)(&to);
                match answer {
                    Answer::Usual | Answer::TakeAndHangUp => {}
                    Answer::HangUp => return Ok(()),
                    Answer::Reply(reply) => {
                        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
                        if reply.starts_with("421") {
                            return Ok(());
                        }
                        continue;
                    }
                }
            }
            if !in_message && line.eq_ignore_ascii_case(b"RSET\r\n") {
                *incoming.lock().unwrap() =
                    Received { from: String::new(), to: String::new(), message: vec![] };
            }
            let response = session.process(&line);
            if in_message && response.action != Action::NoReply {
                in_message = false;
                let received = std::mem::replace(
                    &mut *incoming.lock().unwrap(),
                    Received { from: String::new(), to: String::new(), message: vec![] },
                );
                let (answer, delay) = {
                    let behaviour = self.behaviour.lock().unwrap();
                    ((behaviour.at_message)(&received), behaviour.delay)
                };
                tokio::time::sleep(delay).await;
                match answer {
                    Answer::Usual => self.received.lock().unwrap().push(received),
                    Answer::Reply(reply) => {
                        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
                        continue;
                    }
                    Answer::HangUp => return Ok(()),
                    Answer::TakeAndHangUp => {
                        self.received.lock().unwrap().push(received);
                        return Ok(());
                    }
                }
            }
            if pipelining != Pipelining::Refused && line.to_ascii_uppercase().starts_with(b"EHLO ") {
                stream.write_all(b"250-relay.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n").await?;
                continue;
            }
            in_message |= response.code == 354;
            match response.action {
                Action::NoReply => {}
                Action::Close => return say(&mut stream, &response).await,
                _ => say(&mut stream, &response).await?,
            }
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, response: &Response) -> io::Result<()> {
    stream.write_all(&response.buffer()?).await
}

/// Collects one message.
struct Incoming(Arc<Mutex<Received>>);

impl Handler for Incoming {
    fn mail(&mut self, _ip: IpAddr, _domain: &str, from: &str) -> Response {
        self.0.lock().unwrap().from = from.to_owned();
        mailin::response::OK
    }

    fn rcpt(&mut self, to: &str) -> Response {
        self.0.lock().unwrap().to = to.to_owned();
        mailin::response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().message.extend_from_slice(bytes);
        Ok(())
    }
}
