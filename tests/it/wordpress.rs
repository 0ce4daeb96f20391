//! A WordPress from its first poll on: what its editors do, and exactly which mails come of it.

use postrider::actions::Context;
use postrider::actions::{guard, poll};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use postrider::app::App;
use postrider::db::{self, Db};
use postrider::delivery::engine::Engine as Delivery;
use postrider::domain::campaign::CampaignStatus;
use postrider::domain::hold::{Hold, HoldKind};
use postrider::mail::transport::Transport;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::delivery::subscribe_all;
use crate::on_both_engines;
use crate::support::TestApp;
use crate::support::feed_server::{FeedServer, Page};

const ALL: &str = "/feed/";
const WORLD: &str = "/category/world/feed/";

/// Which of its feeds the site is read by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Rss,
    Atom,
}

/// One post as the site's editors see it.
#[derive(Clone)]
struct Post {
    id: u32,
    guid: String,
    link: String,
    title: String,
    /// `None`: a theme that leaves the date out.
    at: Option<DateTime<Utc>>,
    in_world: bool,
    body: String,
}

impl Post {
    fn path(&self) -> String {
        url::Url::parse(&self.link).unwrap().path().to_owned()
    }

    fn escaped_title(&self) -> String {
        self.title.replace('&', "&#038;").replace('’', "&#8217;")
    }

    fn rss(&self) -> String {
        let date = self.at.map(|at| format!("<pubDate>{}</pubDate>", at.to_rfc2822())).unwrap_or_default();
        let category = if self.in_world { "<category><![CDATA[World]]></category>" } else { "" };
        format!(
            "\t<item>\n\t\t<title>{title}</title>\n\t\t<link>{link}</link>\n\
             \t\t<comments>{link}#respond</comments>\n\
             \t\t<dc:creator><![CDATA[Ines Marlow]]></dc:creator>\n\t\t{date}\n\t\t{category}\n\
             \t\t<guid isPermaLink=\"false\">{guid}</guid>\n\
             \t\t<description><![CDATA[{title} in short [&#8230;]]]></description>\n\
             \t\t<content:encoded><![CDATA[\n{body}\n]]></content:encoded>\n\
             \t\t<wfw:commentRss>{link}feed/</wfw:commentRss>\n\
             \t\t<slash:comments>{id}</slash:comments>\n\t</item>\n",
            title = self.escaped_title(),
            link = self.link,
            guid = self.guid,
            body = self.body,
            id = self.id,
        )
    }

    fn atom(&self) -> String {
        let dates = self
            .at
            .map(|at| {
                let at = at.format("%Y-%m-%dT%H:%M:%SZ");
                format!("<updated>{at}</updated>\n\t\t<published>{at}</published>")
            })
            .unwrap_or_default();
        format!(
            "\t<entry>\n\t\t<author><name>Ines Marlow</name></author>\n\
             \t\t<title type=\"html\"><![CDATA[{title}]]></title>\n\
             \t\t<link rel=\"alternate\" type=\"text/html\" href=\"{link}\" />\n\t\t<id>{guid}</id>\n\t\t{dates}\n\
             \t\t<summary type=\"html\"><![CDATA[{title} in short [&#8230;]]]></summary>\n\
             \t\t<content type=\"html\" xml:base=\"{link}\"><![CDATA[\n{body}\n]]></content>\n\
             \t\t<link rel=\"replies\" type=\"text/html\" href=\"{link}#comments\" thr:count=\"0\" />\n\
             \t\t<thr:total>0</thr:total>\n\t</entry>\n",
            title = self.escaped_title(),
            link = self.link,
            guid = self.guid,
            body = self.body,
        )
    }
}

/// A site with a main feed and a section feed, each bound to a list, and three readers.
struct Newsroom<'a> {
    app: &'a TestApp,
    format: Format,
    server: FeedServer,
    /// How many posts a feed lists.
    window: usize,
    posts: Vec<Post>,
}

/// Who got what, in order of reader and subject.
type Mails = Vec<(String, String)>;

fn mails(pairs: &[(&str, &str)]) -> Mails {
    let mut mails: Mails =
        pairs.iter().map(|(who, what)| (format!("{who}@example.org"), (*what).to_owned())).collect();
    mails.sort();
    mails
}

/// A post of the main feed alone: Ines reads all, Marta all and World.
fn to_all(title: &str) -> Mails {
    mails(&[("ines", title), ("marta", title)])
}

/// A post of both feeds: Tobe reads World alone; Marta gets it once.
fn to_everyone(title: &str) -> Mails {
    mails(&[("ines", title), ("marta", title), ("tobe", title)])
}

impl<'a> Newsroom<'a> {
    /// Five old posts, both feeds bound, and the baseline looked at.
    async fn open(app: &'a TestApp, format: Format) -> Newsroom<'a> {
        let (all, world) = (app.list("all", "All articles").await, app.list("world", "World").await);
        subscribe_all(app, all, &["ines@example.org", "marta@example.org"]).await;
        subscribe_all(app, world, &["tobe@example.org", "marta@example.org"]).await;
        let server = FeedServer::start().await;
        let mut news = Newsroom { app, format, server, window: 10, posts: Vec::new() };
        for id in 1..=5 {
            news.post(id, &format!("Old post {id}"), id % 2 == 1);
            news.of(id).at = Some(app.clock.now() - TimeDelta::days(i64::from(10 - id)));
        }
        news.publish();
        for (path, list) in [(ALL, "all"), (WORLD, "world")] {
            poll::add(
                &Context::command_line(&app.app),
                &app.app.fetcher,
                &news.server.url(path),
                list,
                None,
                None,
            )
            .await
            .unwrap();
        }
        assert_eq!(news.mails_within(60).await, mails(&[]), "the baseline is not mailed");
        news
    }

    /// An editor's new post, of now.
    fn post(&mut self, id: u32, title: &str, in_world: bool) {
        self.posts.push(Post {
            id,
            guid: self.server.url(&format!("/?p={id}")),
            link: self.server.url(&format!("/2026/11/post-{id}/")),
            title: title.to_owned(),
            at: Some(self.app.clock.now()),
            in_world,
            body: format!("<p>The text of post {id}.</p>"),
        });
    }

    fn of(&mut self, id: u32) -> &mut Post {
        self.posts.iter_mut().find(|post| post.id == id).unwrap()
    }

    fn document(&self, world_only: bool) -> String {
        let mut listed: Vec<&Post> = self.posts.iter().filter(|post| post.in_world || !world_only).collect();
        listed.sort_by_key(|post| std::cmp::Reverse((post.at.unwrap_or(DateTime::<Utc>::MAX_UTC), post.id)));
        listed.truncate(self.window);
        let home = self.server.url("");
        match self.format {
            Format::Rss => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"\n\
                 \txmlns:content=\"http://purl.org/rss/1.0/modules/content/\"\n\
                 \txmlns:wfw=\"http://wellformedweb.org/CommentAPI/\"\n\
                 \txmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n\
                 \txmlns:atom=\"http://www.w3.org/2005/Atom\"\n\
                 \txmlns:sy=\"http://purl.org/rss/1.0/modules/syndication/\"\n\
                 \txmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\"\n\t>\n<channel>\n\
                 \t<title>Harbour Courier</title>\n\
                 \t<atom:link href=\"{home}/feed/\" rel=\"self\" type=\"application/rss+xml\" />\n\
                 \t<link>{home}</link>\n\t<description>News of the coast</description>\n\
                 \t<language>en-US</language>\n\t<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>\n\
                 \t<generator>https://wordpress.org/?v=6.1</generator>\n{}</channel>\n</rss>\n",
                listed.iter().map(|post| post.rss()).collect::<String>()
            ),
            Format::Atom => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><feed\n\txmlns=\"http://www.w3.org/2005/Atom\"\n\
                 \txmlns:thr=\"http://purl.org/syndication/thread/1.0\"\n\txml:lang=\"en-US\"\n\t>\n\
                 \t<title type=\"text\">Harbour Courier</title>\n\
                 \t<subtitle type=\"text\">News of the coast</subtitle>\n\
                 \t<updated>2026-11-24T09:00:00Z</updated>\n\
                 \t<link rel=\"alternate\" type=\"text/html\" href=\"{home}\" />\n\
                 \t<id>{home}/feed/atom/</id>\n\
                 \t<link rel=\"self\" type=\"application/atom+xml\" href=\"{home}/feed/atom/\" />\n\
                 \t<generator uri=\"https://wordpress.org/\" version=\"6.1\">WordPress</generator>\n{}</feed>\n",
                listed.iter().map(|post| post.atom()).collect::<String>()
            ),
        }
    }

    /// Puts both feeds and all pages on the site; what is in no feed any more keeps its page.
    fn publish(&self) {
        self.server.set_feed(ALL, &self.document(false));
        self.server.set_feed(WORLD, &self.document(true));
        for post in &self.posts {
            self.server.set(&post.path(), Page::Plain { headers: vec![], body: post.body.clone().into() });
        }
    }

    /// The mails that come within some minutes, the schedule running every ten.
    async fn mails_within(&self, minutes: i64) -> Mails {
        for _ in 0..minutes / 10 {
            self.app.run_all_due().await;
            self.app.advance(TimeDelta::minutes(10));
        }
        self.app.run_all_due().await;
        let mut mails: Mails = self
            .app
            .smtp
            .take()
            .into_iter()
            .map(|mail| {
                let parsed = mail_parser::MessageParser::default().parse(&mail.message).unwrap();
                (mail.to, parsed.subject().unwrap_or_default().to_owned())
            })
            .collect();
        mails.sort();
        mails
    }

    /// Publishes and looks at the mails of the next half hour.
    async fn mails_after_publishing(&self) -> Mails {
        self.publish();
        self.mails_within(30).await
    }

    /// A post that is mailed to Ines and Marta, so that there is something to change.
    async fn mailed(&mut self, id: u32, title: &str) {
        self.post(id, title, false);
        assert_eq!(self.mails_after_publishing().await, to_all(title));
    }

    async fn status(&self, subject: &str) -> CampaignStatus {
        let mut tx = self.app.app.db.read().await.unwrap();
        db::campaigns::newest(&mut tx, subject).await.unwrap().unwrap().status
    }

    /// What holds a campaign.
    async fn held(&self, subject: &str) -> Vec<Hold> {
        let mut tx = self.app.app.db.read().await.unwrap();
        let id = db::campaigns::newest(&mut tx, subject).await.unwrap().unwrap().id;
        db::holds::of_campaign(&mut tx, id).await.unwrap()
    }

    /// Lets the next poll find a post, whose grace begins.
    async fn found(&self, title: &str) {
        self.publish();
        assert_eq!(self.mails_within(10).await, mails(&[]));
        assert_eq!(self.status(title).await, CampaignStatus::Scheduled);
    }

    async fn held_reasons(&self) -> Vec<(String, String)> {
        let mut tx = self.app.app.db.read().await.unwrap();
        let feed = db::feeds::by_url(&mut tx, &self.server.url(ALL)).await.unwrap().unwrap();
        let mut held = Vec::new();
        for listed in db::feeds::listing(&mut tx, feed.id).await.unwrap() {
            let article = db::articles::get(&mut tx, listed.article_id).await.unwrap().unwrap();
            let holds = db::holds::of_article(&mut tx, article.id).await.unwrap();
            held.extend(holds.iter().map(|hold| (article.title.clone(), hold.sentence())));
        }
        held
    }
}

/// The same application, begun again on the same data.
async fn restarted(app: &TestApp) -> Arc<App> {
    let db = match &app.app.db {
        Db::Sqlite { .. } => Db::connect(&app.app.config.database).await.unwrap(),
        Db::Postgres(pool) => Db::Postgres(pool.clone()),
    };
    App::with_db(app.app.config.clone(), app.clock.clone(), db).await.unwrap()
}

/// Writes each test for RSS and for Atom, on both engines.
macro_rules! in_both_formats {
    ($(async fn $name:ident($news:ident: Newsroom) $body:block)*) => {
        mod rss {
            use super::*;
            on_both_engines! { $(
                async fn $name(app: TestApp) {
                    #[allow(unused_mut)]
                    let mut $news = Newsroom::open(app, Format::Rss).await;
                    $body
                }
            )* }
        }
        mod atom {
            use super::*;
            on_both_engines! { $(
                async fn $name(app: TestApp) {
                    #[allow(unused_mut)]
                    let mut $news = Newsroom::open(app, Format::Atom).await;
                    $body
                }
            )* }
        }
    };
}

in_both_formats! {
    async fn new_posts_are_mailed_once_to_each_reader_of_either_feed(news: Newsroom) {
        news.post(6, "Harbour & ferry: what’s new", true);
        news.post(7, "Council votes", false);
        let mut expected = to_everyone("Harbour & ferry: what’s new");
        expected.extend(to_all("Council votes"));
        expected.sort();
        assert_eq!(news.mails_after_publishing().await, expected);
        assert_eq!(news.mails_within(60).await, mails(&[]));
    }

    async fn an_edit_is_taken_within_the_grace_and_never_mailed_after_it(news: Newsroom) {
        news.post(6, "First wording", true);
        news.publish();
        news.found("First wording").await;
        news.of(6).title = "Second wording".into();
        assert_eq!(news.mails_after_publishing().await, to_everyone("Second wording"));
        news.of(6).title = "Third wording".into();
        news.of(6).body = "<p>Corrected.</p>".into();
        assert_eq!(news.mails_after_publishing().await, mails(&[]));
    }

    async fn new_guids_for_all_posts_mail_nothing(news: Newsroom) {
        news.mailed(6, "Ferry").await;
        for post in &mut news.posts {
            post.guid = format!("urn:rebuilt:{}", post.id);
        }
        assert_eq!(news.mails_after_publishing().await, mails(&[]));
        news.mailed(7, "Bridge").await;
    }

    async fn a_move_to_https_mails_nothing(news: Newsroom) {
        news.mailed(6, "Ferry").await;
        for post in &mut news.posts {
            post.link = post.link.replace("http://", "https://");
            post.guid = post.guid.replace("http://", "https://");
        }
        assert_eq!(news.mails_after_publishing().await, mails(&[]));
    }

    async fn a_new_slug_with_the_old_guid_mails_nothing(news: Newsroom) {
        news.mailed(6, "Ferry").await;
        news.of(6).link = news.server.url("/2026/11/ferry-to-hallerud/");
        assert_eq!(news.mails_after_publishing().await, mails(&[]));
        assert_eq!(news.held_reasons().await, []);
    }

    async fn a_post_withdrawn_from_the_feed_within_the_grace_is_not_mailed(news: Newsroom) {
        news.post(6, "Too early", true);
        news.publish();
        news.found("Too early").await;
        news.posts.retain(|post| post.id != 6);
        assert_eq!(news.mails_after_publishing().await, mails(&[]));
        assert_eq!(news.status("Too early").await, CampaignStatus::Cancelled);
    }

    async fn a_post_whose_page_is_missing_while_the_feed_lists_it_is_held_until_an_admin_decides(news: Newsroom) {
        news.post(6, "Too early", true);
        news.publish();
        news.found("Too early").await;
        // The feed of a site behind a cache still lists it.
        let page = news.of(6).path();
        news.server.set(&page, Page::Status(404, vec![]));
        assert_eq!(news.mails_within(30).await, mails(&[]));
        assert_eq!(news.status("Too early").await, CampaignStatus::Scheduled);
        let held = news.held("Too early").await;
        assert_eq!(held.iter().map(|hold| hold.kind).collect::<Vec<_>>(), [HoldKind::Page]);
        assert!(held[0].sentence().contains("(404)"), "{}", held[0].sentence());

        let page = news.app.admin().await.page("/admin/held").await;
        assert!(page.contains("Page not found") && page.contains("Send anyway"), "{page}");
        // One for each list.
        let ids: std::collections::BTreeSet<Uuid> =
            page.split("value=\"").skip(1).filter_map(|rest| Uuid::parse_str(rest.get(..36)?).ok()).collect();
        assert_eq!(ids.len(), 2, "{page}");
        for id in ids {
            guard::release(&Context::command_line(&news.app.app), id).await.unwrap();
        }
        assert_eq!(news.mails_within(5).await, to_everyone("Too early"));
    }

    async fn a_post_whose_page_is_missing_for_a_moment_is_mailed_once_it_is_there(news: Newsroom) {
        news.post(6, "A moment early", true);
        news.publish();
        news.found("A moment early").await;
        let page = news.of(6).path();
        let there = news.server.page(&page).unwrap();
        news.server.set(&page, Page::Status(404, vec![]));
        while !news.server.seen().iter().any(|asked| asked.path == page) {
            assert_eq!(news.mails_within(0).await, mails(&[]));
            news.app.advance(TimeDelta::minutes(1));
        }
        news.server.set(&page, there);
        assert_eq!(news.mails_within(0).await, to_everyone("A moment early"));
    }

    async fn a_site_that_shows_no_page_to_strangers_still_has_its_posts_mailed(news: Newsroom) {
        news.post(6, "Ferry", true);
        news.publish();
        for post in &news.posts {
            news.server.set(&post.path(), Page::Status(404, vec![]));
        }
        assert_eq!(news.mails_within(30).await, to_everyone("Ferry"));
        news.post(7, "Gone for good", true);
        news.publish();
        for post in &news.posts {
            news.server.set(&post.path(), Page::Status(410, vec![]));
        }
        assert_eq!(news.mails_within(30).await, mails(&[]));
    }

    async fn a_deletion_that_brings_an_old_post_back_into_view_mails_nothing(news: Newsroom) {
        // Older than all that the feed listed at the baseline, and never listed until now.
        news.window = 5;
        news.post(100, "From long ago", false);
        news.of(100).at = Some(news.app.clock.now() - TimeDelta::days(90));
        assert_eq!(news.mails_after_publishing().await, mails(&[]));
        news.posts.retain(|post| post.id != 5);
        assert_eq!(news.mails_after_publishing().await, mails(&[]));
        // And one that was listed, left the window, and comes back.
        news.mailed(6, "Ferry").await;
        news.posts.retain(|post| post.id != 6);
        assert_eq!(news.mails_after_publishing().await, mails(&[]));
    }

    async fn a_post_of_the_future_waits_for_its_time(news: Newsroom) {
        news.post(6, "Embargoed", true);
        news.of(6).at = Some(news.app.clock.now() + TimeDelta::hours(2));
        news.publish();
        assert_eq!(news.mails_within(110).await, mails(&[]));
        assert_eq!(news.mails_within(30).await, to_everyone("Embargoed"));
    }

    async fn an_undated_post_is_mailed_once(news: Newsroom) {
        news.post(6, "No date", true);
        news.of(6).at = None;
        assert_eq!(news.mails_after_publishing().await, to_everyone("No date"));
        news.of(6).at = Some(news.app.clock.now());
        assert_eq!(news.mails_after_publishing().await, mails(&[]));
    }

    async fn a_back_dated_post_is_mailed(news: Newsroom) {
        news.post(6, "Written on Saturday", true);
        news.of(6).at = Some(news.app.clock.now() - TimeDelta::days(3));
        assert_eq!(news.mails_after_publishing().await, to_everyone("Written on Saturday"));
    }

    async fn a_second_post_in_the_same_second_is_found_though_the_feed_says_unchanged(news: Newsroom) {
        news.post(6, "First of the second", false);
        news.found("First of the second").await;
        let Some(Page::Document { etag, content_type, .. }) = news.server.page(ALL) else { panic!("a feed") };
        news.post(7, "Second of the second", false);
        news.publish();
        let body = news.document(false).into();
        news.server.set(ALL, Page::Document { content_type, body, etag });
        // The polls get 304; the look before the first one's mail sees that there is more.
        assert_eq!(news.mails_within(10).await, to_all("First of the second"));
        assert_eq!(news.mails_within(30).await, to_all("Second of the second"));
    }

    async fn a_guid_reused_for_another_article_is_held(news: Newsroom) {
        news.mailed(6, "Ferry").await;
        let reused = news.of(6).guid.clone();
        news.posts.retain(|post| post.id != 6);
        news.post(7, "Something else", false);
        news.of(7).guid = reused;
        assert_eq!(news.mails_after_publishing().await, mails(&[]));
        let held = news.held_reasons().await;
        assert!(
            matches!(&held[..], [(title, reason)] if title == "Something else" && reason.contains("GUID")),
            "{held:?}"
        );
    }

    async fn five_posts_at_once_are_five_mails_to_each_reader(news: Newsroom) {
        let mut expected = Mails::new();
        for id in 11..=15 {
            let title = format!("Post {id}");
            news.post(id, &title, true);
            expected.extend(to_everyone(&title));
        }
        expected.sort();
        assert_eq!(news.mails_after_publishing().await, expected);
        assert_eq!(news.mails_within(60).await, mails(&[]));
    }

    async fn a_restart_between_poll_and_mail_changes_nothing(news: Newsroom) {
        news.post(6, "Ferry", true);
        news.publish();
        news.found("Ferry").await;
        news.app.advance(TimeDelta::minutes(10));
        let again = restarted(news.app).await;
        postrider::schedule::run_due(&again).await.unwrap();
        let transport = Transport::new(again.config.transport()).unwrap();
        Delivery::new(again.clone(), transport, CancellationToken::new()).run_until_idle().await.unwrap();
        if matches!(again.db, Db::Sqlite { .. }) {
            again.db.close().await;
        }
        assert_eq!(news.mails_within(30).await, to_everyone("Ferry"), "and not again after it");
    }
}
