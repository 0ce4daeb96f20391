//! A client's connection, and how slow its client may be. The server's own timers know a connection's first
//! request head and what follows the last answer: a half-sent body, half of a later head or a client that reads
//! no answer would hold a descriptor for ever. So the socket itself is timed here, and a request's body in
//! [`watch`], which can still answer 408.
//!
//! While an answer is being made or streamed, nothing is expected of the client: live events may be silent for
//! hours. A download is cut only where the client takes next to nothing of it.

use std::cell::{Cell, RefCell};
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use actix_http::ConnectionType;
use actix_web::HttpMessage as _;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use futures_util::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long clients may take. Descriptors are few, so none may hold one without using it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// From connecting, or from when the client has its answer, until the whole head of the next request is here.
    pub head_within: Duration,
    /// For a whole body of [`SMALL_BODY_BYTES`]; what is larger may take longer, at the least rate.
    pub body_within: Duration,
    /// The least rate of a larger body, in bytes a second.
    pub body_rate: u32,
    /// How long a client may take nothing of its answer.
    pub answer_stalled: Duration,
    /// The least rate of a client that takes little of its answer at a time, in bytes a second.
    pub answer_rate: u32,
    /// Connections of all workers together; who comes later waits to be accepted.
    pub connections_max: usize,
}

/// A body that must be here in [`Limits::body_within`]. At the least rate that takes 8 of the 10 s, so a larger
/// body never is behind its rate when its first part is counted.
pub const SMALL_BODY_BYTES: u32 = 16 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Limits {
            head_within: Duration::from_secs(10),
            body_within: Duration::from_secs(10),
            body_rate: 2 * 1024,
            answer_stalled: Duration::from_secs(120),
            answer_rate: 1024,
            connections_max: 4096,
        }
    }
}

/// A deadline that bytes push back, at a least rate, never further away than at the beginning.
#[derive(Clone, Copy, Debug)]
struct Pace {
    deadline: Instant,
    grace: Duration,
    /// Bytes that push nothing back.
    free: u32,
    rate: u32,
}

impl Pace {
    fn new(now: Instant, grace: Duration, free: u32, rate: u32) -> Pace {
        Pace { deadline: now + grace, grace, free, rate: rate.max(1) }
    }

    fn moved(&mut self, bytes: usize, now: Instant) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earning = bytes.saturating_sub(self.free);
        self.free = self.free.saturating_sub(bytes);
        let earned = Duration::from_secs_f64(f64::from(earning) / f64::from(self.rate));
        self.deadline = (self.deadline + earned).min(now + self.grace);
    }
}

/// A timer that is made when it is first needed.
#[derive(Default)]
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let sleep = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if sleep.deadline() != deadline {
            sleep.as_mut().reset(deadline);
        }
        sleep.as_mut().poll(cx)
    }
}

/// What a connection and the request on it know of each other.
#[derive(Clone)]
pub struct Exchange(Rc<State>);

struct State {
    limits: Limits,
    /// A request is being answered.
    is_open: Cell<bool>,
    /// The request's body was too slow.
    is_cut: Cell<bool>,
    /// When the last answer was over.
    idle_since: Cell<Instant>,
    /// Of the connection.
    waker: RefCell<Option<Waker>>,
}

impl Exchange {
    fn begin(&self) -> Open {
        self.0.is_open.set(true);
        Open(self.clone())
    }

    fn end(&self) {
        self.0.is_open.set(false);
        self.0.idle_since.set(Instant::now());
        // Else the server reads what is left of a body, for as long as somebody sends it.
        if self.0.is_cut.get()
            && let Some(waker) = self.0.waker.take()
        {
            waker.wake();
        }
    }
}

/// While this lives, a request is being answered.
struct Open(Exchange);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// A socket whose client must send a request's head in time and take its answer.
pub struct Connection {
    io: TcpStream,
    exchange: Exchange,
    idle: Timer,
    /// Since when the client has not taken all that there is for it.
    blocked: Option<Pace>,
    blocked_timer: Timer,
}

impl Connection {
    pub fn new(io: TcpStream, limits: Limits) -> Connection {
        let state = State {
            limits,
            is_open: Cell::new(false),
            is_cut: Cell::new(false),
            idle_since: Cell::new(Instant::now()),
            waker: RefCell::new(None),
        };
        Connection {
            io,
            exchange: Exchange(Rc::new(state)),
            idle: Timer::default(),
            blocked: None,
            blocked_timer: Timer::default(),
        }
    }

    /// What the requests on it must know.
    pub fn exchange(&self) -> Exchange {
        self.exchange.clone()
    }

    /// Ready: nothing is being answered, and the client has had its time.
    fn poll_idle(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let state = &self.exchange.0;
        let is_busy = state.is_open.get() || self.blocked.is_some();
        if state.is_cut.get() && !is_busy {
            return Poll::Ready(());
        }
        *state.waker.borrow_mut() = Some(cx.waker().clone());
        loop {
            ready!(self.idle.poll(state.idle_since.get() + state.limits.head_within, cx));
            if !is_busy {
                return Poll::Ready(());
            }
            // Set anew rather than stopped: nobody reads on when an answer is over, to start it again.
            state.idle_since.set(Instant::now());
        }
    }

    /// Counts what the client took of `offered` bytes; fails where it has taken too little for too long.
    fn poll_taken(
        &mut self,
        taken: Poll<io::Result<usize>>,
        offered: usize,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match taken {
            Poll::Ready(Ok(bytes)) if bytes < offered => {
                if let Some(pace) = &mut self.blocked {
                    pace.moved(bytes, Instant::now());
                }
            }
            Poll::Ready(_) if self.blocked.take().is_some() => self.exchange.0.idle_since.set(Instant::now()),
            Poll::Ready(_) => {}
            Poll::Pending => {
                let limits = &self.exchange.0.limits;
                let new = || Pace::new(Instant::now(), limits.answer_stalled, 0, limits.answer_rate);
                let deadline = self.blocked.get_or_insert_with(new).deadline;
                ready!(self.blocked_timer.poll(deadline, cx));
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        }
        taken
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.io).poll_read(cx, buffer) {
            // Nothing read is the end, as if the client had closed it.
            Poll::Pending => self.poll_idle(cx).map(Ok),
            read => read,
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.io).poll_write(cx, bytes);
        self.poll_taken(taken, bytes.len(), cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let offered = slices.iter().map(|slice| slice.len()).sum();
        let taken = Pin::new(&mut self.io).poll_write_vectored(cx, slices);
        self.poll_taken(taken, offered, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

/// A request's body that must come in time.
struct TimedBody {
    body: Payload,
    pace: Pace,
    timer: Timer,
    exchange: Exchange,
}

impl Stream for TimedBody {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_next(cx) {
            Poll::Ready(Some(Ok(bytes))) => {
                this.pace.moved(bytes.len(), Instant::now());
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Pending => {
                ready!(this.timer.poll(this.pace.deadline, cx));
                this.exchange.0.is_cut.set(true);
                Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::TimedOut.into()))))
            }
            ended => ended,
        }
    }
}

/// Whether a body failed because it was too slow.
pub fn is_too_slow(error: &PayloadError) -> bool {
    matches!(error, PayloadError::Io(error) if error.kind() == io::ErrorKind::TimedOut)
}

/// An answer's body, until it is written.
struct OpenBody {
    body: BoxBody,
    _open: Open,
}

impl MessageBody for OpenBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.body.as_pin_mut().poll_next(cx)
    }
}

/// Gives a request's body its time, and tells the connection when the answer is over.
pub async fn watch(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let Some(exchange) = request.conn_data::<Exchange>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let open = exchange.begin();
    let body = request.take_payload();
    if !matches!(body, Payload::None) {
        let limits = &exchange.0.limits;
        let pace = Pace::new(Instant::now(), limits.body_within, SMALL_BODY_BYTES, limits.body_rate);
        let timed = TimedBody { body, pace, timer: Timer::default(), exchange: exchange.clone() };
        request.set_payload(Payload::Stream { payload: Box::pin(timed) });
    }
    let mut response =
        next.call(request).await?.map_body(|_, body| OpenBody { body: body.boxed(), _open: open });
    if exchange.0.is_cut.get() {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response.map_into_boxed_body())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_push_a_deadline_back_at_the_least_rate_and_save_nothing_up() {
        let begun = Instant::now();
        let seconds = |pace: &Pace| (pace.deadline - begun).as_secs_f64();
        let mut pace = Pace::new(begun, Duration::from_secs(10), 1000, 100);
        let later = begun + Duration::from_secs(5);
        pace.moved(1, later);
        pace.moved(999, later);
        assert_eq!(seconds(&pace), 10.0, "the first thousand earn nothing");
        pace.moved(200, later);
        assert_eq!(seconds(&pace), 12.0);
        pace.moved(1_000_000, later);
        assert_eq!(seconds(&pace), 15.0, "never further away than ten seconds");
    }
}
