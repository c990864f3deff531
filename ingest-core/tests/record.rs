//! Derived records as JSON: every kind, every type of the standard library, generics, blanks.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::borrow::Cow;
use std::sync::Arc;

use ingest_core::value::{Email, Percent, Phone, Url};
use ingest_core::{Date, IngestRecord, Role, Timestamp, ValueProblem, json};

fn json_of(record: &impl IngestRecord) -> String {
    let mut out = b"kept ".to_vec();
    json::write(record, &mut out).unwrap();
    String::from_utf8(out)
        .unwrap()
        .strip_prefix("kept ")
        .unwrap()
        .to_owned()
}

#[derive(IngestRecord)]
#[ingest(schema = "../schemas/all-kinds.yaml", object = "sample")]
struct Sample<'a> {
    // Not in the schema's order, which is the order that is sent.
    url: Url,
    #[ingest(rename = "text")]
    words: Cow<'a, str>,
    id: &'a str,
    changed_at: Timestamp,
    number: f64,
    boolean: bool,
    date: Date,
    date_time: Box<Timestamp>,
    email: Option<Email>,
    phone: Arc<Phone>,
    percent: Option<Percent>,
    #[ingest(skip)]
    _note: Vec<u8>,
}

fn sample() -> Sample<'static> {
    Sample {
        url: "https://example.com/?a=b".parse().unwrap(),
        words: Cow::Borrowed("a \"quoted\"\n\u{1f600} word"),
        id: "k1",
        changed_at: Timestamp::from_millis(0).unwrap(),
        number: 0.1,
        boolean: true,
        date: Date::new(2026, 11, 23).unwrap(),
        date_time: Box::new(Timestamp::from_millis(1_784_000_000_007).unwrap()),
        email: Some("ada@example.com".parse().unwrap()),
        phone: Arc::new("+49 30 901820".parse().unwrap()),
        percent: None,
        _note: vec![1],
    }
}

#[test]
fn every_kind_is_written_in_the_order_of_the_schema() {
    assert_eq!(
        json_of(&sample()),
        concat!(
            r#"{"id":"k1","changed_at":"1970-01-01T00:00:00.000Z","text":"a \"quoted\"\n😀 word","#,
            r#""number":0.1,"boolean":true,"date":"2026-11-23","date_time":"2026-07-14T03:33:20.007Z","#,
            r#""email":"ada@example.com","phone":"+49 30 901820","percent":null,"#,
            r#""url":"https://example.com/?a=b"}"#
        )
    );
}

#[test]
fn the_descriptor_tells_names_roles_and_digest() {
    let object = Sample::OBJECT;
    assert_eq!((object.name, object.connector), ("sample", Some("Kinds")));
    assert_eq!(object.fields.len(), 11);
    assert_eq!(object.role(Role::PrimaryKey).unwrap().name, "id");
    assert_eq!(
        object.role(Role::RecordModified).unwrap().name,
        "changed_at"
    );
    assert!(object.role(Role::EventTime).is_none());
    assert_eq!(object.digest.to_string().len(), 16);
}

#[test]
fn a_value_that_cannot_be_sent_is_named_and_nothing_is_written() {
    let mut out = b"kept".to_vec();
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let error = json::write(&Sample { number, ..sample() }, &mut out).unwrap_err();
        assert_eq!(
            (error.field().name, error.problem()),
            ("number", ValueProblem::NotFinite)
        );
    }
    let error = json::write(&Sample { id: "", ..sample() }, &mut out).unwrap_err();
    assert_eq!(
        (error.field().name, error.problem()),
        ("id", ValueProblem::Blank)
    );
    assert!(
        error
            .to_string()
            .starts_with("field `id`: the value is blank")
    );
    assert_eq!(out, b"kept");
}

/// `key` names what a file without extensions does not say.
#[derive(IngestRecord)]
#[ingest(
    schema = "../schemas/hostile-names.yaml",
    object = "Type-2",
    rename_all = "lowercase"
)]
struct Second<T> {
    #[ingest(key)]
    r#value: T,
}

#[test]
fn a_key_can_be_named_at_the_field_and_a_type_can_be_generic() {
    assert_eq!(
        Second::<String>::OBJECT
            .role(Role::PrimaryKey)
            .unwrap()
            .name,
        "value"
    );
    assert_eq!(json_of(&Second { r#value: 'x' }), r#"{"value":"x"}"#);
    let blank = json::write(&Second { r#value: "" }, &mut Vec::new());
    assert_eq!(blank.unwrap_err().problem(), ValueProblem::Blank);
}

/// Numbers of every width, through one generic field and many blanks.
#[derive(IngestRecord)]
#[ingest(
    schema = "../schemas/all-kinds.yaml",
    object = "sample",
    blank(
        "text",
        "boolean",
        "date",
        "date_time",
        "email",
        "phone",
        "percent",
        "url"
    )
)]
struct Count<N> {
    id: char,
    changed_at: Timestamp,
    number: N,
}

#[test]
fn numbers_keep_every_digit() {
    fn number<N>(number: N) -> String
    where
        N: ingest_core::FieldValue<ingest_core::kind::Number>,
    {
        let changed_at = Timestamp::from_millis(0).unwrap();
        let text = json_of(&Count {
            id: 'ä',
            changed_at,
            number,
        });
        let (_, rest) = text.split_once("\"number\":").unwrap();
        rest.split_once(',').unwrap().0.to_owned()
    }
    assert_eq!(number(u64::MAX), "18446744073709551615");
    assert_eq!(number(i64::MIN), "-9223372036854775808");
    assert_eq!(number(u128::MAX), "340282366920938463463374607431768211455");
    assert_eq!(number(9_007_199_254_740_993_i64), "9007199254740993");
    assert_eq!(number(0.1_f32), "0.1");
    assert_eq!(number(1e21), "1e+21");
    assert_eq!(number(-0.0), "-0.0");
    assert_eq!(number(usize::MAX), "18446744073709551615");
    assert_eq!(number(Some(7_u8)), "7");
    assert_eq!(number(None::<i8>), "null");
}
