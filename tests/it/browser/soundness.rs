//! What every page must be, whoever looks at it and in whatever: axe-core finds nothing, nothing sticks out of a
//! narrow window, nothing moves for who asked for stillness, nothing comes from elsewhere, and it is light.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::support::browser::{Browser, Scheme};

/// Fetched from npm when it is first needed, and never part of this repository: it has a licence of its own.
const AXE: &str = "4.14.1";

/// The most that a page may weigh with all that it loads, in bytes, before compression.
const PAGE_BYTES_MAX: f64 = 100_000.0;

/// axe-core's source, or why it is not here.
pub fn axe() -> Result<&'static str, &'static str> {
    static SOURCE: OnceLock<Result<String, String>> = OnceLock::new();
    let source = SOURCE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("axe-{AXE}"));
        let file = folder.join("node_modules/axe-core/axe.min.js");
        if !file.exists() {
            let mut npm = Command::new("npm");
            npm.args([
                "install",
                "--no-save",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--silent",
                "--prefix",
            ]);
            let fetched = npm.arg(&folder).arg(format!("axe-core@{AXE}")).output();
            let fetched = fetched.map_err(|error| format!("npm is not there to fetch axe-core: {error}"))?;
            if !fetched.status.success() {
                let why = String::from_utf8_lossy(&fetched.stderr).into_owned();
                return Err(format!("npm could not fetch axe-core {AXE}: {why}"));
            }
        }
        std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))
    });
    source.as_deref().map_err(String::as_str)
}

/// A browser for looking at pages, and axe-core; `None`: one of them is missing, which has been said.
pub async fn looking(app: &crate::support::TestApp) -> Option<(Browser, &'static str)> {
    let axe = match axe() {
        Ok(axe) => axe,
        Err(missing) => {
            crate::support::browser::skip_browser(missing);
            return None;
        }
    };
    Some((Browser::open(app).await?, axe))
}

/// Opens a page and looks at it from all sides; what is wrong with it.
pub async fn look_at(browser: &Browser, axe: &str, path: &str) -> Vec<String> {
    browser.prefer(Scheme::Light, false).await;
    browser.width(1280, 1.0).await;
    // A mail may run no scripts at all, a test's neither.
    let is_mail = path.starts_with("/archive/") || path.contains("/preview");
    browser.devtools("Page.setBypassCSP", json!({ "enabled": is_mail })).await;
    browser.go(path).await;
    let mut wrong = look(browser, axe).await;
    for (what, found) in [("weight", weight(browser).await), ("console", console(browser).await)] {
        wrong.extend(found.into_iter().map(|one| format!("{what}: {one}")));
    }
    for one in &mut wrong {
        *one = format!("{path}: {one}");
    }
    wrong
}

/// Looks at the page that is open from all sides; what is wrong with it.
pub async fn look(browser: &Browser, axe: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut note = |what: &str, found: Vec<String>| {
        wrong.extend(found.into_iter().map(|one| format!("{what}: {one}")));
    };
    browser.ask(axe, Vec::new()).await;
    browser.prefer(Scheme::Light, true).await;
    note("motion", strings(browser.ask(MOTION, Vec::new()).await));
    for (width, scale) in [(320, 1.0), (640, 2.0)] {
        browser.width(width, scale).await;
        note(&format!("{width} px wide"), strings(browser.ask(WIDTH, Vec::new()).await));
        if width == 320 {
            note("axe, narrow and light", run_axe(browser, everything()).await);
            browser.prefer(Scheme::Dark, true).await;
            note("axe, narrow and dark", run_axe(browser, colours()).await);
            browser.prefer(Scheme::Light, true).await;
        }
    }
    browser.width(1280, 1.0).await;
    note("axe, light", run_axe(browser, everything()).await);
    browser.prefer(Scheme::Dark, true).await;
    note("axe, dark", run_axe(browser, everything()).await);
    browser.prefer(Scheme::Light, false).await;
    wrong
}

/// Opens a page in a language and looks at it on a narrow screen: what sticks out, what is cut, and what axe-core finds.
pub async fn narrow(browser: &Browser, axe: &str, path: &str, of: (&str, &str)) -> Vec<String> {
    browser.width(320, 1.0).await;
    browser.go(path).await;
    browser.ask(axe, Vec::new()).await;
    let (language, direction) = of;
    let mut wrong = strings(browser.ask(WIDTH, Vec::new()).await);
    wrong.extend(strings(browser.ask(CUT, Vec::new()).await));
    let said =
        browser.ask("return [document.documentElement.lang, document.documentElement.dir]", Vec::new());
    if said.await != json!([language, direction]) {
        wrong.push(format!("it is not in {language}"));
    }
    wrong.extend(run_axe(browser, everything()).await);
    wrong.into_iter().map(|one| format!("{path} in {language}: {one}")).collect()
}

/// Whose text is cut off: it is wider than its box, which hides the rest; but for what only screen readers read.
const CUT: &str = "
    const cut = [...document.querySelectorAll('body *')].filter((element) => {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return style.overflowX !== 'visible' && box.width > 2 && element.scrollWidth > element.clientWidth + 1
        && element.textContent.trim() !== '' && !['SELECT', 'OPTION', 'HTML', 'BODY'].includes(element.tagName);
    });
    return cut.slice(0, 4).map((element) => `cut: ${element.outerHTML.slice(0, 160)}`);";

/// All that axe-core can hold against a page, up to WCAG 2.2 AA.
pub fn everything() -> Value {
    json!({ "type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
}

/// What differs from one scheme to the other.
fn colours() -> Value {
    json!({ "type": "rule", "values": ["color-contrast", "link-in-text-block"] })
}

pub async fn run_axe(browser: &Browser, rules: Value) -> Vec<String> {
    // What is in a preview's frame is a mail, looked at by itself.
    let script = "const [runOnly, done] = arguments;
        axe.run(document, { runOnly, resultTypes: ['violations'], iframes: false, preload: false })
          .then((found) => done(found.violations.map((one) => `${one.id}: ${one.help}: `
             + one.nodes.slice(0, 4).map((node) => `${node.target} ${node.html.slice(0, 160)} ${node.failureSummary}`)
                  .join(' | ').replace(/\\s+/g, ' '))),
                (error) => done([`axe did not run: ${error}`]));";
    strings(browser.ask_later(script, vec![rules]).await)
}

/// What has a transition or an animation.
const MOTION: &str = "
    const moves = (style) => [style.transitionDuration, style.animationDuration].join(',').split(',')
      .some((time) => parseFloat(time) > 0.001);
    const found = new Set();
    for (const element of document.querySelectorAll('*')) {
      for (const part of [null, '::before', '::after', '::backdrop']) {
        const style = getComputedStyle(element, part);
        if (moves(style)) found.add(`${element.localName}.${element.className}${part ?? ''}`);
      }
    }
    return [...found].slice(0, 8);";

/// What makes the page scroll sideways.
const WIDTH: &str = "
    const page = document.scrollingElement;
    if (page.scrollWidth <= innerWidth) return [];
    const boxed = (element) => {
      for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
        if (getComputedStyle(up).overflowX !== 'visible') return true;
      }
      return false;
    };
    const out = [...document.querySelectorAll('body *')].filter((element) =>
      element.getBoundingClientRect().right > innerWidth + 0.5 && !boxed(element));
    return [`the page is ${page.scrollWidth} px wide: `
      + out.slice(-4).map((one) => `${one.localName}.${one.getAttribute('class')} ${one.textContent.slice(0, 30)}`).join(' | ')];";

/// How much was loaded for the page, and from where.
async fn weight(browser: &Browser) -> Vec<String> {
    let script = "const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
        const frames = [...document.querySelectorAll('iframe')].map((frame) => frame.src);
        // A mail in a preview's frame is as large as it is.
        const own = all.filter((one) => !frames.includes(one.name));
        return [all.map((one) => one.name), own.reduce((sum, one) => sum + one.decodedBodySize, 0)];";
    let found = browser.ask(script, Vec::new()).await;
    let mut wrong = Vec::new();
    // No page is seen without its icon, though a browser without a window does not fetch it.
    let icon = include_bytes!("../../../assets/icon.svg").len() as f64;
    let bytes = found[1].as_f64().unwrap_or(f64::MAX) + icon;
    if !(1000.0..=PAGE_BYTES_MAX).contains(&bytes) {
        wrong.push(format!("{bytes} bytes"));
    }
    for url in strings(found[0].clone()) {
        if !browser.is_ours(&url) {
            wrong.push(format!("loads {url}"));
        }
    }
    wrong
}

/// What the console says, and requests that go elsewhere, a preview's included.
pub async fn console(browser: &Browser) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in browser.log("browser").await {
        let message = line["message"].as_str().unwrap_or_default();
        // A page that is refused is one of those that are looked at.
        if line["level"] != "INFO" && line["level"] != "DEBUG" && !message.contains("status of 4") {
            wrong.push(message.to_owned());
        }
    }
    for line in browser.log("performance").await {
        let event: Value =
            serde_json::from_str(line["message"].as_str().unwrap_or_default()).unwrap_or_default();
        let event = &event["message"];
        let url = event["params"]["request"]["url"].as_str().unwrap_or_default();
        let counts = event["method"] == "Network.requestWillBeSent"
            && !url.starts_with("data:")
            && !url.starts_with("chrome:");
        if counts && !browser.is_ours(url) {
            wrong.push(format!("asks for {url}"));
        }
    }
    wrong
}

pub fn strings(found: Value) -> Vec<String> {
    let all = found.as_array().cloned().unwrap_or_default();
    all.into_iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect()
}
