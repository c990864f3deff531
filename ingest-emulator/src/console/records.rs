//! `GET /emulator/api/records`: the last records with what became of them, the newest first.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::Uri;
use serde::{Deserialize, Serialize};

use super::answer::{Refused, limit, query};
use crate::object::Object;
use crate::record_search::{Examined, Filter, Found, Outcome, Search, field_of, key};
use crate::tenant::Tenant;

/// A page ends before it gets longer than this, but has one record.
const LONGEST: usize = 256 << 10;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Asked {
    /// Only numbers below.
    before: Option<u64>,
    limit: Option<usize>,
    object: Option<String>,
    outcome: Option<Outcome>,
    /// The number of a request: only its records.
    request: Option<u64>,
    /// Part of the record's JSON (so of its key too), of a field or of a reason.
    q: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Page {
    records: Vec<Record>,
    /// `before` of the next look; there may be more even where this one found nothing.
    next: Option<u64>,
    examined: Examined,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Record {
    number: u64,
    request: u64,
    at_ms: u64,
    object: Option<String>,
    outcome: Outcome,
    key: Option<String>,
    causes: Vec<Cause>,
    /// The JSON as it was sent; of a body that is no JSON, its beginning.
    record: String,
}

#[derive(Debug, Serialize)]
struct Cause {
    field: Option<String>,
    reason: String,
}

pub(super) async fn list(
    State(tenant): State<Arc<Tenant>>,
    uri: Uri,
) -> Result<Json<Page>, Refused> {
    let asked: Asked = query(&uri)?;
    let limit = limit(asked.limit)?;
    let object = asked.object.filter(|name| !name.is_empty());
    let position = |name: String| {
        tenant
            .position(&name)
            .ok_or_else(|| Refused::unknown_object(&name))
    };
    let filter = Filter {
        object: object.map(position).transpose()?,
        outcome: asked.outcome,
        request: asked.request,
        text: asked.q.filter(|text| !text.is_empty()),
    };
    let log = tenant.log();
    // Later than the log: objects are only added, so every position in it is there.
    let objects = tenant.objects();
    let search = Search {
        log: &log.records,
        objects: &objects,
        options: &tenant.options,
    };
    let page = search.page(&filter, asked.before.unwrap_or(u64::MAX), limit);
    let mut bytes = 0;
    let fitting = page.found.iter().take_while(|found| {
        bytes += found.text.len();
        bytes <= LONGEST || bytes == found.text.len()
    });
    let records: Vec<_> = fitting.map(|found| record(&objects, found)).collect();
    let is_cut = records.len() < page.found.len();
    let last = records.last().map(|record| record.number);
    Ok(Json(Page {
        next: if is_cut { last } else { page.next },
        records,
        examined: page.examined,
    }))
}

pub(super) async fn one(
    State(tenant): State<Arc<Tenant>>,
    Path(number): Path<String>,
) -> Result<Json<Record>, Refused> {
    let log = tenant.log();
    // Later than the log: objects are only added, so every position in it is there.
    let objects = tenant.objects();
    let search = Search {
        log: &log.records,
        objects: &objects,
        options: &tenant.options,
    };
    let found = number.parse().ok().and_then(|number| search.one(number));
    let missing = || {
        let message = format!("no record `{number}` is held; the oldest are forgotten first");
        Refused::not_found("record", message)
    };
    Ok(Json(record(&objects, &found.ok_or_else(missing)?)))
}

fn record(objects: &[Arc<Object>], found: &Found<'_>) -> Record {
    let object = found.object.map(|at| &objects[at]);
    Record {
        number: found.number,
        request: found.stamp.request,
        at_ms: found.stamp.at,
        object: object.map(|object| object.name().to_owned()),
        outcome: found.outcome,
        key: object.and_then(|object| key(object, found.text)),
        causes: found.causes.iter().map(|cause| Cause::of(cause)).collect(),
        record: found.text.to_owned(),
    }
}

impl Cause {
    fn of(cause: &str) -> Self {
        let (field, reason) = field_of(cause);
        Self {
            field: field.map(str::to_owned),
            reason: reason.to_owned(),
        }
    }
}
