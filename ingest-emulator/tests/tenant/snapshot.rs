//! A tenant's state, written down and brought back.

use std::time::Duration;

use ingest_emulator::{Emulator, Snapshot, Strictness};
use ingest_schema::{Field, Kind, Object, Schema};
use serde_json::json;

use crate::client::{Client, call};
use crate::schema::{builder, good, tenant, with};

fn written(emulator: &Emulator) -> String {
    serde_json::to_string(&emulator.snapshot()).unwrap()
}

fn read(text: &str) -> Snapshot {
    serde_json::from_str(text).unwrap()
}

fn job(tenant: &Client, method: &str, path: &str, sort: &str, body: &str) -> serde_json::Value {
    let path = format!("/api/v1/ingest/jobs{path}");
    let call = call(&tenant.emulator, method, &path).bearer(&tenant.token);
    let answer = call.header("Content-Type", sort).send(body);
    assert!(answer.status < 300, "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap_or_default()
}

#[test]
fn own_rows_counts_and_problems_come_back() {
    let first = Client::new(builder().strictness(Strictness::Lenient).start().unwrap());
    first.record("visit", &good());
    first.record("visit", &with("amount", json!("x")));
    first.post(
        "Web/contact",
        r#"[{"number":12345678901234567890.10,"name":"a","changed":"2026-01-01T00:00:00Z"}]"#,
    );
    first.post("Web/visits", "[{}]");
    let text = written(&first.emulator);
    let second = tenant();
    second.emulator.restore(&read(&text)).unwrap();
    let (a, b) = (&first.emulator, &second.emulator);
    for object in ["visit", "contact"] {
        assert_eq!(a.row_texts(object), b.row_texts(object));
        assert_eq!(a.accepted(object), b.accepted(object));
    }
    assert_eq!((a.problems(), a.lost()), (b.problems(), b.lost()));
    assert_eq!(written(b), text);
    let older = json!({"number": 1, "name": "b", "changed": "2025-01-01T00:00:00Z"});
    second.record("contact", &older);
    assert_eq!(b.row_count("contact"), 2);
}

#[test]
fn own_a_restored_row_is_as_old_as_it_says() {
    let first = tenant();
    let record = |name: &str, changed: &str| json!({"number": 1, "name": name, "changed": changed});
    first.record("contact", &record("a", "2026-01-02T00:00:00Z"));
    let second = tenant();
    second.emulator.restore(&first.emulator.snapshot()).unwrap();
    second.record("contact", &record("b", "2026-01-01T00:00:00Z"));
    assert_eq!(second.emulator.row("contact", "1").unwrap()["name"], "a");
}

#[test]
fn own_what_waits_and_what_works_goes_on() {
    let far = Duration::from_secs(3_600);
    let first = Client::new(
        builder()
            .landing_delay(far)
            .bulk_times(far, far)
            .start()
            .unwrap(),
    );
    first.record("visit", &good());
    let made = job(
        &first,
        "POST",
        "",
        "application/json",
        r#"{"object":"contact","sourceName":"Web","operation":"upsert"}"#,
    );
    let id = made["id"].as_str().unwrap();
    let csv = "number,name,changed\n1,a,2026-01-01T00:00:00Z\n";
    job(&first, "PUT", &format!("/{id}/batches"), "text/csv", csv);
    job(
        &first,
        "PATCH",
        &format!("/{id}"),
        "application/json",
        r#"{"state":"UploadComplete"}"#,
    );
    let second = tenant();
    second
        .emulator
        .restore(&read(&written(&first.emulator)))
        .unwrap();
    assert_eq!(second.emulator.rows("visit"), [good()]);
    while job(&second, "GET", &format!("/{id}"), "", "")["state"] != "JobComplete" {
        std::thread::yield_now();
    }
    assert_eq!(second.emulator.row("contact", "1").unwrap()["name"], "a");
}

#[test]
fn own_objects_that_only_one_has_are_there_afterwards() {
    let field = |name: &str| Field::new(name, Kind::Text);
    let start = |objects| Emulator::start(Schema::new(Some("Web".to_owned()), objects)).unwrap();
    let first = Client::new(start(vec![Object::new("a", vec![field("id"), field("x")])]));
    first.record("a", &json!({"id": "1", "x": "y"}));
    let second = Client::new(start(vec![Object::new("b", vec![field("id")])]));
    second.record("b", &json!({"id": "1"}));
    second.emulator.restore(&first.emulator.snapshot()).unwrap();
    assert_eq!(second.emulator.rows("a"), [json!({"id": "1", "x": "y"})]);
    assert_eq!(second.emulator.row_count("b"), 0);
    assert_eq!(second.record("b", &json!({"id": "1"})).status, 202);
    assert_eq!(second.record("a", &json!({"id": "2"})).status, 400);
}

#[test]
fn own_a_snapshot_of_another_schema_changes_nothing() {
    let first = tenant();
    first.record("draft", &json!({"first": "a", "second": "b"}));
    let fields = vec![
        Field::new("first", Kind::Text),
        Field::new("second", Kind::Number),
    ];
    let schema = Schema::new(Some("Web".to_owned()), vec![Object::new("draft", fields)]);
    let second = Client::new(Emulator::start(schema).unwrap());
    second.record("draft", &json!({"first": "c", "second": 1}));
    let error = second
        .emulator
        .restore(&first.emulator.snapshot())
        .unwrap_err();
    assert_eq!(error.code(), "schema");
    assert!(
        error
            .to_string()
            .contains("field `second` is a Number, not a Text"),
        "{error}"
    );
    assert_eq!(second.emulator.row_count("draft"), 1);
    let keyed = builder().primary_key("draft", "second").start().unwrap();
    assert_eq!(
        keyed
            .restore(&first.emulator.snapshot())
            .unwrap_err()
            .code(),
        "schema"
    );
}

#[test]
fn own_a_damaged_snapshot_changes_nothing() {
    let tenant = tenant();
    tenant.record("visit", &good());
    let good = written(&tenant.emulator);
    for (part, other, code) in [
        (r#""version":1"#, r#""version":9"#, "version"),
        (r#""kind":"Boolean""#, r#""kind":"Bool""#, "damaged"),
        (r#"{\"amount\""#, r#"[\"amount\""#, "damaged"),
    ] {
        assert!(good.contains(part), "{part}");
        let error = tenant
            .emulator
            .restore(&read(&good.replace(part, other)))
            .unwrap_err();
        assert_eq!(error.code(), code, "{error}");
    }
    assert_eq!(written(&tenant.emulator), good);
}

#[test]
fn own_a_snapshot_holds_no_secret() {
    let tenant = tenant();
    tenant.record("visit", &good());
    let (text, emulator) = (written(&tenant.emulator), &tenant.emulator);
    for secret in [
        &*tenant.token,
        emulator.client_secret(),
        emulator.refresh_token(),
    ] {
        assert!(!text.contains(secret));
    }
}
