//! Patches, flattened sets, functions in the place of types, enums as text.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![allow(clippy::option_option, reason = "says three things in a patch")]

use std::borrow::Cow;

use ingest_core::body::{BodyWriter, Shape};
use ingest_core::kind::{Number, Text};
use ingest_core::{
    IngestFields, IngestPatch, IngestRecord, IngestText, Role, Slot, Timestamp, ValueError,
    ValueProblem, Written, csv, json,
};

fn json_of(record: &impl IngestRecord) -> String {
    let mut out = Vec::new();
    json::write(record, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn zero() -> Timestamp {
    Timestamp::from_millis(0).unwrap()
}

#[derive(IngestFields)]
#[ingest(schema = "../schemas/web.yaml", object = "page_view")]
struct Ids<'a> {
    visitor_id: Cow<'a, str>,
    event_id: &'a str,
}

#[derive(IngestFields)]
#[ingest(schema = "../schemas/web.yaml", object = "page_view")]
struct Envelope<'a> {
    #[ingest(flatten)]
    ids: Ids<'a>,
    occurred_at: Timestamp,
}

#[derive(IngestFields)]
#[ingest(schema = "../schemas/web.yaml", object = "page_view")]
struct Times {
    duration_ms: Option<u32>,
}

#[derive(IngestRecord)]
#[ingest(
    schema = "../schemas/web.yaml",
    object = "page_view",
    blank("referrer", "url")
)]
struct Purchase<'a> {
    revenue: f64,
    #[ingest(flatten)]
    envelope: Box<Envelope<'a>>,
    logged_in: bool,
    #[ingest(flatten)]
    times: Times,
}

fn purchase(event_id: &str) -> Purchase<'_> {
    Purchase {
        revenue: 1.5,
        envelope: Box::new(Envelope {
            ids: Ids {
                visitor_id: "v".into(),
                event_id,
            },
            occurred_at: zero(),
        }),
        logged_in: true,
        times: Times {
            duration_ms: Some(7),
        },
    }
}

#[test]
fn flattened_fields_stand_in_the_order_of_the_schema() {
    assert_eq!(
        json_of(&purchase("e")),
        concat!(
            r#"{"event_id":"e","occurred_at":"1970-01-01T00:00:00.000Z","visitor_id":"v","#,
            r#""url":null,"referrer":null,"duration_ms":7,"revenue":1.5,"logged_in":true}"#
        )
    );
    let blank = json::write(&purchase(""), &mut Vec::new()).unwrap_err();
    assert_eq!(
        blank.to_string().split(':').next().unwrap(),
        "field `event_id`"
    );
    assert_eq!(blank.problem(), ValueProblem::Blank);
}

/// The schema names no key; the set does.
#[derive(IngestFields)]
#[ingest(schema = "../schemas/hostile-names.yaml", object = "Type-2")]
struct Key {
    #[ingest(key)]
    value: String,
}

#[derive(IngestRecord)]
#[ingest(schema = "../schemas/hostile-names.yaml", object = "Type-2")]
struct Keyed {
    #[ingest(flatten)]
    key: Key,
}

#[test]
fn a_set_can_name_the_key() {
    assert_eq!(Keyed::OBJECT.role(Role::PrimaryKey).unwrap().name, "value");
    let keyed = |value: &str| Keyed {
        key: Key {
            value: value.into(),
        },
    };
    assert_eq!(json_of(&keyed("k")), r#"{"value":"k"}"#);
    assert!(json::write(&keyed(""), &mut Vec::new()).is_err());
}

#[derive(IngestFields)]
#[ingest(schema = "../schemas/partial.yaml", object = "customer")]
struct Place {
    city: Option<String>,
    country: Option<Option<&'static str>>,
}

#[derive(IngestPatch)]
#[ingest(schema = "../schemas/partial.yaml", object = "customer")]
struct Moved {
    #[ingest(flatten)]
    place: Place,
    orders: Option<u32>,
    customer_id: u64Id,
    updated_at: Timestamp,
}

/// A key that is text on the way and a number at home.
#[allow(non_camel_case_types, reason = "speaks for itself")]
struct u64Id(u64);

impl ingest_core::FieldValue<Text> for u64Id {
    fn write(&self, slot: Slot<'_, Text>) -> Result<Written, ValueError> {
        slot.text(&self.0.to_string())
    }
}

#[test]
fn a_patch_leaves_out_what_is_none_and_blanks_what_is_some_none() {
    let moved = |city: Option<&str>, country, orders| Moved {
        place: Place {
            city: city.map(Into::into),
            country,
        },
        orders,
        customer_id: u64Id(1),
        updated_at: zero(),
    };
    let start = r#"{"customer_id":"1","updated_at":"1970-01-01T00:00:00.000Z""#;
    assert_eq!(json_of(&moved(None, None, None)), format!("{start}}}"));
    assert_eq!(
        json_of(&moved(Some("Rom"), Some(None), Some(2))),
        format!("{start},\"city\":\"Rom\",\"country\":null,\"orders\":2}}")
    );
    assert_eq!(
        json_of(&moved(None, Some(Some("IT")), None)),
        format!("{start},\"country\":\"IT\"}}")
    );
}

#[derive(IngestPatch)]
#[ingest(
    schema = "../schemas/partial.yaml",
    object = "customer",
    blank("email")
)]
struct Forgotten {
    customer_id: &'static str,
    updated_at: Timestamp,
}

#[test]
fn a_patch_can_always_blank_a_field() {
    let forgotten = Forgotten {
        customer_id: "c",
        updated_at: zero(),
    };
    assert_eq!(
        json_of(&forgotten),
        r#"{"customer_id":"c","updated_at":"1970-01-01T00:00:00.000Z","email":null}"#
    );
}

mod cents {
    #![allow(clippy::ref_option, reason = "the field's type is what it is")]
    #![allow(clippy::trivially_copy_pass_by_ref, reason = "the same")]

    use super::{Number, Slot, ValueError, Written};

    pub(crate) fn as_euros(
        cents: &Option<u32>,
        slot: Slot<'_, Number>,
    ) -> Result<Written, ValueError> {
        match cents {
            Some(cents) => slot.float(f64::from(*cents) / 100.0),
            None => slot.blank(),
        }
    }
}

#[derive(IngestText, Clone, Copy)]
#[ingest(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(dead_code, reason = "one is enough")]
enum Source {
    WebShop,
    #[ingest(rename = "call center")]
    Phone,
    r#Type,
}

#[derive(IngestRecord)]
#[ingest(
    schema = "../schemas/web.yaml",
    object = "page_view",
    blank("referrer", "url", "duration_ms", "logged_in")
)]
struct Sale<T> {
    event_id: T,
    occurred_at: Timestamp,
    visitor_id: Source,
    #[ingest(rename = "revenue", with = "cents::as_euros")]
    cents: Option<u32>,
}

#[test]
fn a_function_writes_a_field_and_an_enum_is_text() {
    let sale = |visitor_id, cents| {
        json_of(&Sale {
            event_id: "e",
            occurred_at: zero(),
            visitor_id,
            cents,
        })
    };
    let with = sale(Source::WebShop, Some(1_999));
    assert!(with.contains(r#""visitor_id":"WEB_SHOP""#), "{with}");
    assert!(with.contains(r#""revenue":19.99,"#), "{with}");
    let without = sale(Source::Phone, None);
    assert!(
        without.contains(r#""visitor_id":"call center""#),
        "{without}"
    );
    assert!(without.contains(r#""revenue":null,"#), "{without}");
    assert!(sale(Source::Type, None).contains(r#""visitor_id":"TYPE""#));
}

#[derive(IngestRecord)]
#[ingest(
    unverified,
    object = "page_view",
    connector = "Web",
    digest = "00000000000000ff",
    rename_all = "camelCase"
)]
struct Unverified {
    #[ingest(kind = "Text", key)]
    event_id: String,
    #[ingest(kind = "DateTime", event_time)]
    occurred_at: Timestamp,
    #[ingest(rename = "type", kind = "Number")]
    kind: Option<f64>,
}

#[test]
fn an_unverified_struct_needs_no_file() {
    let object = Unverified::OBJECT;
    assert_eq!((object.name, object.connector), ("page_view", Some("Web")));
    assert_eq!(object.digest.0, 255);
    assert_eq!(object.role(Role::EventTime).unwrap().name, "occurredAt");
    let record = Unverified {
        event_id: "e".into(),
        occurred_at: zero(),
        kind: None,
    };
    assert_eq!(
        json_of(&record),
        r#"{"eventId":"e","occurredAt":"1970-01-01T00:00:00.000Z","type":null}"#
    );
}

/// One field dates the record in two ways.
#[derive(IngestRecord)]
#[ingest(unverified, object = "two", digest = "0000000000000000")]
struct TwoRoles {
    #[ingest(kind = "Text", key)]
    id: &'static str,
    #[ingest(kind = "DateTime", event_time, record_modified)]
    at: Timestamp,
}

#[test]
fn a_field_can_have_two_roles() {
    for role in [Role::EventTime, Role::RecordModified] {
        assert_eq!(TwoRoles::OBJECT.role(role).unwrap().name, "at");
    }
    let mut line = Vec::new();
    let two = TwoRoles {
        id: "t",
        at: zero(),
    };
    csv::write_delete(&two, &mut line).unwrap();
    assert_eq!(line, b"t,1970-01-01T00:00:00.000Z\r\n");
}

/// A panic of a user's type between two records.
#[test]
fn a_record_that_panics_leaves_the_body_as_it_was() {
    struct Panics(bool);
    impl ingest_core::FieldValue<Text> for Panics {
        fn write(&self, slot: Slot<'_, Text>) -> Result<Written, ValueError> {
            assert!(!self.0, "as it is told");
            slot.text("x")
        }
    }
    #[derive(IngestRecord)]
    #[ingest(unverified, object = "one", digest = "0000000000000000")]
    struct One {
        #[ingest(kind = "Text")]
        value: Panics,
    }
    let mut writer = BodyWriter::new(Shape::Array, 1_000);
    for panics in [false, true, false] {
        let push = || {
            writer
                .push(&One {
                    value: Panics(panics),
                })
                .map(drop)
        };
        let pushed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(push));
        assert_eq!(pushed.is_err(), panics);
    }
    let body = writer.finish().unwrap();
    assert_eq!(body.bytes, br#"[{"value":"x"},{"value":"x"}]"#);
    assert_eq!(body.records, 2);
}
