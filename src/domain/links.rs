//! The signed links that mails carry. A link holds what it is for and whom, and a signature; the
//! database holds nothing for it, so it outlives restores, and key rotation as long as the old
//! key stays in `SECRET_KEY` behind the new one.
//!
//! Layout before base64url: key id (1 byte), purpose (1 byte), payload, HMAC-SHA256 cut to 16 bytes.

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

/// What a link is for. Each kind of link opens its own page and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Confirm the lists of one confirmation. Its expiry is in the database.
    Confirm { confirmation: Uuid },
    /// Leave one list. Never expires.
    Unsubscribe { subscriber: Uuid, list: Uuid },
    /// Choose lists and cadence. Travels in forwarded mails, so it does nothing more.
    Preferences { subscriber: Uuid },
    /// The same, and what concerns the address itself, until `expires_at` (Unix seconds) and as long as the reader has the
    /// address that `address` is made of.
    Manage { subscriber: Uuid, expires_at: i64, address: [u8; 8] },
    /// Keep getting a list of which its readers are asked whether they still want it.
    Keep { request: Uuid, subscriber: Uuid },
    /// "This wasn't me": no more mail to this subscriber's address.
    Block { subscriber: Uuid },
    /// Sign in, or set a password. What it is for, its expiry and that it was used are in the database.
    SignIn { link: Uuid },
}

/// A browser that has signed in to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownBrowser {
    pub user: Uuid,
    pub browser: [u8; 16],
    /// The beginning of the fingerprint of the password's hash.
    pub password: [u8; 8],
}

/// The keys that sign: the first makes new links, all of them verify.
#[derive(Clone)]
pub struct Keyring {
    keys: Vec<(u8, hmac::Key)>,
}

const MAC_BYTES: usize = 16;
/// The purposes of links that came later.
const KEEP: u8 = 20;
const MANAGE: u8 = 21;

/// What a link holds of an address, so that it dies with it.
pub fn of_address(email_key: &str) -> [u8; 8] {
    let sum = digest::digest(&digest::SHA256, email_key.as_bytes());
    std::array::from_fn(|at| sum.as_ref()[at])
}

impl Keyring {
    /// A ring of one or more secrets, the newest first.
    pub fn new(secrets: &[SecretString]) -> Self {
        let keys = secrets
            .iter()
            .map(|secret| {
                let bytes = secret.expose_secret().as_bytes();
                let id = digest::digest(&digest::SHA256, bytes).as_ref()[0];
                (id, hmac::Key::new(hmac::HMAC_SHA256, bytes))
            })
            .collect();
        Keyring { keys }
    }

    /// The link's token, base64url, 47 or 68 characters.
    pub fn token(&self, link: Link) -> String {
        let (purpose, first, second) = match link {
            Link::Confirm { confirmation } => (1, confirmation, None),
            Link::Unsubscribe { subscriber, list } => (2, subscriber, Some(list)),
            Link::Preferences { subscriber } => (3, subscriber, None),
            Link::Block { subscriber } => (4, subscriber, None),
            Link::SignIn { link } => (6, link, None),
            Link::Keep { request, subscriber } => (KEEP, request, Some(subscriber)),
            Link::Manage { subscriber, expires_at, address } => {
                let payload =
                    [subscriber.as_bytes().as_slice(), &expires_at.to_be_bytes(), &address].concat();
                return self.sign(MANAGE, &payload);
            }
        };
        let mut payload = first.as_bytes().to_vec();
        if let Some(second) = second {
            payload.extend_from_slice(second.as_bytes());
        }
        self.sign(purpose, &payload)
    }

    /// What a token is for, or `None` where no key of the ring signed it.
    pub fn read(&self, token: &str) -> Option<Link> {
        let (purpose, payload) = self.verify(token)?;
        let id = |at: usize| Uuid::from_slice(payload.get(at..at + 16)?).ok();
        let link = match (purpose, payload.len()) {
            (1, 16) => Link::Confirm { confirmation: id(0)? },
            (2, 32) => Link::Unsubscribe { subscriber: id(0)?, list: id(16)? },
            (3, 16) => Link::Preferences { subscriber: id(0)? },
            (4, 16) => Link::Block { subscriber: id(0)? },
            (6, 16) => Link::SignIn { link: id(0)? },
            (KEEP, 32) => Link::Keep { request: id(0)?, subscriber: id(16)? },
            (MANAGE, 32) => Link::Manage {
                subscriber: id(0)?,
                expires_at: i64::from_be_bytes(payload.get(16..24)?.try_into().ok()?),
                address: payload.get(24..32)?.try_into().ok()?,
            },
            _ => return None,
        };
        Some(link)
    }

    /// A signed cookie value that names one browser.
    pub fn browser_cookie(&self, browser: &[u8; 16]) -> String {
        self.sign(5, browser)
    }

    /// The browser that a cookie names, if we signed it.
    pub fn read_browser_cookie(&self, cookie: &str) -> Option<[u8; 16]> {
        match self.verify(cookie)? {
            (5, payload) => payload.try_into().ok(),
            _ => None,
        }
    }

    /// A signed cookie value for a browser that has signed in as a user. `password` is what the password was
    /// then: a new one makes it worthless.
    pub fn known_browser_cookie(&self, known: &KnownBrowser) -> String {
        self.sign(8, &[known.user.as_bytes().as_slice(), &known.browser, &known.password].concat())
    }

    /// The browser and user that a cookie names, if we signed it.
    pub fn read_known_browser_cookie(&self, cookie: &str) -> Option<KnownBrowser> {
        let (8, payload) = self.verify(cookie)? else { return None };
        let (user, rest) = payload.split_first_chunk::<16>()?;
        let (browser, password) = rest.split_first_chunk::<16>()?;
        let password = password.try_into().ok()?;
        Some(KnownBrowser { user: Uuid::from_bytes(*user), browser: *browser, password })
    }

    /// What opens `/admin/setup` while nobody can sign in: the same in every process with this key.
    pub fn setup_token(&self) -> String {
        self.sign(7, b"setup")
    }

    /// Whether a token is [`Keyring::setup_token`] of one of the keys.
    pub fn is_setup_token(&self, token: &str) -> bool {
        self.verify(token).is_some_and(|(purpose, payload)| (purpose, payload.as_slice()) == (7, b"setup"))
    }

    /// Seals what only we may read and nobody may change (AES-256-GCM); `what` names its kind, so
    /// that one kind can't be passed off as another.
    pub fn seal(&self, what: &str, bytes: &[u8]) -> Option<String> {
        let (id, key) = self.keys.first()?;
        let mut nonce = [0; aead::NONCE_LEN];
        rand::fill(&mut nonce).ok()?;
        let mut sealed = bytes.to_vec();
        sealing_key(key)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(what.as_bytes()),
                &mut sealed,
            )
            .ok()?;
        Some(URL_SAFE_NO_PAD.encode([&[*id][..], &nonce, &sealed].concat()))
    }

    /// What was sealed as `what`; `None` where no key of the ring opens it.
    pub fn open(&self, what: &str, sealed: &str) -> Option<Vec<u8>> {
        self.keys.iter().find_map(|key| open_with(key, what, sealed))
    }

    /// The same, sealed with the first key; `None` where it is already, or no key opens it.
    pub fn reseal(&self, what: &str, sealed: &str) -> Option<String> {
        if self.keys.first().is_some_and(|first| open_with(first, what, sealed).is_some()) {
            return None;
        }
        self.seal(what, &self.open(what, sealed)?)
    }

    /// What a hub signs its pushes to a subscription with, for each key of the ring; the first is what it is told.
    pub fn hub_secrets(&self, subscription: Uuid) -> Vec<String> {
        let secret = |key: &hmac::Key| {
            let mut sum = hmac::Context::with_key(key);
            sum.update(b"postrider: hub secret");
            sum.update(subscription.as_bytes());
            URL_SAFE_NO_PAD.encode(sum.sign())
        };
        self.keys.iter().map(|(_, key)| secret(key)).collect()
    }

    /// When a form was shown, signed: `secs` since 1970.
    pub fn form_stamp(&self, secs: i64) -> String {
        self.sign(9, &secs.to_be_bytes())
    }

    /// What a form's stamp says, if we signed it.
    pub fn read_form_stamp(&self, stamp: &str) -> Option<i64> {
        match self.verify(stamp)? {
            (9, payload) => Some(i64::from_be_bytes(payload.try_into().ok()?)),
            _ => None,
        }
    }

    /// A key for one purpose of each key of the ring, the first of which signs.
    pub(super) fn derived(&self, purpose: &'static [u8]) -> impl Iterator<Item = hmac::Key> {
        let derive = move |(_, key): &(u8, hmac::Key)| {
            hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(key, purpose).as_ref())
        };
        self.keys.iter().map(derive)
    }

    fn sign(&self, purpose: u8, payload: &[u8]) -> String {
        let (id, key) = &self.keys[0];
        let mut bytes = vec![*id, purpose];
        bytes.extend_from_slice(payload);
        let mac = hmac::sign(key, &bytes);
        bytes.extend_from_slice(&mac.as_ref()[..MAC_BYTES]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn verify(&self, token: &str) -> Option<(u8, Vec<u8>)> {
        if token.len() > 128 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (signed, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC_BYTES)?)?;
        let (&[id, purpose], payload) = signed.split_first_chunk::<2>()?;
        self.keys
            .iter()
            .filter(|(key_id, _)| *key_id == id)
            .any(|(_, key)| {
                let expected = hmac::sign(key, signed);
                constant_time::verify_slices_are_equal(&expected.as_ref()[..MAC_BYTES], mac).is_ok()
            })
            .then(|| (purpose, payload.to_vec()))
    }
}

fn open_with((id, key): &(u8, hmac::Key), what: &str, sealed: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (sealed_by, rest) = bytes.split_first()?;
    if sealed_by != id {
        return None;
    }
    let (nonce, sealed) = rest.split_first_chunk::<{ aead::NONCE_LEN }>()?;
    let mut opened = sealed.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let plain = sealing_key(key)?.open_in_place(nonce, Aad::from(what.as_bytes()), &mut opened).ok()?;
    Some(plain.to_vec())
}

/// The key that seals, derived from the one that signs.
fn sealing_key(key: &hmac::Key) -> Option<LessSafeKey> {
    let bytes = hmac::sign(key, b"postrider: sealing key");
    UnboundKey::new(&aead::AES_256_GCM, bytes.as_ref()).ok().map(LessSafeKey::new)
}

/// 32 random bytes as text, for a cookie that nobody can guess.
pub fn random_token() -> Option<String> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).ok()?;
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// A hash that the database may keep of something that only a browser or a mail should hold.
pub fn fingerprint(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(secrets: &[&str]) -> Keyring {
        let secrets: Vec<SecretString> = secrets.iter().map(|s| SecretString::from(*s)).collect();
        Keyring::new(&secrets)
    }

    #[test]
    fn a_link_survives_key_rotation_and_nothing_else() {
        let link = Link::Unsubscribe { subscriber: Uuid::now_v7(), list: Uuid::now_v7() };
        let token = ring(&["first"]).token(link);
        assert!(token.len() <= 75, "must fit one quoted-printable line");
        assert_eq!(ring(&["second", "first"]).read(&token), Some(link));
        assert_eq!(ring(&["second"]).read(&token), None);
    }

    #[test]
    fn a_changed_sign_breaks_the_signature() {
        let ring = ring(&["key"]);
        let token = ring.token(Link::Preferences { subscriber: Uuid::now_v7() });
        for at in 0..token.len() - 1 {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(ring.read(std::str::from_utf8(&changed).unwrap()), None, "sign {at}");
        }
        for junk in ["", "A", "AAAA", "ü", &"A".repeat(5000)] {
            assert_eq!(ring.read(junk), None);
        }
    }

    #[test]
    fn what_is_sealed_opens_whole_and_as_its_own_kind_only() {
        let sealed = ring(&["first"]).seal("totp", b"a secret").unwrap();
        assert_eq!(ring(&["second", "first"]).open("totp", &sealed).as_deref(), Some(&b"a secret"[..]));
        assert_eq!(ring(&["second"]).open("totp", &sealed), None);
        assert_eq!(ring(&["first"]).open("flash", &sealed), None);
        let mut changed = sealed.into_bytes();
        changed[20] = if changed[20] == b'A' { b'B' } else { b'A' };
        assert_eq!(ring(&["first"]).open("totp", std::str::from_utf8(&changed).unwrap()), None);
        let both = ring(&["second", "first"]);
        let resealed = both.reseal("totp", &ring(&["first"]).seal("totp", b"a secret").unwrap()).unwrap();
        assert_eq!(ring(&["second"]).open("totp", &resealed).as_deref(), Some(&b"a secret"[..]));
        assert_eq!((both.reseal("totp", &resealed), both.reseal("totp", "junk")), (None, None));
        assert!(ring(&["second", "first"]).is_setup_token(&ring(&["first"]).setup_token()));
        assert!(!ring(&["second"]).is_setup_token(&ring(&["first"]).setup_token()));
    }

    #[test]
    fn a_link_for_a_while_says_until_when_and_for_which_address() {
        let ring = ring(&["key"]);
        let address = of_address("ines@example.org");
        assert_ne!(address, of_address("marta@example.org"));
        let link = Link::Manage { subscriber: Uuid::now_v7(), expires_at: 1_764_000_000, address };
        let token = ring.token(link);
        assert!(token.len() <= 75, "must fit one quoted-printable line");
        assert_eq!(ring.read(&token), Some(link));
        let keep = Link::Keep { request: Uuid::now_v7(), subscriber: Uuid::now_v7() };
        assert_eq!(ring.read(&ring.token(keep)), Some(keep));
    }

    #[test]
    fn a_cookie_is_no_link() {
        let ring = ring(&["key"]);
        assert_eq!(ring.read(&ring.browser_cookie(&[7; 16])), None);
        assert_eq!(ring.read_browser_cookie(&ring.browser_cookie(&[7; 16])), Some([7; 16]));
        let known = KnownBrowser { user: Uuid::now_v7(), browser: [7; 16], password: [9; 8] };
        let cookie = ring.known_browser_cookie(&known);
        assert_eq!(ring.read_known_browser_cookie(&cookie), Some(known));
        assert_eq!((ring.read(&cookie), ring.read_browser_cookie(&cookie)), (None, None));
        assert_eq!(ring.read_known_browser_cookie(&ring.browser_cookie(&[7; 16])), None);
        let stamp = ring.form_stamp(1_800_000_000);
        assert_eq!(ring.read_form_stamp(&stamp), Some(1_800_000_000));
        assert_eq!((ring.read(&stamp), ring.read_form_stamp(&cookie)), (None, None));
    }
}
