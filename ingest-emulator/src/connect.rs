//! The part of Connect REST that a tool reads a schema from: connections, schemas, data streams.
//!
//! Reads only, with the org token, under any API version from 62.0 on. Names get the suffixes that
//! the platform gives them, so that a client has to undo them.

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
use crate::page::Page;
use crate::table::Table;
use crate::tenant::Tenant;

/// The first API version that has these resources.
const FIRST_VERSION: u32 = 62;

type Params = HashMap<String, String>;
type Given = (State<Arc<Tenant>>, Uri, HeaderMap);

const NO_SESSION: ConnectError = ConnectError {
    status: StatusCode::UNAUTHORIZED,
    code: "INVALID_SESSION_ID",
    message: "Session expired or invalid",
};

/// `GET ssot/connections?connectorType=IngestApi`
pub(crate) async fn connections(given: Given, Path(version): Path<String>) -> Response {
    respond(&given, &version, connections_body)
}

/// `GET ssot/connections/{id}/schema`
pub(crate) async fn schema(given: Given, Path((version, id)): Path<(String, String)>) -> Response {
    respond(&given, &version, |tenant, _, _| schema_body(tenant, &id))
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
fn respond(
    (State(tenant), uri, headers): &Given,
    version: &str,
    body: impl FnOnce(&Tenant, &Uri, &Params) -> Result<Value, ConnectError>,
) -> Response {
    if !has_org_token(tenant, headers) {
        return NO_SESSION.into_response();
    }
    if !has_scope(tenant, "api") {
        return ConnectError::NO_API.into_response();
    }
    if version_number(version).is_none_or(|number| number < FIRST_VERSION) {
        return ConnectError::NOT_FOUND.into_response();
    }
    let params = Query::<Params>::try_from_uri(uri).map(|Query(params)| params);
    match body(tenant, uri, &params.unwrap_or_default()) {
        Ok(body) => Json(body).into_response(),
        Err(error) => error.into_response(),
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
    let all: Vec<Value> = is_ours.then(|| connection(tenant)).into_iter().collect();
    Ok(page.body("connections", uri, &all))
}

fn connection(tenant: &Tenant) -> Value {
    json!({
        "connectorType": "IngestApi",
        "id": tenant.names.connection_id,
        "label": tenant.connector,
        "name": tenant.names.connection,
        "status": "CONNECTED",
        "tenantSpecificEndpoint": tenant.address.to_string(),
    })
}

fn schema_body(tenant: &Tenant, id: &str) -> Result<Value, ConnectError> {
    if id != tenant.names.connection_id {
        return Err(ConnectError::NOT_FOUND);
    }
    let schemas: Vec<Value> = tenant
        .objects()
        .iter()
        .map(|object| schema_entry(object))
        .collect();
    Ok(json!({ "schemas": schemas }))
}

fn schema_entry(object: &Object) -> Value {
    let field = |field: &ingest_schema::Field| json!({"name": field.name, "label": field.name, "dataType": field.kind.name()});
    json!({
        "label": object.name(),
        "name": object.name(),
        "schemaType": "IngestApi",
        "availabilityStatus": if object.has_stream() { "InUse" } else { "Available" },
        "fields": object.fields().iter().map(field).collect::<Vec<_>>(),
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

/// Counts are of now and of all time: rows are there at once, and no run ever ends.
fn stream_body(tenant: &Tenant, object: &Object, table: &Table) -> Value {
    let name = format!("{}_{}", object.name(), tenant.connector);
    json!({
        "name": name,
        "label": name,
        "status": "ACTIVE",
        "connectorInfo": {
            "connectorType": "IngestApi",
            "connectorDetails": {"name": tenant.names.connection, "events": [object.name()]},
        },
        "dataLakeObjectInfo": lake_object(object, &name),
        "sourceFields": object.fields().iter().map(source_field).collect::<Vec<_>>(),
        "refreshConfig": {"refreshMode": if object.partial { "PARTIAL_UPDATE" } else { "UPSERT" }},
        "lastRunStatus": "SUCCESS",
        "lastProcessedRecords": table.accepted,
        "totalRecords": table.len(),
    })
}

fn lake_object(object: &Object, stream: &str) -> Value {
    let column = |name: &str| format!("{name}__c");
    let roles = &object.schema.roles;
    let fields = object.fields().iter().enumerate().map(|(at, field)| {
        json!({
            "name": column(&field.name),
            "label": field.name,
            "dataType": field.kind.name(),
            "isPrimaryKey": at == object.key,
        })
    });
    json!({
        "name": format!("{stream}__dll"),
        "label": stream,
        "category": object.category().name(),
        "eventDateTimeFieldName": roles.event_time.as_deref().map(column),
        "recordModifiedFieldName": roles.record_modified.as_deref().map(column),
        "dataLakeFieldInfoRepresentation": fields.collect::<Vec<_>>(),
    })
}

fn source_field(field: &ingest_schema::Field) -> Value {
    let (_, format) = field.kind.openapi();
    json!({"name": field.name, "datatype": field.kind.name(), "format": format})
}
