//! What a tenant has counted so far, what a client must be told to find it, and how to begin anew.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::answer::{Refused, body};
use crate::options::Strictness;
use crate::recent::Second;
use crate::tenant::{Tenant, milliseconds};

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Shown {
    connector: String,
    url: String,
    is_lenient: bool,
    uptime_ms: u64,
    /// Since the start or the last reset, as the counts of each object.
    requests: u64,
    /// The number that the next request gets; numbers are never given twice.
    next_request: u64,
    requests_per_second_limit: u32,
    busiest_second: u32,
    lost: u64,
    objects: Vec<Counts>,
    records: Kept,
    faults: usize,
    /// The last five minutes, the oldest second first.
    recent: Vec<Second>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Counts {
    name: String,
    accepted: u64,
    /// In bodies that were refused; `bad` of them had something wrong.
    rejected: u64,
    bad: u64,
    blank: u64,
    late: u64,
    rows: usize,
}

/// The log of records.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Kept {
    /// The number that the next record gets.
    next: u64,
    kept: usize,
    kept_bad: usize,
    kept_bytes: usize,
    most: usize,
    most_bytes: usize,
}

pub(super) async fn show(State(tenant): State<Arc<Tenant>>) -> Json<Shown> {
    let (busiest_second, faults) = {
        let arrivals = tenant.arrivals();
        (arrivals.rate.busiest(), arrivals.rules.active().len())
    };
    let second = tenant.time().second;
    let (requests, next_request, recent) = {
        let mut log = tenant.log();
        (log.total(), log.next(), log.recent(second))
    };
    // By itself: a lock in the middle of what follows would be held to its end.
    let lost = tenant.store().lost;
    Json(Shown {
        connector: tenant.connector.clone(),
        url: tenant.url(),
        is_lenient: tenant.options.strictness == Strictness::Lenient,
        uptime_ms: milliseconds(tenant.started.elapsed()),
        requests,
        next_request,
        requests_per_second_limit: tenant.options.requests_per_second,
        busiest_second,
        lost,
        objects: counts(&tenant),
        records: kept(&tenant),
        faults,
        recent,
    })
}

fn counts(tenant: &Tenant) -> Vec<Counts> {
    let objects = tenant.objects();
    let log = tenant.log();
    let tallies: Vec<_> = (0..objects.len()).map(|at| log.records.tally(at)).collect();
    drop(log);
    let store = tenant.store();
    let tables = objects.iter().zip(&store.tables);
    let counts = tables.zip(tallies).map(|((object, table), tally)| Counts {
        name: object.name().to_owned(),
        accepted: table.accepted,
        rejected: table.rejected,
        bad: tally.bad,
        blank: tally.blank,
        late: tally.late,
        rows: table.len(),
    });
    counts.collect()
}

fn kept(tenant: &Tenant) -> Kept {
    let log = tenant.log();
    let [bodies, bad] = log.records.held();
    let bounds = log.records.bounds();
    Kept {
        next: log.records.next(),
        kept: bodies.records,
        kept_bad: bad.records,
        kept_bytes: bodies.bytes + bad.bytes,
        most: bounds.records,
        most_bytes: bounds.bytes,
    }
}

/// The environment of a client, with the secret that was drawn for this emulator.
pub(super) async fn variables(State(tenant): State<Arc<Tenant>>) -> Json<Map<String, Value>> {
    let vars = tenant.vars().into_iter();
    Json(
        vars.map(|(name, value)| (name.to_owned(), value.into()))
            .collect(),
    )
}

/// Bulk jobs as the service shows them, the newest first.
pub(super) async fn jobs(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    let jobs = {
        let store = tenant.store();
        let newest_first = store.jobs.all.iter().rev();
        let shown = newest_first.map(|job| job.shown(&tenant.connector));
        shown.collect::<Vec<_>>()
    };
    Json(json!({"jobs": jobs}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

pub(super) async fn reset(
    State(tenant): State<Arc<Tenant>>,
    bytes: Bytes,
) -> Result<Json<Value>, Refused> {
    let Nothing {} = body(&bytes)?;
    tenant.reset();
    Ok(Json(json!({})))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expire {
    tokens: Option<Which>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Which {
    Org,
    Tenant,
}

pub(super) async fn expire_tokens(
    State(tenant): State<Arc<Tenant>>,
    bytes: Bytes,
) -> Result<Json<Value>, Refused> {
    let Expire { tokens } = body(&bytes)?;
    if tokens != Some(Which::Org) {
        tenant.tenant_tokens().expire();
    }
    if tokens != Some(Which::Tenant) {
        tenant.org_tokens().expire();
    }
    Ok(Json(json!({})))
}
