//! `user add`, `user reset`, `user list`.

use std::sync::Arc;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};

use super::usage;
use crate::actions::Context;
use crate::actions::people::{self, AddedUser};
use crate::app::App;
use crate::db::users::{self, Role};
use crate::domain::email_address::EmailAddress;

#[derive(Subcommand)]
pub enum UserCommand {
    /// Add somebody who works on the publication; one of that address stays as they are
    Add {
        /// Their address
        email: String,
        /// admin: everything, and mails when something is wrong. editor: articles and campaigns
        #[arg(long, value_enum)]
        role: RoleArg,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Give somebody who can't sign in, or whose account was taken, a new start: no password, no two-factor sign-in, signed
    /// out everywhere. Prints a link that sets a password, and tells them by mail
    Reset {
        /// Their address
        email: String,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show who works on the publication
    List {
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    Admin,
    Editor,
}

pub async fn run(app: Arc<App>, command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { email, role, json } => {
            let email = EmailAddress::parse(&email).map_err(|error| usage(error.to_string()))?;
            let role = match role {
                RoleArg::Admin => Role::Admin,
                RoleArg::Editor => Role::Editor,
            };
            let AddedUser { user, is_new: added, link } =
                people::add(&Context::command_line(&app), &email, role).await?;
            let (email, role) = (email.as_str(), user.role.as_str());
            if json {
                let said = serde_json::json!({ "email": email, "role": role, "added": added, "link": link });
                println!("{said}");
                return Ok(());
            }
            println!("User {email} {}: {role}", if added { "added" } else { "stands already" });
            if let Some(link) = link {
                println!("They set their password here, once, within 72 hours:\n{link}");
            }
        }
        UserCommand::Reset { email, json } => {
            let email = EmailAddress::parse(&email).map_err(|error| usage(error.to_string()))?;
            let user = users::by_email(&mut app.db.read().await?, &email).await?;
            let user = user.with_context(|| format!("no user has the address {}", email.as_str()))?;
            let link = people::reset(&Context::command_line(&app), &user).await?;
            if json {
                println!("{}", serde_json::json!({ "email": user.email, "link": link }));
            } else {
                println!("User {} is reset, and signed out everywhere", user.email);
                println!("They set their password here, once, within 72 hours:\n{link}");
            }
        }
        UserCommand::List { json } => {
            let mut tx = app.db.read().await?;
            let users = users::all(&mut tx).await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&users)?);
            } else if users.is_empty() {
                eprintln!("Nobody yet: postrider user add EMAIL --role admin");
            } else {
                for user in users {
                    println!("{:<7} {}", user.role.as_str(), user.email);
                }
            }
        }
    }
    Ok(())
}
