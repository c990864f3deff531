//! What the service answers. A record is taken or not before the answer; nobody waits for the tenant.

use std::fmt::Display;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use ingest_core::stream::{Condition, RecordStream, SendError, TrySendError};
use ingest_core::value::Url;
use ingest_core::{IngestRecord, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(IngestRecord)]
#[ingest(
    schema = "../../schemas/web.yaml",
    object = "page_view",
    blank("referrer", "duration_ms", "revenue", "logged_in")
)]
pub(crate) struct PageView {
    event_id: String,
    occurred_at: Timestamp,
    visitor_id: String,
    url: Url,
}

/// What callers post.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Posted {
    event_id: String,
    visitor_id: String,
    url: String,
}

type Stream = RecordStream<PageView>;

pub(crate) fn router(stream: Stream) -> Router {
    Router::new()
        .route("/page-views", post(take))
        .route("/health", get(health))
        .with_state(stream)
}

async fn take(State(stream): State<Stream>, Json(posted): Json<Posted>) -> Response {
    let url = match posted.url.parse() {
        Ok(url) => url,
        Err(error) => return refuse(StatusCode::UNPROCESSABLE_ENTITY, &error),
    };
    let page_view = PageView {
        event_id: posted.event_id,
        occurred_at: Timestamp::now(),
        visitor_id: posted.visitor_id,
        url,
    };
    match stream.try_send(page_view) {
        Ok(_) => StatusCode::ACCEPTED.into_response(),
        Err(error @ TrySendError::Full(_)) => later(&error),
        Err(TrySendError::Refused(_, error @ (SendError::Halted(_) | SendError::Closed))) => {
            later(&error)
        }
        Err(error) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &error),
    }
}

/// The caller keeps the event and may come again.
fn later(error: &dyn Display) -> Response {
    let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, error);
    response.headers_mut().insert(RETRY_AFTER, 1.into());
    response
}

fn refuse(status: StatusCode, error: &dyn Display) -> Response {
    (status, Json(json!({"error": error.to_string()}))).into_response()
}

/// For a probe: 200 as long as records are taken.
async fn health(State(stream): State<Stream>) -> (StatusCode, Json<Value>) {
    let health = stream.health();
    let condition = match &health.condition {
        Condition::Open => "open".to_owned(),
        Condition::Paused(left) => format!("paused for {} s by the tenant", left.as_secs()),
        Condition::Halted(halt) => format!("halted: {}", halt.code()),
        _ => "closed".to_owned(),
    };
    let status = if health.takes_records() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({
        "condition": condition,
        "accepted": health.totals.accepted,
        "open": health.totals.open(),
        "buffered": health.buffered,
        "buffer": health.buffer,
    });
    (status, Json(body))
}
