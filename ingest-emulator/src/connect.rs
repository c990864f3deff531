//! The part of Connect REST that a tool reads a schema from: connections and data streams, and what
//! all of its calls have in common.
//!
//! With the org token, under any API version from 62.0 on. Names get the suffixes that the platform
//! gives them, so that a client has to undo them.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::answer::ConnectError;
use crate::auth::{has_org_token, has_scope};
use crate::object::Object;
use crate::options::EnumCase;
use crate::page::Page;
use crate::table::Table;
use crate::tenant::Tenant;

/// The first API version that has these resources.
pub(crate) const FIRST_VERSION: u32 = 62;

pub(crate) type Params = HashMap<String, String>;
pub(crate) type Given = (State<Arc<Tenant>>, Uri, HeaderMap);

const NO_SESSION: ConnectError = ConnectError {
    status: StatusCode::UNAUTHORIZED,
    code: "INVALID_SESSION_ID",
    message: "Session expired or invalid",
};

/// `GET ssot/connections?connectorType=IngestApi`
pub(crate) async fn connections(given: Given, Path(version): Path<String>) -> Response {
    respond(&given, &version, connections_body)
}

/// `GET ssot/data-streams?connectionName=…`
pub(crate) async fn streams(given: Given, Path(version): Path<String>) -> Response {
    respond(&given, &version, streams_body)
}

/// `GET ssot/data-streams/{name}`
pub(crate) async fn stream(
    given: Given,
    Path((version, name)): Path<(String, String)>,
) -> Response {
    respond(&given, &version, |tenant, _, _| one_stream(tenant, &name))
}

/// Checks what all calls have in common, then answers with the body or the error.
pub(crate) fn respond(
    given: &Given,
    version: &str,
    body: impl FnOnce(&Tenant, &Uri, &Params) -> Result<Value, ConnectError>,
) -> Response {
    let (State(tenant), uri, _) = given;
    let params = Query::<Params>::try_from_uri(uri).map(|Query(params)| params);
    let body = allowed(given, version, FIRST_VERSION)
        .and_then(|()| body(tenant, uri, &params.unwrap_or_default()));
    match body {
        Ok(body) => Json(body).into_response(),
        Err(error) => error.into_response(),
    }
}

/// Whether the caller may ask, and the version has what it asks for.
pub(crate) fn allowed(
    (State(tenant), _, headers): &Given,
    version: &str,
    first: u32,
) -> Result<(), ConnectError> {
    if !has_org_token(tenant, headers) {
        return Err(NO_SESSION);
    }
    if !has_scope(tenant, "api") {
        return Err(ConnectError::NO_API);
    }
    if version_number(version).is_none_or(|number| number < first) {
        return Err(ConnectError::NOT_FOUND);
    }
    Ok(())
}

/// A word of the platform as this tenant spells it.
pub(crate) fn word(tenant: &Tenant, documented: &str) -> String {
    match tenant.options.enum_case {
        EnumCase::Documented => documented.to_owned(),
        EnumCase::Upper => documented.to_ascii_uppercase(),
        EnumCase::Lower => documented.to_ascii_lowercase(),
    }
}

/// `v62.0` is 62.
fn version_number(version: &str) -> Option<u32> {
    let number = version.strip_prefix('v')?.strip_suffix(".0")?;
    number.parse().ok()
}

fn connections_body(tenant: &Tenant, uri: &Uri, params: &Params) -> Result<Value, ConnectError> {
    let missing = "connectorType is required";
    let connector_type = params
        .get("connectorType")
        .ok_or(ConnectError::bad("MISSING_ARGUMENT", missing))?;
    let page = Page::of(params)?;
    let is_ours = connector_type.eq_ignore_ascii_case("IngestApi");
    let names = &tenant.names;
    let mut all = Vec::new();
    if is_ours {
        let (id, label) = (&names.connection_id, &tenant.connector);
        all.push(connection(tenant, id, label, &names.connection));
        let idle = names.idle.iter();
        all.extend(idle.map(|idle| connection(tenant, &idle.id, &idle.label, &idle.name)));
    }
    Ok(page.body("connections", uri, &all))
}

fn connection(tenant: &Tenant, id: &str, label: &str, name: &str) -> Value {
    json!({
        "connectorType": word(tenant, "IngestApi"),
        "id": id,
        "label": label,
        "name": name,
        "status": word(tenant, "CONNECTED"),
        "tenantSpecificEndpoint": tenant.address.to_string(),
    })
}

fn streams_body(tenant: &Tenant, uri: &Uri, params: &Params) -> Result<Value, ConnectError> {
    let page = Page::of(params)?;
    let is_ours = params
        .get("connectionName")
        .is_none_or(|name| *name == tenant.names.connection || *name == tenant.connector);
    let all: Vec<Value> = if is_ours {
        all_streams(tenant)
    } else {
        Vec::new()
    };
    Ok(page.body("dataStreams", uri, &all))
}

fn all_streams(tenant: &Tenant) -> Vec<Value> {
    let (objects, store) = (tenant.objects(), tenant.store());
    let tables = objects.iter().zip(&store.tables);
    tables
        .filter(|(object, _)| object.has_stream())
        .map(|(object, table)| stream_body(tenant, object, table))
        .collect()
}

fn one_stream(tenant: &Tenant, name: &str) -> Result<Value, ConnectError> {
    let mut streams = all_streams(tenant).into_iter();
    streams
        .find(|stream| stream["name"] == name)
        .ok_or(ConnectError::NOT_FOUND)
}

/// Rows and the last run are those that have landed.
fn stream_body(tenant: &Tenant, object: &Object, table: &Table) -> Value {
    let name = stream_name(tenant, object);
    let mode = if object.partial {
        "PARTIAL_UPDATE"
    } else {
        "UPSERT"
    };
    let connector = word(tenant, "IngestApi");
    let run = table.last_run;
    json!({
        "name": name,
        "label": name,
        "status": word(tenant, "ACTIVE"),
        "connectorInfo": {
            "connectorType": connector,
            "connectorDetails": {"name": tenant.names.connection, "events": [object.name()]},
        },
        "dataLakeObjectInfo": lake_object(tenant, object),
        "sourceFields": stream_fields(object).map(|(_, field)| source_field(field)).collect::<Vec<_>>(),
        "refreshConfig": {"refreshMode": word(tenant, mode)},
        "lastRunStatus": word(tenant, run_status(table)),
        "lastRefreshDate": run.map(|run| run.at.to_string()),
        "lastAddedRecords": run.map_or(0, |run| run.added),
        "lastProcessedRecords": run.map_or(0, |run| run.processed),
        "totalRecords": table.len(),
    })
}

fn run_status(table: &Table) -> &'static str {
    match table.last_run {
        _ if table.is_suspended => "CANCELED",
        _ if table.waiting() > 0 => "PENDING",
        None => "NONE",
        Some(_) => "SUCCESS",
    }
}

/// The name of the object's data stream.
pub(crate) fn stream_name(tenant: &Tenant, object: &Object) -> String {
    format!("{}_{}", object.name(), tenant.connector)
}

/// The name of the data lake object that the stream fills.
pub(crate) fn lake_name(tenant: &Tenant, object: &Object) -> String {
    format!("{}__dll", stream_name(tenant, object))
}

/// The fields that the data stream has, with their positions.
pub(crate) fn stream_fields(
    object: &Object,
) -> impl Iterator<Item = (usize, &ingest_schema::Field)> {
    let all = object.fields().iter().enumerate();
    all.filter(|(at, _)| object.is_in_stream(*at))
}

fn lake_object(tenant: &Tenant, object: &Object) -> Value {
    let column = |name: &str| format!("{name}__c");
    let roles = &object.schema.roles;
    let fields = stream_fields(object).map(|(at, field)| {
        json!({
            "name": column(&field.name),
            "label": field.name,
            "dataType": word(tenant, field.kind.name()),
            "isPrimaryKey": at == object.key,
        })
    });
    json!({
        "name": lake_name(tenant, object),
        "label": stream_name(tenant, object),
        "category": word(tenant, object.category().name()),
        "eventDateTimeFieldName": roles.event_time.as_deref().map(column),
        "recordModifiedFieldName": roles.record_modified.as_deref().map(column),
        "dataLakeFieldInfoRepresentation": fields.collect::<Vec<_>>(),
    })
}

fn source_field(field: &ingest_schema::Field) -> Value {
    let (_, format) = field.kind.openapi();
    json!({"name": field.name, "datatype": field.kind.name(), "format": format})
}
