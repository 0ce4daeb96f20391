//! Passwords: what may be one, and their hashes. A hash takes 19 MiB while it is made, so as many are made
//! at a time as there are cores. Requests wait for their turn in a queue that is bounded.

use std::sync::Arc;

use argon2::password_hash::{self, Output, ParamsString, PasswordHash, Salt, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::rand;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

use crate::domain::refusal::Refusal;
use crate::domain::refusal::people;

/// The fewest characters of a password. Length, not composition (NIST SP 800-63B).
pub const PASSWORD_CHARS_MIN: usize = 12;
/// The most, in bytes: hashing costs by length.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// How many requests of one queue may hash or wait for it: on two cores a second or two of work.
const QUEUE_MAX: usize = 64;

/// Why a password was neither hashed nor compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// The queue is full.
    #[error("too many passwords are being checked")]
    Busy,
    #[error("a password could not be hashed")]
    Failed,
}

/// Who waits. Two queues, so that strangers who fill theirs keep nobody else waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    Strangers,
    /// Browsers that are signed in, or have been, holders of a link, and commands.
    Known,
}

/// Hashes and compares passwords (argon2id).
pub struct Passwords {
    kib: u32,
    /// One for each core.
    turns: Arc<Semaphore>,
    strangers: Semaphore,
    known: Semaphore,
}

impl Passwords {
    /// `kib`: the memory that one hash takes.
    pub fn new(kib: u32) -> Passwords {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Passwords {
            kib,
            turns: Arc::new(Semaphore::new(cores)),
            strangers: Semaphore::new(QUEUE_MAX),
            known: Semaphore::new(QUEUE_MAX),
        }
    }

    /// The hash of a password, in PHC form.
    pub async fn hash(&self, queue: Queue, password: &SecretString) -> Result<String, PasswordError> {
        let (kib, password) = (self.kib, password.clone());
        let hashed = self.in_turn(queue, move || {
            let mut salt = [0; 16];
            rand::fill(&mut salt).ok()?;
            let salt = SaltString::encode_b64(&salt).ok()?;
            let params = Params::new(kib, 2, 1, None).ok()?;
            Some(hash(&params, password.expose_secret(), salt.as_salt()).ok()?.to_string())
        });
        hashed.await?.ok_or(PasswordError::Failed)
    }

    /// Whether a password has this hash. Without a hash it takes as long, and the answer is no.
    pub async fn matches(
        &self,
        queue: Queue,
        password: &SecretString,
        hash: Option<String>,
    ) -> Result<bool, PasswordError> {
        // A long password must not buy a stranger seconds of hashing.
        if password.expose_secret().len() > PASSWORD_BYTES_MAX {
            return Ok(false);
        }
        let Some(hash) = hash else {
            self.hash(queue, password).await?;
            return Ok(false);
        };
        let password = password.clone();
        self.in_turn(queue, move || matches(password.expose_secret(), &hash).unwrap_or(false)).await
    }

    /// Does `work` off the threads that answer requests, once a core is free for it. Dropped while it waits,
    /// it never begins.
    async fn in_turn<T: Send + 'static>(
        &self,
        queue: Queue,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let places = match queue {
            Queue::Strangers => &self.strangers,
            Queue::Known => &self.known,
        };
        let _place = places.try_acquire().map_err(|_| PasswordError::Busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| PasswordError::Failed)?;
        let worked = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the request: who goes away frees no core.
            let _turn = turn;
            work()
        });
        worked.await.map_err(|_| PasswordError::Failed)
    }
}

/// What is as large as this, glibc's allocator maps, and unmaps when it is freed. Anything smaller it keeps for each
/// thread that has had it: 19 MiB times dozens of threads.
const MAPPED_BYTES_MIN: usize = 33 << 20;

fn hash<'a>(params: &Params, password: &str, salt: Salt<'a>) -> password_hash::Result<PasswordHash<'a>> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut salt_bytes = [0; 64];
    let salt_bytes = salt.decode_b64(&mut salt_bytes)?;
    // What is not used of it costs addresses, not memory.
    let mut memory: Vec<Block> = Vec::with_capacity(params.block_count().max(MAPPED_BYTES_MIN / Block::SIZE));
    memory.resize(params.block_count(), Block::default());
    let output = Output::init_with(Params::DEFAULT_OUTPUT_LEN, |out| {
        Ok(argon2.hash_password_into_with_memory(password.as_bytes(), salt_bytes, out, &mut memory)?)
    })?;
    Ok(PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(salt),
        hash: Some(output),
    })
}

/// Whether a password has this hash, which may have been made at another cost.
fn matches(password: &str, stored: &str) -> password_hash::Result<bool> {
    let stored = PasswordHash::new(stored)?;
    let salt = stored
        .salt
        .ok_or(password_hash::Error::SaltInvalid(password_hash::errors::InvalidValue::Malformed))?;
    // Compared in constant time, the algorithm and the cost with it.
    Ok(hash(&Params::try_from(&stored)?, password, salt)? == stored)
}

/// Why a password may not be used, as a sentence for who chose it; `None`: it may. `known` is what others know of
/// them: their name, their address.
pub fn weakness(password: &str, known: &[&str]) -> Option<Refusal> {
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return Some(people::PASSWORD_SHORT.on("password").with("min", PASSWORD_CHARS_MIN));
    }
    if password.len() > PASSWORD_BYTES_MAX {
        return Some(people::PASSWORD_LONG.on("password").with("max", PASSWORD_BYTES_MAX));
    }
    // Each word of a name is known to who guesses, and so are the words without what is between them.
    let words = known.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([*text]));
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    // The estimate looks at the first 100 characters only: what comes after makes nothing weaker.
    if zxcvbn::zxcvbn(password, &words).score() < zxcvbn::Score::Three {
        return Some(people::PASSWORD_GUESSED.on("password"));
    }
    None
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    /// Work that notes how many of its kind run at the same time.
    #[derive(Clone, Default)]
    struct Counted {
        running: Arc<AtomicUsize>,
        most: Arc<AtomicUsize>,
        begun: Arc<AtomicUsize>,
    }

    impl Counted {
        fn work(&self) -> impl FnOnce() + Send + 'static {
            let counted = self.clone();
            move || {
                counted.begun.fetch_add(1, Ordering::SeqCst);
                let running = counted.running.fetch_add(1, Ordering::SeqCst) + 1;
                counted.most.fetch_max(running, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
                counted.running.fetch_sub(1, Ordering::SeqCst);
            }
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn as_many_hash_at_a_time_as_there_are_cores_and_beyond_the_queue_nobody_waits() {
        let (passwords, counted) = (Passwords::new(64), Counted::default());
        let all = (0..200).map(|_| passwords.in_turn(Queue::Strangers, counted.work()));
        let ended = futures_util::future::join_all(all).await;
        let busy = ended.iter().filter(|ended| **ended == Err(PasswordError::Busy)).count();
        assert_eq!((busy, counted.begun.load(Ordering::SeqCst)), (200 - QUEUE_MAX, QUEUE_MAX));
        let cores = std::thread::available_parallelism().unwrap().get();
        assert!((1..=cores).contains(&counted.most.load(Ordering::SeqCst)), "{:?}", counted.most);
        // The queue is empty again.
        assert_eq!(passwords.in_turn(Queue::Strangers, || 1).await, Ok(1));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn strangers_who_fill_their_queue_keep_no_known_browser_out() {
        let passwords = Arc::new(Passwords::new(64));
        let all = u32::try_from(passwords.turns.available_permits()).unwrap();
        let every_core = passwords.turns.clone().acquire_many_owned(all).await.unwrap();
        let wait = |queue| {
            let passwords = passwords.clone();
            tokio::spawn(async move { passwords.in_turn(queue, || ()).await })
        };
        let strangers: Vec<_> = (0..QUEUE_MAX).map(|_| wait(Queue::Strangers)).collect();
        while passwords.strangers.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(passwords.in_turn(Queue::Strangers, || ()).await, Err(PasswordError::Busy));
        let known = wait(Queue::Known);
        drop(every_core);
        assert_eq!(known.await.unwrap(), Ok(()));
        for stranger in strangers {
            assert_eq!(stranger.await.unwrap(), Ok(()));
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn nothing_is_hashed_for_a_request_that_went_away_while_it_waited() {
        let (passwords, counted) = (Arc::new(Passwords::new(64)), Counted::default());
        let all = u32::try_from(passwords.turns.available_permits()).unwrap();
        let every_core = passwords.turns.clone().acquire_many_owned(all).await.unwrap();
        let (waiting, work) = (passwords.clone(), counted.work());
        let request = tokio::spawn(async move { waiting.in_turn(Queue::Strangers, work).await });
        while passwords.strangers.available_permits() == QUEUE_MAX {
            tokio::task::yield_now().await;
        }
        request.abort();
        assert!(request.await.unwrap_err().is_cancelled());
        drop(every_core);
        assert_eq!(passwords.in_turn(Queue::Strangers, || 1).await, Ok(1));
        assert_eq!(counted.begun.load(Ordering::SeqCst), 0);
        assert_eq!(passwords.strangers.available_permits(), QUEUE_MAX);
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_whatever_it_cost() {
        let passwords = Passwords::new(64);
        let [right, wrong] = ["tide table under glass", "tide table under grass"].map(SecretString::from);
        let ours = passwords.hash(Queue::Known, &right).await.unwrap();
        assert!(ours.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{ours}");
        // Made by the library's own function, at another cost.
        let other = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(128, 3, 2, None).unwrap());
        let salt = SaltString::encode_b64(b"sixteen or so it").unwrap();
        use argon2::password_hash::PasswordHasher as _;
        let theirs = other.hash_password(b"tide table under glass", &salt).unwrap().to_string();
        for stored in [&ours, &theirs] {
            assert_eq!(
                passwords.matches(Queue::Known, &right, Some(stored.clone())).await,
                Ok(true),
                "{stored}"
            );
            assert_eq!(passwords.matches(Queue::Known, &wrong, Some(stored.clone())).await, Ok(false));
        }
        for junk in ["", "$argon2id$v=19$m=64,t=2,p=1", "junk", &ours[..ours.len() - 4]] {
            assert_eq!(
                passwords.matches(Queue::Known, &right, Some(junk.to_owned())).await,
                Ok(false),
                "{junk}"
            );
        }
        assert_eq!(passwords.matches(Queue::Known, &right, None).await, Ok(false));
    }

    #[test]
    fn a_password_is_judged_by_how_hard_it_is_to_guess() {
        let said = |password: &str| weakness(password, &["marta@harbour.example", "Harbour News"]);
        assert_eq!(said("plover-kettle-ninth-barge"), None);
        assert_eq!(said("tide table under glass"), None);
        for (bad, why) in [
            ("short", "short"),
            ("password1234", "guess"),
            ("qwertyuiop12", "guess"),
            ("aaaaaaaaaaaaaa", "guess"),
            ("HarbourNews1", "guess"),
            (&"x".repeat(300), "longer"),
        ] {
            assert!(said(bad).unwrap().sentence().contains(why), "{bad}");
        }
    }
}
