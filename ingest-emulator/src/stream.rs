//! The streaming endpoints of one object: upsert, test and delete.
//!
//! Each looks at token, connector and object, size, JSON and records in this order; the first that
//! fails is the answer. A body is applied whole or not at all.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};

use crate::answer::{Problem, RecordCount};
use crate::auth::check_tenant_token;
use crate::body::{self, Records};
use crate::check::{Checker, Refusal, Upsert};
use crate::lenient;
use crate::moment::Moment;
use crate::object::Object;
use crate::options::{Answer, Strictness};
use crate::report;
use crate::scan::Malformed;
use crate::store::Landing;
use crate::tenant::Tenant;

/// The most keys that one delete takes.
const MOST_IDS: usize = 200;

/// What axum takes from a request of any of the three calls.
pub(crate) type Parts = (
    State<Arc<Tenant>>,
    Path<(String, String)>,
    Uri,
    HeaderMap,
    Option<Extension<Landing>>,
    Bytes,
);

struct Call {
    tenant: Arc<Tenant>,
    connector: String,
    object: String,
    uri: Uri,
    headers: HeaderMap,
    landing: Landing,
    body: Bytes,
}

/// `POST /api/v1/ingest/sources/{connector}/{object}`
pub(crate) async fn upsert(parts: Parts) -> Response {
    let call = Call::of(parts);
    let status = match call.tenant.options.answer {
        Answer::Accepted202 => StatusCode::ACCEPTED,
        Answer::NoContent204 => StatusCode::NO_CONTENT,
    };
    call.answer(call.upsert(), status)
}

/// `POST /api/v1/ingest/sources/{connector}/{object}/actions/test`: strict in any mode.
pub(crate) async fn test(parts: Parts) -> Response {
    let call = Call::of(parts);
    let status = StatusCode::from_u16(call.tenant.options.test_status);
    call.answer(call.test(), status.unwrap_or(StatusCode::ACCEPTED))
}

/// `DELETE /api/v1/ingest/sources/{connector}/{object}`
pub(crate) async fn delete(parts: Parts) -> Response {
    let call = Call::of(parts);
    call.answer(call.delete(), StatusCode::ACCEPTED)
}

impl Call {
    fn of(parts: Parts) -> Self {
        let (State(tenant), Path((connector, object)), uri, headers, landing, body) = parts;
        Self {
            landing: landing.map_or_else(Landing::default, |Extension(landing)| landing),
            tenant,
            connector,
            object,
            uri,
            headers,
            body,
        }
    }

    fn answer(&self, outcome: Result<usize, Problem>, success: StatusCode) -> Response {
        let records = match outcome {
            Ok(records) => records,
            Err(problem) => return problem.answer(&self.tenant, self.uri.path()),
        };
        let mut response = match success {
            StatusCode::NO_CONTENT => success.into_response(),
            _ => (success, Json(json!({"accepted": true}))).into_response(),
        };
        response.extensions_mut().insert(RecordCount(records));
        response
    }

    fn upsert(&self) -> Result<usize, Problem> {
        match self.open()? {
            Some(at) if !self.is_lenient() => self.land(at),
            at => self.land_leniently(at),
        }
    }

    fn test(&self) -> Result<usize, Problem> {
        let at = self.open()?.ok_or_else(not_found)?;
        Ok(self.check(at)?.len())
    }

    fn delete(&self) -> Result<usize, Problem> {
        let at = self.open()?;
        let ids = body::ids(&self.body, &self.uri)?;
        if ids.is_empty() || ids.len() > MOST_IDS {
            let message = format!("Bad Request: a delete takes 1 to {MOST_IDS} ids.");
            return Err(Problem::new(StatusCode::BAD_REQUEST, message));
        }
        if let Some(at) = at {
            let now = Moment::now();
            let mut store = self.tenant.store();
            for id in &ids {
                store.tables[at].delete(id, now);
            }
        }
        Ok(ids.len())
    }

    /// The object's position; `None` for an unknown object of a lenient tenant, which says nothing.
    fn open(&self) -> Result<Option<usize>, Problem> {
        check_tenant_token(&self.tenant, &self.headers)?;
        let at = self.tenant.position(&self.object);
        if self.connector != self.tenant.connector || (at.is_none() && !self.is_lenient()) {
            return Err(not_found());
        }
        if self.body.len() > self.tenant.options.max_body {
            return Err(oversize(&self.tenant));
        }
        Ok(at)
    }

    fn is_lenient(&self) -> bool {
        self.tenant.options.strictness == Strictness::Lenient
    }

    fn object(&self, at: usize) -> &Object {
        &self.tenant.objects[at]
    }

    fn land(&self, at: usize) -> Result<usize, Problem> {
        let checked = self.check(at);
        let mut store = self.tenant.store();
        match &checked {
            Ok(records) => {
                for record in records {
                    store.land(at, self.object(at), record, self.landing);
                }
                self.tenant.has_landed();
            }
            Err(problem) => store.tables[at].rejected += problem.records as u64,
        }
        checked.map(|records| records.len())
    }

    /// Without an object, all records are lost.
    fn land_leniently(&self, at: Option<usize>) -> Result<usize, Problem> {
        let texts = Records::of(&self.body)?.texts()?;
        let mut store = self.tenant.store();
        for text in &texts {
            let landed = at.and_then(|at| {
                let object = self.object(at);
                let record = lenient::record(object, &self.tenant.options, text)?;
                store.land(at, object, &record, self.landing);
                Some(())
            });
            store.lost += u64::from(landed.is_none());
        }
        self.tenant.has_landed();
        Ok(texts.len())
    }

    /// Every record is looked at, so that the report is complete.
    fn check(&self, at: usize) -> Result<Vec<Upsert<'_>>, Problem> {
        let mut checker = Checker::new(self.object(at), &self.tenant.options);
        let mut good = Vec::new();
        let mut bad = Vec::new();
        let mut records = Records::of(&self.body)?;
        while let Some(scan) = records.next()? {
            match checker.record(scan) {
                Ok(record) => good.push(record),
                Err(Refusal::Causes(text, causes)) => bad.push(report::entry(text, &causes)),
                Err(Refusal::Malformed) => return Err(Malformed.into()),
                Err(Refusal::Twice(key)) => {
                    let message =
                        format!("Bad Request: JSON is malformed. Duplicate key \"{key}\"");
                    return Err(Problem::new(StatusCode::BAD_REQUEST, message));
                }
            }
        }
        if bad.is_empty() {
            Ok(good)
        } else {
            let records = good.len() + bad.len();
            Err(Problem::mismatch(self.report(&bad), records))
        }
    }

    /// As much of the report as this tenant gives.
    fn report<'a>(&self, bad: &'a [Value]) -> Option<&'a [Value]> {
        let options = &self.tenant.options;
        let named = if options.first_failing_only {
            &bad[..bad.len().min(1)]
        } else {
            bad
        };
        options.reports.then_some(named)
    }
}

impl From<Malformed> for Problem {
    fn from(_: Malformed) -> Self {
        Self::malformed()
    }
}

fn not_found() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "The requested resource was not found.",
    )
}

/// The answer to a body over the limit.
pub(crate) fn oversize(tenant: &Tenant) -> Problem {
    let status = StatusCode::from_u16(tenant.options.oversize_status);
    let message = format!("Request body exceeds {} bytes.", tenant.options.max_body);
    Problem::new(status.unwrap_or(StatusCode::PAYLOAD_TOO_LARGE), message)
}
