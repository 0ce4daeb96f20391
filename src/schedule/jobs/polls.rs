//! Feeds that are due are polled, after a look whether this database may send.

use futures_util::FutureExt as _;

use super::{Job, NextRun, Plain, SECOND};
use crate::actions::guard;

pub const JOB: Job = Job {
    name: "polls",
    what: "job-feeds",
    every: SECOND,
    begin: || {
        Box::new(Plain(|app| {
            async move {
                guard::watch(&app).await?;
                crate::schedule::poll_feeds(&app).await?;
                Ok(NextRun::Later)
            }
            .boxed()
        }))
    },
};
