//! What landed: upserts by key, the newer record, partial records.

use serde_json::{Value, json};

use crate::client::Client;
use crate::schema::{builder, good, tenant, with};

fn contact(tenant: &Client, number: u32, name: &str, changed: &str) {
    let record = json!({"number": number, "name": name, "changed": changed});
    assert_eq!(tenant.record("contact", &record).status, 202);
}

fn name(tenant: &Client, number: &str) -> Value {
    tenant.emulator.row("contact", number).unwrap()["name"].clone()
}

#[test]
fn doc_a_record_replaces_the_row_of_its_key() {
    let tenant = tenant();
    let body = json!([good(), with("note", json!("y")), with("id", json!("v0"))]);
    assert_eq!(tenant.post("Web/visit", body.to_string()).status, 202);
    assert_eq!(
        tenant.record("visit", &with("note", json!("z"))).status,
        202
    );
    let rows = tenant.emulator.rows("visit");
    assert_eq!(rows, [with("id", json!("v0")), with("note", json!("z"))]);
    assert_eq!(tenant.emulator.accepted("visit"), 4);
    assert_eq!(tenant.emulator.row("visit", "v1"), Some(rows[1].clone()));
    assert_eq!(tenant.emulator.row("visit", "v2"), None);
}

#[test]
fn doc_the_newer_record_wins() {
    let tenant = tenant();
    contact(&tenant, 1, "b", "2026-07-11T12:00:00Z");
    contact(&tenant, 1, "older", "2026-07-11T13:59:59.999+02:00");
    assert_eq!(name(&tenant, "1"), "b");
    contact(&tenant, 1, "same", "2026-07-11T12:00:00.000Z");
    assert_eq!(name(&tenant, "1"), "same");
    contact(&tenant, 1, "newer", "2026-07-11T12:00:00.001Z");
    assert_eq!(name(&tenant, "1"), "newer");
    assert_eq!(tenant.emulator.accepted("contact"), 4);
}

#[test]
fn doc_a_partial_record_changes_what_it_carries() {
    let tenant = tenant();
    let patch = |record: Value| tenant.record("patch", &record).status;
    let row = || tenant.emulator.row("patch", "1").unwrap();
    assert_eq!(
        patch(json!({"number": 1, "changed": "2026-01-01T00:00:00Z"})),
        202
    );
    assert_eq!(row()["name"], Value::Null);
    let named = json!({"number": 1, "name": "a", "changed": "2026-01-02T00:00:00Z"});
    assert_eq!(patch(named.clone()), 202);
    assert_eq!(row(), named);
    assert_eq!(
        patch(json!({"number": 1, "changed": "2026-01-03T00:00:00Z"})),
        202
    );
    assert_eq!(row()["name"], "a");
    assert_eq!(row()["changed"], "2026-01-03T00:00:00Z");
    let not_newer = json!({"number": 1, "name": "b", "changed": "2026-01-03T00:00:00Z"});
    assert_eq!(patch(not_newer), 202);
    assert_eq!(row()["name"], "a");
}

#[test]
fn doc_a_partial_record_needs_key_and_record_modified() {
    let tenant = tenant();
    let causes = tenant.record("patch", &json!({"nam": "a"})).causes();
    let expected = [
        "#: required key [number] not found",
        "#: required key [changed] not found",
        "#: extraneous key [nam] is not permitted",
    ];
    assert_eq!(causes, expected);
}

#[test]
fn own_numbers_keep_every_digit() {
    let tenant = tenant();
    let digits = "12345678901234567890.123456789012345678901234567890";
    let record = format!(r#"[{{"number":{digits},"name":"a","changed":"2026-01-01T00:00:00Z"}}]"#);
    assert_eq!(tenant.post("Web/contact", &record).status, 202);
    let texts = tenant.emulator.row_texts("contact");
    assert_eq!(texts, [record.trim_matches(['[', ']'])]);
    assert!(tenant.emulator.row("contact", digits).is_some());
}

#[test]
fn own_an_object_without_a_key_is_kept_by_its_first_field() {
    let tenant = tenant();
    let body = json!([{"first": "a", "second": "1"}, {"first": "a", "second": "2"}]);
    assert_eq!(tenant.post("Web/draft", body.to_string()).status, 202);
    assert_eq!(tenant.emulator.row_count("draft"), 1);
}

#[test]
fn own_the_builder_may_name_the_key() {
    let emulator = builder().primary_key("draft", "second").start().unwrap();
    let tenant = Client::new(emulator);
    let body = json!([{"first": "a", "second": "1"}, {"first": "a", "second": "2"}]);
    assert_eq!(tenant.post("Web/draft", body.to_string()).status, 202);
    assert_eq!(tenant.emulator.row_count("draft"), 2);
}
