//! Decides whether a connector's schema may become another one: it may only grow.
//!
//! All that is wrong is said at once. Nothing is changed here and nobody is answered.

use std::collections::HashSet;
use std::sync::Arc;

use ingest_schema::{Field, Kind, Schema};
use serde::Deserialize;

use crate::builder::StartError;
use crate::object::Object;

/// The whole set of schemas that somebody wants a connector to have.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    schemas: Vec<AskedObject>,
}

#[derive(Debug, Deserialize)]
struct AskedObject {
    name: String,
    fields: Vec<AskedField>,
}

/// The members a field may have, and no others.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AskedField {
    name: String,
    #[serde(default, rename = "label")]
    _label: Option<String>,
    data_type: String,
}

/// One thing that is wrong with what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SchemaError {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// The objects as they would be, those that are there in their places and new ones behind.
/// `in_stream` says whether data streams have new fields at once.
pub(crate) fn reshape(
    objects: &[Arc<Object>],
    asked: &Asked,
    in_stream: bool,
) -> Result<Vec<Arc<Object>>, Vec<SchemaError>> {
    let mut errors = Vec::new();
    let mut all: Vec<Arc<Object>> = Vec::new();
    for object in objects {
        let mut same = asked.schemas.iter();
        match same.find(|asked| asked.name == object.name()) {
            Some(asked) => all.push(grown(object, asked, in_stream, &mut errors)),
            None => errors.push(gone(&format!("object `{}`", object.name()))),
        }
    }
    let known: HashSet<&str> = objects.iter().map(|object| object.name()).collect();
    for asked in &asked.schemas {
        if !known.contains(asked.name.as_str()) {
            all.extend(new(asked, &mut errors).map(Arc::new));
        }
    }
    check_twice(asked, &mut errors);
    if errors.is_empty() {
        errors = broken_rules(&all);
    }
    if errors.is_empty() {
        Ok(all)
    } else {
        Err(errors)
    }
}

fn gone(what: &str) -> SchemaError {
    SchemaError {
        code: "SCHEMA_REMOVAL",
        message: format!("{what} is missing; what was added can never be removed or renamed"),
    }
}

/// The object with what it gained.
fn grown(
    object: &Arc<Object>,
    asked: &AskedObject,
    in_stream: bool,
    errors: &mut Vec<SchemaError>,
) -> Arc<Object> {
    let kinds = kinds(asked, errors);
    for field in object.fields() {
        let name = &field.name;
        let what = || format!("field `{name}` of object `{}`", object.name());
        match kinds.iter().find(|asked| asked.name == *name) {
            None => errors.push(gone(&what())),
            Some(asked) if asked.kind != field.kind => errors.push(SchemaError {
                code: "SCHEMA_RETYPE",
                message: format!("{} is a {}, not a {}", what(), field.kind, asked.kind),
            }),
            Some(_) => {}
        }
    }
    let more = kinds.into_iter();
    let more: Vec<Field> = more
        .filter(|field| object.named(&field.name).is_none())
        .collect();
    if more.is_empty() {
        return Arc::clone(object);
    }
    Arc::new(object.extended(more, in_stream))
}

fn new(asked: &AskedObject, errors: &mut Vec<SchemaError>) -> Option<Object> {
    let object = ingest_schema::Object::new(asked.name.clone(), kinds(asked, errors));
    match Object::new(object) {
        Ok(object) => Some(object),
        Err(error @ StartError::NoFields { .. }) => {
            let (code, message) = ("INVALID_SCHEMA", error.to_string());
            errors.push(SchemaError { code, message });
            None
        }
        Err(_) => None,
    }
}

/// The fields whose types there are; `DateOnly` is another word for `Date`.
fn kinds(asked: &AskedObject, errors: &mut Vec<SchemaError>) -> Vec<Field> {
    let mut fields = Vec::new();
    for field in &asked.fields {
        let mut kinds = Kind::ALL.into_iter();
        let is = |kind: &Kind| kind.name().eq_ignore_ascii_case(&field.data_type);
        let date = || {
            field
                .data_type
                .eq_ignore_ascii_case("DateOnly")
                .then_some(Kind::Date)
        };
        match kinds.find(is).or_else(date) {
            Some(kind) => fields.push(Field::new(field.name.clone(), kind)),
            None => errors.push(SchemaError {
                code: "INVALID_DATA_TYPE",
                message: format!(
                    "field `{}` of object `{}`: `{}` is no data type of a record",
                    field.name, asked.name, field.data_type
                ),
            }),
        }
    }
    fields
}

/// The schema's own rules find names that differ in case; a name that is the same came twice.
fn check_twice(asked: &Asked, errors: &mut Vec<SchemaError>) {
    let mut twice = |what: &str, names: &mut dyn Iterator<Item = &str>| {
        let mut seen = HashSet::new();
        for name in names {
            if !seen.insert(name) {
                let (code, message) = ("DUPLICATE_VALUE", format!("{what} `{name}` comes twice"));
                errors.push(SchemaError { code, message });
            }
        }
    };
    twice(
        "object",
        &mut asked.schemas.iter().map(|object| object.name.as_str()),
    );
    for object in &asked.schemas {
        let mut names = object.fields.iter().map(|field| field.name.as_str());
        twice(&format!("object `{}`: field", object.name), &mut names);
    }
}

/// What Data Cloud demands of names and numbers. Roles are the data streams' and not looked at.
fn broken_rules(objects: &[Arc<Object>]) -> Vec<SchemaError> {
    let bare = objects
        .iter()
        .map(|object| ingest_schema::Object::new(object.name(), object.fields().to_vec()));
    let Err(problems) = Schema::new(None, bare.collect()).check("schema") else {
        return Vec::new();
    };
    let error = |problem: &ingest_schema::Problem| SchemaError {
        code: "INVALID_SCHEMA",
        message: match (&problem.object, &problem.field) {
            (Some(object), Some(field)) => {
                format!("object `{object}`, field `{field}`: {}", problem.message)
            }
            (Some(object), None) => format!("object `{object}`: {}", problem.message),
            _ => problem.message.clone(),
        },
    };
    problems.errors().map(error).collect()
}
