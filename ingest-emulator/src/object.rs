//! A schema object made ready to look at records: fields by name, roles by position.
//!
//! It holds no rows and judges no value.

use std::collections::HashMap;

use ingest_schema::{Category, Field, Kind, RefreshMode};
use serde_json::Value;

use crate::builder::StartError;
use crate::moment::Moment;
use crate::record::{self, unescape};

/// What the checks and the store need to know of an object, looked up once.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) schema: ingest_schema::Object,
    /// The position of the field that rows are kept by.
    pub(crate) key: usize,
    pub(crate) modified: Option<usize>,
    /// The position of the field whose values the history keeps.
    pub(crate) watched: Option<usize>,
    /// Whether the stream takes records that carry only some of the fields.
    pub(crate) partial: bool,
    /// Whether the data stream has the field; what it does not have is checked and then dropped.
    in_stream: Vec<bool>,
    /// Whether a field is key, event time or record modified field, so that it may not be blank.
    has_role: Vec<bool>,
    positions: HashMap<Box<str>, usize>,
    /// The fields' keys as records mostly write them: `"name":`.
    quoted: Vec<Box<str>>,
}

impl Object {
    pub(crate) fn new(schema: ingest_schema::Object) -> Result<Self, StartError> {
        let positions: HashMap<Box<str>, usize> = schema
            .fields
            .iter()
            .enumerate()
            .map(|(at, field)| (field.name.as_str().into(), at))
            .collect();
        let place = |name: &Option<String>| place(&schema, &positions, name.as_deref());
        let key = place(&schema.roles.primary_key)?;
        let event_time = place(&schema.roles.event_time)?;
        let modified = place(&schema.roles.record_modified)?;
        if schema.fields.is_empty() {
            let object = schema.name;
            return Err(StartError::NoFields { object });
        }
        // Rows must be kept by something, and whoever writes a schema names the key first.
        let key = key.unwrap_or(0);
        let has_role = (0..schema.fields.len())
            .map(|at| at == key || Some(at) == event_time || Some(at) == modified)
            .collect();
        let quoted = |field: &Field| format!("{}:", Value::from(&*field.name)).into();
        let quoted = schema.fields.iter().map(quoted).collect();
        Ok(Self {
            key,
            modified,
            watched: None,
            in_stream: vec![true; schema.fields.len()],
            partial: schema.roles.refresh_mode == Some(RefreshMode::Partial),
            has_role,
            positions,
            quoted,
            schema,
        })
    }

    /// Lets the history keep the values of this field.
    pub(crate) fn watch(&mut self, field: &str) -> Result<(), StartError> {
        self.watched = place(&self.schema, &self.positions, Some(field))?;
        Ok(())
    }

    /// The same object with further fields, which its data stream has or has not.
    pub(crate) fn extended(&self, more: Vec<Field>, in_stream: bool) -> Self {
        let mut schema = self.schema.clone();
        schema.fields.extend(more);
        let mut wider = Self::new(schema).expect("BUG: roles name fields that are still there");
        wider.watched = self.watched;
        wider.in_stream.clone_from(&self.in_stream);
        wider.in_stream.resize(wider.fields().len(), in_stream);
        wider
    }

    /// The same object with a data stream that has all its fields.
    pub(crate) fn with_whole_stream(&self) -> Self {
        let mut whole = self.extended(Vec::new(), true);
        whole.keep_in_stream(|_| true);
        whole
    }

    /// Says anew which fields the data stream has.
    pub(crate) fn keep_in_stream(&mut self, has: impl Fn(usize) -> bool) {
        for (at, in_stream) in self.in_stream.iter_mut().enumerate() {
            *in_stream = has(at);
        }
    }

    pub(crate) fn is_in_stream(&self, field: usize) -> bool {
        self.in_stream[field]
    }

    /// Whether the data stream lacks a field.
    pub(crate) fn is_narrow(&self) -> bool {
        self.in_stream.contains(&false)
    }

    /// The position of the field of this name.
    pub(crate) fn named(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    pub(crate) fn name(&self) -> &str {
        &self.schema.name
    }

    pub(crate) fn fields(&self) -> &[Field] {
        &self.schema.fields
    }

    pub(crate) fn has_role(&self, field: usize) -> bool {
        self.has_role[field]
    }

    /// Whether a record without this field is complete.
    pub(crate) fn may_lack(&self, field: usize) -> bool {
        self.partial && field != self.key && Some(field) != self.modified
    }

    /// The field that a key, as it is written, stands for. Records mostly keep the schema's order
    /// and have no escapes in their keys, so `guess` is tried first.
    pub(crate) fn position(&self, key: &str, guess: usize) -> Option<usize> {
        match self.schema.fields.get(guess) {
            Some(field) if field.name == key => Some(guess),
            _ => self.positions.get(&*unescape(key)).copied(),
        }
    }

    /// The key that mostly comes at this place of a record, as it is written.
    pub(crate) fn quoted(&self, guess: usize) -> &str {
        self.quoted.get(guess).map_or("", |key| key)
    }

    /// Whether a data stream is deployed for the object; only its roles can tell.
    pub(crate) fn has_stream(&self) -> bool {
        !self.schema.roles.is_empty()
    }

    /// When a record was modified; a field that is neither date nor date-time orders nothing.
    pub(crate) fn moment(&self, value: record::Value<'_>) -> Option<Moment> {
        let text = value.as_text()?;
        match self.fields()[self.modified?].kind {
            Kind::Date => Moment::of_date(&text),
            Kind::DateTime => Moment::of_date_time(&text),
            _ => None,
        }
    }

    pub(crate) fn category(&self) -> Category {
        self.schema.roles.category.unwrap_or(Category::Other)
    }
}

/// The position of a field that a role names; a role that names no field is a mistake to report.
fn place(
    schema: &ingest_schema::Object,
    positions: &HashMap<Box<str>, usize>,
    name: Option<&str>,
) -> Result<Option<usize>, StartError> {
    let Some(name) = name else { return Ok(None) };
    match positions.get(name) {
        Some(&at) => Ok(Some(at)),
        None => Err(StartError::UnknownField {
            object: schema.name.clone(),
            field: name.to_owned(),
        }),
    }
}
