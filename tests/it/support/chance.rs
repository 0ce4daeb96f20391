//! Chance that can be had again: `SEED=…` in the environment repeats what a test printed.

use super::say;

/// A row of numbers that a seed decides (splitmix64).
pub struct Chance(u64);

/// A seed from the environment, or a new one; printed before it is used.
pub fn seeded(what: &str) -> Chance {
    let seed = match std::env::var("SEED") {
        Ok(seed) => seed.parse().expect("SEED is a number"),
        Err(_) => uuid::Uuid::new_v4().as_u64_pair().1 >> 24,
    };
    say(&format!("{what}: SEED={seed}"));
    Chance(seed)
}

impl Chance {
    /// The next number below `end`, which is at least 1.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}
