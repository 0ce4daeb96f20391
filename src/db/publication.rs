//! The publication: one row.

use chrono::{DateTime, Utc};

use super::{Engine, Tx, WriteTx, on_either};
use crate::domain::brand;
use crate::domain::delivery::UncertainPolicy;

/// The site whose articles are mailed. Unset parts are empty.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Publication {
    pub name: String,
    pub tagline: String,
    /// The site's own address.
    pub url: String,
    pub postal_address: String,
    /// An IANA name, like `Europe/London`.
    pub time_zone: String,
    pub logo_url: String,
    /// The icon in a browser's tab; empty: one is made of the name and the colour.
    pub icon_url: String,
    /// What becomes of deliveries whose end nobody knows.
    pub uncertain: UncertainPolicy,
    /// `#1b4a78`: what `domain::brand` makes of it is on reader pages and in mails.
    pub brand_colour: String,
    /// The sender, in place of `MAIL_FROM` and `REPLY_TO` where it is not empty.
    pub from_name: String,
    pub from_email: String,
    pub reply_to: String,
    /// How long a campaign that was let go can be taken back before the first mail is sent.
    pub undo_secs: i64,
    /// From how many readers on two persons decide; `None`: one always does.
    pub two_person_min: Option<i64>,
    /// When the guided setup was ended; `None`: it is still offered.
    pub setup_at: Option<DateTime<Utc>>,
    /// What pages and mails are in, where neither reader nor list says otherwise: a BCP 47 tag.
    pub language: String,
    /// Whether who has not confirmed a sign-up is reminded, once.
    pub reminds: bool,
    /// How many days a sign-up is kept that nobody confirms; `None`: for good.
    pub keep_pending_days: Option<i64>,
    /// The same of the network addresses from which somebody agreed.
    pub keep_ips_days: Option<i64>,
    /// The same of what happened to readers.
    pub keep_events_days: Option<i64>,
}

/// The name that the first start gives a publication.
pub const UNNAMED: &str = "Your publication";

impl Default for Publication {
    /// As the first start makes it.
    fn default() -> Publication {
        Publication {
            name: UNNAMED.to_owned(),
            tagline: String::new(),
            url: String::new(),
            postal_address: String::new(),
            time_zone: "UTC".to_owned(),
            logo_url: String::new(),
            icon_url: String::new(),
            uncertain: UncertainPolicy::Resend,
            brand_colour: brand::DEFAULT.to_owned(),
            from_name: String::new(),
            from_email: String::new(),
            reply_to: String::new(),
            undo_secs: 300,
            two_person_min: None,
            setup_at: None,
            language: String::new(),
            reminds: false,
            keep_pending_days: None,
            keep_ips_days: None,
            keep_events_days: None,
        }
    }
}

impl Publication {
    /// Its time zone; UTC where the database holds a name that this build does not know.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.time_zone.parse().unwrap_or(chrono_tz::UTC)
    }
}

/// Makes the row at the first start.
pub async fn make_default(tx: &mut WriteTx, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql =
        "INSERT INTO publication (id, name, tagline, url, postal_address, time_zone, logo_url, updated_at)
               VALUES (1, 'Your publication', '', '', '', 'UTC', '', $1) ON CONFLICT (id) DO NOTHING";
    on_either!(tx, |conn| sqlx::query(sql).bind(now).execute(conn).await.map(|_| ()))
}

/// The publication, and nobody else changes it until this transaction ends.
pub async fn lock(tx: &mut WriteTx) -> sqlx::Result<Publication> {
    if let Engine::Postgres(tx) = Tx::engine(tx) {
        sqlx::query("SELECT 1 FROM publication WHERE id = 1 FOR UPDATE").execute(&mut **tx).await?;
    }
    get(tx).await
}

/// The publication.
pub async fn get(tx: &mut Tx) -> sqlx::Result<Publication> {
    let sql = "SELECT name, tagline, url, postal_address, time_zone, logo_url, uncertain, brand_colour,
                   from_name, from_email, reply_to, undo_secs, two_person_min, setup_at, language, reminds,
                   icon_url, keep_pending_days, keep_ips_days, keep_events_days
               FROM publication WHERE id = 1";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_one(conn).await)
}

/// Stores it whole. Where `uncertain` becomes `Leave`, its caller goes on with
/// [`crate::actions::catch_up::leave_uncertain`].
pub async fn set(tx: &mut WriteTx, publication: &Publication, now: DateTime<Utc>) -> sqlx::Result<()> {
    let sql = "UPDATE publication SET name = $1, tagline = $2, url = $3, postal_address = $4,
               time_zone = $5, logo_url = $6, uncertain = $7, updated_at = $8, brand_colour = $9,
               from_name = $10, from_email = $11, reply_to = $12, undo_secs = $13, two_person_min = $14,
               setup_at = $15, language = $16, reminds = $17, icon_url = $18, keep_pending_days = $19, keep_ips_days = $20,
               keep_events_days = $21 WHERE id = 1";
    let p = publication;
    on_either!(tx, |conn| sqlx::query(sql)
        .bind(&p.name)
        .bind(&p.tagline)
        .bind(&p.url)
        .bind(&p.postal_address)
        .bind(&p.time_zone)
        .bind(&p.logo_url)
        .bind(p.uncertain)
        .bind(now)
        .bind(&p.brand_colour)
        .bind(&p.from_name)
        .bind(&p.from_email)
        .bind(&p.reply_to)
        .bind(p.undo_secs)
        .bind(p.two_person_min)
        .bind(p.setup_at)
        .bind(&p.language)
        .bind(p.reminds)
        .bind(&p.icon_url)
        .bind(p.keep_pending_days)
        .bind(p.keep_ips_days)
        .bind(p.keep_events_days)
        .execute(conn)
        .await
        .map(|_| ()))
}

/// How campaigns are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Sending {
    /// Seconds between "send now" and the first mail.
    pub undo_secs: i64,
    /// From so many readers on, another person must approve; `None`: never.
    pub two_person_min: Option<i64>,
}

/// How campaigns are sent.
pub async fn sending(tx: &mut Tx) -> sqlx::Result<Sending> {
    let sql = "SELECT undo_secs, two_person_min FROM publication WHERE id = 1";
    on_either!(tx, |conn| sqlx::query_as(sql).fetch_one(conn).await)
}
