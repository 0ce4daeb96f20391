//! Who has not confirmed a sign-up is reminded, once.

use std::time::Duration;

use futures_util::FutureExt as _;

use super::{Job, NextRun, Plain};
use crate::actions::reminders;

pub const JOB: Job = Job {
    name: "reminders",
    what: "job-reminders",
    every: Duration::from_secs(60),
    begin: || {
        Box::new(Plain(|app| {
            async move {
                Ok(match reminders::work(&app).await? {
                    true => NextRun::AtOnce,
                    false => NextRun::Later,
                })
            }
            .boxed()
        }))
    },
};
