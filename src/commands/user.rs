//! `user add`, `user list`.

use std::sync::Arc;

use clap::{Subcommand, ValueEnum};

use super::usage;
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
            let mut tx = app.db.write().await?;
            let added = users::add(&mut tx, &email, role, app.clock.now()).await?;
            let user = users::by_email(&mut tx, &email).await?;
            tx.commit().await?;
            let role = user.map_or(role, |user| user.role).as_str();
            let email = email.as_str();
            if json {
                println!("{}", serde_json::json!({ "email": email, "role": role, "added": added }));
            } else if added {
                println!("User {email} added: {role}");
            } else {
                println!("User {email} stands already: {role}");
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
