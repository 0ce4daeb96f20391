//! Where sign-ups are handed in, to be stored one after the other by a thread of its own. Knows no rule: see
//! [`crate::actions::sign_ups`].

use std::sync::OnceLock;

use tokio::sync::{Notify, mpsc, oneshot};
use uuid::Uuid;

use crate::domain::email_address::EmailAddress;
use crate::domain::field::FieldValue;
use crate::domain::proof::Proof;
use crate::domain::refusal::Refusal;
use crate::domain::subscription::Cadence;

/// Sign-ups that wait to be stored, at most; who comes then waits to hand theirs in.
const WAITING_MAX: usize = 1024;

/// What a reader asks for.
#[derive(Clone, Debug)]
pub struct SubmittedSignUp {
    pub email: EmailAddress,
    /// Slugs; none: the first public list.
    pub lists: Vec<String>,
    /// `None`: the default of the first of them.
    pub cadence: Option<Cadence>,
    pub form: &'static str,
    pub ip: String,
    pub browser: String,
    /// What is used up by it.
    pub proof: Option<Proof>,
    /// The tag of what its page was in, among the languages that there are; empty: not said.
    pub language: String,
    /// The version of the words that its page showed; empty: not said.
    pub wording: &'static str,
    /// What was answered on the form, by field.
    pub fields: Vec<(Uuid, FieldValue)>,
}

/// Whether a sign-up was stored: by a rule it may not be.
pub type Stored = sqlx::Result<Result<(), Refusal>>;

/// A sign-up that waits to be stored, and whoever waits for that.
pub struct Request {
    pub asked: SubmittedSignUp,
    pub answer: oneshot::Sender<Stored>,
}

/// What stores them begins with the first, and ends with it.
#[derive(Default)]
pub struct SignUpQueue {
    requests: OnceLock<mpsc::Sender<Request>>,
    /// Notified when one was stored.
    pub stored: Notify,
}

impl SignUpQueue {
    /// Hands one in; `None` where nobody answered. A thread of its own stores them: among the tasks of delivery each
    /// statement would wait its turn, with SQLite's one writer in its hand.
    pub async fn hand_in<F, W>(&self, asked: SubmittedSignUp, store_all: F) -> Option<Stored>
    where
        F: FnOnce(mpsc::Receiver<Request>) -> W + Send + 'static,
        W: Future<Output = ()>,
    {
        let requests = self.requests.get_or_init(|| {
            let (requests, receiver) = mpsc::channel(WAITING_MAX);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let thread = std::thread::Builder::new().name("sign-ups".to_owned());
            let started = runtime.and_then(|it| thread.spawn(move || it.block_on(store_all(receiver))));
            if let Err(error) = started {
                // Nobody receives: each sign-up is refused, as while the database is away.
                tracing::error!(%error, "sign-ups can't be stored");
            }
            requests
        });
        let (answer, answered) = oneshot::channel();
        let _ = requests.send(Request { asked, answer }).await;
        answered.await.ok()
    }
}
