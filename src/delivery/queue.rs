//! Leased jobs in memory, between the dispatcher and the connections. Notices are always taken
//! first; what its domain does not admit just now is set aside and holds up nothing behind it.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// What a connection takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Notices first, then deliveries.
    All,
    /// Notices only: so that one never waits behind a campaign whose relay is slow to answer.
    Notices,
}

/// Jobs that wait, and how many were taken and not yet finished.
pub struct Queue<J> {
    jobs: Mutex<Jobs<J>>,
    /// With fewer deliveries than this, it is time for more.
    low_water: usize,
    /// Rung when jobs come or are admitted again, and when the queue closes.
    filled: Notify,
    /// Rung when deliveries fall below the low-water mark, and when nothing is left or in hand.
    drained: Notify,
}

struct Jobs<J> {
    notices: VecDeque<J>,
    deliveries: VecDeque<J>,
    /// Deliveries that were not admitted when their turn came.
    aside: VecDeque<J>,
    in_hand: usize,
    closed: bool,
}

impl<J> Jobs<J> {
    fn is_idle(&self) -> bool {
        self.in_hand == 0 && self.notices.is_empty() && self.deliveries.is_empty()
    }
}

impl<J> Queue<J> {
    /// An empty queue.
    pub fn new(low_water: usize) -> Self {
        Queue {
            low_water,
            jobs: Mutex::new(Jobs {
                notices: VecDeque::new(),
                deliveries: VecDeque::new(),
                aside: VecDeque::new(),
                in_hand: 0,
                closed: false,
            }),
            filled: Notify::new(),
            drained: Notify::new(),
        }
    }

    fn jobs(&self) -> MutexGuard<'_, Jobs<J>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds notices.
    pub fn push_notices(&self, jobs: impl IntoIterator<Item = J>) {
        self.jobs().notices.extend(jobs);
        self.filled.notify_waiters();
    }

    /// Adds deliveries.
    pub fn push_deliveries(&self, jobs: impl IntoIterator<Item = J>) {
        self.jobs().deliveries.extend(jobs);
        self.filled.notify_waiters();
    }

    /// Takes a job if there is one that `admit` lets go now. It is in hand until
    /// [`Queue::finished`].
    pub fn try_pop(&self, lane: Lane, admit: impl Fn(&J) -> bool) -> Option<J> {
        let mut jobs = self.jobs();
        if jobs.closed {
            return None;
        }
        let waited = jobs.deliveries.len();
        let mut job = jobs.notices.pop_front();
        if job.is_none() && lane == Lane::All {
            job = match jobs.aside.iter().position(&admit) {
                Some(at) => jobs.aside.remove(at),
                None => loop {
                    match jobs.deliveries.pop_front() {
                        Some(next) if !admit(&next) => jobs.aside.push_back(next),
                        next => break next,
                    }
                },
            };
        }
        jobs.in_hand += usize::from(job.is_some());
        let low = waited >= self.low_water && jobs.deliveries.len() < self.low_water;
        drop(jobs);
        if low {
            self.drained.notify_waiters();
        }
        job
    }

    /// Waits for a job; `None` once the queue is closed.
    pub async fn pop(&self, lane: Lane, admit: impl Fn(&J) -> bool) -> Option<J> {
        loop {
            let filled = self.filled.notified();
            tokio::pin!(filled);
            filled.as_mut().enable();
            if let Some(job) = self.try_pop(lane, &admit) {
                return Some(job);
            }
            if self.jobs().closed {
                return None;
            }
            filled.await;
        }
    }

    /// Puts a delivery that was taken back to the front.
    pub fn put_back(&self, job: J) {
        let mut jobs = self.jobs();
        jobs.deliveries.push_front(job);
        jobs.in_hand -= 1;
    }

    /// Says that a job which was taken is done with.
    pub fn finished(&self) {
        let mut jobs = self.jobs();
        jobs.in_hand -= 1;
        let idle = jobs.is_idle();
        drop(jobs);
        if idle {
            self.drained.notify_waiters();
        }
    }

    /// Whether it is time for more deliveries.
    pub fn is_low(&self) -> bool {
        self.jobs().deliveries.len() < self.low_water
    }

    /// How many notices wait.
    pub fn notices(&self) -> usize {
        self.jobs().notices.len()
    }

    /// How many jobs wait their turn or are in hand; those set aside are not counted.
    pub fn load(&self) -> usize {
        let jobs = self.jobs();
        jobs.notices.len() + jobs.deliveries.len() + jobs.in_hand
    }

    /// Whether jobs are set aside.
    pub fn has_aside(&self) -> bool {
        !self.jobs().aside.is_empty()
    }

    /// Takes the deliveries that wait and fit.
    pub fn take_waiting(&self, fits: impl Fn(&J) -> bool) -> Vec<J> {
        let mut jobs = self.jobs();
        let (taken, aside): (Vec<J>, VecDeque<J>) = take_where(&mut jobs.aside, &fits);
        jobs.aside = aside;
        let (more, deliveries) = take_where(&mut jobs.deliveries, &fits);
        jobs.deliveries = deliveries;
        taken.into_iter().chain(more).collect()
    }

    /// How many deliveries wait that fit.
    pub fn count_waiting(&self, fits: impl Fn(&J) -> bool) -> usize {
        let jobs = self.jobs();
        jobs.deliveries.iter().chain(&jobs.aside).filter(|job| fits(job)).count()
    }

    /// Lets the connections look again at what was set aside.
    pub fn wake(&self) {
        self.filled.notify_waiters();
    }

    /// Waits until there is room, or nothing left. Enable it before looking at the queue.
    pub fn drained(&self) -> tokio::sync::futures::Notified<'_> {
        self.drained.notified()
    }

    /// Hands out jobs again after [`Queue::close`].
    pub fn open(&self) {
        self.jobs().closed = false;
    }

    /// Hands out nothing more; returns what was not taken.
    pub fn close(&self) -> Vec<J> {
        self.jobs().closed = true;
        let rest = self.clear();
        self.filled.notify_waiters();
        rest
    }

    /// Takes everything that waits, without closing.
    pub fn clear(&self) -> Vec<J> {
        let mut jobs = self.jobs();
        let Jobs { notices, deliveries, aside, .. } = &mut *jobs;
        notices.drain(..).chain(deliveries.drain(..)).chain(aside.drain(..)).collect()
    }
}

fn take_where<J>(from: &mut VecDeque<J>, fits: impl Fn(&J) -> bool) -> (Vec<J>, VecDeque<J>) {
    let mut taken = Vec::new();
    let mut rest = VecDeque::with_capacity(from.len());
    for job in from.drain(..) {
        if fits(&job) { taken.push(job) } else { rest.push_back(job) }
    }
    (taken, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_never_waits_behind_a_delivery() {
        let queue = Queue::new(4);
        queue.push_deliveries(["delivery"]);
        queue.push_notices(["notice"]);
        assert_eq!(queue.try_pop(Lane::All, |_| true), Some("notice"));
        assert_eq!(queue.try_pop(Lane::Notices, |_| true), None);
        assert_eq!(queue.try_pop(Lane::All, |_| true), Some("delivery"));
    }

    #[test]
    fn what_is_not_admitted_holds_up_nothing_behind_it() {
        let queue = Queue::new(4);
        queue.push_deliveries(["slow 1", "slow 2", "quick", "slow 3"]);
        let quick = |job: &&str| !job.starts_with("slow");
        assert_eq!(queue.try_pop(Lane::All, quick), Some("quick"));
        assert_eq!(queue.try_pop(Lane::All, quick), None);
        assert!(queue.has_aside());
        assert_eq!(queue.try_pop(Lane::All, |_| true), Some("slow 1"), "in their order");
        assert_eq!(queue.take_waiting(|_| true), ["slow 2", "slow 3"]);
    }
}
