//! Carries out faults: answers in place of the tenant's, and answers that do not arrive whole.
//!
//! Which fault it is was decided when the request arrived; nothing here draws or counts.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::answer::{ConnectError, OAuthError, Problem};
use crate::fault::{CutAt, ErrorBody, Fault, RetryAfter};
use crate::moment::{Moment, http_date};
use crate::table::Landing;
use crate::target::Part;
use crate::tenant::Tenant;
use crate::wire::{Line, broken};

/// What a gateway shows to browsers.
const PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Please wait</title></head>\
    <body><h1>We are down for maintenance</h1></body></html>\n";

/// What is answered without asking the tenant, if the fault is of that sort. Tokens that end, end
/// here: the tenant then refuses them by itself.
pub(crate) fn instead(tenant: &Tenant, part: Part, path: &str, fault: &Fault) -> Option<Response> {
    match *fault {
        Fault::Status {
            status,
            retry_after,
            body,
        } => {
            let answer = error(tenant, part, path, status_code(status), body);
            Some(with_retry_after(answer, retry_after))
        }
        Fault::Html { status } => Some((status_code(status), Html(PAGE)).into_response()),
        Fault::NotDeployed => Some(problem(StatusCode::NOT_FOUND).answer(tenant, path)),
        Fault::ExpireTokens => {
            tenant.tenant_tokens().expire();
            None
        }
        _ => None,
    }
}

/// How records land under this fault, if not as they were sent.
pub(crate) const fn landing(fault: &Fault) -> Option<Landing> {
    match fault {
        Fault::Blank => Some(Landing::Blank),
        Fault::RejectLate => Some(Landing::RejectedLate),
        _ => None,
    }
}

/// The answer to a request over the tenant's limit.
pub(crate) fn over_limit(tenant: &Tenant, path: &str) -> Response {
    let answer = problem(StatusCode::TOO_MANY_REQUESTS).answer(tenant, path);
    with_retry_after(answer, tenant.options.limit_retry_after)
}

/// What is left of an answer whose connection is cut, and whether anything is sent at all.
pub(crate) async fn cut(answer: Response, at: CutAt, reset: bool, line: &Line) -> (Response, bool) {
    if reset {
        line.reset();
    }
    let (mut parts, body) = answer.into_parts();
    // The answer is in memory already, so reading it cannot fail and takes no more.
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if at != CutAt::MidAnswer || whole.is_empty() {
        line.cut();
        return (Response::from_parts(parts, Body::empty()), false);
    }
    parts
        .headers
        .insert(header::CONTENT_LENGTH, whole.len().into());
    let half = whole.slice(..whole.len() / 2);
    (Response::from_parts(parts, broken(half)), true)
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("BUG: the rule was checked when it was added")
}

fn error(tenant: &Tenant, part: Part, path: &str, status: StatusCode, body: ErrorBody) -> Response {
    const JSON: &str = "application/json";
    match body {
        ErrorBody::Json => json(tenant, part, path, status),
        ErrorBody::Empty => status.into_response(),
        ErrorBody::Text => (status, format!("{}\n", reason(status))).into_response(),
        ErrorBody::HalfJson => {
            let half = r#"{"timestamp":"2026-07-11T22:"#;
            (status, [(header::CONTENT_TYPE, JSON)], half).into_response()
        }
    }
}

/// The error as this part of the service words it.
fn json(tenant: &Tenant, part: Part, path: &str, status: StatusCode) -> Response {
    let code = status.as_u16();
    match part {
        Part::Login | Part::Exchange => OAuthError {
            status,
            error: oauth_code(code),
            description: reason(status),
        }
        .into_response(),
        Part::Connect => ConnectError {
            status,
            code: connect_code(code),
            message: reason(status),
        }
        .into_response(),
        Part::Ingest | Part::Other if status.is_success() => {
            (status, Json(serde_json::json!({"accepted": true}))).into_response()
        }
        Part::Ingest | Part::Other => problem(status).answer(tenant, path),
    }
}

fn oauth_code(status: u16) -> &'static str {
    match status {
        401 => "invalid_client",
        503 => "temporarily_unavailable",
        500.. => "server_error",
        _ => "invalid_request",
    }
}

fn connect_code(status: u16) -> &'static str {
    match status {
        401 => "INVALID_SESSION_ID",
        403 => "INSUFFICIENT_ACCESS",
        404 => "NOT_FOUND",
        429 => "REQUEST_LIMIT_EXCEEDED",
        503 => "SERVER_UNAVAILABLE",
        _ => "UNKNOWN_EXCEPTION",
    }
}

fn problem(status: StatusCode) -> Problem {
    match status {
        StatusCode::UNAUTHORIZED => Problem::unauthorized("Invalid JWT (not before or expired)"),
        StatusCode::NOT_FOUND => Problem::new(status, "The requested resource was not found."),
        _ => Problem::new(status, reason(status)),
    }
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Error")
}

fn with_retry_after(mut answer: Response, retry_after: Option<RetryAfter>) -> Response {
    let value = retry_after.map(|after| match after {
        RetryAfter::Seconds(seconds) => HeaderValue::from(seconds),
        RetryAfter::DateAhead(seconds) => {
            let date = http_date(Moment::now().seconds() + i64::from(seconds));
            HeaderValue::try_from(date).expect("BUG: a date is plain text")
        }
    });
    if let Some(value) = value {
        answer.headers_mut().insert(header::RETRY_AFTER, value);
    }
    answer
}
