//! The objects that the tests send to: one of each category and refresh mode.

use ingest_emulator::{Builder, Emulator};
use ingest_schema::{Category, Field, Kind, Object, RefreshMode, Schema};
use serde_json::{Value, json};

use crate::client::Client;

/// Every kind once, keyed by `id`.
pub(crate) fn visit() -> Object {
    let mut object = Object::new(
        "visit",
        vec![
            Field::new("id", Kind::Text),
            Field::new("at", Kind::DateTime),
            Field::new("day", Kind::Date),
            Field::new("amount", Kind::Number),
            Field::new("new", Kind::Boolean),
            Field::new("mail", Kind::Email),
            Field::new("phone", Kind::Phone),
            Field::new("share", Kind::Percent),
            Field::new("page", Kind::Url),
            Field::new("note", Kind::Text),
        ],
    );
    object.roles.category = Some(Category::Engagement);
    object.roles.primary_key = Some("id".to_owned());
    object.roles.event_time = Some("at".to_owned());
    object
}

/// A Profile in which the newer record wins.
pub(crate) fn contact() -> Object {
    let mut object = Object::new(
        "contact",
        vec![
            Field::new("number", Kind::Number),
            Field::new("name", Kind::Text),
            Field::new("changed", Kind::DateTime),
        ],
    );
    object.roles.category = Some(Category::Profile);
    object.roles.primary_key = Some("number".to_owned());
    object.roles.record_modified = Some("changed".to_owned());
    object
}

/// The same, taking only the fields that change.
pub(crate) fn patch() -> Object {
    let mut object = contact();
    "patch".clone_into(&mut object.name);
    object.roles.refresh_mode = Some(RefreshMode::Partial);
    object
}

/// Not deployed: nothing is known of its roles.
pub(crate) fn draft() -> Object {
    let fields = vec![
        Field::new("first", Kind::Text),
        Field::new("second", Kind::Text),
    ];
    Object::new("draft", fields)
}

pub(crate) fn builder() -> Builder {
    let objects = vec![visit(), contact(), patch(), draft()];
    Emulator::builder(Schema::new(Some("Web".to_owned()), objects))
}

pub(crate) fn tenant() -> Client {
    Client::new(builder().start().unwrap())
}

/// A visit with nothing wrong.
pub(crate) fn good() -> Value {
    json!({
        "id": "v1",
        "at": "2026-07-11T22:47:38.712Z",
        "day": "2026-07-11",
        "amount": 12.5,
        "new": true,
        "mail": "a@example.com",
        "phone": "+49 30 123",
        "share": "12%",
        "page": "https://example.com/",
        "note": "x"
    })
}

/// A good visit with one field changed.
pub(crate) fn with(field: &str, value: Value) -> Value {
    let mut record = good();
    record[field] = value;
    record
}

/// A good visit without one field.
pub(crate) fn without(field: &str) -> Value {
    let mut record = good();
    record.as_object_mut().unwrap().remove(field);
    record
}
