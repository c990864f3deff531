//! Writes the connector's schema as an OpenAPI file, as an org gives it out: fields and kinds, but
//! no key and no category.
//!
//! YAML in which every text is quoted as JSON quotes it, so that no name needs to be looked at.

use std::fmt::{self, Write};

use serde_json::json;

use crate::object::Object;
use crate::options::EndpointsBody;
use crate::tenant::Tenant;

pub(crate) fn write(tenant: &Tenant) -> String {
    let mut text = String::new();
    let written = document(tenant, &mut text);
    written.expect("BUG: a string takes what is written to it");
    text
}

fn document(tenant: &Tenant, to: &mut String) -> fmt::Result {
    let objects = tenant.objects();
    writeln!(to, "openapi: \"3.0.3\"")?;
    if tenant.options.endpoints_body == EndpointsBody::Whole {
        writeln!(to, "info:\n  title: {}", json!(tenant.connector))?;
        writeln!(
            to,
            "  version: \"1.0.0\"\nservers:\n  - url: {}",
            json!(tenant.url())
        )?;
        writeln!(to, "paths:{}", if objects.is_empty() { " {}" } else { "" })?;
        for object in objects.iter() {
            path(tenant, object, to)?;
        }
    }
    let nothing = if objects.is_empty() { " {}" } else { "" };
    writeln!(to, "components:\n  schemas:{nothing}")?;
    for object in objects.iter() {
        schema(object, to)?;
    }
    Ok(())
}

fn path(tenant: &Tenant, object: &Object, to: &mut String) -> fmt::Result {
    let name = object.name();
    let path = format!("/api/v1/ingest/sources/{}/{name}", tenant.connector);
    let reference = format!("#/components/schemas/{name}");
    writeln!(to, "  {}:\n    post:\n      requestBody:", json!(path))?;
    writeln!(
        to,
        "        content:\n          application/json:\n            schema:"
    )?;
    writeln!(to, "              type: object\n              properties:")?;
    writeln!(to, "                data:\n                  type: array")?;
    writeln!(
        to,
        "                  items:\n                    $ref: {}",
        json!(reference)
    )?;
    writeln!(
        to,
        "      responses:\n        \"202\":\n          description: Accepted"
    )
}

fn schema(object: &Object, to: &mut String) -> fmt::Result {
    writeln!(
        to,
        "    {}:\n      type: object\n      properties:",
        json!(object.name())
    )?;
    for field in object.fields() {
        let (sort, format) = field.kind.openapi();
        writeln!(to, "        {}:\n          type: {sort}", json!(field.name))?;
        if let Some(format) = format {
            writeln!(to, "          format: {format}")?;
        }
    }
    Ok(())
}
