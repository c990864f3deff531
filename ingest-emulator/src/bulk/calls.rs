//! The endpoints of bulk jobs: create, upload, close or abort, read, list and delete.
//!
//! Token first, then the limits, then what is asked. Files are held as they came.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::job::{Conflict, Job};
use super::jobs::{Order, Refused};
use super::state::{Operation, State};
use crate::answer::Problem;
use crate::auth::check_tenant_token;
use crate::moment::Moment;
use crate::options::HourlyLimit;
use crate::tenant::Tenant;

const MOST_FILES: usize = 100;
const LISTED: usize = 20;
const MOST_LISTED: usize = 100;

/// What axum takes from a request of any of the calls.
pub(crate) type Given = (Shared<Arc<Tenant>>, Uri, HeaderMap);

type Outcome = Result<(StatusCode, Value), Problem>;

fn answer(
    (Shared(tenant), uri, headers): &Given,
    call: impl FnOnce(&Tenant) -> Outcome,
) -> Response {
    let outcome = check_tenant_token(tenant, headers).and_then(|()| call(tenant));
    match outcome {
        Ok((status, Value::Null)) => status.into_response(),
        Ok((status, body)) => (status, Json(body)).into_response(),
        Err(problem) => problem.answer(tenant, uri.path()),
    }
}

fn now() -> (Moment, Instant) {
    (Moment::now(), Instant::now())
}

fn bad(message: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, message)
}

fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "The requested resource was not found.",
    )
}

impl From<Conflict> for Problem {
    fn from(_: Conflict) -> Self {
        let message = "The request conflicts with current state of the target resource.";
        Self::new(StatusCode::CONFLICT, message)
    }
}

/// One job too many.
fn busy(tenant: &Tenant, message: &'static str) -> Problem {
    let status = StatusCode::from_u16(tenant.options.job_limit_status);
    Problem::new(status.unwrap_or(StatusCode::TOO_MANY_REQUESTS), message)
}

/// Counts a call against the hour, if calls of this sort count.
fn check_hour(tenant: &Tenant, counts: HourlyLimit) -> Result<(), Problem> {
    let options = &tenant.options;
    let is_counted = options.hourly_limit == counts;
    let limit = options.jobs_per_hour;
    if !is_counted || tenant.store().jobs.hour.admit(Instant::now(), limit) {
        return Ok(());
    }
    Err(busy(tenant, "The bulk limit of this hour is used up."))
}

#[derive(Deserialize)]
struct NewJob {
    object: String,
    #[serde(rename = "sourceName")]
    source_name: String,
    operation: String,
}

/// `POST /api/v1/ingest/jobs`
pub(crate) async fn create(given: Given, body: Bytes) -> Response {
    answer(&given, |tenant| {
        check_hour(tenant, HourlyLimit::Requests)?;
        let asked: NewJob = serde_json::from_slice(&body)
            .map_err(|_| bad("Bad Request: a job has `object`, `sourceName` and `operation`."))?;
        let operation = Operation::from_name(&asked.operation)
            .ok_or_else(|| bad("Bad Request: `operation` is `upsert` or `delete`."))?;
        if asked.source_name != tenant.connector || tenant.position(&asked.object).is_none() {
            return Err(unknown());
        }
        let job = make(tenant, Job::new(asked.object, operation, now()))?;
        Ok((StatusCode::CREATED, job))
    })
}

fn make(tenant: &Tenant, job: Job) -> Result<Value, Problem> {
    let mut store = tenant.store();
    let jobs = &mut store.jobs;
    jobs.drop_forgotten(job.created);
    let id = job.id.clone();
    let shown = match jobs.add(job) {
        Ok(job) => job.shown(&tenant.connector),
        Err(Refused::Conflict) => return Err(Conflict.into()),
        Err(Refused::Busy) => return Err(busy(tenant, "Too many jobs are active.")),
    };
    drop(store);
    let counted = check_hour(tenant, HourlyLimit::Jobs);
    if counted.is_err() {
        tenant.store().jobs.remove(&id);
    }
    counted.map(|()| shown)
}

/// `PUT /api/v1/ingest/jobs/{id}/batches`
pub(crate) async fn upload(given: Given, Path(id): Path<String>, body: Bytes) -> Response {
    answer(&given, |tenant| {
        check_hour(tenant, HourlyLimit::Requests)?;
        let sort = given.2.get(header::CONTENT_TYPE);
        let sort = sort.and_then(|sort| sort.to_str().ok()).unwrap_or_default();
        if !sort.to_ascii_lowercase().starts_with("text/csv") {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "A batch is sent as text/csv."));
        }
        if body.len() > tenant.options.max_file {
            return Err(oversize(tenant));
        }
        let mut store = tenant.store();
        if store.bytes().saturating_add(body.len()) > tenant.options.memory {
            return Err(Problem::no_room());
        }
        let job = store.jobs.find(&id).ok_or_else(unknown)?;
        if job.state != State::Open {
            return Err(Conflict.into());
        }
        if job.files.len() >= MOST_FILES {
            return Err(bad(format!("A job has at most {MOST_FILES} files.")));
        }
        job.files.push(body);
        Ok((StatusCode::ACCEPTED, json!({"accepted": true})))
    })
}

/// The answer to a file over the limit.
pub(crate) fn oversize(tenant: &Tenant) -> Problem {
    let status = StatusCode::from_u16(tenant.options.oversize_status);
    let message = format!("A file exceeds {} bytes.", tenant.options.max_file);
    Problem::new(status.unwrap_or(StatusCode::PAYLOAD_TOO_LARGE), message)
}

#[derive(Deserialize)]
struct Change {
    state: String,
}

/// `PATCH /api/v1/ingest/jobs/{id}`
pub(crate) async fn patch(given: Given, Path(id): Path<String>, body: Bytes) -> Response {
    answer(&given, |tenant| {
        check_hour(tenant, HourlyLimit::Requests)?;
        let wanted = || bad("Bad Request: `state` is `UploadComplete` or `Aborted`.");
        let change: Change = serde_json::from_slice(&body).map_err(|_| wanted())?;
        let state = State::from_name(&change.state)
            .filter(|state| matches!(state, State::UploadComplete | State::Aborted))
            .ok_or_else(wanted)?;
        let mut store = tenant.store();
        let job = store.jobs.find(&id).ok_or_else(unknown)?;
        job.ask(state, now())?;
        tenant.bulk_news.notify_one();
        Ok((StatusCode::OK, job.shown(&tenant.connector)))
    })
}

/// `GET /api/v1/ingest/jobs/{id}`
pub(crate) async fn read(given: Given, Path(id): Path<String>) -> Response {
    answer(&given, |tenant| {
        let mut store = tenant.store();
        store.jobs.drop_forgotten(Moment::now());
        let job = store.jobs.find(&id).ok_or_else(unknown)?;
        Ok((StatusCode::OK, job.shown(&tenant.connector)))
    })
}

/// `DELETE /api/v1/ingest/jobs/{id}`
pub(crate) async fn delete(given: Given, Path(id): Path<String>) -> Response {
    answer(&given, |tenant| {
        check_hour(tenant, HourlyLimit::Requests)?;
        let mut store = tenant.store();
        let job = store.jobs.find(&id).ok_or_else(unknown)?;
        if !job.may_be_deleted() {
            return Err(Conflict.into());
        }
        store.jobs.remove(&id);
        Ok((StatusCode::NO_CONTENT, Value::Null))
    })
}

/// `GET /api/v1/ingest/jobs?limit&offset&orderBy&states`
pub(crate) async fn list(given: Given) -> Response {
    answer(&given, |tenant| {
        let query = Query::<HashMap<String, String>>::try_from_uri(&given.1);
        let params = query.map(|Query(params)| params).unwrap_or_default();
        let limit = number(&params, "limit", LISTED)?;
        let offset = number(&params, "offset", 0)?;
        if !(1..=MOST_LISTED).contains(&limit) {
            return Err(bad(format!("Bad Request: `limit` is 1 to {MOST_LISTED}.")));
        }
        let (by, descending) = order(params.get("orderBy").map(String::as_str))?;
        let states = states(params.get("states").map(String::as_str))?;
        let mut store = tenant.store();
        store.jobs.drop_forgotten(Moment::now());
        let jobs = store.jobs.sorted(&states, by, descending).into_iter();
        let page = jobs.skip(offset).take(limit);
        let page: Vec<Value> = page.map(|job| job.shown(&tenant.connector)).collect();
        Ok((StatusCode::OK, json!({ "data": page })))
    })
}

fn number(
    params: &HashMap<String, String>,
    name: &str,
    otherwise: usize,
) -> Result<usize, Problem> {
    let wrong = |_| bad(format!("Bad Request: `{name}` is a number."));
    params
        .get(name)
        .map_or(Ok(otherwise), |text| text.parse().map_err(wrong))
}

/// `createdDate` or `systemModstamp`, then `asc` or `desc`; the latest change first if not given.
fn order(text: Option<&str>) -> Result<(Order, bool), Problem> {
    let mut words = text.unwrap_or("systemModstamp").split_ascii_whitespace();
    let by = match words.next().map(str::to_ascii_lowercase).as_deref() {
        Some("createddate") => Some(Order::Created),
        Some("systemmodstamp") => Some(Order::Changed),
        _ => None,
    };
    let descending = match words.next().map(str::to_ascii_lowercase).as_deref() {
        None | Some("desc") => Some(true),
        Some("asc") => Some(false),
        _ => None,
    };
    let wanted =
        "Bad Request: `orderBy` is `createdDate` or `systemModstamp`, then `asc` or `desc`.";
    match (by, descending, words.next()) {
        (Some(by), Some(descending), None) => Ok((by, descending)),
        _ => Err(bad(wanted)),
    }
}

fn states(text: Option<&str>) -> Result<Vec<State>, Problem> {
    let names = text.unwrap_or_default().split(',').map(str::trim);
    let names = names.filter(|name| !name.is_empty());
    names
        .map(|name| {
            let wrong = || bad("Bad Request: `states` names states, with commas between them.");
            State::from_name(name).ok_or_else(wrong)
        })
        .collect()
}
