//! `GET /api/v1/metadata`: the data lake objects of the tenant, with the lake's names and types.
//!
//! Lossy, as the service's own: e-mail addresses and percentages are strings like any other.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use ingest_schema::Kind;
use serde_json::{Value, json};

use crate::auth::check_known_token;
use crate::connect::{lake_name, stream_fields, stream_name};
use crate::object::Object;
use crate::tenant::Tenant;

pub(crate) async fn list(
    State(tenant): State<Arc<Tenant>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    match check_known_token(&tenant, &headers) {
        Ok(()) => Json(body(&tenant)).into_response(),
        Err(problem) => problem.answer(&tenant, uri.path()),
    }
}

fn body(tenant: &Tenant) -> Value {
    let objects = tenant.objects();
    let deployed = objects.iter().filter(|object| object.has_stream());
    let all: Vec<Value> = deployed.map(|object| entry(tenant, object)).collect();
    json!({ "metadata": all })
}

fn entry(tenant: &Tenant, object: &Object) -> Value {
    let column = |name: &str| format!("{name}__c");
    let field = |(_, field): (usize, &ingest_schema::Field)| json!({"name": column(&field.name), "displayName": field.name, "type": sort(field.kind)});
    let key = &object.fields()[object.key].name;
    json!({
        "name": lake_name(tenant, object),
        "displayName": stream_name(tenant, object),
        "category": object.category().name(),
        "fields": stream_fields(object).map(field).collect::<Vec<_>>(),
        "primaryKeys": [{"name": column(key), "displayName": key, "indexOrder": "1"}],
    })
}

fn sort(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "NUMBER",
        Kind::Boolean => "BOOLEAN",
        Kind::Date => "DATE",
        Kind::DateTime => "DATE_TIME",
        Kind::Text | Kind::Email | Kind::Phone | Kind::Percent | Kind::Url => "STRING",
    }
}
