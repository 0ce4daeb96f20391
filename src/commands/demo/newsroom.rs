//! The demo's newsroom: a small site of its own with a feed, and what it publishes.

use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::{App, HttpResponse, HttpServer, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

/// One piece.
pub struct Story {
    pub slug: &'static str,
    pub title: &'static str,
    pub author: &'static str,
    pub summary: &'static str,
    pub html: &'static str,
}

/// What the publication is, beside the address of its site.
pub const PUBLICATION: [(&str, &str); 4] = [
    ("name", "The Harbour Ledger"),
    ("tagline", "Ships, markets and the town behind them"),
    ("postal_address", "1 Quay Street, Hallerud"),
    ("time_zone", "Europe/Stockholm"),
];

/// Whom its mail is from.
pub const MAIL_FROM: &str = "The Harbour Ledger <news@harbour-ledger.example>";

/// The name of its list.
pub const LIST: &str = "All articles";

/// The headline of a story once an editor has fixed it.
pub const FIXED_HEADLINE: &str = "Container rates slip for a sixth week, carriers park ships";

/// What the newsroom has, the oldest first. The first three are out before the demo begins.
pub const STORIES: [Story; 5] = [
    Story {
        slug: "net-makers",
        title: "The last net makers of Quay Street",
        author: "Farida Nasser",
        summary: "Three sisters mend by hand what machines tear.",
        html: "<p>Three sisters mend by hand what machines tear. Their workshop on Quay Street has no sign, and needs none: the nets hang from the windows.</p><p>\u{201c}A machine knots faster,\u{201d} says the eldest, \u{201c}but it has never been out in a storm.\u{201d} The order book is full until spring.</p>",
    },
    Story {
        slug: "tide-tables",
        title: "Why the tide tables were wrong for a week",
        author: "Tomasz Wilk",
        summary: "A gauge had been moved by two metres, and nobody had told the almanac.",
        html: "<p>A gauge had been moved by two metres, and nobody had told the almanac. For seven days the printed tables ran eleven minutes late.</p><p>Pilots noticed on the first morning. The office noticed on the seventh, when a ferry touched the sill.</p>",
    },
    Story {
        slug: "small-bank",
        title: "The small bank that stopped closing branches",
        author: "Owen Achterberg",
        summary: "It lets the bakery next door run the counter.",
        html: "<p>It lets the bakery next door run the counter. Customers draw cash beside the rye loaves, and the bank pays the baker by the hour.</p><p>Deposits in the four towns grew by a tenth in the first year. The rye sells out earlier, too.</p>",
    },
    Story {
        slug: "container-rates",
        title: "Container rates slip for a sixth week as carriers idle ships",
        author: "Marta Lindqvist",
        summary: "Thirty-one vessels lie at anchor. A year ago there were four.",
        html: "<p>Spot prices for a forty-foot box to northern Europe fell again last week, the sixth fall in a row, and the large lines have begun to do what they always say they will not: park ships.</p><p>By Friday, thirty-one vessels lay idle off three anchorages, according to harbour masters who count them from the window. A year ago there were four.</p><h2>What it means on the quay</h2><p>Fewer calls mean fewer shifts. The dockers\u{2019} hall expects to open on four days instead of six until the new year.</p><ul><li>Two weekly services now share one berth.</li><li>The night gate closes at ten.</li></ul>",
    },
    Story {
        slug: "ferry-returns",
        title: "The Hallerud ferry sails again on Monday",
        author: "Farida Nasser",
        summary: "A new shaft, a new paint, the old timetable.",
        html: "<p>A new shaft, a new paint, the old timetable: the Hallerud ferry leaves at ten past every hour from Monday, three months after it lost its screw in the narrows.</p><p>The first crossing is free. The island\u{2019}s school has asked for the front seats.</p>",
    },
];

struct Newsroom {
    site: String,
    out: usize,
    last_title: Option<&'static str>,
    opened: DateTime<Utc>,
}

/// The running site.
#[derive(Clone)]
pub struct Site {
    newsroom: Arc<Mutex<Newsroom>>,
    pub url: String,
}

#[derive(Template)]
#[template(path = "demo/feed.xml")]
struct FeedXml<'a> {
    site: &'a str,
    stories: Vec<(usize, DisplayedStory, String)>,
}

#[derive(Template)]
#[template(path = "demo/story.html")]
struct StoryHtml {
    story: DisplayedStory,
}

struct DisplayedStory {
    slug: &'static str,
    title: &'static str,
    author: &'static str,
    summary: &'static str,
    html: &'static str,
}

impl Newsroom {
    fn shown(&self, number: usize) -> DisplayedStory {
        let Story { slug, title, author, summary, html } = STORIES[number];
        let edited = self.last_title.filter(|_| number + 1 == self.out);
        DisplayedStory { slug, title: edited.unwrap_or(title), author, summary, html }
    }
}

impl Site {
    /// Opens the site on a free port, with its first three stories.
    pub fn open(now: DateTime<Utc>) -> anyhow::Result<Site> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let newsroom = Newsroom { site: url.clone(), out: 3, last_title: None, opened: now };
        let site = Site { newsroom: Arc::new(Mutex::new(newsroom)), url };
        let data = web::Data::new(site.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/feed/", web::get().to(feed))
                .route("/{slug}/", web::get().to(story))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)?
        .run();
        tokio::spawn(server);
        Ok(site)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Newsroom) -> T) -> T {
        act(&mut self.newsroom.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts the next story out; returns its title.
    pub fn publish(&self) -> &'static str {
        self.with(|newsroom| {
            newsroom.last_title = None;
            newsroom.out = (newsroom.out + 1).min(STORIES.len());
            STORIES[newsroom.out - 1].title
        })
    }

    /// Changes the newest story's title.
    pub fn retitle(&self, title: &'static str) {
        self.with(|newsroom| newsroom.last_title = Some(title));
    }
}

async fn feed(site: web::Data<Site>) -> HttpResponse {
    let body = site.with(|newsroom| {
        let stories = (0..newsroom.out)
            .rev()
            .map(|number| {
                let age = TimeDelta::hours(3 * (3 - number as i64).max(0));
                (number + 1, newsroom.shown(number), (newsroom.opened - age).to_rfc2822())
            })
            .collect();
        FeedXml { site: &newsroom.site, stories }.render()
    });
    match body {
        Ok(body) => HttpResponse::Ok().content_type("application/rss+xml").body(body),
        Err(error) => HttpResponse::InternalServerError().body(error.to_string()),
    }
}

async fn story(site: web::Data<Site>, slug: web::Path<String>) -> HttpResponse {
    let found = site.with(|newsroom| {
        (0..newsroom.out).find(|number| STORIES[*number].slug == *slug).map(|number| newsroom.shown(number))
    });
    match found.map(|story| StoryHtml { story }.render()) {
        Some(Ok(body)) => HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body),
        _ => HttpResponse::NotFound().body("No such story"),
    }
}
