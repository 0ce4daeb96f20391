//! A sink of our own: it offers pipelining, takes everything, may wait at the final dot, and
//! knows when the first and the last message came and how long the last one was.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::Instant;

const END: &[u8] = b"\r\n.\r\n";

/// The sink. It listens until it is dropped.
pub struct Relay {
    pub port: u16,
    tally: Arc<Mutex<Tally>>,
    accepting: JoinHandle<()>,
}

/// What it took.
#[derive(Clone, Copy, Default)]
pub struct Tally {
    pub count: u64,
    pub first_at: Option<Instant>,
    pub last_at: Option<Instant>,
    bytes_last: usize,
    pub bytes_all: usize,
}

impl Relay {
    /// Starts on a free port; answers each message after `delay`.
    pub async fn start(delay: Duration) -> Relay {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let tally = Arc::new(Mutex::new(Tally::default()));
        let shared = tally.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, delay, shared.clone()));
            }
        });
        Relay { port, tally, accepting }
    }

    /// What it took since the last time.
    pub fn take(&self) -> Tally {
        std::mem::take(&mut self.tally.lock().unwrap())
    }

    /// How long the last message was on the wire, without the final dot.
    pub fn bytes_last(&self) -> usize {
        self.tally.lock().unwrap().bytes_last
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Where a message ends: behind its last line, before the final dot. Looks at every fifth byte or
/// so, to leave the machine to those who are measured.
fn find_end(bytes: &[u8]) -> Option<usize> {
    let mut at = END.len() - 1;
    while at < bytes.len() {
        let start = at + 1 - END.len();
        if &bytes[start..=at] == END {
            return Some(start + 2);
        }
        at += match bytes[at] {
            b'\r' => 1,
            b'.' => 2,
            b'\n' => 3,
            _ => 5,
        };
    }
    None
}

async fn converse(mut stream: TcpStream, delay: Duration, tally: Arc<Mutex<Tally>>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.write_all(b"220 relay.example ESMTP\r\n").await?;
    let mut bytes: Vec<u8> = Vec::with_capacity(64 * 1024);
    let mut in_message = false;
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
        let mut answers = Vec::new();
        loop {
            if in_message {
                let Some(end) = find_end(&bytes) else { break };
                bytes.drain(..end + 3);
                in_message = false;
                if !delay.is_zero() {
                    tokio::time::sleep(delay).await;
                }
                count(&mut tally.lock().unwrap(), end);
                answers.extend_from_slice(b"250 2.0.0 Ok\r\n");
                continue;
            }
            let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { break };
            let line: Vec<u8> = bytes.drain(..=end).collect();
            let verb = line[..line.len().min(4)].to_ascii_uppercase();
            answers.extend_from_slice(match verb.as_slice() {
                b"EHLO" => b"250-relay.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
                b"DATA" => b"354 End data with <CR><LF>.<CR><LF>\r\n",
                b"QUIT" => b"221 2.0.0 Bye\r\n",
                _ => b"250 2.0.0 Ok\r\n",
            });
            match verb.as_slice() {
                b"DATA" => in_message = true,
                b"QUIT" => {
                    stream.write_all(&answers).await?;
                    return Ok(());
                }
                _ => {}
            }
        }
        if !answers.is_empty() {
            stream.write_all(&answers).await?;
        }
    }
}

fn count(tally: &mut Tally, bytes: usize) {
    let now = Instant::now();
    tally.count += 1;
    tally.first_at.get_or_insert(now);
    tally.last_at = Some(now);
    tally.bytes_last = bytes;
    tally.bytes_all += bytes;
}
