//! What changed about how somebody signs in, and who changed it: what the owner of the account is told.

use serde::{Deserialize, Serialize};

/// A change of an account that its owner is told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountChange {
    pub kind: AccountChangeKind,
    pub by: ChangedBy,
}

/// What was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountChangeKind {
    PasswordChanged,
    CodesTurnedOn,
    CodesTurnedOff,
    RecoveryCodesRenewed,
    /// Password and codes were removed, and every browser was signed out.
    Reset,
}

/// Who changed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangedBy {
    /// Somebody who was signed in to the account, or held a link of it.
    Owner {
        ip: String,
        /// "Firefox on Linux"; `None`: one that we don't know by name.
        browser: Option<String>,
    },
    /// Another user, by their address.
    Admin { email: String },
    /// A command on the server.
    Command,
}
