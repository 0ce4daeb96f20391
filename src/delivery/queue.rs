//! Leased jobs in memory, between the dispatcher and the connections. Two lanes: notices are
//! always taken first.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Two lanes of jobs, and how many were taken and not yet finished.
pub struct Queue<J> {
    lanes: Mutex<Lanes<J>>,
    /// Rung for each job that comes, and when the queue closes.
    filled: Notify,
    /// Rung when a job is taken or finished.
    drained: Notify,
}

struct Lanes<J> {
    notices: VecDeque<J>,
    deliveries: VecDeque<J>,
    in_hand: usize,
    closed: bool,
}

impl<J> Queue<J> {
    /// An empty queue.
    pub fn new() -> Self {
        Queue {
            lanes: Mutex::new(Lanes {
                notices: VecDeque::new(),
                deliveries: VecDeque::new(),
                in_hand: 0,
                closed: false,
            }),
            filled: Notify::new(),
            drained: Notify::new(),
        }
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes<J>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds notices.
    pub fn push_notices(&self, jobs: impl IntoIterator<Item = J>) {
        self.lanes().notices.extend(jobs);
        self.filled.notify_waiters();
    }

    /// Adds deliveries.
    pub fn push_deliveries(&self, jobs: impl IntoIterator<Item = J>) {
        self.lanes().deliveries.extend(jobs);
        self.filled.notify_waiters();
    }

    /// Takes a job if there is one. It is in hand until [`Queue::finished`].
    pub fn try_pop(&self) -> Option<J> {
        let mut lanes = self.lanes();
        if lanes.closed {
            return None;
        }
        let job = lanes.notices.pop_front().or_else(|| lanes.deliveries.pop_front())?;
        lanes.in_hand += 1;
        drop(lanes);
        self.drained.notify_waiters();
        Some(job)
    }

    /// Waits for a job; `None` once the queue is closed.
    pub async fn pop(&self) -> Option<J> {
        loop {
            let filled = self.filled.notified();
            tokio::pin!(filled);
            filled.as_mut().enable();
            if let Some(job) = self.try_pop() {
                return Some(job);
            }
            if self.lanes().closed {
                return None;
            }
            filled.await;
        }
    }

    /// Says that a job which was taken is done with.
    pub fn finished(&self) {
        self.lanes().in_hand -= 1;
        self.drained.notify_waiters();
    }

    /// How many deliveries wait, and how many jobs there are altogether, those in hand too.
    pub fn load(&self) -> (usize, usize) {
        let lanes = self.lanes();
        (lanes.deliveries.len(), lanes.notices.len() + lanes.deliveries.len() + lanes.in_hand)
    }

    /// Waits until a job is taken or finished. Enable it before looking at [`Queue::load`].
    pub fn drained(&self) -> tokio::sync::futures::Notified<'_> {
        self.drained.notified()
    }

    /// Hands out jobs again after [`Queue::close`].
    pub fn open(&self) {
        self.lanes().closed = false;
    }

    /// Hands out nothing more; returns what was not taken.
    pub fn close(&self) -> Vec<J> {
        let mut lanes = self.lanes();
        lanes.closed = true;
        let mut rest: Vec<J> = lanes.notices.drain(..).collect();
        rest.extend(lanes.deliveries.drain(..));
        drop(lanes);
        self.filled.notify_waiters();
        rest
    }

    /// Takes everything that waits, without closing.
    pub fn clear(&self) -> Vec<J> {
        let mut lanes = self.lanes();
        let mut rest: Vec<J> = lanes.notices.drain(..).collect();
        rest.extend(lanes.deliveries.drain(..));
        rest
    }
}

impl<J> Default for Queue<J> {
    fn default() -> Self {
        Self::new()
    }
}
