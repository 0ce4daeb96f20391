//! What keeps a relay from being used.

/// What keeps a relay from being used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayTrouble {
    Unreachable,
    /// Its certificate is not one that we trust.
    Untrusted,
    /// It takes nothing now.
    Busy,
    /// It refuses us for good.
    Refuses,
}

impl RelayTrouble {
    /// What the relay does, behind its name.
    pub fn words(self) -> &'static str {
        match self {
            RelayTrouble::Unreachable => "can't be reached",
            RelayTrouble::Untrusted => "has a certificate that is not trusted",
            RelayTrouble::Busy => "takes no mail for now",
            RelayTrouble::Refuses => "refuses our mail",
        }
    }
}
