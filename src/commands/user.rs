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
use crate::locale::say_plain;

#[derive(Subcommand)]
pub enum UserCommand {
    /// Add a user; an existing user with that email is not changed
    Add {
        /// Their email address
        email: String,
        /// admin: everything, and gets alerts by email. editor: articles, campaigns and subscribers
        #[arg(long, value_enum)]
        role: RoleArg,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Reset the account of a user who can't sign in or whose account was taken over: removes the password and two-factor
    /// sign-in, and signs them out everywhere. Prints a link to set a new password, and tells them by email
    Reset {
        /// Their email address
        email: String,
        /// Print the result as JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the users
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
            let said = if added { say_plain("command-user-added") } else { say_plain("command-user-exists") };
            println!("{}", said.with("email", email).with("role", role));
            if let Some(link) = link {
                println!("{}\n{link}", say_plain("command-user-link"));
            }
        }
        UserCommand::Reset { email, json } => {
            let email = EmailAddress::parse(&email).map_err(|error| usage(error.to_string()))?;
            let user = users::by_email(&mut app.db.read().await?, &email).await?;
            let missing = say_plain("command-user-missing").with("email", email.as_str());
            let user = user.with_context(|| missing.to_string())?;
            let link = people::reset(&Context::command_line(&app), &user).await?;
            if json {
                println!("{}", serde_json::json!({ "email": user.email, "link": link }));
            } else {
                println!("{}", say_plain("command-user-reset").with("email", &user.email));
                println!("{}\n{link}", say_plain("command-user-link"));
            }
        }
        UserCommand::List { json } => {
            let mut tx = app.db.read().await?;
            let users = users::all(&mut tx).await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&users)?);
            } else if users.is_empty() {
                eprintln!("{}", say_plain("command-users-none"));
            } else {
                for user in users {
                    println!("{:<7} {}", user.role.as_str(), user.email);
                }
            }
        }
    }
    Ok(())
}
