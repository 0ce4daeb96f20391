//! The real binary as processes of their own: what they use is read from `/proc`.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::site::Site;
use crate::yardstick::free_port;

/// A command of the binary, which sees these settings and no others.
pub fn command(vars: &HashMap<String, String>, folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postrider"));
    command.args(args).env_clear().envs(vars).current_dir(folder).stdin(Stdio::null());
    command
}

/// `dkim make`: a key, and the settings that name it.
pub fn make_dkim_key(folder: &Path, kind: &str) -> HashMap<String, String> {
    let file = folder.join("dkim.pem").display().to_string();
    let args =
        ["dkim", "make", "--domain", "harbour.example", "--selector", "bench", "--type", kind, "--out"];
    let output =
        command(&HashMap::new(), folder, &[&args[..], &[&file, "--json"]].concat()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    serde_json::from_value(made["environment"].clone()).unwrap()
}

/// A running `postrider serve`. Killed when dropped.
pub struct Process {
    child: Child,
    pub url: String,
    log: PathBuf,
}

impl Process {
    /// Starts it on a site and waits until it answers.
    pub async fn serve(site: &Site, relay_port: u16, args: &[&str]) -> Process {
        let port = free_port();
        let mut vars = site.vars_with_relay(relay_port);
        vars.insert("BIND_ADDR".into(), format!("127.0.0.1:{port}"));
        let log = site.path().join(format!("serve-{port}.log"));
        let mut command = command(&vars, site.path(), &[&["serve"], args].concat());
        command.stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let url = format!("http://127.0.0.1:{port}");
        let mut process = Process { child: command.spawn().unwrap(), url, log };
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let (start, ready) = (Instant::now(), format!("{}/readyz", process.url));
        while !http.get(&ready).send().await.is_ok_and(|answer| answer.status().is_success()) {
            process.assert_runs();
            assert!(start.elapsed() < Duration::from_secs(30), "serve is not ready after 30 s");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        process
    }

    /// Whether `serve` knows an option.
    pub fn knows(option: &str) -> bool {
        let output =
            Command::new(env!("CARGO_BIN_EXE_postrider")).args(["serve", "--help"]).output().unwrap();
        String::from_utf8_lossy(&output.stdout).contains(option)
    }

    /// Fails with what it has said where it has ended.
    pub fn assert_runs(&mut self) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!("serve ended, {status}: {}", std::fs::read_to_string(&self.log).unwrap_or_default());
        }
    }

    fn proc(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }

    /// User and system time since it began, in seconds.
    pub fn cpu_secs(&self) -> f64 {
        let stat = self.proc("stat");
        // The second field is the program's name, which may hold anything.
        let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        let ticks: f64 = fields[11..13].iter().map(|field| field.parse::<f64>().unwrap()).sum();
        ticks / ticks_per_sec()
    }

    /// The most memory that it ever held, in millions of bytes.
    pub fn peak_mb(&self) -> f64 {
        let status = self.proc("status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0 / 1e6
    }

    /// SIGTERM, and its end.
    pub async fn stop(mut self) {
        Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        let start = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(30), "serve does not end after SIGTERM");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if start.elapsed() > Duration::from_secs(10) {
            crate::say(&format!("serve took {:.1} s to end", start.elapsed().as_secs_f64()));
        }
        let said = std::fs::read_to_string(&self.log).unwrap_or_default();
        for line in said.lines().take(5) {
            crate::say(&format!("serve said: {line:.200}"));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ticks_per_sec() -> f64 {
    let output = Command::new("getconf").arg("CLK_TCK").output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(100.0)
}
