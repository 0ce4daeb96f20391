//! Subscriptions at hubs are asked for, renewed before they end, and ended.

use futures_util::FutureExt as _;

use super::{Job, NextRun, Plain, SECOND};
use crate::actions::pushes;

pub const JOB: Job = Job {
    name: "hubs",
    what: "job-hubs",
    every: SECOND,
    begin: || {
        Box::new(Plain(|app| async move { pushes::hubs::work(&app).await.map(|()| NextRun::Later) }.boxed()))
    },
};
