//! Who acts, and on what.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Error;
use crate::app::App;
use crate::db::audit::{Actor, ActorKind};
use crate::db::events::Cause;
use crate::db::users::Role;
use crate::domain::refusal::common;

/// The application, and who acts. Every action takes it, and asks it what whoever acts may do.
#[derive(Clone)]
pub struct Context<'a> {
    pub app: &'a Arc<App>,
    pub actor: Actor,
}

impl<'a> Context<'a> {
    pub fn new(app: &'a Arc<App>, actor: Actor) -> Context<'a> {
        Context { app, actor }
    }

    /// Whoever runs a command on the machine itself: may do all that an admin may.
    pub fn command_line(app: &'a Arc<App>) -> Context<'a> {
        Context::new(app, Actor::command_line())
    }

    /// What is due, done by the program itself.
    pub fn schedule(app: &'a Arc<App>) -> Context<'a> {
        Context::new(app, Actor::schedule())
    }

    /// The moment, by the application's clock.
    pub fn now(&self) -> DateTime<Utc> {
        self.app.clock.now()
    }

    /// What events note of whatever is done here.
    pub fn cause(&self) -> Cause<'_> {
        Cause::new(&self.actor, self.now())
    }

    /// Refuses whoever is less than this at the desk. The command line and the schedule are never less.
    pub fn require(&self, role: Role) -> Result<(), Error> {
        let may = match self.actor.kind {
            ActorKind::User(Role::Admin) | ActorKind::CommandLine | ActorKind::Schedule => true,
            ActorKind::User(Role::Editor) => role == Role::Editor,
            ActorKind::Setup | ActorKind::Reader | ActorKind::Feed => false,
        };
        match may {
            true => Ok(()),
            false if role == Role::Admin => Err(common::ADMINS_ONLY.refusal().into()),
            false => Err(common::DESK_ONLY.refusal().into()),
        }
    }
}
