//! The subscribe box in a page of another site: each of its forms, by keys alone, under a strict policy, between rules
//! that mean it ill, at every width, in both schemes and directions; and what readers without scripts get.

use std::sync::{Arc, Mutex};

use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use fantoccini::key::Key;
use postrider::domain::subscription::SubscriptionStatus;
use serde_json::{Value, json};

use super::soundness::{axe, console, everything, run_axe, strings};
use crate::on_both_engines;
use crate::sign_up::standing;
use crate::support::browser::{Browser, Scheme, skip_browser};
use crate::support::feed_server::{FeedServer, Page};
use crate::support::{Engine, TestApp};

/// The forms of the box.
const FORMS: [&str; 5] = ["inline", "post", "button", "popup", "page"];

/// Rules of a page that mean it ill.
const HOSTILE: &str = "* { all: revert; font-size: 40px !important; text-transform: uppercase !important; \
     letter-spacing: 9px !important; line-height: 3 !important; background: #fee !important } \
     postrider-box { display: none !important; float: right !important; position: static !important; \
     width: 20px !important; margin: 30px !important; opacity: 0.1 !important; transform: rotate(9deg) !important }";

/// A page of a publication's own site.
#[derive(Clone, Default)]
struct Host {
    /// What was pasted, in the text.
    pasted: String,
    css: String,
    lang: &'static str,
    /// The policy; empty: none.
    policy: String,
}

impl Host {
    fn with(pasted: impl Into<String>) -> Host {
        Host { pasted: pasted.into(), lang: "en", ..Host::default() }
    }

    fn html(&self) -> Vec<u8> {
        let Host { pasted, css, lang, .. } = self;
        let dir = if *lang == "ar-XB" { "rtl" } else { "ltr" };
        let text = "<p>By Friday, thirty-one vessels lay idle off three anchorages.</p>".repeat(40);
        format!(
            "<!doctype html><html lang=\"{lang}\" dir=\"{dir}\"><head><meta charset=\"utf-8\"><title>Ferry</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\">\
             <style>body {{ font-family: serif; max-width: 40rem; margin: 0 auto; padding: 8px }} \
             @media (prefers-color-scheme: dark) {{ html {{ background: #111; color: #eee }} }} {css}</style></head>\
             <body><main><article><h1>Container rates slip</h1><p>Spot prices fell again.</p>{pasted}<p>The sixth fall \
             in a row.</p>{text}</article></main></body></html>"
        )
        .into_bytes()
    }

    /// Puts the page on a site, and opens it.
    async fn open(&self, browser: &Browser, site: &FeedServer, path: &str) {
        let mut headers = vec![("content-type", "text/html; charset=utf-8".to_owned())];
        if !self.policy.is_empty() {
            headers.push(("content-security-policy", self.policy.clone()));
        }
        site.set(path, Page::Plain { headers, body: self.html() });
        browser.go(&site.url(path)).await;
    }
}

/// The script tag with these attributes.
fn tag(app: &TestApp, attributes: &str) -> String {
    format!("<script src=\"{}/embed.js\" {attributes}></script>", app.url)
}

/// What a box shows, and what is in it.
const ROOT: &str = "const box = document.querySelector('postrider-box'); const root = box?.shadowRoot; ";

async fn in_box(browser: &Browser, what: &str, script: &str) -> Value {
    browser.until(what, &format!("{ROOT} return {script}"), vec![]).await
}

async fn box_sees(browser: &Browser, words: &str) {
    let script = format!(
        "{ROOT} const panel = root?.querySelector('.box'); return !!panel?.checkVisibility() && panel.innerText.includes(arguments[0])"
    );
    browser.until(&format!("“{words}” is not in the box"), &script, vec![json!(words)]).await;
}

/// Clicks a button of the box by its words, as a mouse does.
async fn click_in_box(browser: &Browser, name: &str) {
    let script = format!(
        "{ROOT} const button = [...root.querySelectorAll('button')].find((one) => (one.getAttribute('aria-label') ?? one.textContent) === arguments[0] && one.checkVisibility()); \
         button?.click(); return !!button"
    );
    browser.until(&format!("no button “{name}” in the box"), &script, vec![json!(name)]).await;
}

/// Goes on by Tab until an element of the box has the focus, and shows it.
async fn tab_in_box(browser: &Browser, selector: &str) {
    for _ in 0..30 {
        browser.key(Key::Tab).await;
        let script = format!(
            "{ROOT} const here = root.activeElement; if (!here?.matches(arguments[0])) return false; \
             const style = getComputedStyle(here.matches('.often input') ? here.parentElement : here); \
             return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 ? 'shown' : 'hidden'"
        );
        match browser.ask(&script, vec![json!(selector)]).await {
            Value::String(seen) => return assert_eq!(seen, "shown", "the focus on {selector} can't be seen"),
            _ => continue,
        }
    }
    panic!("Tab does not lead to {selector}");
}

/// A publication with two lists and a field of each kind that a form shows.
async fn publication(app: &TestApp) {
    let marta = app.admin().await;
    app.list("world", "World").await;
    app.list("markets", "Markets and the price of fish").await;
    for (name, kind) in [
        ("Ships they own, in whole or in part", "number"),
        ("Member of the club", "yes_no"),
        ("Reader since", "date"),
    ] {
        marta.submit("/admin/settings/fields", &[("name", name), ("kind", kind), ("on_form", "on")]).await;
    }
}

async fn shown(browser: &Browser) {
    in_box(
        browser,
        "the box never came",
        "!!root?.querySelector('h2') && root.querySelector('.box, .corner').checkVisibility()",
    )
    .await;
}

/// Keeps a picture of the window, where `SCREENSHOTS` names a folder for people to look at.
async fn picture(browser: &Browser, name: &str) {
    let Ok(folder) = std::env::var("SCREENSHOTS") else { return };
    let picture = browser.devtools("Page.captureScreenshot", json!({})).await;
    let picture =
        base64::engine::general_purpose::STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
    std::fs::write(format!("{folder}/{name}.png"), picture).unwrap();
}

/// The sum of all that moved on the page by itself.
async fn shift(browser: &Browser) -> f64 {
    let script = "const done = arguments[arguments.length - 1]; let sum = 0;
        const observer = new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; });
        observer.observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => done(sum), 300);";
    browser.ask_later(script, vec![]).await.as_f64().unwrap()
}

on_both_engines! {
    async fn each_form_of_the_box_takes_a_reader_by_keys_alone(app: TestApp) {
        let Some(browser) = Browser::open(app).await else { return };
        let site = FeedServer::start().await;
        publication(app).await;
        for form in FORMS {
            // Who subscribed already meets no pop-up.
            Host::with("").open(&browser, &site, "/blank").await;
            browser.ask("localStorage.clear()", vec![]).await;
            let host = Host::with(tag(app, &format!("data-form=\"{form}\" data-list=\"markets\" data-after=\"0\"")));
            host.open(&browser, &site, &format!("/{form}")).await;
            shown(&browser).await;
            match form {
                "inline" | "post" => tab_in_box(&browser, "#email").await,
                "button" => {
                    tab_in_box(&browser, ".corner button").await;
                    browser.key(Key::Enter).await;
                    in_box(&browser, "the field has no focus", "root.activeElement?.id === 'email'").await;
                }
                _ => {
                    in_box(&browser, "the heading has no focus", "root.activeElement?.id === 'heading'").await;
                    tab_in_box(&browser, "#email").await;
                }
            }
            browser.keys("ines@gmial.com").await;
            tab_in_box(&browser, ".often input").await;
            browser.key(Key::Down).await;
            browser.key(Key::Enter).await;
            box_sees(&browser, "Did you mean ines@gmail.com?").await;
            picture(&browser, &format!("question-{form}")).await;
            // It stands by what was typed, by keys; and where the question was is the answer.
            browser.key(Key::Tab).await;
            browser.key(Key::Tab).await;
            browser.key(Key::Enter).await;
            box_sees(&browser, "Check your inbox").await;
            picture(&browser, &format!("answer-{form}")).await;
            app.work_on_sign_ups().await;
            assert_eq!(standing(app, "ines@gmial.com", "markets").await.unwrap().0, SubscriptionStatus::Pending);
            if form != "inline" && form != "post" {
                browser.key(Key::Escape).await;
                in_box(&browser, "the dialog is open", "!root.querySelector('dialog').open").await;
            }
            assert_eq!(console(&browser).await.into_iter().filter(|one| !one.contains("asks for")).collect::<Vec<_>>(), Vec::<String>::new(), "{form}");
        }
        app.deliver_all_due().await;
        app.smtp.take();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pop_up_is_as_polite_as_it_can_be() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let Some(browser) = Browser::open(&app).await else { return };
    let site = FeedServer::start().await;
    publication(&app).await;
    let kept = "return Object.entries(localStorage).map(([name, value]) => `${name.split(' ')[0]} ${value > Date.now()}`).join()";
    let open = "root?.querySelector('dialog')?.open === true";
    let is_open = async || {
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        browser.ask(&format!("{ROOT} return {open}"), vec![]).await == true
    };
    // Half of the page.
    let host = Host::with(tag(&app, "data-form=\"popup\""));
    host.open(&browser, &site, "/read").await;
    in_box(&browser, "the box never came", "!!root?.querySelector('h2')").await;
    assert!(!is_open().await, "nobody has read anything yet");
    assert_eq!(browser.ask(kept, vec![]).await, "", "nothing is kept before it was shown");
    browser.ask("const page = document.documentElement; scrollTo(0, (page.scrollHeight - page.clientHeight) * 0.45)", vec![]).await;
    assert!(!is_open().await);
    browser.ask("const page = document.documentElement; scrollTo(0, (page.scrollHeight - page.clientHeight) * 0.55)", vec![]).await;
    in_box(&browser, "it does not come", open).await;
    assert_eq!(browser.ask(kept, vec![]).await, "postrider true");
    // Tab stays inside, in both directions, and the page behind can't be reached.
    let inside = async || {
        browser.ask(&format!("{ROOT} return document.activeElement === box && root.querySelector('dialog').contains(root.activeElement)"), vec![]).await == true
    };
    for _ in 0..25 {
        browser.key(Key::Tab).await;
        assert!(inside().await);
    }
    let link = browser.ask("const link = document.createElement('a'); link.href = '#x'; link.textContent = 'x'; document.body.prepend(link); link.focus(); return document.activeElement === link", vec![]).await;
    assert_eq!(link, false, "the page behind is inert");
    browser.key(Key::Escape).await;
    in_box(&browser, "Esc does not close it", "!root.querySelector('dialog').open").await;
    // Not again on the next page.
    host.open(&browser, &site, "/read").await;
    in_box(&browser, "the box never came", "!!root?.querySelector('h2')").await;
    browser.ask("scrollTo(0, document.body.scrollHeight)", vec![]).await;
    assert!(!is_open().await, "once a day");
    // A link of the page's own opens it, whatever it remembers.
    let asked = Host::with(format!(
        "<p><a href=\"#postrider\">Newsletter</a></p>{}",
        tag(&app, "data-form=\"popup\"")
    ));
    asked.open(&browser, &site, "/asked").await;
    in_box(&browser, "the box never came", "!!root?.querySelector('h2')").await;
    browser.click("Newsletter").await;
    in_box(&browser, "the link does not open it", open).await;
    click_in_box(&browser, "Continue reading").await;
    in_box(&browser, "it stays", "!root.querySelector('dialog').open").await;
    // It comes after some seconds; not over who types; never to who subscribed.
    browser.ask("localStorage.clear()", vec![]).await;
    let soon = Host::with(format!(
        "<input aria-label=\"Search\" autofocus>{}",
        tag(&app, "data-form=\"popup\" data-after=\"0\" data-at=\"off\"")
    ));
    soon.open(&browser, &site, "/soon").await;
    in_box(&browser, "the box never came", "!!root?.querySelector('h2')").await;
    assert!(!is_open().await, "somebody types");
    browser.ask("document.activeElement.blur()", vec![]).await;
    in_box(&browser, "it does not come", open).await;
    in_box(&browser, "no field", "root.querySelector('#email').focus() ?? true").await;
    browser.keys("nina@example.org").await;
    browser.key(Key::Enter).await;
    box_sees(&browser, "Check your inbox").await;
    click_in_box(&browser, "Close").await;
    let later = "const [[name, value]] = Object.entries(localStorage); return Number(value) > 8e15";
    assert_eq!(browser.ask(later, vec![]).await, true);
    app.work_on_sign_ups().await;
    app.deliver_all_due().await;
    app.smtp.take();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_box_is_whole_in_any_page() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let axe = match axe() {
        Ok(axe) => axe,
        Err(missing) => return skip_browser(missing),
    };
    let Some(browser) = Browser::open(&app).await else { return };
    let site = FeedServer::start().await;
    publication(&app).await;
    let mut wrong = Vec::new();
    for (css, lang) in [("", "en"), ("", "ar-XB"), (HOSTILE, "en"), (HOSTILE, "ar-XB")] {
        for form in FORMS {
            let host = Host {
                css: css.to_owned(),
                lang,
                ..Host::with(tag(&app, &format!("data-form=\"{form}\" data-after=\"0\" data-days=\"0\"")))
            };
            browser.width(1280, 1.0).await;
            host.open(&browser, &site, "/any").await;
            browser.ask("localStorage.clear()", vec![]).await;
            if form == "button" {
                in_box(
                    &browser,
                    "no button",
                    "root?.querySelector('.corner button')?.click() ?? !!root?.querySelector('dialog')?.open",
                )
                .await;
            }
            shown(&browser).await;
            browser.ask(axe, vec![]).await;
            for width in [280, 375, 1280] {
                for scheme in [Scheme::Light, Scheme::Dark] {
                    browser.width(width, 1.0).await;
                    browser.prefer(scheme, true).await;
                    let what = format!(
                        "{form}, {lang}, {width} px, {scheme:?}{}",
                        if css.is_empty() { "" } else { ", hostile" }
                    );
                    wrong.extend(
                        strings(browser.ask(FITS, vec![json!(width)]).await)
                            .into_iter()
                            .map(|one| format!("{what}: {one}")),
                    );
                    // What the page does to its own text is not looked at.
                    if css.is_empty() {
                        wrong.extend(
                            run_axe(&browser, everything())
                                .await
                                .into_iter()
                                .map(|one| format!("{what}: {one}")),
                        );
                    }
                }
            }
            browser.prefer(Scheme::Light, true).await;
            for (width, scheme) in [(280, Scheme::Light), (375, Scheme::Dark), (1280, Scheme::Light)] {
                browser.width(width, 1.0).await;
                browser.prefer(scheme, true).await;
                let host = if css.is_empty() { "" } else { "-hostile" };
                picture(&browser, &format!("box-{form}-{lang}-{width}{host}")).await;
            }
        }
    }
    assert!(wrong.is_empty(), "{} findings:\n{}", wrong.len(), wrong.join("\n"));
    app.end().await;
}

/// What sticks out of the box, is cut in it, or has a size that is not its own.
const FITS: &str = "
    const root = document.querySelector('postrider-box').shadowRoot;
    const panel = root.querySelector('dialog[open]') ?? root.querySelector('.box');
    const found = [];
    const box = panel.getBoundingClientRect();
    if (box.left < -0.5 || box.right > arguments[0] + 0.5) found.push(`the box is from ${box.left} to ${box.right}`);
    if (panel.scrollWidth > panel.clientWidth + 1) found.push(`the box is ${panel.scrollWidth} px wide in ${panel.clientWidth}`);
    for (const one of panel.querySelectorAll('*')) {
      if (one.matches('.hidden, .hidden *, option')) continue;
      const { left, right } = one.getBoundingClientRect();
      if (left < box.left - 1 || right > box.right + 1) found.push(`${one.localName}.${one.className} sticks out: ${left} to ${right}`);
      if (one.matches('button, span, legend, p, h2') && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0) found.push(`${one.localName} is cut: ${one.textContent}`);
      const style = getComputedStyle(one);
      if (style.textTransform !== 'none' || style.letterSpacing !== 'normal') found.push(`${one.localName} looks like the page`);
    }
    const note = getComputedStyle(root.querySelector('.note')).fontSize;
    if (note !== '13px') found.push(`the note is ${note}`);
    return found.slice(0, 5);";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_strict_policy_that_allows_us_is_enough_and_nothing_moves() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let Some(browser) = Browser::open(&app).await else { return };
    let site = FeedServer::start().await;
    publication(&app).await;
    let policy = format!(
        "default-src 'none'; script-src {0}; connect-src {0}; img-src data:; require-trusted-types-for 'script'; base-uri 'none'",
        app.url
    );
    for form in FORMS {
        let host = Host {
            policy: policy.clone(),
            ..Host::with(tag(
                &app,
                &format!(
                    "data-form=\"{form}\" data-list=\"world\" data-ask=\"cadence\" data-after=\"0\" data-days=\"0\""
                ),
            ))
        };
        for width in [375, 1280] {
            browser.width(width, 1.0).await;
            browser.go("about:blank").await;
            browser.log("browser").await;
            host.open(&browser, &site, &format!("/strict-{form}")).await;
            in_box(&browser, "the box never came", "!!root?.querySelector('h2')").await;
            let moved = shift(&browser).await;
            assert!(moved == 0.0, "{form} at {width} px moves the page: {moved}");
        }
        // The page's own style is what its policy refuses.
        let said: Vec<String> = console(&browser)
            .await
            .into_iter()
            .filter(|one| !one.contains("asks for") && !one.contains("inline style"))
            .collect();
        assert_eq!(said, Vec::<String>::new(), "{form}");
        in_box(&browser, "no style", "getComputedStyle(root.querySelector('.note')).fontSize === '13px'")
            .await;
    }
    // It sends under that policy, too, and the answer moves nothing.
    let host = Host { policy, ..Host::with(tag(&app, "data-list=\"world\"")) };
    host.open(&browser, &site, "/strict").await;
    shown(&browser).await;
    let before = in_box(&browser, "no height", "box.offsetHeight").await;
    tab_in_box(&browser, "#email").await;
    browser.keys("ines@example.org").await;
    browser.key(Key::Enter).await;
    box_sees(&browser, "Check your inbox").await;
    assert_eq!(in_box(&browser, "no height", "box.offsetHeight").await, before);
    assert_eq!(browser.ask("return Object.keys(window).filter((name) => /postrider/i.test(name)).length + document.cookie.length", vec![]).await, 0);
    app.work_on_sign_ups().await;
    assert!(standing(&app, "ines@example.org", "world").await.is_some());
    app.deliver_all_due().await;
    app.smtp.take();
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_runs_no_scripts_gets_a_form_a_page_and_a_way_back() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let marta = app.admin().await;
    app.list("world", "World").await;
    let Some(browser) = Browser::open_without_scripts(&app).await else { return };
    let site = FeedServer::start().await;
    // As the desk gives it.
    let page = marta.page("/admin/settings/box?kind=inline&list=world").await;
    let area = page.split_once("<textarea").unwrap().1.split("</textarea>").next().unwrap();
    let code = area.split_once('>').unwrap().1;
    let code = code.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#38;", "&");
    assert!(code.starts_with("<script src="), "{code}");
    Host::with(code).open(&browser, &site, "/ferry").await;
    let plain =
        async |selector: &str| browser.client().find(fantoccini::Locator::Css(selector)).await.unwrap();
    // The page before may still be there.
    let sees = async |words: &str| {
        for _ in 0..400 {
            if let Ok(main) = browser.client().find(fantoccini::Locator::Css("main")).await
                && main.text().await.is_ok_and(|text| text.contains(words))
            {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("“{words}” is not to be seen");
    };
    plain("form input[name=email]").await.send_keys("ines@gmial.com").await.unwrap();
    plain("form button").await.click().await.unwrap();
    sees("Did you mean ines@gmail.com?").await;
    picture(&browser, "question-page").await;
    plain("button[name=meant]").await.click().await.unwrap();
    sees("Check your inbox").await;
    sees("Back to 127.0.0.1").await;
    picture(&browser, "answer-page").await;
    plain("main a[href^='http']").await.click().await.unwrap();
    // A browser tells another site no more than which site it comes from.
    crate::support::process::wait_until("it leads back", async || {
        browser.client().current_url().await.is_ok_and(|url| url.as_str().starts_with(&site.url("/")))
    })
    .await;
    app.work_on_sign_ups().await;
    assert!(standing(&app, "ines@gmail.com", "world").await.is_some());
    // And in a frame.
    let frame = format!(
        "<iframe src=\"{}/embed/world\" title=\"Subscribe\" width=\"100%\" height=\"480\"></iframe>",
        app.url
    );
    Host::with(frame).open(&browser, &site, "/framed").await;
    plain("iframe").await.enter_frame().await.unwrap();
    picture(&browser, "frame").await;
    plain("#email").await.send_keys("tobe@example.org").await.unwrap();
    app.advance(chrono::TimeDelta::seconds(5));
    plain("button.primary").await.click().await.unwrap();
    sees("Check your inbox").await;
    app.work_on_sign_ups().await;
    assert!(standing(&app, "tobe@example.org", "world").await.is_some());
    app.deliver_all_due().await;
    app.smtp.take();
    app.end().await;
}

/// A server that asks for a proof of work, as ours does under attack.
async fn guarded(
    app: &TestApp,
    number: u32,
) -> (String, Arc<Mutex<Vec<Value>>>, actix_web::dev::ServerHandle) {
    let script = app.http.get(format!("{}/embed.js", app.url)).send().await.unwrap().text().await.unwrap();
    let words = app.http.get(format!("{}/embed.json", app.url)).send().await.unwrap().text().await.unwrap();
    let sent: Arc<Mutex<Vec<Value>>> = Arc::default();
    let for_app = sent.clone();
    let salt = format!("{}?expires=1800000000", "5f".repeat(30));
    let server = HttpServer::new(move || {
        let (script, words, sent, salt) = (script.clone(), words.clone(), for_app.clone(), salt.clone());
        let open = |mut answer: actix_web::HttpResponseBuilder| {
            answer.insert_header(("access-control-allow-origin", "*"));
            answer.insert_header(("access-control-allow-headers", "content-type"));
            answer
        };
        App::new()
            .route("/embed.js", web::get().to(move || std::future::ready(HttpResponse::Ok().content_type("text/javascript").body(script.clone()))))
            .route("/embed.json", web::get().to(move || std::future::ready(open(HttpResponse::Ok()).content_type("application/json").body(words.clone()))))
            .route("/subscribe", web::method(actix_web::http::Method::OPTIONS).to(move || std::future::ready(open(HttpResponse::NoContent()).finish())))
            .route("/subscribe", web::post().to(move |body: web::Json<Value>| {
                let mut all = sent.lock().unwrap();
                all.push(body.0);
                let solved = all.last().unwrap()["altcha"].is_string();
                let hex: String = digest(&SHA256, format!("{salt}{number}").as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
                let challenge = json!({ "algorithm": "SHA-256", "challenge": hex, "salt": salt, "maxnumber": 50_000, "signature": "s" });
                std::future::ready(match solved {
                    true => open(HttpResponse::Ok()).json(json!({ "status": "check-your-inbox" })),
                    false => open(HttpResponse::Forbidden()).json(json!({ "status": 403, "detail": "proof", "challenge": challenge })),
                })
            }))
    });
    let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://127.0.0.1:{}", server.addrs()[0].port());
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(server);
    (url, sent, handle)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_box_solves_a_proof_of_work_and_the_page_goes_on() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    app.list("world", "World").await;
    let Some(browser) = Browser::open(&app).await else { return };
    let site = FeedServer::start().await;
    let number = 31_415;
    let (url, sent, handle) = guarded(&app, number).await;
    Host::with(format!("<script src=\"{url}/embed.js\"></script>")).open(&browser, &site, "/guarded").await;
    shown(&browser).await;
    // Whatever else the page does goes on meanwhile.
    browser.ask("window.ticks = 0; setInterval(() => { window.ticks += 1 }, 5)", vec![]).await;
    tab_in_box(&browser, "#email").await;
    browser.keys("ines@example.org").await;
    browser.key(Key::Enter).await;
    box_sees(&browser, "Check your inbox").await;
    let sent = sent.lock().unwrap().clone();
    assert_eq!(sent.len(), 2, "{sent:?}");
    let proof =
        base64::engine::general_purpose::STANDARD.decode(sent[1]["altcha"].as_str().unwrap()).unwrap();
    let proof: Value = serde_json::from_slice(&proof).unwrap();
    assert_eq!(proof["number"], number);
    assert_eq!((&proof["algorithm"], &proof["signature"]), (&json!("SHA-256"), &json!("s")));
    assert_eq!(
        (&sent[0]["email"], &sent[1]["email"]),
        (&json!("ines@example.org"), &json!("ines@example.org"))
    );
    let ticks = browser.ask("return window.ticks", vec![]).await.as_i64().unwrap();
    assert!(ticks > 5, "the page stood still: {ticks}");
    handle.stop(false).await;
    app.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_builds_the_code_with_a_preview_of_the_box() {
    let app = TestApp::start(Engine::Sqlite).await.unwrap();
    let Some(browser) = Browser::open(&app).await else { return };
    publication(&app).await;
    let marta = app.admin().await;
    browser.take_cookie(&marta.cookie).await;
    browser.go("/admin/settings/box").await;
    let code = async |part: &str| {
        browser
            .until(
                &format!("“{part}” is not in the code"),
                "return document.getElementById('code').value.includes(arguments[0])",
                vec![json!(part)],
            )
            .await;
    };
    code("data-form=\"inline\"").await;
    code("data-height=\"").await;
    code("<noscript>").await;
    let inside = "const frame = document.querySelector('iframe[data-preview]').contentDocument;
        const panel = frame?.querySelector('postrider-box')?.shadowRoot?.querySelector('.box');
        return !!panel?.checkVisibility() && panel.innerText.includes(arguments[0])";
    browser.until("no box in the preview", inside, vec![json!("Markets and the price of fish")]).await;
    picture(&browser, "desk-box").await;
    browser.tick("World").await;
    code("data-list=\"world\"").await;
    browser.choose("Your site", "WordPress, for all posts").await;
    code("add_filter( 'the_content'").await;
    browser.tick("A pop-up").await;
    code("add_action( 'wp_footer'").await;
    browser.until("no pop-up in the preview", inside, vec![json!("Continue reading")]).await;
    browser.fill("After seconds", "20").await;
    code("data-after=\"20\"").await;
    browser.sees("script-src 'self' http://127.0.0.1").await;
    browser.finds("Copy code").await;
    picture(&browser, "desk-box-popup").await;
    // The preview sends nothing and keeps nothing.
    let try_it = "const frame = document.querySelector('iframe[data-preview]').contentDocument;
        const root = frame.querySelector('postrider-box')?.shadowRoot;
        const email = root?.querySelector('#email'); if (!email) return root?.querySelector('.box').innerText.includes('Check your inbox') ?? false;
        email.value = 'ines@example.org'; root.querySelector('.ask button').click(); return false";
    browser.until("no answer in the preview", try_it, vec![]).await;
    app.work_on_sign_ups().await;
    assert!(standing(&app, "ines@example.org", "world").await.is_none());
    app.deliver_all_due().await;
    app.smtp.take();
    app.end().await;
}
