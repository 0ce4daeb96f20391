//! A real Postfix of a test's own, from Debian's packages: in a folder of its own, on a free port of this
//! machine, delivering to a mailbox in that folder. It asks no DNS and sends nothing anywhere.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use super::process::{free_port, wait_until};

/// A mail in the mailbox.
#[derive(Clone, Debug)]
pub struct Delivered {
    pub to: String,
    pub message_id: String,
    /// Postfix's name for it: one that it has taken twice has two.
    pub queue_id: String,
    pub message: Vec<u8>,
}

/// The server. It ends, and takes its folder along, when this is dropped or the process ends.
pub struct Postfix {
    shell: Child,
    said: BufReader<ChildStdout>,
    folder: PathBuf,
    pub port: u16,
}

/// Fails where Postfix must be there (CI); else says why a test did not run.
pub fn skip_postfix(missing: &str) {
    assert!(std::env::var("CI").is_err(), "CI sends to a real Postfix too: {missing}");
    super::say(&format!("no test with a real Postfix: {missing}"));
}

impl Postfix {
    /// Starts one for the domain example.org. `mailboxes`: the addresses that exist, as a regular
    /// expression; `restrictions`: what it looks at before it takes a recipient; `files`: what those name,
    /// as `{FOLDER}/name`. `Err` says why there is none.
    pub async fn start(
        mailboxes: &str,
        restrictions: &str,
        files: &[(&str, &str)],
    ) -> Result<Postfix, String> {
        if !Path::new("/usr/sbin/postfix").exists() {
            return Err("there is no /usr/sbin/postfix (Debian's package postfix)".to_owned());
        }
        if !Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n")) {
            return Err("Postfix starts only as root".to_owned());
        }
        let port = free_port();
        let folder = std::env::temp_dir().join(format!("postrider-test-postfix-{port}"));
        for name in ["etc", "queue", "data", "mail"] {
            std::fs::create_dir_all(folder.join(name)).map_err(|error| error.to_string())?;
        }
        // Postfix's own users look into it, whatever the umask is.
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("a folder of ours");
        // At its start it tells the log, as its own user, of a file that a kill left half written; where it may not,
        // it does not start.
        std::fs::write(folder.join("log"), "").map_err(|error| error.to_string())?;
        for (owner, name) in [("postfix", "data"), ("postfix", "log"), ("nobody", "mail")] {
            Command::new("chown").arg(owner).arg(folder.join(name)).status().expect("chown");
        }
        let here = |text: &str| text.replace("{FOLDER}", &folder.join("etc").display().to_string());
        let master = MASTER.replace("{PORT}", &port.to_string());
        let main =
            MAIN.replace("{ROOT}", &folder.display().to_string()).replace("{RESTRICTIONS}", restrictions);
        let exist = format!("/{mailboxes}/ all/\n");
        let files = files.iter().copied();
        for (name, text) in [("main.cf", main.as_str()), ("master.cf", &master), ("mailboxes", &exist)]
            .into_iter()
            .chain(files)
        {
            std::fs::write(folder.join("etc").join(name), here(text)).map_err(|error| error.to_string())?;
        }
        let mut shell = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("FOLDER", &folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let said = BufReader::new(shell.stdout.take().expect("a pipe"));
        let server = Postfix { shell, said, folder, port };
        server.wait_until_ready().await;
        Ok(server)
    }

    async fn wait_until_ready(&self) {
        wait_until("Postfix answers", async || {
            let Ok(stream) = std::net::TcpStream::connect(("127.0.0.1", self.port)) else { return false };
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let mut greeting = String::new();
            BufReader::new(stream).read_line(&mut greeting).is_ok() && greeting.starts_with("220")
        })
        .await;
    }

    fn command(&mut self, command: &str) {
        writeln!(self.shell.stdin.as_mut().expect("a pipe"), "{command}").expect("the shell listens");
        let mut line = String::new();
        self.said.read_line(&mut line).expect("the shell speaks");
        assert_eq!(line, "done\n", "{}", self.log());
    }

    /// Ends it, with whatever is on the wire. What it has taken stays in its queue.
    pub fn stop(&mut self) {
        self.command("stop");
    }

    /// Starts it again.
    pub async fn start_again(&mut self) {
        self.command("start");
        self.wait_until_ready().await;
    }

    /// What Postfix says of its work.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// How many mails it has begun to take. What is in the mailbox may be far behind.
    pub fn taken(&self) -> usize {
        self.log().matches(": client=").count()
    }

    /// Waits until it has delivered all that it has taken; returns that and empties the mailbox.
    pub async fn take(&self) -> Vec<Delivered> {
        wait_until("Postfix has delivered what it took", async || {
            ["maildrop", "incoming", "active", "deferred"].into_iter().all(|queue| {
                let files = std::fs::read_dir(self.folder.join("queue").join(queue));
                // Hashed queues have folders of one letter.
                files.into_iter().flatten().flatten().all(|entry| match std::fs::read_dir(entry.path()) {
                    Ok(within) => !within.flatten().any(|file| is_taken(&file)),
                    Err(_) => !is_taken(&entry),
                })
            })
        })
        .await;
        let files = std::fs::read_dir(self.folder.join("mail/all/new")).into_iter().flatten().flatten();
        let mails = files.map(|file| {
            let message = std::fs::read(file.path()).expect("a mail");
            std::fs::remove_file(file.path()).expect("a mail");
            Delivered::read(message)
        });
        mails.collect()
    }
}

/// Whether a file of a queue is a mail that Postfix has said to have taken; what nobody may execute a stop left half
/// written.
fn is_taken(file: &std::fs::DirEntry) -> bool {
    file.metadata().is_ok_and(|about| about.permissions().mode() & 0o100 != 0)
}

impl Delivered {
    fn read(message: Vec<u8>) -> Delivered {
        let text = String::from_utf8_lossy(&message).into_owned();
        let header = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {text}")).trim().to_owned()
        };
        // Received: from … by relay.example (Postfix) with ESMTP id 8575198E056
        let queue_id = text.split(" id ").nth(1).and_then(|rest| rest.split_whitespace().next());
        Delivered {
            to: header("Delivered-To:"),
            message_id: header("Message-ID:"),
            queue_id: queue_id.expect("a Received header").to_owned(),
            message,
        }
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// It outlives us just long enough to stop the server and remove its folder.
const SCRIPT: &str = r#"
    serve() {
        postfix -c "$FOLDER/etc" start-fg </dev/null >"$FOLDER/out" 2>&1
    }
    ended() {
        [ -e "$FOLDER/ended" ]
    }
    # While it was away its port may have become that of somebody's connection, for a moment.
    start() {
        rm -f "$FOLDER/ended"
        (until ended || serve || ended; do sleep 1; done) &
        server=$!
    }
    stop() {
        touch "$FOLDER/ended"
        kill -TERM "$(cat "$FOLDER/queue/pid/master.pid")"
        wait "$server"
    }
    start
    while read -r command; do
        "$command"
        echo done
    done
    stop
    rm -rf "$FOLDER"
"#;

const MAIN: &str = "\
compatibility_level = 3.6
queue_directory = {ROOT}/queue
data_directory = {ROOT}/data
maillog_file = {ROOT}/log
maillog_file_prefixes = {ROOT}
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
myhostname = relay.example
mydestination =
mynetworks =
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {ROOT}/mail
virtual_mailbox_maps = regexp:{FOLDER}/mailboxes
virtual_mailbox_limit = 0
# What a stop put off is delivered a moment after the start, not five minutes.
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
transport_retry_time = 1s
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_tls_security_level = none
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = {RESTRICTIONS}
";

const MASTER: &str = "\
127.0.0.1:{PORT} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
";
