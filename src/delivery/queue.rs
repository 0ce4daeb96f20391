//! Leased jobs in memory, between the dispatcher and the connections. Two lanes: notices are
//! always taken first.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// Two lanes of jobs, and how many were taken and not yet finished.
pub struct Queue<J> {
    lanes: Mutex<Lanes<J>>,
    /// With fewer deliveries than this, it is time for more.
    low_water: usize,
    /// Rung for each job that comes, and when the queue closes.
    filled: Notify,
    /// Rung when deliveries fall below the low-water mark, and when nothing is left or in hand.
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
    pub fn new(low_water: usize) -> Self {
        Queue {
            low_water,
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
        let low = lanes.deliveries.len() + 1 == self.low_water;
        drop(lanes);
        if low {
            self.drained.notify_waiters();
        }
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
        let mut lanes = self.lanes();
        lanes.in_hand -= 1;
        let empty = lanes.in_hand == 0 && lanes.notices.is_empty() && lanes.deliveries.is_empty();
        drop(lanes);
        if empty {
            self.drained.notify_waiters();
        }
    }

    /// Whether it is time for more deliveries.
    pub fn is_low(&self) -> bool {
        self.lanes().deliveries.len() < self.low_water
    }

    /// How many notices wait.
    pub fn notices(&self) -> usize {
        self.lanes().notices.len()
    }

    /// How many jobs wait or are in hand.
    pub fn load(&self) -> usize {
        let lanes = self.lanes();
        lanes.notices.len() + lanes.deliveries.len() + lanes.in_hand
    }

    /// Waits until there is room, or nothing left. Enable it before looking at the queue.
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
