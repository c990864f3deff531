//! What every request passes on its way in and out: its body is read, its answer is logged.
//!
//! Bodies are read to the end before anything is answered, because a client that is still writing
//! when the connection closes never sees the answer. What shall go wrong with a request is decided
//! before that, so that it depends on the order of arrival alone.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::answer::{Problem, RecordCount};
use crate::arrival::Arrival;
use crate::auth::check_tenant_token;
use crate::bulk;
use crate::fault::{CutAt, Fault};
use crate::hold::Hold;
use crate::log::RequestSummary;
use crate::misbehave;
use crate::record_log::Noted;
use crate::rules::Decision;
use crate::stream::oversize;
use crate::target::{Part, Target};
use crate::tenant::Tenant;
use crate::wire::Line;

/// The most that is held of a body that is no bulk file; what goes beyond is counted and forgotten.
const HELD: usize = 8 << 20;

/// The most that is read beyond what is held before the connection is closed on the client.
const READ: u64 = 56 << 20;

/// A body as far as it was read.
struct Read {
    /// `None` if it was too long to hold.
    whole: Option<Bytes>,
    bytes: u64,
}

/// What is known of a request besides its content.
struct Visit {
    tenant: Arc<Tenant>,
    line: Line,
    method: String,
    path: String,
    part: Part,
    is_upload: bool,
    /// Whether the body was not held because others are.
    is_full: bool,
    /// Given back when the request is over.
    _hold: Hold,
}

/// How a request ended.
struct Outcome {
    response: Response,
    is_sent: bool,
    processed: bool,
}

impl Outcome {
    const fn refused(response: Response) -> Self {
        Self {
            response,
            is_sent: true,
            processed: false,
        }
    }
}

pub(crate) async fn pass(
    State(tenant): State<Arc<Tenant>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let target = Target::of(&parts.method, &path);
    let (part, is_upload) = (target.part, target.is_upload);
    let arrival = tenant.arrivals().next(target);
    let most = longest(&tenant, is_upload, &parts.headers);
    let mut hold = Hold::new(&tenant.held, tenant.options.memory);
    let read = read(body, most, &mut hold).await;
    let visit = Visit {
        tenant,
        line,
        method: parts.method.to_string(),
        path,
        part,
        is_upload,
        is_full: read.whole.is_none() && read.bytes <= most as u64,
        _hold: hold,
    };
    let delay = arrival.delay();
    let answer = visit.answer(arrival, parts, read, next);
    if delay.is_zero() {
        return answer.await;
    }
    // In a task of its own: a client that does not wait for its answer must not undo its request.
    let late = tokio::spawn(async move {
        tokio::time::sleep(delay).await;
        answer.await
    });
    let failed = |_| StatusCode::INTERNAL_SERVER_ERROR.into_response();
    late.await.unwrap_or_else(failed)
}

impl Visit {
    async fn answer(self, arrival: Arrival, parts: Parts, read: Read, next: Next) -> Response {
        let request = read
            .whole
            .map(|whole| Request::from_parts(parts, Body::from(whole)));
        let is_too_long = request.is_none();
        let (told, mut outcome) = match arrival {
            Arrival::OverLimit => {
                let response = misbehave::over_limit(&self.tenant, &self.path);
                (None, Outcome::refused(response))
            }
            Arrival::Admitted(Decision { fault, told, .. }) => {
                (told, self.outcome(request, fault.as_ref(), next).await)
            }
        };
        self.log(read.bytes, told, &mut outcome);
        if is_too_long {
            return closing(outcome.response);
        }
        outcome.response
    }

    async fn outcome(
        &self,
        request: Option<Request>,
        fault: Option<&Fault>,
        next: Next,
    ) -> Outcome {
        let instead = |fault| misbehave::instead(&self.tenant, self.part, &self.path, fault);
        if let Some(response) = fault.and_then(instead) {
            return Outcome::refused(response);
        }
        let before = CutAt::BeforeProcessing;
        let is_cut_before = matches!(fault, Some(Fault::Cut { at, .. }) if *at == before);
        let (answer, processed) = if is_cut_before {
            (Response::default(), false)
        } else {
            let answer = self.process(request, fault, next).await;
            let is_success = answer.status().is_success();
            (answer, is_success)
        };
        let (response, is_sent) = match fault {
            Some(Fault::Cut { at, reset }) => misbehave::cut(answer, *at, *reset, &self.line).await,
            _ => (answer, true),
        };
        Outcome {
            response,
            is_sent,
            processed,
        }
    }

    /// The tenant's own answer.
    async fn process(
        &self,
        request: Option<Request>,
        fault: Option<&Fault>,
        next: Next,
    ) -> Response {
        let Some(mut request) = request else {
            let problem = match (self.is_full, self.is_upload) {
                (true, _) => Problem::no_room(),
                (false, true) => bulk::oversize(&self.tenant),
                (false, false) => oversize(&self.tenant),
            };
            return problem.answer(&self.tenant, &self.path);
        };
        if let Some(landing) = fault.and_then(misbehave::landing) {
            request.extensions_mut().insert(landing);
        }
        next.run(request).await
    }

    fn log(self, bytes: u64, fault: Option<Fault>, outcome: &mut Outcome) {
        let noted = outcome.response.extensions_mut().remove::<Noted>();
        let records = outcome.response.extensions().get::<RecordCount>();
        let status = outcome.response.status().as_u16();
        let request = RequestSummary {
            method: self.method,
            path: self.path,
            status: if outcome.is_sent { status } else { 0 },
            bytes,
            records: records.map_or(0, |records| records.0 as u64),
            fault,
            processed: outcome.processed,
        };
        let time = self.tenant.time();
        self.tenant.log().push(time, request, noted);
    }
}

/// The most that is held of this body. A file is long, and only for those who may send one.
fn longest(tenant: &Tenant, is_upload: bool, headers: &HeaderMap) -> usize {
    let usual = HELD.max(tenant.options.max_body);
    if is_upload && check_tenant_token(tenant, headers).is_ok() {
        usual.max(tenant.options.max_file)
    } else {
        usual
    }
}

fn closing(mut response: Response) -> Response {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// Reads a body to its end. A body that breaks off has no reader, so what came of it goes on and
/// its answer goes nowhere.
async fn read(mut body: Body, held: usize, hold: &mut Hold) -> Read {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut whole = Vec::with_capacity(announced.min(held).min(HELD));
    let mut bytes = 0;
    let mut fits = true;
    while let Some(chunk) = chunk(&mut body).await {
        bytes += chunk.len() as u64;
        fits = fits && bytes <= held as u64 && hold.grow(chunk.len());
        if fits {
            whole.extend_from_slice(&chunk);
        } else if bytes > READ + held as u64 {
            break;
        } else {
            whole = Vec::new();
        }
    }
    // The log may keep it, and one of unknown length has room to spare.
    whole.shrink_to_fit();
    let whole = fits.then(|| Bytes::from(whole));
    Read { whole, bytes }
}

/// The next piece of data; trailers are skipped.
async fn chunk(body: &mut Body) -> Option<Bytes> {
    loop {
        let frame = poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await?;
        if let Ok(data) = frame.ok()?.into_data() {
            return Some(data);
        }
    }
}
