//! The proof of work that a sign-up may be asked for: ALTCHA's protocol, version 1, with SHA-256. Who solves a
//! challenge has tried some ten thousand numbers; to check one costs a hash. Nothing is stored for a challenge: it
//! carries its own end and our signature. That a solution is used once is kept by the table `spent_proofs`.
//!
//! The salt ends in `&`: else digits could be moved from the number to the time at which the challenge ends.

use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::links::Keyring;

/// The largest number that a challenge may hide. A telephone tries it through within a few seconds.
const NUMBER_MAX: u32 = 100_000;
/// How long a challenge may be solved.
pub const CHALLENGE_LIFE: TimeDelta = TimeDelta::minutes(10);
/// The longest solution that is read, in bytes.
const SOLUTION_BYTES_MAX: usize = 2048;
const ALGORITHM: &str = "SHA-256";
const SALT_BYTES: usize = 12;

/// Find the number for which SHA-256 of `salt` and number is `challenge`.
#[derive(Clone, Debug, Serialize)]
pub struct Challenge {
    algorithm: &'static str,
    challenge: String,
    salt: String,
    maxnumber: u32,
    signature: String,
}

/// What is sent back, as JSON in base64. Programs send more besides, such as the time it took.
#[derive(Deserialize)]
struct Solution {
    algorithm: String,
    challenge: String,
    number: u32,
    salt: String,
    signature: String,
}

/// What is good for one sign-up, and how long it has to be remembered that it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub id: String,
    pub expires_at: DateTime<Utc>,
}

impl Keyring {
    /// A new challenge; `None` where the machine has no random numbers.
    pub fn challenge(&self, now: DateTime<Utc>) -> Option<Challenge> {
        let mut random = [0; SALT_BYTES + 4];
        rand::fill(&mut random).ok()?;
        let (salt, number) = random.split_first_chunk::<SALT_BYTES>()?;
        let number = u32::from_be_bytes(number.try_into().ok()?) % (NUMBER_MAX + 1);
        let salt = format!("{}?expires={}&", hex(salt), (now + CHALLENGE_LIFE).timestamp());
        let challenge = hash(&salt, number);
        let signature = signature(&self.derived(PURPOSE).next()?, &challenge);
        Some(Challenge { algorithm: ALGORITHM, challenge, salt, maxnumber: NUMBER_MAX, signature })
    }

    /// What a solution proves; `None`: nothing, or not any more.
    pub fn read_proof(&self, solution: &str, now: DateTime<Utc>) -> Option<Proof> {
        if solution.len() > SOLUTION_BYTES_MAX {
            return None;
        }
        let solution: Solution = serde_json::from_slice(&STANDARD.decode(solution.trim()).ok()?).ok()?;
        let expires_at = end_of(&solution.salt)?;
        let is_ours = self.derived(PURPOSE).any(|key| {
            let expected = signature(&key, &solution.challenge);
            constant_time::verify_slices_are_equal(expected.as_bytes(), solution.signature.as_bytes()).is_ok()
        });
        let is_solved = solution.algorithm == ALGORITHM
            && solution.number <= NUMBER_MAX
            && hash(&solution.salt, solution.number) == solution.challenge;
        (is_ours && is_solved && expires_at > now)
            .then(|| Proof { id: solution.challenge[..32].to_owned(), expires_at })
    }
}

const PURPOSE: &[u8] = b"postrider: proof of work";

/// When a challenge ends, by its salt, which is written in one way only.
fn end_of(salt: &str) -> Option<DateTime<Utc>> {
    let (random, end) = salt.split_once("?expires=")?;
    let end = end.strip_suffix('&')?;
    let is_hex =
        random.len() == SALT_BYTES * 2 && random.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let is_number = end.len() <= 12 && end.bytes().all(|b| b.is_ascii_digit());
    if !is_hex || !is_number {
        return None;
    }
    DateTime::from_timestamp(end.parse().ok()?, 0)
}

fn hash(salt: &str, number: u32) -> String {
    hex(digest::digest(&digest::SHA256, format!("{salt}{number}").as_bytes()).as_ref())
}

fn signature(key: &hmac::Key, challenge: &str) -> String {
    hex(hmac::sign(key, challenge.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    fn ring(secrets: &[&str]) -> Keyring {
        Keyring::new(&secrets.iter().map(|secret| SecretString::from(*secret)).collect::<Vec<_>>())
    }

    fn now() -> DateTime<Utc> {
        "2026-11-24T09:41:00Z".parse().unwrap()
    }

    fn solve(challenge: &Challenge) -> u32 {
        (0..=challenge.maxnumber).find(|n| hash(&challenge.salt, *n) == challenge.challenge).unwrap()
    }

    fn sent(challenge: &Challenge, salt: &str, number: u32) -> String {
        STANDARD.encode(
            serde_json::json!({
                "algorithm": challenge.algorithm, "challenge": challenge.challenge, "number": number,
                "salt": salt, "signature": challenge.signature, "took": 12,
            })
            .to_string(),
        )
    }

    #[test]
    fn a_solution_proves_work_until_it_expires_and_nothing_else_does() {
        let first = ring(&["first"]);
        let challenge = first.challenge(now()).unwrap();
        let number = solve(&challenge);
        let solution = sent(&challenge, &challenge.salt, number);
        let proof = first.read_proof(&solution, now()).unwrap();
        assert_eq!(proof.expires_at, now() + CHALLENGE_LIFE);
        assert_eq!(ring(&["second", "first"]).read_proof(&solution, now()), Some(proof));
        assert_eq!(ring(&["second"]).read_proof(&solution, now()), None);
        assert_eq!(first.read_proof(&solution, now() + CHALLENGE_LIFE), None);
        assert_eq!(first.read_proof(&sent(&challenge, &challenge.salt, number + 1), now()), None);
        for junk in ["", "e30=", "x", &"A".repeat(4000)] {
            assert_eq!(first.read_proof(junk, now()), None);
        }
    }

    #[test]
    fn no_digit_of_the_number_makes_a_challenge_last_longer() {
        let ring = ring(&["key"]);
        let challenge = std::iter::repeat_with(|| ring.challenge(now()).unwrap())
            .find(|challenge| solve(challenge) >= 1000)
            .unwrap();
        let digits = solve(&challenge).to_string();
        for at in 1..digits.len() {
            let (moved, rest) = digits.split_at(at);
            for salt in
                [format!("{}{moved}", challenge.salt), challenge.salt.replace('&', &format!("{moved}&"))]
            {
                let solution = sent(&challenge, &salt, rest.parse().unwrap());
                assert_eq!(ring.read_proof(&solution, now()), None, "{salt}");
            }
        }
    }
}
