//! Articles are numbered, pauses end, and the next digests are scheduled.

use std::time::Duration;

use futures_util::FutureExt as _;

use super::{Job, NextRun, Plain};
use crate::actions::digests;

pub const JOB: Job = Job {
    name: "digests",
    what: "job-digests",
    every: Duration::from_secs(2),
    begin: || {
        Box::new(Plain(|app| {
            async move {
                digests::work(&app).await?;
                Ok(NextRun::Later)
            }
            .boxed()
        }))
    },
};
