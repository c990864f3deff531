//! The streaming endpoints of one object: upsert, test and delete.
//!
//! Each looks at token, connector and object, size, JSON and records in this order; the first that
//! fails is the answer. A body is applied whole or not at all.

use std::sync::{Arc, MutexGuard};
use std::time::Instant;

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
use crate::options::{Answer, Strictness, Undeployed};
use crate::problems::ProblemRecord;
use crate::record_log::{BadRecord, Noted, Verdict};
use crate::report;
use crate::scan::Malformed;
use crate::store::Store;
use crate::table::{Accepted, Landing};
use crate::tenant::{Objects, Tenant};

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
    /// As they were when the call came.
    objects: Objects,
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
    let mut outcome = call.upsert();
    let noted = call.noted(&mut outcome);
    let mut response = call.answer(outcome, status);
    if let Some(noted) = noted {
        response.extensions_mut().insert(noted);
    }
    response
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
            objects: tenant.objects(),
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

    /// What the log shall know of an upsert; nothing where no record was looked at.
    fn noted(&self, outcome: &mut Result<usize, Problem>) -> Option<Noted> {
        let mut objects = self.objects.iter();
        let object = objects.position(|known| known.name() == self.object);
        let (records, verdict) = match outcome {
            Ok(records) if object.is_some_and(|at| self.loses(at)) => (*records, Verdict::Lost),
            Ok(records) if self.is_lenient() => (*records, Verdict::Lenient(self.landing)),
            Ok(records) => (*records, Verdict::Accepted(self.landing)),
            Err(problem) if !problem.bad.is_empty() => {
                let bad = std::mem::take(&mut problem.bad);
                (problem.records, Verdict::Refused(bad))
            }
            Err(problem) if problem.status == StatusCode::BAD_REQUEST => {
                (0, Verdict::Malformed(problem.message().to_owned()))
            }
            Err(_) => return None,
        };
        Some(Noted {
            object,
            body: self.body.clone(),
            records,
            verdict,
        })
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
        let count = ids.len();
        if let Some(at) = at {
            let (before, now) = (Moment::now(), Instant::now());
            let mut store = self.room()?;
            store.begin_body(at);
            for key in ids {
                let delete = Accepted::Delete { key, before };
                store.land(at, self.object(at), delete, now);
            }
        }
        Ok(count)
    }

    /// The object's position; `None` for an unknown object of a lenient tenant, which says nothing.
    fn open(&self) -> Result<Option<usize>, Problem> {
        check_tenant_token(&self.tenant, &self.headers)?;
        let mut objects = self.objects.iter();
        let at = objects.position(|known| known.name() == self.object);
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
        &self.objects[at]
    }

    fn land(&self, at: usize) -> Result<usize, Problem> {
        let records = match self.check(at) {
            Ok(records) => records,
            Err(problem) => {
                self.tenant.store().tables[at].rejected += problem.records as u64;
                return Err(problem);
            }
        };
        let count = records.len();
        let now = Instant::now();
        let mut store = self.room()?;
        if self.loses(at) {
            store.lost += count as u64;
            return Ok(count);
        }
        store.begin_body(at);
        for record in records {
            store.land(at, self.object(at), self.accepted(record, None), now);
        }
        drop(store);
        self.tenant.has_landed();
        Ok(count)
    }

    fn accepted<'a>(
        &self,
        record: Upsert<'a>,
        problem: Option<Box<ProblemRecord>>,
    ) -> Accepted<'a> {
        Accepted::Upsert {
            record,
            landing: self.landing,
            problem,
        }
    }

    /// Whether what is accepted goes nowhere.
    fn loses(&self, at: usize) -> bool {
        let loses = self.tenant.options.undeployed == Undeployed::Lose;
        loses && !self.object(at).has_stream()
    }

    /// The store, if there is room for more.
    fn room(&self) -> Result<MutexGuard<'_, Store>, Problem> {
        let store = self.tenant.store();
        if store.bytes() < self.tenant.options.memory {
            Ok(store)
        } else {
            Err(Problem::no_room())
        }
    }

    /// Without an object, all records are lost.
    fn land_leniently(&self, at: Option<usize>) -> Result<usize, Problem> {
        let texts = Records::of(&self.body)?.texts()?;
        let at = at.filter(|at| !self.loses(*at));
        let mut store = self.room()?;
        if let Some(at) = at {
            store.begin_body(at);
        }
        let now = Instant::now();
        for text in &texts {
            match at {
                Some(at) => self.land_one_leniently(&mut store, at, text, now),
                None => store.lost += 1,
            }
        }
        drop(store);
        self.tenant.has_landed();
        Ok(texts.len())
    }

    fn land_one_leniently(&self, store: &mut Store, at: usize, text: &str, now: Instant) {
        let object = self.object(at);
        match lenient::record(object, &self.tenant.options, text) {
            Ok((record, problem)) => {
                store.land(at, object, self.accepted(record, problem), now);
            }
            Err(problem) => {
                store.lost += 1;
                store.problems.push(*problem);
            }
        }
    }

    /// Every record is looked at, so that the report is complete.
    fn check(&self, at: usize) -> Result<Vec<Upsert<'_>>, Problem> {
        let mut checker = Checker::new(self.object(at), &self.tenant.options);
        let mut good = Vec::new();
        let mut entries = Vec::new();
        let mut bad = Vec::new();
        let mut records = Records::of(&self.body)?;
        while let Some(scan) = records.next()? {
            match checker.record(scan) {
                Ok(record) => good.push(record),
                Err(Refusal::Causes(text, causes)) => {
                    entries.push(report::entry(text, &causes));
                    bad.push(BadRecord {
                        place: good.len() + bad.len(),
                        text: text.to_owned(),
                        causes,
                    });
                }
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
            let mut problem = Problem::mismatch(self.report(&entries), records);
            problem.bad = bad;
            Err(problem)
        }
    }

    /// As much of the report as this tenant gives.
    fn report<'a>(&self, entries: &'a [Value]) -> Option<&'a [Value]> {
        let options = &self.tenant.options;
        let named = if options.first_failing_only {
            &entries[..entries.len().min(1)]
        } else {
            entries
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
