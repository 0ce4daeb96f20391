//! A real browser, driven as a person drives one: by the words on its buttons and labels, by keys, and by what
//! can be seen. One chromedriver serves the whole run; every test has a browser and a profile of its own.
//! A page is never asked for its insides where a person could look instead.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::TestApp;

/// How long a page may take to show what it must.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a page is looked at in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    Light,
    Dark,
}

/// Says why a test did not run in a browser; where there must be one (CI), fails.
pub fn skip_browser(missing: &str) {
    assert!(std::env::var("CI").is_err(), "CI runs in a browser too: {missing}");
    static SAID: std::sync::Once = std::sync::Once::new();
    SAID.call_once(|| super::say(&format!("the suite does not run in a browser: {missing}")));
}

/// A browser with one page open.
pub struct Browser {
    client: Client,
    /// The application's address.
    url: String,
    port: u16,
    session: String,
    _profile: tempfile::TempDir,
}

impl Drop for Browser {
    // Also when a test fails: a browser that nobody closes lives as long as chromedriver does.
    fn drop(&mut self) {
        let Ok(mut driver) = TcpStream::connect(("127.0.0.1", self.port)) else { return };
        let _ = driver.set_read_timeout(Some(Duration::from_secs(10)));
        let request = format!(
            "DELETE /session/{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n",
            self.session, self.port
        );
        let _ = driver.write_all(request.as_bytes());
        let _ = driver.read(&mut [0; 1024]);
    }
}

impl Browser {
    /// Opens one. `None`: there is none here, which has been said.
    pub async fn open(app: &TestApp) -> Option<Browser> {
        Browser::open_with(app, json!({})).await
    }

    /// The same, where no page may run a script.
    pub async fn open_without_scripts(app: &TestApp) -> Option<Browser> {
        Browser::open_with(app, json!({ "profile.managed_default_content_settings.javascript": 2 })).await
    }

    async fn open_with(app: &TestApp, settings: Value) -> Option<Browser> {
        let (port, binary) = match driver() {
            Ok(driver) => driver,
            Err(missing) => {
                skip_browser(missing);
                return None;
            }
        };
        let profile = tempfile::tempdir().expect("a temporary folder");
        let options = json!({
            "binary": binary,
            "prefs": settings,
            "args": [
                "--headless",
                // It only ever sees our own pages, and as root (in a container) it has no sandbox.
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-extensions",
                "--window-size=1280,900",
                // Nothing beyond this machine, whatever a page asks for.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                format!("--user-data-dir={}", profile.path().display()),
            ],
        });
        let wanted = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let Value::Object(wanted) = wanted else { unreachable!() };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a browser");
        let session = client.session_id().await.expect("a session").expect("its id");
        // Closed by `Drop`, for a test that fails too.
        client.persist().await.expect("a session");
        Some(Browser { client, url: app.url.clone(), port: *port, session, _profile: profile })
    }

    /// The driver itself, for what is done without scripts.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Opens a path of the application, or an address.
    pub async fn go(&self, path: &str) {
        let url = if path.starts_with('/') { format!("{}{path}", self.url) } else { path.to_owned() };
        self.client.goto(&url).await.unwrap_or_else(|error| panic!("{path}: {error}"));
    }

    /// Where one is: path and query.
    pub async fn path(&self) -> String {
        let url = self.client.current_url().await.expect("an address");
        url.as_str().strip_prefix(&self.url).unwrap_or(url.as_str()).to_owned()
    }

    /// Whether an address is the application's.
    pub fn is_ours(&self, url: &str) -> bool {
        url.starts_with(&format!("{}/", self.url)) || url == self.url
    }

    /// Runs a script that a test needs to look at a page: its value.
    pub async fn ask(&self, script: &str, of: Vec<Value>) -> Value {
        self.client.execute(script, of).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// The same for a script that answers later, by its last argument.
    pub async fn ask_later(&self, script: &str, of: Vec<Value>) -> Value {
        self.client.execute_async(script, of).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Waits until a script answers with anything but false.
    pub async fn until(&self, what: &str, script: &str, of: Vec<Value>) -> Value {
        let began = Instant::now();
        loop {
            // A page that is just being left has nothing to ask.
            let answer = self.client.execute(script, of.clone()).await;
            match &answer {
                Ok(found) if *found != Value::Null && *found != Value::Bool(false) => return found.clone(),
                _ if began.elapsed() < PATIENCE => tokio::time::sleep(Duration::from_millis(40)).await,
                _ => panic!("{what}: {answer:?}, at {}\n{}", self.path().await, self.text().await),
            }
        }
    }

    /// All that can be read on the page.
    pub async fn text(&self) -> String {
        let text = self.client.execute("return document.body.innerText", Vec::new()).await;
        text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Waits until words can be read on the page.
    pub async fn sees(&self, words: &str) {
        let script = "return document.body.innerText.replace(/\\s+/g, ' ').includes(arguments[0])";
        self.until(&format!("“{words}” is not to be seen"), script, vec![json!(words)]).await;
    }

    /// Waits until the page is that of a path.
    pub async fn is_at(&self, path: &str) {
        let script = "return location.pathname + location.search === arguments[0] && document.readyState === 'complete'";
        self.until(&format!("not at {path}"), script, vec![json!(path)]).await;
    }

    /// The button, link or tick with this name.
    async fn control(&self, name: &str) -> Element {
        let found = self
            .until(
                &format!("no button or link “{name}”"),
                &script("control(arguments[0])"),
                vec![json!(name)],
            )
            .await;
        self.element(found)
    }

    /// The field with this label.
    async fn field(&self, label: &str) -> Element {
        let found = self
            .until(&format!("no field “{label}”"), &script("field(arguments[0])"), vec![json!(label)])
            .await;
        self.element(found)
    }

    fn element(&self, found: Value) -> Element {
        let id = found.as_object().and_then(|map| map.values().next()).and_then(Value::as_str);
        let id = id.unwrap_or_else(|| panic!("{found} is no element"));
        Element::from_element_id(self.client.clone(), id.to_owned().into())
    }

    /// Clicks the button, link or tick with this name.
    pub async fn click(&self, name: &str) {
        // A live page may change between the look and the click.
        for _ in 0..5 {
            match self.control(name).await.click().await {
                Ok(()) => return,
                Err(error) if error.is_stale_element_reference() => {}
                Err(error) => panic!("“{name}” can't be clicked: {error}"),
            }
        }
        panic!("“{name}” changes all the time");
    }

    /// Opens a menu by its name, or how that begins, and clicks what is in it.
    pub async fn click_in_menu(&self, menu: &str, name: &str) {
        let found =
            self.until(&format!("no menu “{menu}”"), &script("menu(arguments[0])"), vec![json!(menu)]).await;
        self.element(found).click().await.unwrap_or_else(|error| panic!("“{menu}” can't be opened: {error}"));
        self.click(name).await;
    }

    /// Waits until the page has a button or link with this name.
    pub async fn finds(&self, name: &str) {
        self.control(name).await;
    }

    /// Whether the page has a button or link with this name.
    pub async fn offers(&self, name: &str) -> bool {
        self.ask(&script("control(arguments[0]) !== null"), vec![json!(name)]).await == true
    }

    /// Clicks twice, as fast as a hand that is used to folders.
    pub async fn double_click(&self, name: &str) {
        use fantoccini::actions::{MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
        let control = self.control(name).await;
        let (down, up) = (
            PointerAction::Down { button: MOUSE_BUTTON_LEFT },
            PointerAction::Up { button: MOUSE_BUTTON_LEFT },
        );
        let over = PointerAction::MoveToElement { element: control, duration: None, x: 0.0, y: 0.0 };
        let hand = MouseActions::new("hand".to_owned()).then(over);
        let hand = hand.then(down.clone()).then(up.clone()).then(down).then(up);
        self.client.perform_actions(hand).await.unwrap_or_else(|error| panic!("“{name}”: {error}"));
    }

    /// Types into the field with this label, over what stands there.
    pub async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.unwrap_or_else(|error| panic!("“{label}” can't be emptied: {error}"));
        field.send_keys(text).await.unwrap_or_else(|error| panic!("“{label}” can't be typed in: {error}"));
    }

    /// Ticks the box, or chooses the one of several, with this label.
    pub async fn tick(&self, label: &str) {
        let field = self.field(label).await;
        field.click().await.unwrap_or_else(|error| panic!("“{label}” can't be ticked: {error}"));
    }

    /// Chooses a file in the field with this label.
    pub async fn attach(&self, label: &str, path: &std::path::Path) {
        let (field, path) = (self.field(label).await, path.to_str().expect("a path in UTF-8"));
        field.send_keys(path).await.unwrap_or_else(|error| panic!("“{label}” takes no file: {error}"));
    }

    /// What stands in the field with this label.
    pub async fn value(&self, label: &str) -> String {
        let field = self.field(label).await;
        field.prop("value").await.expect("a value").unwrap_or_default()
    }

    /// Chooses a line of the list with this label.
    pub async fn choose(&self, label: &str, line: &str) {
        let field = self.field(label).await;
        field.select_by_label(line).await.unwrap_or_else(|error| panic!("no “{line}” in “{label}”: {error}"));
    }

    /// Sets the day and time of the field with this label: `2026-11-24T17:30`. Typing it depends on the
    /// browser's language.
    pub async fn set_time(&self, label: &str, time: &str) {
        let field = self.field(label).await;
        let script = "arguments[0].value = arguments[1];
            arguments[0].dispatchEvent(new Event('input', { bubbles: true }))";
        self.ask(script, vec![serde_json::to_value(&field).expect("an element"), json!(time)]).await;
    }

    /// Presses keys, where the focus is.
    pub async fn keys(&self, keys: &str) {
        let mut hand = KeyActions::new("hand".to_owned());
        for value in keys.chars() {
            hand = hand.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(hand).await.unwrap_or_else(|error| panic!("{keys:?}: {error}"));
    }

    /// Presses a key with a name, where the focus is.
    pub async fn key(&self, key: Key) {
        self.keys(&char::from(key).to_string()).await;
    }

    /// Goes on by Tab until the control or field with this name has the focus. Whatever has it on the way must
    /// show it.
    pub async fn tab_to(&self, name: &str) {
        let mut passed = Vec::new();
        for _ in 0..150 {
            self.key(Key::Tab).await;
            let focus = self.ask(&script("focus()"), Vec::new()).await;
            let here = focus["name"].as_str().unwrap_or_default();
            let said = format!("{here} ({})", focus["what"]);
            if focus["what"] != "body" {
                assert!(focus["seen"] == true, "the focus is not on the screen: {focus}");
                assert!(focus["outline"].as_f64() >= Some(2.0), "the focus can't be seen: {focus}");
            }
            if here == name {
                return;
            }
            passed.push(said);
        }
        panic!("Tab does not lead to “{name}” at {}: {passed:#?}", self.path().await);
    }

    /// Looks into the frame with this name, by its text. It has a page of its own, that scripts do not reach.
    pub async fn frame_sees(&self, name: &str, words: &str) {
        let began = Instant::now();
        loop {
            let inside = self.frame_text(name).await;
            match inside {
                Some(text) if text.contains(words) => return,
                _ if began.elapsed() < PATIENCE => tokio::time::sleep(Duration::from_millis(40)).await,
                inside => panic!("“{words}” is not in the frame {name}: {inside:?}"),
            }
        }
    }

    async fn frame_text(&self, name: &str) -> Option<String> {
        let frame = self.client.find(Locator::Css(&format!("iframe[name='{name}']"))).await.ok()?;
        frame.enter_frame().await.ok()?;
        let text = match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.ok(),
            Err(_) => None,
        };
        self.client.enter_parent_frame().await.expect("the page around the frame");
        text
    }

    /// Makes every page prefer a scheme, or as little motion as can be.
    pub async fn prefer(&self, scheme: Scheme, reduced_motion: bool) {
        let scheme = match scheme {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        };
        let motion = if reduced_motion { "reduce" } else { "no-preference" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": motion },
        ]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Makes the window so wide, in CSS pixels; zoomed where `scale` is more than 1.
    pub async fn width(&self, width: u32, scale: f64) {
        let metrics = json!({ "width": width, "height": 800, "deviceScaleFactor": scale, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        self.devtools("Emulation.setScrollbarsHidden", json!({ "hidden": true })).await;
    }

    /// A command of the browser's developer tools.
    pub async fn devtools(&self, command: &str, of: Value) -> Value {
        let body = json!({ "cmd": command, "params": of });
        self.command("goog/cdp/execute", body).await
    }

    /// What the console says since it was last asked, and the requests that were made.
    pub async fn log(&self, kind: &str) -> Vec<Value> {
        let log = self.command("se/log", json!({ "type": kind })).await;
        log.as_array().cloned().unwrap_or_default()
    }

    async fn command(&self, path: &'static str, body: Value) -> Value {
        let command = DriverCommand { path, body };
        self.client.issue_cmd(command).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Gives the browser a session that somebody has already: `name=value`.
    pub async fn take_cookie(&self, cookie: &str) {
        let (name, value) = cookie.split_once('=').expect("a cookie");
        let cookie =
            json!({ "name": name, "value": value, "url": self.url, "httpOnly": true, "sameSite": "Lax" });
        self.devtools("Network.setCookie", cookie).await;
    }
}

/// How a page is read; the functions of `browser.js`, to be called by their names.
fn script(call: &str) -> String {
    format!("{}\nreturn {call};", include_str!("browser.js"))
}

/// A command of chromedriver's own.
#[derive(Debug)]
struct DriverCommand {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for DriverCommand {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        (reqwest::Method::POST, Some(self.body.to_string()))
    }
}

/// The run's chromedriver: its port, and the browser that it starts; or why there is none.
fn driver() -> Result<&'static (u16, PathBuf), &'static str> {
    static DRIVER: OnceLock<Result<(u16, PathBuf), String>> = OnceLock::new();
    let driver = DRIVER.get_or_init(|| {
        let browser = program("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])?;
        let driver = program("CHROMEDRIVER", &["chromedriver"])?;
        let port = start(&driver).map_err(|error| format!("{}: {error}", driver.display()))?;
        super::say(&format!("the suite also runs in a browser, {}", browser.display()));
        Ok((port, browser))
    });
    driver.as_ref().map_err(String::as_str)
}

/// A program: the one that a variable names, or the first of these on the PATH.
fn program(variable: &str, names: &[&str]) -> Result<PathBuf, String> {
    if let Ok(path) = std::env::var(variable) {
        return Ok(path.into());
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let mut found =
        names.iter().flat_map(|name| std::env::split_paths(&folders).map(move |folder| folder.join(name)));
    found
        .find(|path| path.is_file())
        .ok_or_else(|| format!("no {} on the PATH ({variable} may name it)", names[0]))
}

/// Starts chromedriver on a free port. It ends with this process, however that ends: its shell reads from a pipe
/// that closes then, and takes the browsers along.
fn start(driver: &std::path::Path) -> std::io::Result<u16> {
    let script = r#"
        "$DRIVER" --port=0 </dev/null &
        read -r _
        trap '' TERM
        kill -TERM 0
        wait
    "#;
    let mut shell = Command::new("sh")
        .args(["-c", script])
        .env("DRIVER", driver)
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut lines = BufReader::new(shell.stdout.take().expect("a pipe")).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // Both pipes stay open: the driver may say something, and the shell must not end before we do.
    std::mem::forget((lines, shell));
    port.ok_or_else(|| std::io::Error::other("it did not start"))
}
