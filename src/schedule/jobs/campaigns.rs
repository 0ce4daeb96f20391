//! Campaigns whose time has come begin, their readers are enqueued, and what cancelled ones left is skipped; after a
//! look whether this database may send.

use futures_util::FutureExt as _;

use super::{Job, NextRun, Plain, SECOND};
use crate::actions::guard;

pub const JOB: Job = Job {
    name: "campaigns",
    what: "job-campaigns",
    every: SECOND,
    begin: || {
        Box::new(Plain(|app| {
            async move {
                guard::watch(&app).await?;
                crate::schedule::run_campaigns(&app).await?;
                Ok(NextRun::Later)
            }
            .boxed()
        }))
    },
};
