//! One connection from its first byte to its end: TLS, HTTP, and the clock that runs against whoever keeps us waiting.

use super::admission::{Admission, Phase, Trust, Verdict, ends_at};
use super::limits::Limits;
use super::stream::Watched;
use super::tls::Certificate;
use crate::clock;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Instant;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{Notify, watch};
use tokio::time::Sleep;

/// The largest head of a request, in bytes; nothing that we take needs a quarter of it.
const HEAD: usize = 32 << 10;
/// So many connections may be open over the limit while others are being closed.
const OVER: usize = 8;

/// All connections.
pub(super) struct Connections {
    limits: Limits,
    admission: Mutex<Admission<Arc<Notify>>>,
    open: AtomicUsize,
    closed: Notify,
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Self {
        let admission = Mutex::new(Admission::new(limits.connections));
        Self { limits, admission, open: AtomicUsize::new(0), closed: Notify::new() }
    }

    fn admission<T>(&self, change: impl FnOnce(&mut Admission<Arc<Notify>>) -> T) -> T {
        change(&mut self.admission.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// A connection has come: it stays, unless all places are taken by those who have a right to them.
    pub(super) fn admit(self: &Arc<Self>, now: Instant) -> Option<Connection> {
        let end = Arc::new(Notify::new());
        let Verdict::Admitted(id, gone) = self.admission(|all| all.admit(Arc::clone(&end), now)) else { return None };
        if let Some(gone) = gone {
            gone.notify_one();
        }
        self.open.fetch_add(1, Ordering::SeqCst);
        let does = Mutex::new(Does { phase: Phase::Silent, trust: Trust::Unknown, since: now });
        Some(Connection(Arc::new(Inner { id, all: Arc::clone(self), end, does })))
    }

    /// Closes the one that goes first.
    pub(super) fn close_oldest(&self) {
        if let Some(gone) = self.admission(Admission::close_oldest) {
            gone.notify_one();
        }
    }

    /// Waits while more are open than may be: those that were told to end need a moment.
    pub(super) async fn make_room(&self) {
        self.wait_until(|open| open <= self.limits.connections + OVER).await;
    }

    /// Waits until none is open.
    pub(super) async fn all_closed(&self) {
        self.wait_until(|open| open == 0).await;
    }

    async fn wait_until(&self, enough: impl Fn(usize) -> bool) {
        loop {
            let mut closed = pin!(self.closed.notified());
            closed.as_mut().enable();
            if enough(self.open.load(Ordering::SeqCst)) {
                return;
            }
            closed.await;
        }
    }
}

/// One connection; requests carry it along.
#[derive(Clone)]
pub(crate) struct Connection(Arc<Inner>);

struct Inner {
    id: u64,
    all: Arc<Connections>,
    end: Arc<Notify>,
    does: Mutex<Does>,
}

#[derive(Clone, Copy)]
struct Does {
    phase: Phase,
    trust: Trust,
    since: Instant,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.all.admission(|all| all.remove(self.id));
        self.all.open.fetch_sub(1, Ordering::SeqCst);
        self.all.closed.notify_waiters();
    }
}

impl Connection {
    /// Somebody has shown a token on it.
    pub(crate) fn recognise(&self) {
        self.change(|does| does.trust = Trust::Known);
    }

    /// Bytes have come; those after a rest begin a head.
    pub(super) fn heard(&self) {
        let mut does = self.0.does.lock().unwrap_or_else(PoisonError::into_inner);
        if does.phase == Phase::Resting {
            (does.phase, does.since) = (Phase::Head, clock::instant());
        }
    }

    fn go_on(&self, phase: Phase) {
        let now = clock::instant();
        self.change(|does| (does.phase, does.since) = (phase, now));
    }

    fn change(&self, change: impl FnOnce(&mut Does)) {
        let mut does = self.0.does.lock().unwrap_or_else(PoisonError::into_inner);
        let trusted = does.trust;
        let serving = does.phase == Phase::Serving;
        change(&mut does);
        if does.trust != trusted || serving != (does.phase == Phase::Serving) {
            self.0.all.admission(|all| all.moved(self.0.id, does.phase, does.trust, does.since));
        }
    }

    fn ends_at(&self) -> Option<Instant> {
        let does = *self.0.does.lock().unwrap_or_else(PoisonError::into_inner);
        ends_at(does.phase, does.trust, does.since, &self.0.all.limits)
    }
}

/// Serves one connection to its end.
pub(super) async fn attend(
    stream: TcpStream,
    peer: SocketAddr,
    certificate: Option<Certificate>,
    router: Router,
    connection: Connection,
    stopping: watch::Receiver<bool>,
) {
    let end = Arc::clone(&connection.0.end);
    let serving = async {
        let stream = Watched::new(stream, connection.clone());
        let Some(certificate) = certificate else { return serve(stream, peer, router, &connection, stopping).await };
        match tokio::time::timeout(connection.0.all.limits.head_within, certificate.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => {
                connection.go_on(Phase::Silent);
                serve(stream, peer, router, &connection, stopping).await;
            }
            Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
        }
    };
    tokio::select! {
        () = serving => {}
        () = end.notified() => tracing::debug!(%peer, "a connection is closed: others need its place"),
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    connection: &Connection,
    mut stopping: watch::Receiver<bool>,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(|mut request: Request<Incoming>| {
        connection.go_on(Phase::Serving);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(connection.clone());
        let answer = router.call(request);
        let rest = Rest(connection.clone());
        async move { answer.await.map(|answer| answer.map(|body| Tracked { body, _rest: rest })) }
    });
    let mut builder = http1::Builder::new();
    // Hyper's own time-out for heads would also end connections that rest between two requests: `Watchdog` tells them apart.
    builder.header_read_timeout(None).max_buf_size(HEAD);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut watchdog =
        Watchdog { connection, armed: None, sleep: Box::pin(tokio::time::sleep(connection.0.all.limits.head_within)) };
    let mut graceful = false;
    loop {
        tokio::select! {
            biased;
            // An end in an error is a client that went away, or talks no HTTP.
            _ = serving.as_mut() => return,
            () = std::future::poll_fn(|cx| watchdog.poll(cx)) => {
                return tracing::debug!(%peer, "a connection is closed: it kept us waiting");
            }
            () = super::said(&mut stopping), if !graceful => {
                graceful = true;
                serving.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Wakes when the connection has kept us waiting for too long. It is polled whenever the connection is, and follows what that does.
struct Watchdog<'a> {
    connection: &'a Connection,
    armed: Option<Instant>,
    sleep: Pin<Box<Sleep>>,
}

impl Watchdog<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(end) = self.connection.ends_at() else { return Poll::Pending };
        if self.armed != Some(end) {
            self.armed = Some(end);
            self.sleep.as_mut().reset(end.into());
        }
        self.sleep.as_mut().poll(cx)
    }
}

/// The connection rests once this is dropped: the answer went out, or nobody waits for it any more.
struct Rest(Connection);

impl Drop for Rest {
    fn drop(&mut self) {
        self.0.go_on(Phase::Resting);
    }
}

/// An answer's body, with what is to happen at its end.
struct Tracked {
    body: Body,
    _rest: Rest,
}

impl HttpBody for Tracked {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<bytes::Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
