//! What Connect REST tells of a connection's schema, and how it is changed: `GET`, `PUT`, the test
//! of a change, and the file of endpoints.
//!
//! What may change is decided in `reshape`; token and version are checked in `connect`.

use std::convert::Infallible;

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::answer::ConnectError;
use crate::connect::{FIRST_VERSION, Given, allowed, respond, word};
use crate::document;
use crate::object::Object;
use crate::options::NewFields;
use crate::reshape::{Asked, SchemaError, reshape};
use crate::tenant::Tenant;

/// The first API version that has the file of endpoints.
const FIRST_WITH_ENDPOINTS: u32 = 61;

/// `GET ssot/connections/{id}/schema`
pub(crate) async fn read(given: Given, Path((version, id)): Path<(String, String)>) -> Response {
    respond(&given, &version, |tenant, _, _| {
        if is_idle(tenant, &id) {
            return Ok(json!({ "schemas": [] }));
        }
        check_connection(tenant, &id)?;
        Ok(body(tenant))
    })
}

/// `PUT ssot/connections/{id}/schema`: the whole set, with everything that is there.
pub(crate) async fn replace(
    given: Given,
    Path((version, id)): Path<(String, String)>,
    asked: Bytes,
) -> Response {
    let tenant = &given.0.0;
    let asked = match asked_of(&given, &version, &id, &asked) {
        Ok(asked) => asked,
        Err(error) => return error.into_response(),
    };
    let in_stream = tenant.options.new_fields == NewFields::AtOnce;
    match tenant.change_objects(|objects| reshape(objects, &asked, in_stream)) {
        Ok(()) => Json(body(tenant)).into_response(),
        Err(errors) => {
            let error =
                |error: SchemaError| json!({"errorCode": error.code, "message": error.message});
            let errors: Vec<Value> = errors.into_iter().map(error).collect();
            (StatusCode::BAD_REQUEST, Json(errors)).into_response()
        }
    }
}

/// `POST ssot/connections/{id}/schema/actions/test`: what the `PUT` would say.
pub(crate) async fn test(
    given: Given,
    Path((version, id)): Path<(String, String)>,
    asked: Bytes,
) -> Response {
    let tenant = &given.0.0;
    let asked = match asked_of(&given, &version, &id, &asked) {
        Ok(asked) => asked,
        Err(error) => return error.into_response(),
    };
    let errors = reshape(&tenant.objects(), &asked, true)
        .err()
        .unwrap_or_default();
    let error =
        |error: &SchemaError| json!({"errorCode": error.code, "errorMessage": error.message});
    let told: Vec<Value> = errors.iter().map(error).collect();
    Json(json!({"success": told.is_empty(), "errors": told})).into_response()
}

fn asked_of(given: &Given, version: &str, id: &str, body: &[u8]) -> Result<Asked, ConnectError> {
    allowed(given, version, FIRST_VERSION)?;
    check_connection(&given.0.0, id)?;
    let wanted = "a schema has `name` and `fields`, a field `name`, `label` and `dataType`";
    serde_json::from_slice(body).map_err(|_| ConnectError::bad("JSON_PARSER_ERROR", wanted))
}

fn check_connection(tenant: &Tenant, id: &str) -> Result<(), ConnectError> {
    if id == tenant.names.connection_id {
        Ok(())
    } else {
        Err(ConnectError::NOT_FOUND)
    }
}

fn is_idle(tenant: &Tenant, id: &str) -> bool {
    tenant.names.idle.iter().any(|idle| idle.id == id)
}

fn body(tenant: &Tenant) -> Value {
    let objects = tenant.objects();
    let schemas: Vec<Value> = objects.iter().map(|object| entry(tenant, object)).collect();
    json!({ "schemas": schemas })
}

fn entry(tenant: &Tenant, object: &Object) -> Value {
    let field = |field: &ingest_schema::Field| json!({"name": field.name, "label": field.name, "dataType": word(tenant, field.kind.name())});
    let status = if object.has_stream() {
        "InUse"
    } else {
        "Available"
    };
    json!({
        "label": object.name(),
        "name": object.name(),
        "schemaType": word(tenant, "IngestApi"),
        "availabilityStatus": word(tenant, status),
        "fields": object.fields().iter().map(field).collect::<Vec<_>>(),
    })
}

/// `GET ssot/connections/{id}/endpoints`: a file.
pub(crate) async fn endpoints(
    given: Given,
    Path((version, id)): Path<(String, String)>,
) -> Response {
    let tenant = &given.0.0;
    let checked = allowed(&given, &version, FIRST_WITH_ENDPOINTS);
    match checked.and_then(|()| check_connection(tenant, &id)) {
        Ok(()) => {
            let sort = [(header::CONTENT_TYPE, "application/octet-stream")];
            (sort, document::write(tenant)).into_response()
        }
        Err(error) => error.into_response(),
    }
}

/// Lets data streams have every field of their objects.
pub(crate) fn add_new_fields(tenant: &Tenant, object: &str) {
    let changed: Result<(), Infallible> = tenant.change_objects(|objects| {
        let all = objects.iter().map(|known| {
            if known.name() == object && known.is_narrow() {
                std::sync::Arc::new(known.with_whole_stream())
            } else {
                std::sync::Arc::clone(known)
            }
        });
        Ok(all.collect())
    });
    changed.unwrap_or_else(|never| match never {});
}
