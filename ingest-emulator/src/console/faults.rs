//! `/emulator/api/faults`: the rules by which the tenant misbehaves, seen and changed.
//!
//! A rule is written as everywhere else; see [`Rule`](crate::Rule).

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Refused, body};
use crate::fault::Rule;
use crate::tenant::Tenant;

/// More rules than anybody watches; each is asked at every request.
const MOST: usize = 200;

pub(super) async fn list(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    let active = tenant.arrivals().rules.active();
    Json(json!({"faults": active}))
}

pub(super) async fn add(
    State(tenant): State<Arc<Tenant>>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let rule: Rule = body(&bytes)?;
    if tenant.arrivals().rules.active().len() >= MOST {
        let message = format!("there are {MOST} rules already; remove some");
        return Err(Refused::bad("rules", message));
    }
    match tenant.add_rule(rule) {
        Ok(id) => Ok((StatusCode::CREATED, Json(json!({"id": id})))),
        Err(error) => Err(Refused::bad(error.code(), error.to_string())),
    }
}

pub(super) async fn clear(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    tenant.arrivals().rules.clear();
    Json(json!({}))
}

pub(super) async fn remove(
    State(tenant): State<Arc<Tenant>>,
    Path(id): Path<String>,
) -> Result<Json<Value>, Refused> {
    let is_gone = id
        .parse()
        .is_ok_and(|id| tenant.arrivals().rules.remove(id));
    let missing = || Refused::not_found("rule", format!("there is no rule `{id}`"));
    is_gone.then(|| Json(json!({}))).ok_or_else(missing)
}
