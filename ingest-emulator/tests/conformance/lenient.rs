//! The dear failures: answered with success, and the data is gone.

use ingest_emulator::{Strictness, Undeployed};
use serde_json::{Value, json};

use crate::client::Client;
use crate::schema::{builder, good, with, without};

fn tenant() -> Client {
    let builder = builder().strictness(Strictness::Lenient);
    Client::new(builder.start().unwrap())
}

fn blank() -> Value {
    let record = good();
    let names = record.as_object().unwrap().keys().cloned();
    names.map(|name| (name, Value::Null)).collect()
}

#[test]
fn field_unknown_fields_are_dropped_and_missing_ones_blank() {
    let tenant = tenant();
    let mut record = without("note");
    record["nots"] = json!("x");
    assert_eq!(tenant.record("visit", &record).status, 202);
    assert_eq!(tenant.emulator.rows("visit"), [with("note", Value::Null)]);
}

#[test]
fn field_lake_names_give_one_blank_row_that_every_call_overwrites() {
    let tenant = tenant();
    for id in ["a", "b", "c"] {
        let record = json!({"id__c": id, "note__c": "x"});
        assert_eq!(tenant.record("visit", &record).status, 202);
    }
    assert_eq!(tenant.emulator.rows("visit"), [blank()]);
    assert_eq!(tenant.emulator.accepted("visit"), 3);
}

#[test]
fn field_a_null_key_is_accepted_and_overwritten() {
    let tenant = tenant();
    for note in ["1", "2"] {
        let mut record = with("id", Value::Null);
        record["note"] = json!(note);
        assert_eq!(tenant.record("visit", &record).status, 202);
    }
    let rows = tenant.emulator.rows("visit");
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0]["note"], "2");
}

#[test]
fn field_a_wrong_object_answers_success_and_nothing_arrives() {
    let tenant = tenant();
    let body = json!({"data": [good(), good()]}).to_string();
    assert_eq!(tenant.post("Web/visits", body).status, 202);
    let delete = tenant.call("DELETE", "Web/visits").send(r#"{"ids":["a"]}"#);
    assert_eq!(delete.status, 202);
    assert_eq!(tenant.emulator.lost(), 2);
    assert_eq!(tenant.emulator.accepted("visits"), 0);
}

#[test]
fn field_a_wrong_value_becomes_blank() {
    let tenant = tenant();
    let mut record = with("amount", json!("12"));
    record["day"] = json!("2026-02-30");
    assert_eq!(tenant.record("visit", &record).status, 202);
    let row = tenant.emulator.row("visit", "v1").unwrap();
    assert_eq!((&row["amount"], &row["day"]), (&Value::Null, &Value::Null));
    assert_eq!(row["note"], "x");
}

#[test]
fn own_what_is_no_record_is_lost() {
    let tenant = tenant();
    assert_eq!(tenant.post("Web/visit", "[7,null]").status, 202);
    assert_eq!(tenant.emulator.lost(), 2);
    assert_eq!(tenant.emulator.row_count("visit"), 0);
}

#[test]
fn field_partial_records_still_change_only_what_they_carry() {
    let tenant = tenant();
    let first = json!({"number": 1, "name": "a", "changed": "2026-01-01T00:00:00Z"});
    let second = json!({"number": 1, "changed": "2026-01-02T00:00:00Z", "more": 1});
    for record in [first, second] {
        assert_eq!(tenant.record("patch", &record).status, 202);
    }
    assert_eq!(tenant.emulator.row("patch", "1").unwrap()["name"], "a");
}

#[test]
fn live_actions_test_is_strict_in_any_mode() {
    let tenant = tenant();
    let body = json!([without("note")]).to_string();
    assert_eq!(tenant.post("Web/visit/actions/test", body).status, 400);
    let unknown = tenant.post("Web/visits/actions/test", "[]");
    assert_eq!(unknown.status, 404);
}

#[test]
fn field_sources_tokens_and_json_are_checked_all_the_same() {
    let tenant = tenant();
    assert_eq!(tenant.post("Wab/visit", "[]").status, 404);
    assert_eq!(tenant.post("Web/visit", "[").status, 400);
    tenant.emulator.expire_tenant_tokens();
    assert_eq!(tenant.post("Web/visit", "[]").status, 401);
}

#[test]
fn field_an_object_without_a_stream_answers_success_and_nothing_arrives() {
    for strictness in [Strictness::Strict, Strictness::Lenient] {
        let builder = builder()
            .strictness(strictness)
            .undeployed(Undeployed::Lose);
        let tenant = Client::new(builder.start().unwrap());
        let record = json!({"first": "a", "second": "b"});
        assert_eq!(tenant.record("draft", &record).status, 202);
        assert_eq!(
            (tenant.emulator.lost(), tenant.emulator.row_count("draft")),
            (1, 0)
        );
        assert_eq!(tenant.record("visit", &good()).status, 202);
        assert_eq!(tenant.emulator.row_count("visit"), 1);
    }
}
