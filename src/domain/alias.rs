//! The names under which feeds list an article.

use serde::Serialize;

/// What kind of name an article has in a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, sqlx::Type, Serialize)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
pub enum AliasKind {
    Guid,
    Canonical,
    Link,
}

/// One name of an article.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Alias {
    pub kind: AliasKind,
    pub value: String,
}
