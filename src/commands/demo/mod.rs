//! `demo`: a throw-away publication, its newsroom and its readers, doing the whole job by itself
//! over real HTTP, in a folder that `serve` never uses.

mod newsroom;

use std::collections::HashMap;
use std::fmt::Display;
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use mail_parser::MessageParser;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::serve::print_address;
use super::{open, serve};
use crate::actions::{self, Context as ActionContext, lists, people, poll, settings};
use crate::app::App;
use crate::config::{Config, ConfigError};
use crate::db::users::Role;
use crate::db::{campaigns, ledger, subscribers, subscriptions};
use crate::domain::campaign::CampaignStatus;
use crate::domain::email_address::EmailAddress;
use crate::domain::slug::Slug;
use crate::locale::say_plain;
use newsroom::Site;

#[derive(Args)]
pub struct DemoArgs {
    /// Exit when the demo ends, instead of keeping everything open to explore
    #[arg(long)]
    exit: bool,
}

/// Readers who were there before.
const FORMER_READERS: usize = 200;

/// A configuration of its own: nothing of the environment's.
pub fn config() -> Result<Config, ConfigError> {
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map_err(|error| {
            ConfigError(vec![say_plain("demo-no-port").with("why", error.to_string()).to_string()])
        })?
        .port();
    let folder = std::env::temp_dir().join(format!("postrider-demo-{}", Uuid::now_v7().simple()));
    let vars = HashMap::from([
        ("DATABASE_URL".to_owned(), format!("sqlite://{}", folder.join("postrider.db").display())),
        ("BIND_ADDR".to_owned(), format!("127.0.0.1:{port}")),
        ("BASE_URL".to_owned(), format!("http://127.0.0.1:{port}")),
        ("MAIL_FROM".to_owned(), newsroom::MAIL_FROM.to_owned()),
        ("FEED_ALLOW_PRIVATE_ADDRESSES".to_owned(), "127.0.0.0/8".to_owned()),
        ("CAPTURE_MAIL".to_owned(), "true".to_owned()),
    ]);
    Config::from_vars(&vars)
}

pub async fn run(config: Config, args: DemoArgs) -> anyhow::Result<()> {
    let folder = config.data_dir.clone();
    let removed = Removed(folder.clone());
    let listener = TcpListener::bind(config.bind_addr)?;
    let app = open(config).await?;
    let stop = CancellationToken::new();
    let serving = tokio::spawn(serve::serve(app.clone(), serve::Role::All, listener, stop.clone()));
    serve::stop_on_signals(&stop)?;
    let run = DemoRun { app, http: http()?, started: Instant::now() };
    let told = tokio::select! {
        told = run.tell() => told,
        () = stop.cancelled() => Ok(()),
    };
    if told.is_ok() && !args.exit && !stop.is_cancelled() {
        println!("\n{}", say_plain("demo-open").with("folder", folder.display().to_string()));
        stop.cancelled().await;
    }
    stop.cancel();
    serving.await.with_context(|| say_plain("demo-server").to_string())??;
    drop(removed);
    told
}

fn http() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build()?)
}

/// Takes the demo's folder away, whatever happens.
struct Removed(PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

struct DemoRun {
    app: Arc<App>,
    http: reqwest::Client,
    started: Instant,
}

impl DemoRun {
    /// A one-time link that makes whoever opens it the admin of this throw-away desk.
    async fn desk_link(&self) -> anyhow::Result<String> {
        let app = &self.app;
        let email = EmailAddress::parse("you@harbour-ledger.example")?;
        let added = people::add(&ActionContext::command_line(app), &email, Role::Admin).await?;
        added.link.with_context(|| say_plain("demo-password-set").to_string())
    }

    /// Prints a step, and when it came.
    fn step(&self, text: impl Display) {
        println!("{:>5.1} s  {text}", self.started.elapsed().as_secs_f32());
    }

    async fn tell(&self) -> anyhow::Result<()> {
        let app = &self.app;
        let site = Site::open(app.clock.now())?;
        println!("{}\n", say_plain("demo-intro"));
        let noted = |url: String, key: &str| format!("{url}   ({})", say_plain(key));
        print_address("command-serve-subscribe", &app.config.link("/"));
        print_address("command-serve-mailbox", &noted(app.config.link("/mailbox"), "demo-mail-kept"));
        print_address("command-serve-archive", &app.config.link("/archive"));
        print_address("demo-site", &format!("{}/feed/", site.url));
        print_address("demo-desk", &noted(self.desk_link().await?, "demo-desk-admin"));
        println!();
        self.set_up(&site).await?;

        self.step(say_plain("demo-sign-up"));
        for address in ["ines@example.org", "tobe@example.org", "tobe@example.org"] {
            self.post("/subscribe", &format!("email={address}")).await?;
        }
        let ines = self.mail_to("ines@example.org", "Confirm").await?;
        let tobe = self.mail_to("tobe@example.org", "Confirm").await?;
        self.step(say_plain("demo-confirmation"));
        self.http.get(link(&ines, "/confirm/")?).send().await?.error_for_status()?;
        let is_untouched = self.active("ines@example.org").await? == 0;
        anyhow::ensure!(is_untouched, "{}", say_plain("demo-scanner-confirmed"));
        self.step(say_plain("demo-confirmed"));
        for mail in [&ines, &tobe] {
            self.http.post(link(mail, "/confirm/")?).send().await?.error_for_status()?;
        }

        let title = site.publish();
        self.step(say_plain("demo-published").with("title", title));
        self.deliver(title).await?;
        let mail = self.mail_to("tobe@example.org", title).await?;
        self.step(say_plain("demo-edited"));
        site.retitle(newsroom::FIXED_HEADLINE);
        self.poll(&site).await?;

        self.step(say_plain("demo-unsubscribed"));
        let unsubscribe = link(&mail, "/unsubscribe/")?;
        let form = "application/x-www-form-urlencoded";
        let request = self.http.post(unsubscribe).header("content-type", form);
        request.body("List-Unsubscribe=One-Click").send().await?.error_for_status()?;

        let title = site.publish();
        self.step(say_plain("demo-published").with("title", title));
        self.deliver(title).await?;
        let mails = self.mails_to("tobe@example.org", title)?;
        anyhow::ensure!(mails.is_empty(), "{}", say_plain("demo-mailed-after-leaving"));
        self.step(say_plain("demo-end"));
        Ok(())
    }

    async fn set_up(&self, site: &Site) -> anyhow::Result<()> {
        let app = &self.app;
        let cx = ActionContext::command_line(app);
        let url = format!("{}/", site.url);
        let publication: Vec<_> = newsroom::PUBLICATION.into_iter().chain([("url", url.as_str())]).collect();
        settings::set(&cx, &publication).await?;
        let (list, _) = lists::add_unless_there(&cx, &Slug::parse("all")?, newsroom::LIST).await?;
        let readers: Result<Vec<EmailAddress>, _> =
            (1..=FORMER_READERS).map(|n| EmailAddress::parse(&format!("reader{n}@example.net"))).collect();
        actions::demo::add_former_readers(&cx, &list, &readers?).await?;
        self.step(say_plain("demo-imported").with("readers", FORMER_READERS));
        let feed = format!("{}/feed/", site.url);
        poll::add(&cx, &app.fetcher, &feed, "all", Some(0), Some(1)).await?;
        self.step(say_plain("demo-feed-connected"));
        Ok(())
    }

    /// Waits for the campaign of a story to be sent, telling how far it is.
    async fn deliver(&self, title: &str) -> anyhow::Result<()> {
        let mut last = String::new();
        loop {
            let mut tx = self.app.db.read().await?;
            let found = campaigns::newest(&mut tx, title).await?;
            let counts = match &found {
                Some(campaign) => ledger::counts(&mut tx, campaign.id).await?,
                None => Vec::new(),
            };
            drop(tx);
            let said: Vec<String> = counts
                .iter()
                .map(|(status, count)| format!("{count} {}", format!("{status:?}").to_lowercase()))
                .collect();
            let said = said.join(", ");
            if !said.is_empty() && said != last {
                self.step(format!("  {}", say_plain("demo-campaign").with("counts", &said)));
                last = said;
            }
            if found.is_some_and(|campaign| campaign.status == CampaignStatus::Sent) {
                return Ok(());
            }
            self.patience("demo-campaign-slow").await?;
        }
    }

    async fn poll(&self, site: &Site) -> anyhow::Result<()> {
        let feed = format!("{}/feed/", site.url);
        poll::poll_now(&ActionContext::command_line(&self.app), &self.app.fetcher, Some(&feed)).await?;
        Ok(())
    }

    async fn post(&self, path: &str, body: &str) -> anyhow::Result<()> {
        let form = "application/x-www-form-urlencoded";
        let request = self.http.post(self.app.config.link(path)).header("content-type", form);
        request.body(body.to_owned()).send().await?.error_for_status()?;
        Ok(())
    }

    async fn active(&self, address: &str) -> anyhow::Result<usize> {
        let mut tx = self.app.db.read().await?;
        let subscriber = subscribers::by_email(&mut tx, &EmailAddress::parse(address)?).await?;
        let subscriber =
            subscriber.with_context(|| say_plain("demo-not-stored").with("email", address).to_string())?;
        let all = subscriptions::of_subscriber(&mut tx, subscriber.id).await?;
        let active = crate::domain::subscription::SubscriptionStatus::Active;
        Ok(all.iter().filter(|subscription| subscription.status == active).count())
    }

    /// The text of the first mail to an address with this in its subject, once it has come.
    async fn mail_to(&self, address: &str, subject: &str) -> anyhow::Result<String> {
        loop {
            if let Some(mail) = self.mails_to(address, subject)?.pop() {
                return Ok(mail);
            }
            self.patience("demo-mail-slow").await?;
        }
    }

    fn mails_to(&self, address: &str, subject: &str) -> anyhow::Result<Vec<String>> {
        let crate::mail::relay::MailRoute::Capture { outbox } = &self.app.config.mail_route else {
            anyhow::bail!("{}", say_plain("demo-not-captured"));
        };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(outbox).into_iter().flatten().flatten() {
            if entry.path().extension().is_none_or(|extension| extension != "eml") {
                continue;
            }
            let bytes = std::fs::read(entry.path())?;
            let Some(mail) = MessageParser::default().parse(&bytes) else { continue };
            let to = mail.to().and_then(|to| to.first()).and_then(|to| to.address());
            if to == Some(address) && mail.subject().is_some_and(|text| text.contains(subject)) {
                found.push(mail.body_text(0).unwrap_or_default().into_owned());
            }
        }
        Ok(found)
    }

    /// Waits a moment; fails where all that was waited for, as the key says, has not come in time.
    async fn patience(&self, in_vain: &str) -> anyhow::Result<()> {
        anyhow::ensure!(self.started.elapsed() < Duration::from_secs(110), "{}", say_plain(in_vain));
        tokio::time::sleep(Duration::from_millis(200)).await;
        Ok(())
    }
}

/// The first link in a mail that goes to a page of ours.
fn link(mail: &str, path: &str) -> anyhow::Result<String> {
    mail.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']'))
        .find(|word| word.starts_with("http") && word.contains(path))
        .map(ToOwned::to_owned)
        .with_context(|| say_plain("demo-no-link").with("path", path).to_string())
}
