//! Building messages, and handing them to a relay or to the captured mailbox.

pub mod transport;
