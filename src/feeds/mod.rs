//! What other people's feeds and sites say: parsed within bounds into items, and told apart. Reads what it is
//! given; never fetches by itself, and writes nothing.

mod bounds;
mod charset;
mod dates;
pub mod identity;
pub mod parse;
mod parse_error;
pub mod site;
pub mod xml_rpc;
