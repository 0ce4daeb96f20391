//! What is held. About campaigns that the late, restore and clone guard, a retired list, or HTML that can't be
//! read holds, admins decide; about articles that the feed brake holds, editors.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::DateTime;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, counted, done, grouped};
use super::refuse;
use crate::actions::guard::{self, CloneOf};
use crate::actions::manage_feeds;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::app::send_counter::Seen;
use crate::db::brake::{self, BatchItem};
use crate::db::campaigns::{self, HeldCampaign};
use crate::db::{Tx, feeds, holds, publication};
use crate::domain::hold::{self, Hold, HoldKind};
use crate::domain::refusal::campaigns as codes;
use crate::web::page::{Answer, ErrorPage, page};

/// Campaigns a page.
const PAGE: i64 = 50;
/// Articles of one poll that are shown; all of them are released or skipped together.
const ARTICLES_SHOWN: usize = 200;

struct Row {
    held: HeldCampaign,
    /// All that holds it.
    holds: Vec<Hold>,
}

impl Row {
    fn has(&self, kind: HoldKind) -> bool {
        self.holds.iter().any(|hold| hold.kind == kind)
    }

    /// Whether an admin can let it go here.
    fn guarded(&self) -> bool {
        self.holds.iter().any(|hold| hold.kind.is_set_by_guard())
    }

    /// What an admin takes off here, one by one: with its button.
    fn released_here(&self) -> Vec<(HoldKind, String)> {
        let several = self.holds.len() > 1;
        let released = self.holds.iter().filter_map(|hold| match hold.kind {
            kind if kind.is_set_by_guard() && several => Some((kind, format!("Let go: {}", kind.label()))),
            kind if kind.is_set_by_guard() => Some((kind, "Let go".to_owned())),
            HoldKind::Html if self.held.auto_article_id.is_some() => {
                Some((HoldKind::Html, "Send as a link".to_owned()))
            }
            _ => None,
        });
        released.collect()
    }
}

/// What the brake holds of one poll.
struct Batch {
    batch: brake::Batch,
    why: String,
    /// The newest first.
    items: Vec<BatchItem>,
    /// How many more there are than are shown.
    more: usize,
    /// "World" or "World and Markets"; empty: no list gets them.
    lists: String,
}

impl Batch {
    async fn of(tx: &mut Tx, batch: brake::Batch) -> sqlx::Result<Batch> {
        let mut items = brake::items(tx, batch.feed_id, batch.first_seen_at).await?;
        items.reverse();
        let more = items.len().saturating_sub(ARTICLES_SHOWN);
        items.truncate(ARTICLES_SHOWN);
        let mut bindings = feeds::bindings(tx, batch.feed_id).await?;
        bindings.retain(|binding| !binding.retired);
        let names: Vec<String> = bindings.into_iter().map(|binding| binding.list_name).collect();
        let lists = match names.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => names.join(""),
        };
        Ok(Batch { why: batch.reason().sentence(), items, more, lists, batch })
    }

    /// The poll, as the form names it.
    fn poll(&self) -> i64 {
        self.batch.first_seen_at.timestamp_micros()
    }

    /// "41 mails", or "1 mail".
    fn mails(&self) -> String {
        counted(self.batch.items, "mail", "mails")
    }
}

#[derive(Template)]
#[template(path = "admin/held.html")]
struct HeldPage {
    desk: Desk,
    title: String,
    clone: Option<CloneOf>,
    /// What is known of an older copy that this database is, as a sentence without its full stop.
    restored: Option<String>,
    batches: Vec<Batch>,
    rows: Vec<Row>,
    /// How many of this page can be let go.
    guarded: usize,
    older: Option<Uuid>,
}

fn title(campaigns: i64, articles: i64, clone: bool, restored: bool) -> String {
    match (campaigns, articles) {
        _ if clone => "This looks like a copy. Nothing leaves it.".to_owned(),
        _ if restored => "The database was restored. No campaign is sent.".to_owned(),
        (0, 0) => "Nothing is held.".to_owned(),
        (1, 0) => "One campaign is held.".to_owned(),
        (campaigns, 0) => format!("{} campaigns are held.", grouped(campaigns)),
        (0, 1) => "One article is held.".to_owned(),
        (0, articles) => format!("{} articles are held.", grouped(articles)),
        (campaigns, articles) => format!(
            "{} and {} are held.",
            counted(articles, "article", "articles"),
            counted(campaigns, "campaign", "campaigns")
        ),
    }
}

/// `GET /admin/held`: `before`.
pub async fn show(app: web::Data<App>, me: Me, request: HttpRequest) -> Answer {
    let before =
        super::query(&request, "before").and_then(|id| Uuid::parse_str(&id).ok()).unwrap_or(Uuid::max());
    let mut tx = app.db.read().await?;
    let desk = Desk::read(&app, &mut tx, &me, &request, Tab::Today).await?;
    let clone = guard::clone_of(&app, &mut tx).await?;
    // What a worker has found: this process may be another.
    let restored = match guard::restored(&mut tx, &Seen::default()).await? {
        Some(restored) => {
            let zone = publication::get(&mut tx).await?.zone();
            Some(format!("This database {}", restored.sentence(zone)))
        }
        None => None,
    };
    let count = campaigns::count_held(&mut tx).await?;
    let found = campaigns::held(&mut tx, before, PAGE).await?;
    let older = found.last().filter(|_| found.len() as i64 == PAGE).map(|last| last.id);
    let ids: Vec<Uuid> = found.iter().map(|held| held.id).collect();
    let mut holds = holds::list(&mut tx, &ids).await?;
    let rows: Vec<Row> = found
        .into_iter()
        .map(|held| Row { holds: holds.remove(&held.id).unwrap_or_default(), held })
        .collect();
    let guarded = rows.iter().filter(|row| row.guarded()).count();
    let mut batches = Vec::new();
    for batch in brake::batches(&mut tx).await? {
        batches.push(Batch::of(&mut tx, batch).await?);
    }
    let articles = batches.iter().map(|batch| batch.batch.items).sum();
    let title = title(count, articles, clone.is_some(), restored.is_some());
    page(StatusCode::OK, &HeldPage { desk, title, clone, restored, batches, rows, guarded, older })
}

fn campaign(fields: &Fields) -> Result<Uuid, ErrorPage> {
    Uuid::parse_str(fields.text("campaign")).map_err(|_| ErrorPage::not_found())
}

/// What was decided already is said on the page; else why it can't be.
fn decided(app: &App, error: Error) -> Answer {
    match error {
        Error::Refused(refusal)
            if refusal.is(&codes::CAMPAIGN_NOT_HELD) || refusal.is(&codes::DATABASE_IS_THE_SAME) =>
        {
            Ok(done(app, "/admin/held", refusal.sentence()))
        }
        error => Err(refuse(error)),
    }
}

/// `POST /admin/held/release`: `campaign`, and `hold`, the kind of one of its holds; without `campaign`, all that the
/// guard holds.
pub async fn release(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    if fields.text("campaign").is_empty() {
        let released = guard::release_all(&Context::new(&app, me.actor())).await.map_err(refuse)?;
        let sentence = match released {
            0 => "Nothing was held any more.".to_owned(),
            1 => "One campaign is let go.".to_owned(),
            many => format!("{many} campaigns are let go."),
        };
        return Ok(done(&app, "/admin/held", sentence));
    }
    let (id, cx) = (campaign(&fields)?, Context::new(&app, me.actor()));
    let released = match HoldKind::parse(fields.text("hold")) {
        Some(kind) => guard::release_one(&cx, id, kind).await,
        None => guard::release(&cx, id).await,
    };
    match released {
        Ok(released) if released.still.is_empty() => {
            Ok(done(&app, "/admin/held", format!("“{}” is let go.", released.campaign.subject)))
        }
        Ok(released) => {
            let still = hold::in_sentences(&released.still);
            Ok(done(&app, "/admin/held", format!("“{}” is still held: {still}", released.campaign.subject)))
        }
        Err(error) => decided(&app, error),
    }
}

/// `POST /admin/held/cancel`: `campaign`.
pub async fn cancel(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    match guard::cancel(&Context::new(&app, me.actor()), campaign(&fields)?).await {
        Ok(campaign) => Ok(done(&app, "/admin/held", format!("“{}” is cancelled.", campaign.subject))),
        Err(error) => decided(&app, error),
    }
}

/// `POST /admin/held/real`: this is the real one; `all` lets go what is held.
pub async fn adopt(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let all = fields.is_ticked("all");
    match guard::adopt(&Context::new(&app, me.actor()), all).await {
        Ok(released) if all => {
            Ok(done(&app, "/admin/held", format!("This is the real one. Let go: {released}.")))
        }
        Ok(_) => Ok(done(&app, "/admin/held", "This is the real one. What was on its way is still held.")),
        Err(error) => decided(&app, error),
    }
}

/// What a form about held articles chose.
enum Chosen {
    /// Of a batch all, or some.
    Articles(brake::Batch, Option<Vec<Uuid>>),
    /// There is nothing to decide; the answer says why.
    Nothing(HttpResponse),
}

/// Which articles a form is about: `feed` and `poll` name a batch, `all` takes all of it, else each ticked
/// `article`.
async fn chosen(app: &App, fields: &Fields) -> Result<Chosen, ErrorPage> {
    let nothing = |sentence: &str| Ok(Chosen::Nothing(done(app, "/admin/held", sentence)));
    let all = fields.is_ticked("all");
    let ticked: Vec<Uuid> = fields.all("article").filter_map(|id| Uuid::parse_str(id).ok()).collect();
    if !all && ticked.is_empty() {
        return nothing("Nothing was ticked. Tick the articles first, or take all of them.");
    }
    let feed = Uuid::parse_str(fields.text("feed")).ok();
    let poll = fields.text("poll").parse().ok().and_then(DateTime::from_timestamp_micros);
    let batch = brake::batches(&mut app.db.read().await?)
        .await?
        .into_iter()
        .find(|batch| Some(batch.feed_id) == feed && Some(batch.first_seen_at) == poll);
    match batch {
        Some(batch) => Ok(Chosen::Articles(batch, Some(ticked).filter(|_| !all))),
        None => nothing("They are not held any more."),
    }
}

/// `POST /admin/held/articles/release`: `feed`, `poll`, and `all` or each `article`.
pub async fn release_articles(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let (batch, ids) = match chosen(&app, &fields).await? {
        Chosen::Articles(batch, ids) => (batch, ids),
        Chosen::Nothing(answer) => return Ok(answer),
    };
    let released = manage_feeds::release_batch(&Context::new(&app, me.actor()), &batch, ids.as_deref()).await;
    Ok(done(&app, "/admin/held", released.map_err(refuse)?.to_string()))
}

/// `POST /admin/held/articles/skip`: `feed`, `poll`, and `all` or each `article`.
pub async fn skip_articles(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let (batch, ids) = match chosen(&app, &fields).await? {
        Chosen::Articles(batch, ids) => (batch, ids),
        Chosen::Nothing(answer) => return Ok(answer),
    };
    let skipped = manage_feeds::skip_batch(&Context::new(&app, me.actor()), &batch, ids.as_deref()).await;
    let sentence = match skipped.map_err(refuse)? {
        0 => "They are not held any more.".to_owned(),
        1 => "One article is skipped. It is not mailed.".to_owned(),
        many => format!("{} articles are skipped. They are not mailed.", grouped(many as i64)),
    };
    Ok(done(&app, "/admin/held", sentence))
}
