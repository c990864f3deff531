//! What every request passes on its way in and out: its body is read, its answer is logged.
//!
//! Bodies are read to the end before anything is decided, because a client that is still writing
//! when the connection closes never sees the answer. This is also where faults belong.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::answer::RecordCount;
use crate::log::RequestSummary;
use crate::stream::oversize;
use crate::tenant::Tenant;

/// The most that is held of a body; what goes beyond is counted and forgotten.
const HELD: usize = 8 << 20;

/// The most that is read of a body before the connection is closed on the client.
const READ: u64 = 64 << 20;

/// A body as far as it was read.
struct Read {
    /// `None` if it was too long to hold.
    whole: Option<Bytes>,
    bytes: u64,
}

pub(crate) async fn pass(
    State(tenant): State<Arc<Tenant>>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let (method, path) = (parts.method.to_string(), parts.uri.path().to_owned());
    let read = read(body, HELD.max(tenant.options.max_body)).await;
    let response = match read.whole {
        Some(whole) => {
            next.run(Request::from_parts(parts, Body::from(whole)))
                .await
        }
        None => closing(oversize(&tenant).answer(&tenant, &path)),
    };
    let records = response.extensions().get::<RecordCount>();
    tenant.log().push(RequestSummary {
        method,
        path,
        status: response.status().as_u16(),
        bytes: read.bytes,
        records: records.map_or(0, |records| records.0 as u64),
    });
    response
}

fn closing(mut response: Response) -> Response {
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    response
}

/// Reads a body to its end. A body that breaks off has no reader, so what came of it goes on and
/// its answer goes nowhere.
async fn read(mut body: Body, held: usize) -> Read {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    let mut whole = Vec::with_capacity(announced.min(held));
    let mut bytes = 0;
    while let Some(chunk) = chunk(&mut body).await {
        bytes += chunk.len() as u64;
        if bytes <= held as u64 {
            whole.extend_from_slice(&chunk);
        } else if bytes > READ {
            break;
        }
    }
    let fits = bytes <= held as u64;
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
