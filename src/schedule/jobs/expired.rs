//! Sessions, links and sums of sign-ups that have expired are forgotten.

use std::time::Duration;

use futures_util::FutureExt as _;

use super::{Job, NextRun, Plain};

pub const JOB: Job = Job {
    name: "expired",
    what: "job-expired",
    every: Duration::from_secs(60 * 60),
    begin: || {
        Box::new(Plain(|app| {
            async move { crate::schedule::forget_expired(&app).await.map(|()| NextRun::Later) }.boxed()
        }))
    },
};
