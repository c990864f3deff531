//! What the tenant refuses comes back with the record and the field, and what is open is said.

use ingest_core::body::RecordError;
use ingest_core::{Client, Error, IngestRecord, RefusalKind, Timestamp};
use ingest_emulator::Emulator;
use ingest_schema::{Kind, Schema};

use crate::{PageView, client, page_view, schema, settings, web};

/// The web schema as the org has it after somebody changed it there.
fn drifted() -> Schema {
    let mut schema = schema("web");
    let object = schema
        .objects
        .iter_mut()
        .find(|object| object.name == "page_view")
        .unwrap();
    let field = object
        .fields
        .iter_mut()
        .find(|field| field.name == "visitor_id")
        .unwrap();
    field.kind = Kind::Email;
    schema
}

fn with_visitor(number: usize, visitor: &str) -> PageView {
    PageView {
        visitor_id: visitor.into(),
        ..page_view(number)
    }
}

#[tokio::test]
async fn a_refused_body_names_record_and_field_and_the_rest_goes_on() {
    let emulator = Emulator::start(drifted()).unwrap();
    let mut records: Vec<_> = (0..2_000)
        .map(|number| with_visitor(number, "a@b.de"))
        .collect();
    records[4].visitor_id = "none".into();
    let report = client(&emulator).send(&records).await.unwrap();
    assert_eq!(
        (report.read, report.requests, report.refused.len()),
        (2_000, 2, 1)
    );
    assert_eq!(report.accepted + report.refused_records(), 2_000);
    assert!(report.accepted > 500 && !report.is_complete(), "{report}");

    let body = &report.refused[0];
    assert_eq!(body.refusal.kind, RefusalKind::SchemaMismatch);
    let [failure] = &body.refusal.failures[..] else {
        panic!("{report}");
    };
    assert_eq!(body.records[failure.position.unwrap()], 4);
    assert_eq!(failure.causes[0].field.as_deref(), Some("visitor_id"));
}

#[tokio::test]
async fn a_wrong_connector_stops_with_what_is_open() {
    let emulator = web();
    let client = Client::new(settings(&emulator, &[("INGEST_SOURCE", "Wep")])).unwrap();
    let error = client.send([page_view(1), page_view(2)]).await.unwrap_err();
    assert_eq!(
        (error.first_open, error.report.accepted, error.report.read),
        (0, 0, 2)
    );
    let Error::Refused(refusal) = &error.source else {
        panic!("{error}");
    };
    assert_eq!((refusal.kind, refusal.status), (RefusalKind::NotFound, 404));
    assert_eq!(error.source.code(), "not_found");
    assert!(error.source.to_string().contains("connector"), "{error}");
}

#[tokio::test]
async fn the_schemas_connector_serves_when_the_settings_name_none() {
    let emulator = web();
    let client = Client::new(settings(&emulator, &[("INGEST_SOURCE", "")])).unwrap();
    assert!(client.send([page_view(1)]).await.unwrap().is_complete());
}

#[derive(IngestRecord)]
#[ingest(schema = "../schemas/hostile-names.yaml", object = "Type-2")]
struct Hostile {
    value: String,
}

#[tokio::test]
async fn hostile_names_arrive() {
    let emulator = Emulator::start(schema("hostile-names")).unwrap();
    let report = client(&emulator)
        .send([Hostile { value: "x".into() }])
        .await
        .unwrap();
    assert!(report.is_complete(), "{report}");
}

#[tokio::test]
async fn a_record_without_a_key_never_leaves() {
    let emulator = web();
    let blank = PageView {
        event_id: String::new(),
        occurred_at: Timestamp::now(),
        visitor_id: "v".into(),
    };
    let report = client(&emulator)
        .send([page_view(1), blank, page_view(2)])
        .await
        .unwrap();
    assert_eq!((report.read, report.accepted), (3, 2));
    assert_eq!(report.invalid[0].index, 1);
    assert!(matches!(report.invalid[0].error, RecordError::Value(_)));
    assert_eq!(emulator.row_count("page_view"), 2);
    assert_eq!(report.to_string().lines().count(), 2);
}

#[tokio::test]
async fn names_that_would_make_another_address_are_refused() {
    let emulator = web();
    let client = client(&emulator);
    for (source, object) in [("..", "page_view"), ("Web", "."), ("", "page_view")] {
        let error = client.post(source, object, "[]").await.unwrap_err();
        assert!(matches!(error, Error::Name(_)), "{error}");
    }
    assert_eq!(emulator.request_count(), 0);
}

#[tokio::test]
async fn what_is_posted_past_the_types_gets_the_tenants_report() {
    let emulator = web();
    let client = client(&emulator);
    let error = client
        .post("Web", "page_view", r#"{"data":[{"revenu":1}]}"#)
        .await
        .unwrap_err();
    let Error::Refused(refusal) = error else {
        panic!("{error}");
    };
    let causes = &refusal.failures[0].causes;
    assert!(
        causes
            .iter()
            .any(|cause| cause.text == "#: extraneous key [revenu] is not permitted"),
        "{causes:?}"
    );
    assert!(
        causes
            .iter()
            .any(|cause| cause.field.as_deref() == Some("event_id")),
        "{causes:?}"
    );
    let too_large = format!("{{\"data\":[{}]}}", " ".repeat(200_000));
    let error = client
        .post("Web", "page_view", too_large)
        .await
        .unwrap_err();
    assert_eq!(error.code(), "too_large");
}
