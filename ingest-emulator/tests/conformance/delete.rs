//! Deletes by key.

use serde_json::json;

use crate::client::Client;
use crate::schema::{tenant, with};

fn with_visits(ids: &[&str]) -> Client {
    let tenant = tenant();
    let records: Vec<_> = ids.iter().map(|id| with("id", json!(id))).collect();
    assert_eq!(
        tenant.post("Web/visit", json!(records).to_string()).status,
        202
    );
    tenant
}

#[test]
fn doc_ids_come_in_the_body() {
    let tenant = with_visits(&["a", "b", "c"]);
    let answer = tenant
        .call("DELETE", "Web/visit")
        .send(r#"{"ids":["a","c","x"]}"#);
    assert_eq!(answer.status, 202);
    assert_eq!(answer.json(), json!({"accepted": true}));
    assert_eq!(tenant.emulator.rows("visit"), [with("id", json!("b"))]);
}

#[test]
fn doc_ids_come_in_the_query() {
    let tenant = with_visits(&["a", "b", "c"]);
    let answer = tenant.call("DELETE", "Web/visit?ids=a,b").send("");
    assert_eq!(answer.status, 202);
    assert_eq!(tenant.emulator.row_count("visit"), 1);
}

#[test]
fn doc_two_hundred_ids_are_the_limit() {
    let tenant = tenant();
    let ids = |count: usize| json!({"ids": vec!["a"; count]}).to_string();
    let delete = |count| tenant.call("DELETE", "Web/visit").send(ids(count)).status;
    assert_eq!(delete(200), 202);
    assert_eq!(delete(201), 400);
    assert_eq!(delete(0), 400);
}

#[test]
fn doc_a_row_modified_in_the_future_stays() {
    let tenant = tenant();
    let records = json!([
        {"number": 1, "name": "a", "changed": "2020-01-01T00:00:00Z"},
        {"number": 2, "name": "b", "changed": "9999-01-01T00:00:00Z"},
    ]);
    assert_eq!(tenant.post("Web/contact", records.to_string()).status, 202);
    let answer = tenant
        .call("DELETE", "Web/contact")
        .send(r#"{"ids":["1","2"]}"#);
    assert_eq!(answer.status, 202);
    assert!(tenant.emulator.row("contact", "1").is_none());
    assert!(tenant.emulator.row("contact", "2").is_some());
}

#[test]
fn doc_a_delete_is_checked_like_an_upsert() {
    let tenant = with_visits(&["a"]);
    let delete = |path| tenant.call("DELETE", path).send(r#"{"ids":["a"]}"#).status;
    assert_eq!(delete("Web/visits"), 404);
    assert_eq!(delete("Wab/visit"), 404);
    let malformed = tenant.call("DELETE", "Web/visit").send(r#"{"ids":[null]}"#);
    assert_eq!(malformed.status, 400);
    tenant.emulator.expire_tenant_tokens();
    assert_eq!(delete("Web/visit"), 401);
    assert_eq!(tenant.emulator.row_count("visit"), 1);
}
