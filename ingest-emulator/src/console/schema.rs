//! `GET /emulator/api/schema`: the connector's objects with fields, kinds and roles.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use ingest_schema::{Category, Field, RefreshMode, Role};
use serde_json::{Value, json};

use crate::object::Object;
use crate::tenant::Tenant;

pub(super) async fn show(State(tenant): State<Arc<Tenant>>) -> Json<Value> {
    let objects: Vec<_> = tenant
        .objects()
        .iter()
        .map(|object| shown(object))
        .collect();
    Json(json!({"connector": tenant.connector, "objects": objects}))
}

fn shown(object: &Object) -> Value {
    let schema = &object.schema;
    let fields = object.fields().iter().enumerate();
    let fields: Vec<_> = fields
        .map(|(at, field)| shown_field(object, at, field))
        .collect();
    json!({
        "name": schema.name,
        "description": schema.description,
        "category": schema.roles.category.map(Category::name),
        "refresh-mode": schema.roles.refresh_mode.map(RefreshMode::name),
        "has-data-stream": object.has_stream(),
        "fields": fields,
    })
}

fn shown_field(object: &Object, at: usize, field: &Field) -> Value {
    let named = object.schema.roles_of(&field.name);
    let mut roles: Vec<_> = named.iter().map(name).collect();
    if at == object.key && !named.has(Role::PrimaryKey) {
        roles.insert(0, "primary-key");
    }
    json!({
        "name": field.name,
        "kind": field.kind.name(),
        "roles": roles,
        "description": field.description,
    })
}

const fn name(role: Role) -> &'static str {
    match role {
        Role::PrimaryKey => "primary-key",
        Role::EventTime => "event-time",
        Role::RecordModified => "record-modified",
    }
}
