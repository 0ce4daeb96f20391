//! What is held. About campaigns that the late, restore and clone guard, a retired list, or HTML that can't be
//! read holds, admins decide; about articles that the feed brake holds, editors.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::DateTime;
use uuid::Uuid;

use super::frame::{Desk, Fields, Me, Tab, done};
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
use crate::locale::{Localizer, say};
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
            kind if kind.is_set_by_guard() && several => {
                Some((kind, say("held-release-of").with("what", kind.label()).to_string()))
            }
            kind if kind.is_set_by_guard() => Some((kind, say("held-release").to_string())),
            HoldKind::Page => Some((HoldKind::Page, say("held-send-anyway").to_string())),
            HoldKind::Html if self.held.auto_article_id.is_some() => {
                Some((HoldKind::Html, say("held-send-as-link").to_string()))
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
        let lists = Localizer::english().and(&names);
        Ok(Batch { why: batch.reason().sentence(), items, more, lists, batch })
    }

    fn feed_url(&self) -> String {
        format!("/admin/feeds/{}", self.batch.feed_id)
    }

    /// Where what is held is matched with what the feed has listed before.
    fn move_url(&self) -> String {
        super::feeds::move_url(self.batch.feed_id, &self.batch.feed_url)
    }

    /// The poll, as the form names it.
    fn poll(&self) -> i64 {
        self.batch.first_seen_at.timestamp_micros()
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
    let key = match (campaigns, articles) {
        _ if clone => "held-title-copy",
        _ if restored => "held-title-restored",
        (0, 0) => "held-title-none",
        (_, 0) => "held-title-campaigns",
        (0, _) => "held-title-articles",
        (..) => "held-title-both",
    };
    say(key).with("campaigns", campaigns).with("articles", articles).to_string()
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
            Some(say("hold-why-restored").with("what", restored.sentence(zone)).to_string())
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
            0 => say("held-released-none"),
            many => say("held-released-all").with("campaigns", many),
        };
        return Ok(done(&app, "/admin/held", sentence.to_string()));
    }
    let (id, cx) = (campaign(&fields)?, Context::new(&app, me.actor()));
    let released = match HoldKind::parse(fields.text("hold")) {
        Some(kind) => guard::release_one(&cx, id, kind).await,
        None => guard::release(&cx, id).await,
    };
    match released {
        Ok(released) if released.still.is_empty() => {
            let said = say("held-released").with("subject", &released.campaign.subject);
            Ok(done(&app, "/admin/held", said.to_string()))
        }
        Ok(released) => {
            let still = hold::in_sentences(&released.still);
            let said =
                say("held-released-still").with("subject", &released.campaign.subject).with("why", still);
            Ok(done(&app, "/admin/held", said.to_string()))
        }
        Err(error) => decided(&app, error),
    }
}

/// `POST /admin/held/cancel`: `campaign`.
pub async fn cancel(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    match guard::cancel(&Context::new(&app, me.actor()), campaign(&fields)?).await {
        Ok(campaign) => {
            let said = say("held-cancelled").with("subject", &campaign.subject);
            Ok(done(&app, "/admin/held", said.to_string()))
        }
        Err(error) => decided(&app, error),
    }
}

/// `POST /admin/held/real`: this is the real one; `all` lets go what is held.
pub async fn adopt(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let all = fields.is_ticked("all");
    match guard::adopt(&Context::new(&app, me.actor()), all).await {
        Ok(released) => {
            let said = match all {
                true => say("held-real-released").with("campaigns", released),
                false => say("held-real-kept"),
            };
            Ok(done(&app, "/admin/held", said.to_string()))
        }
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
    let nothing = |key: &str| Ok(Chosen::Nothing(done(app, "/admin/held", say(key).to_string())));
    let all = fields.is_ticked("all");
    let ticked: Vec<Uuid> = fields.all("article").filter_map(|id| Uuid::parse_str(id).ok()).collect();
    if !all && ticked.is_empty() {
        return nothing("held-none-selected");
    }
    let feed = Uuid::parse_str(fields.text("feed")).ok();
    let poll = fields.text("poll").parse().ok().and_then(DateTime::from_timestamp_micros);
    let batch = brake::batches(&mut app.db.read().await?)
        .await?
        .into_iter()
        .find(|batch| Some(batch.feed_id) == feed && Some(batch.first_seen_at) == poll);
    match batch {
        Some(batch) => Ok(Chosen::Articles(batch, Some(ticked).filter(|_| !all))),
        None => nothing("held-articles-gone"),
    }
}

/// `POST /admin/held/articles/release`: `feed`, `poll`, and `all` or each `article`; `digest`, where they are to be one mail.
pub async fn release_articles(app: web::Data<App>, me: Me, fields: Fields) -> Answer {
    let (batch, ids) = match chosen(&app, &fields).await? {
        Chosen::Articles(batch, ids) => (batch, ids),
        Chosen::Nothing(answer) => return Ok(answer),
    };
    let cx = Context::new(&app, me.actor());
    let released = match fields.is_ticked("digest") {
        true => manage_feeds::release_batch_as_digest(&cx, &batch, ids.as_deref()).await,
        false => manage_feeds::release_batch(&cx, &batch, ids.as_deref()).await,
    };
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
        0 => say("held-articles-gone"),
        many => say("held-articles-skipped").with("articles", many),
    };
    Ok(done(&app, "/admin/held", sentence.to_string()))
}
