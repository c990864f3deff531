//! The bodies of answers: one shape for the tenant, one for OAuth, one for Connect REST.
//!
//! Words and statuses only; who deserves which answer is decided by the handlers.

use std::borrow::Cow;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::moment::Moment;
use crate::record_log::BadRecord;
use crate::tenant::Tenant;

/// How many records or ids a request held; left on the answer for the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordCount(pub(crate) usize);

/// A refusal of the tenant.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    message: Cow<'static, str>,
    details: Value,
    pub(crate) records: usize,
    /// The records that are to blame, for the log.
    pub(crate) bad: Vec<BadRecord>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            message: message.into(),
            details: json!({}),
            records: 0,
            bad: Vec::new(),
        }
    }

    /// The emulator's own limit, for there is none that a tenant would tell.
    pub(crate) fn no_room() -> Self {
        let message = "the emulator holds as much as its setting `memory` allows; reset it";
        Self::new(StatusCode::INSUFFICIENT_STORAGE, message)
    }

    pub(crate) fn malformed() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Bad Request: JSON is malformed.")
    }

    /// The recorded answer of a body whose records do not fit the schema, or its envelope alone.
    pub(crate) fn mismatch(report: Option<&[Value]>, records: usize) -> Self {
        let message = "Bad Request: JSON is properly formatted but has a mismatch with Schema.";
        let details =
            report.map_or_else(|| json!({}), |report| json!({ "validationReport": report }));
        Self {
            details,
            records,
            ..Self::new(StatusCode::BAD_REQUEST, message)
        }
    }

    /// The words of the answer.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// A token that is missing, unknown, of the wrong sort or expired.
    pub(crate) fn unauthorized(why: &str) -> Self {
        let message = "Authorization header verification failed";
        Self {
            details: json!({"status": format!("UNAUTHENTICATED: {why}"), "statusCode": 401}),
            ..Self::new(StatusCode::UNAUTHORIZED, message)
        }
    }

    /// The answer as it goes out; `path` is the request's, without its query.
    pub(crate) fn answer(self, tenant: &Tenant, path: &str) -> Response {
        let records = RecordCount(self.records);
        let status = self.status;
        let mut response = (status, Json(self.body(tenant, path))).into_response();
        response.extensions_mut().insert(records);
        response
    }

    fn body(self, tenant: &Tenant, path: &str) -> Value {
        if self.status == StatusCode::UNAUTHORIZED {
            return json!({"error": "Unauthorized", "message": self.message, "details": self.details});
        }
        json!({
            "timestamp": Moment::now().to_string(),
            "error": status_text(self.status),
            "message": self.message,
            "path": format!("uri={path}"),
            "tenantId": tenant.names.tenant,
            "internalErrorCode": "COMMON_ERROR_GENERIC",
            "details": self.details,
        })
    }
}

/// As the service spells a status: `400 BAD_REQUEST`.
fn status_text(status: StatusCode) -> String {
    let reason = status.canonical_reason().unwrap_or("Error");
    let reason = reason.to_uppercase().replace([' ', '-'], "_");
    format!("{} {reason}", status.as_u16())
}

/// A refusal of the login or the exchange.
#[derive(Debug)]
pub(crate) struct OAuthError {
    pub(crate) status: StatusCode,
    pub(crate) error: &'static str,
    pub(crate) description: &'static str,
}

impl OAuthError {
    pub(crate) const fn bad(error: &'static str, description: &'static str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            error,
            description,
        }
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = json!({"error": self.error, "error_description": self.description});
        (self.status, Json(body)).into_response()
    }
}

/// A refusal of Connect REST.
#[derive(Debug)]
pub(crate) struct ConnectError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: &'static str,
}

impl ConnectError {
    pub(crate) const NOT_FOUND: Self = Self {
        status: StatusCode::NOT_FOUND,
        code: "NOT_FOUND",
        message: "The requested resource does not exist",
    };

    /// A session that may not use the API.
    pub(crate) const NO_API: Self = Self {
        status: StatusCode::FORBIDDEN,
        code: "INSUFFICIENT_ACCESS",
        message: "This session is not valid for use with the API",
    };

    pub(crate) const fn bad(code: &'static str, message: &'static str) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            message,
        }
    }
}

impl IntoResponse for ConnectError {
    fn into_response(self) -> Response {
        let body = json!([{"errorCode": self.code, "message": self.message}]);
        (self.status, Json(body)).into_response()
    }
}
