//! A DNS server: it knows which domains take mail, and says of every other that there is none.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::net::UdpSocket;

const MX: u16 = 15;
const A: u16 = 1;
const NS: u16 = 2;

/// What a name has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    Mx,
    /// An MX that says that it takes no mail (RFC 7505).
    NullMx,
    /// No MX, but a host of the same name.
    Host,
    /// The name is there, and nothing of it.
    Nothing,
    /// No answer ever comes.
    Silence,
}

/// The server. It answers until it is dropped.
pub struct DnsServer {
    pub addr: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    answering: tokio::task::JoinHandle<()>,
}

impl DnsServer {
    /// Starts with these names; `knows_com`: whether it knows the rest of the world at all.
    pub async fn start(names: &'static [(&'static str, Has)], knows_com: bool) -> DnsServer {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        let addr = socket.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let noted = asked.clone();
        let answering = tokio::spawn(async move {
            let mut packet = [0; 512];
            while let Ok((size, from)) = socket.recv_from(&mut packet).await {
                let (name, kind, question) = question(&packet[..size]);
                noted.lock().unwrap().push(name.clone());
                let has = names.iter().find(|(known, _)| *known == name).map(|(_, has)| *has);
                let answer = match (name.as_str(), kind, has) {
                    ("com", NS, _) if knows_com => Some((NS, b"\x01a\x00".to_vec())),
                    (_, MX, Some(Has::Mx)) => Some((MX, b"\x00\x0a\x02mx\x07harbour\x03com\x00".to_vec())),
                    (_, MX, Some(Has::NullMx)) => Some((MX, b"\x00\x00\x00".to_vec())),
                    (_, A, Some(Has::Host)) => Some((A, vec![192, 0, 2, 1])),
                    _ => None,
                };
                if has == Some(Has::Silence) {
                    continue;
                }
                let code = if has.is_none() && answer.is_none() { 3 } else { 0 };
                let mut reply = packet[..2].to_vec();
                reply.extend([0x81, 0x80 | code, 0, 1, 0, u8::from(answer.is_some()), 0, 0, 0, 0]);
                reply.extend(question);
                if let Some((kind, data)) = answer {
                    reply.extend([0xc0, 12]);
                    reply.extend(kind.to_be_bytes());
                    reply.extend([0, 1, 0, 0, 1, 0]);
                    reply.extend((data.len() as u16).to_be_bytes());
                    reply.extend(data);
                }
                let _ = socket.send_to(&reply, from).await;
            }
        });
        DnsServer { addr, asked, answering }
    }

    /// The names that it was asked about.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.answering.abort();
    }
}

/// The name, the kind of record, and the bytes of a packet's one question.
fn question(packet: &[u8]) -> (String, u16, Vec<u8>) {
    let (mut at, mut labels) = (12, Vec::new());
    while packet[at] != 0 {
        let end = at + 1 + usize::from(packet[at]);
        labels.push(String::from_utf8_lossy(&packet[at + 1..end]).to_lowercase());
        at = end;
    }
    let kind = u16::from_be_bytes([packet[at + 1], packet[at + 2]]);
    (labels.join("."), kind, packet[12..at + 5].to_vec())
}
