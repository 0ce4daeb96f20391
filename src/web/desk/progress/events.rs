//! The live page's server-sent events: a process reads how a campaign stands once for all who look at it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Live, gone};
use crate::app::App;
use crate::db::sessions;
use crate::domain::campaign::CampaignStatus;
use crate::web::desk::frame::Me;
use crate::web::page::{Answer, ErrorPage};

/// Streams of live progress in one process: each is a connection that stays.
const STREAMS_MAX: usize = 64;

/// A live page hears of what is new so often.
const TICK: Duration = Duration::from_secs(1);

/// Whoever looks shares what was read within this.
const FRESH: Duration = Duration::from_millis(700);

type Shared = Arc<tokio::sync::Mutex<Option<(Instant, Arc<Live>)>>>;

/// The live streams of a process: how many there are, and what they share.
#[derive(Default)]
pub struct Streams {
    open: Arc<AtomicUsize>,
    campaigns: Mutex<HashMap<Uuid, Shared>>,
}

/// One open stream.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Streams {
    fn open(&self) -> Option<Open> {
        let before = self.open.fetch_add(1, Ordering::Relaxed);
        let open = Open(self.open.clone());
        (before < STREAMS_MAX).then_some(open)
    }

    /// How a campaign stands, read once for all who look at it.
    async fn live(&self, app: &App, id: Uuid) -> sqlx::Result<Option<Arc<Live>>> {
        let shared = {
            let mut campaigns = self.campaigns.lock().unwrap_or_else(PoisonError::into_inner);
            campaigns.retain(|other, shared| *other == id || Arc::strong_count(shared) > 1);
            campaigns.entry(id).or_default().clone()
        };
        let mut kept = shared.lock().await;
        if let Some((read_at, live)) = kept.as_ref()
            && read_at.elapsed() < FRESH
        {
            return Ok(Some(live.clone()));
        }
        let mut tx = app.db.read().await?;
        let live = Live::read(app, &mut tx, id).await?.map(Arc::new);
        *kept = live.clone().map(|live| (Instant::now(), live));
        Ok(live)
    }
}

/// Where one stream has come to.
struct Stream {
    app: web::Data<App>,
    streams: web::Data<Streams>,
    id: Uuid,
    session: Uuid,
    told: Option<(CampaignStatus, Option<DateTime<Utc>>)>,
    ticks: u32,
    is_over: bool,
    _open: Open,
}

/// Ticks between two looks at the session, two heartbeats and two plots.
const SESSION_TICKS: u32 = 3;
const HEARTBEAT_TICKS: u32 = 15;
const PLOT_TICKS: u32 = 8;

impl Stream {
    /// The next bytes; `None`: it has ended.
    async fn next(&mut self) -> Option<Bytes> {
        while !self.is_over {
            if self.ticks > 0 {
                tokio::time::sleep(TICK).await;
            }
            self.ticks += 1;
            match self.tick().await {
                Ok(Some(bytes)) => return Some(bytes),
                Ok(None) => {}
                // The browser comes again by itself.
                Err(_) => self.is_over = true,
            }
        }
        None
    }

    async fn tick(&mut self) -> sqlx::Result<Option<Bytes>> {
        if self.ticks.is_multiple_of(SESSION_TICKS) {
            let mut tx = self.app.db.read().await?;
            if !sessions::stands(&mut tx, self.session, self.app.clock.now()).await? {
                self.is_over = true;
                return Ok(Some(event("out", &serde_json::json!({}))));
            }
        }
        let Some(live) = self.streams.live(&self.app, self.id).await? else {
            self.is_over = true;
            return Ok(None);
        };
        let now = (live.campaign.status, live.campaign.counted_at);
        if self.told == Some(now) {
            let beat = self.ticks.is_multiple_of(HEARTBEAT_TICKS);
            return Ok(beat.then(|| Bytes::from_static(b": still here\n\n")));
        }
        let first = self.told.is_none();
        self.told = Some(now);
        self.is_over = live.is_settled();
        let with_plot = first || self.is_over || self.ticks.is_multiple_of(PLOT_TICKS);
        let kind = if self.is_over { "over" } else { "progress" };
        Ok(Some(event(kind, &live.message(with_plot))))
    }
}

/// One server-sent event; JSON has no line breaks.
fn event(kind: &str, message: &serde_json::Value) -> Bytes {
    Bytes::from(format!("event: {kind}\ndata: {message}\n\n"))
}

/// `GET /admin/campaigns/{id}/events`: server-sent events, until it is over.
pub async fn events(
    app: web::Data<App>,
    streams: web::Data<Streams>,
    me: Me,
    request: HttpRequest,
    id: web::Path<Uuid>,
) -> Answer {
    if streams.live(&app, *id).await?.is_none() {
        return Err(gone());
    }
    let Some(open) = streams.open() else {
        let refusal = ErrorPage::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "desk-error-live-pages",
            "desk-error-live-pages-lead",
        );
        return Err(ErrorPage { retry_after: Some(60), ..refusal });
    };
    let mut response = HttpResponse::Ok();
    response.content_type("text/event-stream").insert_header((header::CACHE_CONTROL, "no-store"));
    // A proxy that collects answers would keep them all to the end.
    response.insert_header(("x-accel-buffering", "no"));
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    let stream = Stream {
        app,
        streams,
        id: *id,
        session: me.session.id,
        told: None,
        ticks: 0,
        is_over: false,
        _open: open,
    };
    Ok(response.streaming(futures_util::stream::unfold(stream, |mut stream| async move {
        let bytes = stream.next().await?;
        Some((Ok::<_, std::convert::Infallible>(bytes), stream))
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_streams_than_there_is_room_for() {
        let streams = Streams::default();
        let mut open: Vec<Open> = (0..STREAMS_MAX).filter_map(|_| streams.open()).collect();
        assert_eq!(open.len(), STREAMS_MAX);
        assert!(streams.open().is_none());
        open.pop();
        assert!(streams.open().is_some());
    }
}
