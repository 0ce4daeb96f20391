//! What became of a sign-up, in words that stay: as metrics count it, the database keeps it and the desk tells it.

/// What became of a sign-up. None says whether its address was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignUpOutcome {
    /// Stored without being asked for anything.
    Taken,
    /// Stored with a proof of work.
    Proven,
    /// Stored with a ticket, by somebody who waited.
    Waited,
    /// What was typed is wrong.
    Refused,
    /// Too many from one network.
    Limited,
    /// Asked for a proof: an admin asks everybody.
    AskedEverybody,
    /// Asked: far more than usual are coming.
    AskedAttack,
    /// Asked: many came from this network.
    AskedNetwork,
    /// Asked: many came for addresses of this domain.
    AskedDomain,
    /// Asked: the field is filled that people don't see.
    AskedTrap,
    /// Asked: no person fills a form so fast.
    AskedFast,
    /// The proof was wrong, too late, or used before.
    Unproven,
    /// Its ticket is one too many of its network or of all.
    TicketsOut,
    /// Not mailed: an admin blocks it.
    Blocked,
    /// Not mailed: an address for a few minutes.
    Disposable,
    /// Not mailed: the address of a function, which no person reads.
    Role,
    /// Not mailed: the domain takes no mail.
    NoMail,
}

impl SignUpOutcome {
    /// Every one, in the order in which the desk tells them.
    pub const ALL: [SignUpOutcome; 17] = [
        SignUpOutcome::Taken,
        SignUpOutcome::Proven,
        SignUpOutcome::Waited,
        SignUpOutcome::AskedEverybody,
        SignUpOutcome::AskedAttack,
        SignUpOutcome::AskedNetwork,
        SignUpOutcome::AskedDomain,
        SignUpOutcome::AskedTrap,
        SignUpOutcome::AskedFast,
        SignUpOutcome::Unproven,
        SignUpOutcome::TicketsOut,
        SignUpOutcome::Limited,
        SignUpOutcome::Blocked,
        SignUpOutcome::Disposable,
        SignUpOutcome::Role,
        SignUpOutcome::NoMail,
        SignUpOutcome::Refused,
    ];

    /// As it is stored and counted.
    pub fn as_str(self) -> &'static str {
        match self {
            SignUpOutcome::Taken => "taken",
            SignUpOutcome::Proven => "proven",
            SignUpOutcome::Waited => "waited",
            SignUpOutcome::Refused => "refused",
            SignUpOutcome::Limited => "limited",
            SignUpOutcome::AskedEverybody => "asked_everybody",
            SignUpOutcome::AskedAttack => "asked_attack",
            SignUpOutcome::AskedNetwork => "asked_network",
            SignUpOutcome::AskedDomain => "asked_domain",
            SignUpOutcome::AskedTrap => "asked_trap",
            SignUpOutcome::AskedFast => "asked_fast",
            SignUpOutcome::Unproven => "unproven",
            SignUpOutcome::TicketsOut => "tickets_out",
            SignUpOutcome::Blocked => "blocked",
            SignUpOutcome::Disposable => "disposable",
            SignUpOutcome::Role => "role",
            SignUpOutcome::NoMail => "no_mail",
        }
    }

    /// The one that is stored so.
    pub fn parse(stored: &str) -> Option<SignUpOutcome> {
        SignUpOutcome::ALL.into_iter().find(|outcome| outcome.as_str() == stored)
    }

    /// Whether the sign-up was stored.
    pub fn is_taken(self) -> bool {
        matches!(self, SignUpOutcome::Taken | SignUpOutcome::Proven | SignUpOutcome::Waited)
    }

    /// Whether it was kept from being stored for what it looks like.
    pub fn is_stopped(self) -> bool {
        !self.is_taken() && !self.is_behind() && self != SignUpOutcome::Refused
    }

    /// Whether it was found out after the answer: it was stored before, and counted so.
    pub fn is_behind(self) -> bool {
        use SignUpOutcome::*;
        matches!(self, Blocked | Disposable | Role | NoMail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_known_by_its_word() {
        for outcome in SignUpOutcome::ALL {
            assert_eq!(SignUpOutcome::parse(outcome.as_str()), Some(outcome));
        }
        assert_eq!(SignUpOutcome::parse("trapped"), None);
    }
}
