//! How the emulator's own calls are refused, and how their queries and bodies are read.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

/// Why a call was refused, as `{"error": code, "message": words}`.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    /// Stays the same when the message is reworded.
    code: &'static str,
    message: String,
}

impl Refused {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status,
            code,
            message,
        }
    }

    pub(super) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    pub(super) fn unknown_object(name: &str) -> Self {
        let message = format!("the schema has no object `{name}`");
        Self::not_found("unknown_object", message)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = json!({"error": self.code, "message": self.message});
        (self.status, Json(body)).into_response()
    }
}

/// The parameters of a call. One that it does not have is an error: misspelled, it would be ignored.
pub(super) fn query<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refused> {
    let read = Query::<T>::try_from_uri(uri);
    let refused = |error: &dyn std::error::Error| {
        let why = error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string);
        Refused::bad("query", why)
    };
    match read {
        Ok(Query(parameters)) => Ok(parameters),
        Err(error) => Err(refused(&error)),
    }
}

/// The body of a change; an empty one is `{}`.
pub(super) fn body<T: DeserializeOwned>(bytes: &Bytes) -> Result<T, Refused> {
    let text: &[u8] = if bytes.is_empty() { b"{}" } else { bytes };
    serde_json::from_slice(text).map_err(|error| Refused::bad("body", error.to_string()))
}

/// How many items a page may have; a page has 100 if nothing else is asked for.
pub(super) fn limit(asked: Option<usize>) -> Result<usize, Refused> {
    const MOST: usize = 1000;
    match asked.unwrap_or(100) {
        limit @ 1..=MOST => Ok(limit),
        other => Err(Refused::bad(
            "limit",
            format!("the limit `{other}` is not from 1 to {MOST}"),
        )),
    }
}

pub(super) async fn unknown_path(uri: Uri) -> Refused {
    Refused::not_found("path", format!("the emulator has no `{}`", uri.path()))
}

pub(super) async fn wrong_method(method: Method, uri: Uri) -> Refused {
    let message = format!("`{}` does not take {method}", uri.path());
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, "method", message)
}
