//! Postfix's test programs: the sink that all mail goes into, and the source that we are measured
//! against.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::relay::Relay;
use crate::site::CONNECTIONS;

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Not on the path of everybody who may run them.
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    folders.push("/usr/sbin".into());
    folders.into_iter().map(|folder| folder.join(program)).find(|file| file.exists())
}

/// Whether both are installed. `Err` names the one that is not.
pub fn find_programs() -> Result<(), &'static str> {
    ["smtp-sink", "smtp-source"].into_iter().try_for_each(|program| find(program).map(|_| ()).ok_or(program))
}

/// A running `smtp-sink`. Killed when dropped.
pub struct Sink {
    process: Child,
    pub port: u16,
    counters: File,
}

impl Sink {
    /// Starts on a free port. Its running counters go to a file in `folder`.
    pub fn start(folder: &Path) -> Sink {
        let port = free_port();
        let path = folder.join("smtp-sink.counters");
        let output = File::create(&path).unwrap();
        let mut command = Command::new(find("smtp-sink").unwrap());
        if is_root() {
            command.args(["-u", "nobody"]);
        }
        let process = command
            .args(["-c", &format!("127.0.0.1:{port}"), "1000"])
            .stdin(Stdio::null())
            .stdout(output)
            .spawn()
            .unwrap();
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(5), "smtp-sink does not listen");
            std::thread::sleep(Duration::from_millis(5));
        }
        Sink { process, port, counters: File::open(path).unwrap() }
    }

    /// The messages that it says it took, of everybody: the last `mesg=` it wrote.
    pub fn count(&self) -> u64 {
        let mut file = &self.counters;
        let len = file.metadata().unwrap().len();
        file.seek(SeekFrom::Start(len.saturating_sub(200))).unwrap();
        let mut tail = String::new();
        file.read_to_string(&mut tail).unwrap();
        // What stands behind the last return may be cut off.
        let whole = tail.rsplit_once('\r').map_or("", |(whole, _)| whole);
        let last = whole.rsplit_once("mesg=").map(|(_, number)| number);
        last.map_or(0, |number| number.trim().parse().expect("a count of messages"))
    }

    /// Asserts that it took exactly `messages` since it had counted `before`.
    pub fn assert_took(&self, before: u64, messages: usize) {
        let (start, expected) = (Instant::now(), before + messages as u64);
        // It counts just after it has answered.
        while self.count() < expected && start.elapsed() < Duration::from_secs(2) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(self.count() - before, messages as u64, "the sink's own count agrees");
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"))
}

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// `smtp-source`, each message on a connection that is kept, set to mails of one size.
pub struct Source {
    payload_bytes: usize,
}

impl Source {
    /// Set so that a mail of its own takes `bytes` on the wire, as ours does. It counts without
    /// its headers: one trial tells how much they are.
    pub async fn of_size(bytes: usize) -> Source {
        let relay = Relay::start(Duration::ZERO).await;
        let mut source = Source { payload_bytes: bytes };
        for _ in 0..2 {
            let trial = Source { payload_bytes: source.payload_bytes };
            let port = relay.port;
            tokio::task::spawn_blocking(move || trial.run(port, 1)).await.unwrap();
            source.payload_bytes = source.payload_bytes + bytes - relay.bytes_last();
        }
        source
    }

    /// Sends and returns how many messages a second it made.
    pub fn run(&self, port: u16, messages: usize) -> f64 {
        let start = Instant::now();
        let status = Command::new(find("smtp-source").unwrap())
            .args(["-d", "-s", &CONNECTIONS.to_string(), "-m", &messages.to_string()])
            .args(["-l", &self.payload_bytes.to_string(), &format!("127.0.0.1:{port}")])
            .status()
            .unwrap();
        assert!(status.success(), "smtp-source failed");
        messages as f64 / start.elapsed().as_secs_f64()
    }
}
