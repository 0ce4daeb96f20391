//! Five feeds of a site that publishes, edits, withdraws, renames and moves.

use std::fmt::Write as _;

use chrono::TimeDelta;
use uuid::Uuid;

use super::oracle::Time;
use crate::support::feed_server::{FeedServer, Page};

/// So many items are in a feed, at most.
const WINDOW: usize = 20;
/// Of these, the newest, one is edited or withdrawn.
const RECENT: usize = 6;

pub struct Item {
    number: u32,
    revision: u32,
    date: Time,
    /// Its page says that it is gone.
    is_gone: bool,
}

pub struct Feed {
    pub id: Uuid,
    pub path: String,
    /// What the brake holds.
    pub held: Vec<u32>,
    /// The newest last.
    items: Vec<Item>,
    /// How often its GUIDs and links were changed, and how often it moved.
    names: u32,
    moves: u32,
}

pub struct Site {
    pub server: FeedServer,
    pub feeds: Vec<Feed>,
    next: u32,
}

impl Site {
    /// The site with articles of the last ten days.
    pub async fn start(now: Time) -> Site {
        let server = FeedServer::start().await;
        let mut site = Site { server, feeds: Vec::new(), next: 1 };
        for feed in 0..5 {
            site.feeds.push(Feed {
                id: Uuid::nil(),
                path: format!("/feed-{feed}/"),
                held: Vec::new(),
                items: Vec::new(),
                names: 0,
                moves: 0,
            });
            for days in (1..=10).rev() {
                site.publish(feed, 1, now - TimeDelta::days(days));
            }
        }
        site
    }

    /// Publishes some articles, the last of them now; their numbers.
    pub fn publish(&mut self, feed: usize, count: usize, now: Time) -> Vec<u32> {
        let mut numbers = Vec::new();
        for before in (0..count).rev() {
            let date = now - TimeDelta::seconds(before as i64);
            self.feeds[feed].items.push(Item { number: self.next, revision: 0, date, is_gone: false });
            numbers.push(self.next);
            self.next += 1;
        }
        let items = &mut self.feeds[feed].items;
        let gone = items.len().saturating_sub(WINDOW);
        items.drain(..gone);
        self.show(feed);
        numbers
    }

    /// Edits an article that was published lately: its number and its revision.
    pub fn edit(&mut self, feed: usize) -> Option<(u32, u32)> {
        let item = self.feeds[feed].items.iter_mut().rev().take(RECENT).last()?;
        item.revision += 1;
        let edited = (item.number, item.revision);
        self.show(feed);
        Some(edited)
    }

    /// Takes an article back: out of the feed, or by what its page says. What the brake holds is left alone.
    pub fn withdraw(&mut self, feed: usize, leaves_feed: bool) -> Option<u32> {
        let Feed { items, held, names, .. } = &mut self.feeds[feed];
        let at = items.len().checked_sub(2)?;
        let number = items[at].number;
        if held.contains(&number) || items[at].is_gone {
            return None;
        }
        if leaves_feed {
            items.remove(at);
            self.server.set(&path(*names, number), Page::Status(404, vec![]));
        } else {
            items[at].is_gone = true;
        }
        self.show(feed);
        Some(number)
    }

    /// All links and GUIDs are others, as after a change of permalinks.
    pub fn rename(&mut self, feed: usize) {
        self.feeds[feed].names += 1;
        self.show(feed);
    }

    /// The feed is at another address.
    pub fn move_feed(&mut self, feed: usize) {
        let old = self.feeds[feed].path.clone();
        self.feeds[feed].moves += 1;
        let path = format!("/moved-{}/feed-{feed}/", self.feeds[feed].moves);
        self.server.set(&old, Page::Redirect(301, self.server.url(&path)));
        self.feeds[feed].path = path;
        self.show(feed);
    }

    fn show(&self, feed: usize) {
        let Feed { items, names, path: feed_path, .. } = &self.feeds[feed];
        let mut xml = String::new();
        for Item { number, revision, date, is_gone } in items.iter().rev() {
            let page = path(*names, *number);
            let shown = match is_gone {
                true => Page::Status(410, vec![]),
                false => Page::Plain { headers: vec![], body: b"here".to_vec() },
            };
            self.server.set(&page, shown);
            let title = match revision {
                0 => format!("Post {number}"),
                revision => format!("Post {number} rev {revision}."),
            };
            let (link, date) = (self.server.url(&page), date.to_rfc2822());
            let _ = write!(
                xml,
                "<item><title>{title}</title><link>{link}</link><guid isPermaLink=\"false\">{feed}-{names}-{number}</guid>\
                 <pubDate>{date}</pubDate><description>Short {number}</description></item>"
            );
        }
        self.server.set_feed(
            feed_path,
            &format!(
                "<rss version=\"2.0\"><channel><title>Feed {feed}</title><link>https://harbour.example</link>{xml}</channel></rss>"
            ),
        );
    }
}

fn path(names: u32, number: u32) -> String {
    format!("/by-{names}/post-{number}/")
}
