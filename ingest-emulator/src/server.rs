//! Serves a tenant on a port from a thread of its own, and stops when it is dropped.
//!
//! Routes only; a request is answered elsewhere.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::{fmt, io};

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Router, middleware};
use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;

use crate::answer::{ConnectError, Problem};
use crate::tenant::Tenant;
use crate::wire::{Line, Wires};
use crate::{
    auth, bulk, connect, connect_schema, console, intake, metadata, query, session, sources, stream,
};

/// A query may be a deep tree; it is bounded so that this is enough.
const STACK: usize = 8 << 20;

/// A bound port that nobody serves yet.
pub(crate) struct Server {
    listener: TcpListener,
    address: SocketAddr,
}

/// A tenant being served.
pub(crate) struct Running {
    pub(crate) tenant: Arc<Tenant>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let mut address = listener.local_addr()?;
        // Who listens everywhere is found on this machine; clients refuse plain `http` to other names.
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        Ok(Self { listener, address })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn serve(self, tenant: Tenant) -> io::Result<Running> {
        let tenant = Arc::new(tenant);
        let router = router(Arc::clone(&tenant));
        let work = bulk::run(Arc::clone(&tenant));
        let (stop, stopped) = oneshot::channel();
        let (report, reported) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("ingest-emulator".to_owned())
            .stack_size(STACK)
            .spawn(move || run(self.listener, router, work, stopped, &report))?;
        let gone = |_| io::Error::other("the emulator's thread ended");
        reported.recv().map_err(gone)??;
        Ok(Running {
            tenant,
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

/// The thread's whole life. Dropping the runtime at its end closes every connection.
fn run(
    listener: TcpListener,
    router: Router,
    work: impl Future<Output = ()>,
    stopped: oneshot::Receiver<()>,
    report: &mpsc::Sender<io::Result<()>>,
) {
    let (runtime, listener) = match prepare(listener) {
        Ok(prepared) => prepared,
        Err(error) => return report.send(Err(error)).unwrap_or_default(),
    };
    report.send(Ok(())).unwrap_or_default();
    let service = router.into_make_service_with_connect_info::<Line>();
    runtime.block_on(async {
        tokio::select! {
            _ = axum::serve(Wires(listener), service) => {}
            () = work => {}
            _ = stopped => {}
        }
    });
}

fn prepare(listener: TcpListener) -> io::Result<(Runtime, tokio::net::TcpListener)> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let guard = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    drop(guard);
    Ok((runtime, listener))
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been printed; a second one here would hide the test's own.
            thread.join().unwrap_or_default();
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").finish_non_exhaustive()
    }
}

fn router(tenant: Arc<Tenant>) -> Router {
    let object = "/api/v1/ingest/sources/{connector}/{object}";
    let jobs = "/api/v1/ingest/jobs";
    let ssot = "/services/data/{version}/ssot";
    Router::new()
        .route("/services/oauth2/token", post(auth::login))
        .route("/services/oauth2/revoke", post(session::revoke))
        .route("/services/a360/token", post(auth::exchange))
        .route("/api/v1/ingest/sources", get(sources::list))
        .route("/api/v1/metadata", get(metadata::list))
        .route("/api/v2/query", post(query::query))
        .route(jobs, post(bulk::create).get(bulk::list))
        .route(
            &format!("{jobs}/{{id}}"),
            get(bulk::read).patch(bulk::patch).delete(bulk::delete),
        )
        .route(&format!("{jobs}/{{id}}/batches"), put(bulk::upload))
        .route(object, post(stream::upsert).delete(stream::delete))
        .route(&format!("{object}/actions/test"), post(stream::test))
        .route(&format!("{ssot}/connections"), get(connect::connections))
        .route(
            &format!("{ssot}/connections/{{id}}/schema"),
            get(connect_schema::read).put(connect_schema::replace),
        )
        .route(
            &format!("{ssot}/connections/{{id}}/schema/actions/test"),
            post(connect_schema::test),
        )
        .route(
            &format!("{ssot}/connections/{{id}}/endpoints"),
            get(connect_schema::endpoints),
        )
        .route(&format!("{ssot}/data-streams"), get(connect::streams))
        .route(
            &format!("{ssot}/data-streams/{{name}}"),
            get(connect::stream),
        )
        .method_not_allowed_fallback(wrong_method)
        .fallback(unknown_path)
        // The intake bounds bodies itself and answers in the service's words.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(
            Arc::clone(&tenant),
            intake::pass,
        ))
        .merge(console::router())
        .with_state(tenant)
}

async fn unknown_path(State(tenant): State<Arc<Tenant>>, uri: Uri) -> Response {
    if uri.path().starts_with("/services/data/") {
        return ConnectError::NOT_FOUND.into_response();
    }
    let message = "The requested resource was not found.";
    Problem::new(StatusCode::NOT_FOUND, message).answer(&tenant, uri.path())
}

async fn wrong_method(State(tenant): State<Arc<Tenant>>, uri: Uri) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    if uri.path().starts_with("/services/data/") {
        let code = "METHOD_NOT_ALLOWED";
        let message = "HTTP Method not allowed";
        return ConnectError {
            status,
            code,
            message,
        }
        .into_response();
    }
    Problem::new(status, "Request method is not supported.").answer(&tenant, uri.path())
}
