//! What the addresses that drafts link to answer: asked in the background, and remembered for a while, so that
//! looking at a draft waits for nobody's server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use url::Url;

use crate::fetch::{FetchError, Fetcher};

/// How long an answer counts.
const REMEMBERED: Duration = Duration::from_secs(10 * 60);
/// How long one address has to answer.
const DEADLINE: Duration = Duration::from_secs(5);
/// Addresses that are asked at once.
const AT_ONCE: usize = 4;
/// Addresses of one draft that are asked.
const OF_A_DRAFT_MAX: usize = 50;
/// Addresses that are remembered, over all drafts.
const REMEMBERED_MAX: usize = 2_000;
/// The longest address that is asked, and remembered.
const URL_BYTES_MAX: usize = 2_000;

/// What is wrong with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeadLink {
    /// Its server says that there is nothing (404) or nothing any more (410).
    Missing(u16),
    /// Nobody answers there: why.
    Unreachable(String),
}

#[derive(Clone, Debug)]
enum Answer {
    Awaited,
    Well,
    Dead(DeadLink),
}

/// The answers that are remembered.
#[derive(Default)]
pub struct LinkAnswers {
    known: Mutex<HashMap<Url, (Instant, Answer)>>,
}

/// What is known of a draft's links.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LinkReport {
    pub dead: Vec<(Url, DeadLink)>,
    /// Links whose answers are still awaited.
    pub awaited: usize,
}

impl LinkAnswers {
    /// What is known of these addresses by now. Those that nobody knows are asked in the background.
    pub fn look(self: &Arc<Self>, fetcher: &Fetcher, links: impl Iterator<Item = Url>) -> LinkReport {
        let (mut report, mut unknown) = (LinkReport::default(), Vec::new());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (at, _)| at.elapsed() < REMEMBERED);
        for url in links.filter(|url| url.as_str().len() <= URL_BYTES_MAX).take(OF_A_DRAFT_MAX) {
            match known.get(&url) {
                Some((_, Answer::Well)) => {}
                Some((_, Answer::Dead(why))) => report.dead.push((url, why.clone())),
                Some((_, Answer::Awaited)) => report.awaited += 1,
                None if known.len() >= REMEMBERED_MAX => {}
                None => {
                    known.insert(url.clone(), (Instant::now(), Answer::Awaited));
                    report.awaited += 1;
                    unknown.push(url);
                }
            }
        }
        if !unknown.is_empty() {
            let (answers, fetcher) = (self.clone(), fetcher.clone());
            tokio::spawn(async move {
                let ask = |url: Url| {
                    let (answers, fetcher) = (answers.clone(), fetcher.clone());
                    async move {
                        let answer = answer_of(fetcher.status(&url, DEADLINE).await);
                        let mut known = answers.known.lock().unwrap_or_else(PoisonError::into_inner);
                        known.insert(url, (Instant::now(), answer));
                    }
                };
                futures_util::stream::iter(unknown).for_each_concurrent(AT_ONCE, ask).await;
            });
        }
        report
    }
}

/// Only what is surely dead counts: servers refuse programs, are slow, or are out of our reach for reasons that
/// are not a reader's.
fn answer_of(asked: Result<u16, FetchError>) -> Answer {
    match asked {
        Ok(code @ (404 | 410)) => Answer::Dead(DeadLink::Missing(code)),
        Err(error @ (FetchError::NameNotFound(_) | FetchError::Network(_))) => {
            Answer::Dead(DeadLink::Unreachable(error.to_string()))
        }
        _ => Answer::Well,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_surely_dead_is_called_dead() {
        let is_dead = |asked| matches!(answer_of(asked), Answer::Dead(_));
        assert!([404, 410].into_iter().all(|code| is_dead(Ok(code))));
        assert!(![200, 204, 301, 401, 403, 405, 429, 500, 503].into_iter().any(|code| is_dead(Ok(code))));
        assert!(is_dead(Err(FetchError::NameNotFound("nowhere.example".to_owned()))));
        assert!(is_dead(Err(FetchError::Network("connection refused".to_owned()))));
        assert!(!is_dead(Err(FetchError::Timeout(DEADLINE))));
        assert!(!is_dead(Err(FetchError::PrivateAddress("10.0.0.1".to_owned()))));
    }
}
