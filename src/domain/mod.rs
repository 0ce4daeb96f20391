//! What the product is about, as types: parsed once, then true. Pure: no web, no queries, no I/O.

pub mod account_change;
pub mod alias;
pub mod brand;
pub mod campaign;
pub mod delivery;
pub mod digest;
pub mod email_address;
pub mod event;
pub mod feed_rule;
pub mod field;
pub mod hold;
pub mod leave_reason;
pub mod links;
pub mod local_time;
pub mod placeholder;
pub mod push_signature;
pub mod refusal;
pub mod relay_trouble;
pub mod restored;
pub mod retry;
pub mod segment;
pub mod slug;
pub mod stored_words;
pub mod subscription;
pub mod text;
pub mod wording;
