//! `GET /api/v1/ingest/sources`: the connector, its objects and what they have counted.
//!
//! The call is known to exist; its body is not. This one is the emulator's own, and no client
//! should take it for the service's.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::auth::check_tenant_token;
use crate::object::Object;
use crate::options::SourcesBody;
use crate::table::Table;
use crate::tenant::Tenant;

pub(crate) async fn list(
    State(tenant): State<Arc<Tenant>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    match check_tenant_token(&tenant, &headers) {
        Ok(()) => Json(body(&tenant)).into_response(),
        Err(problem) => problem.answer(&tenant, uri.path()),
    }
}

fn body(tenant: &Tenant) -> Value {
    let (objects, store) = (tenant.objects(), tenant.store());
    let tables = objects.iter().zip(&store.tables);
    let objects: Vec<Value> = tables.map(|(object, table)| entry(object, table)).collect();
    let sources = json!([{"name": tenant.connector, "objects": objects}]);
    if tenant.options.sources_body == SourcesBody::Bare {
        return sources;
    }
    json!({
        "sources": sources,
        "lost": store.lost,
    })
}

fn entry(object: &Object, table: &Table) -> Value {
    let field =
        |field: &ingest_schema::Field| json!({"name": field.name, "dataType": field.kind.name()});
    json!({
        "name": object.name(),
        "fields": object.fields().iter().map(field).collect::<Vec<_>>(),
        "accepted": table.accepted,
        "rejected": table.rejected,
        "rows": table.len(),
    })
}
