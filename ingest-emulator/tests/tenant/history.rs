//! The facts that a test holds its client against: what was applied, in which order, how often.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use ingest_emulator::{Applied, Change, Fault, Rule, StartError};
use serde_json::{Value, json};

use crate::client::Client;
use crate::schema::{builder, good, tenant, with};

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(600);

fn with_history() -> Client {
    let builder = builder()
        .keep_history(true)
        .history_field("visit", "amount")
        .history_field("contact", "name");
    Client::new(builder.start().unwrap())
}

fn visit(id: &str, amount: u32) -> Value {
    let mut record = with("id", json!(id));
    record["amount"] = json!(amount);
    record
}

fn shown(applied: &Applied) -> (&str, Option<&str>, Change) {
    (&applied.key, applied.value.as_deref(), applied.change)
}

#[test]
fn own_the_history_has_every_application_in_order() {
    let tenant = with_history();
    let body = json!([visit("a", 1), visit("b", 2), visit("a", 3)]).to_string();
    assert_eq!(tenant.post("Web/visit", &body).status, 202);
    let delete = tenant
        .call("DELETE", "Web/visit")
        .send(r#"{"ids":["b","c"]}"#);
    assert_eq!(delete.status, 202);
    assert_eq!(
        tenant
            .post("Web/visit", json!([visit("b", 2)]).to_string())
            .status,
        202
    );
    let history = tenant.emulator.history("visit");
    let expected = [
        ("a", Some("1"), Change::Upserted),
        ("b", Some("2"), Change::Upserted),
        ("a", Some("3"), Change::Upserted),
        ("b", None, Change::Deleted),
        ("c", None, Change::Deleted),
        ("b", Some("2"), Change::Upserted),
    ];
    assert_eq!(history.iter().map(shown).collect::<Vec<_>>(), expected);
    let counts = tenant.emulator.accepted_by_key("visit");
    let expected = [("a".to_owned(), 2), ("b".to_owned(), 2)];
    assert_eq!(counts, expected.into());
    tenant.emulator.reset();
    assert_eq!(tenant.emulator.history("visit"), []);
    assert_eq!(tenant.record("visit", &good()).status, 202);
    assert_eq!(tenant.emulator.history("visit").len(), 1);
}

#[test]
fn own_the_history_tells_what_came_of_a_record() {
    let tenant = with_history();
    let send = |name: &str, changed: &str| {
        let record = json!({"number": 1, "name": name, "changed": changed});
        assert_eq!(tenant.record("contact", &record).status, 202);
    };
    send("new", "9999-01-01T00:00:00Z");
    send("old", "2020-01-01T00:00:00Z");
    tenant
        .call("DELETE", "Web/contact")
        .send(r#"{"ids":["1"]}"#);
    let faults = tenant.emulator.faults();
    faults.add(Rule::new(Fault::RejectLate).count(1)).unwrap();
    faults.add(Rule::new(Fault::Blank)).unwrap();
    send("late", "9999-01-01T00:00:00Z");
    send("blank", "9999-01-01T00:00:00Z");
    let history = tenant.emulator.history("contact");
    let expected = [
        ("1", Some("\"new\""), Change::Upserted),
        ("1", Some("\"old\""), Change::Outdated),
        ("1", None, Change::DeleteOutdated),
        ("1", Some("\"late\""), Change::RejectedLate),
        ("1", Some("\"blank\""), Change::Blanked),
    ];
    assert_eq!(history.iter().map(shown).collect::<Vec<_>>(), expected);
    assert_eq!(tenant.emulator.accepted_by_key("contact")["1"], 4);
    assert_eq!(tenant.emulator.accepted("contact"), 4);
}

#[test]
fn own_refused_and_tested_records_are_no_history() {
    let tenant = with_history();
    tenant.post("Web/visit", json!([good(), {}]).to_string());
    tenant.post("Web/visit/actions/test", json!([good()]).to_string());
    assert_eq!(tenant.emulator.history("visit"), []);
    assert_eq!(tenant.emulator.history("nowhere"), []);
}

#[test]
fn own_no_history_is_kept_unless_asked_for() {
    let tenant = tenant();
    assert_eq!(tenant.record("visit", &good()).status, 202);
    assert_eq!(tenant.emulator.history("visit"), []);
    assert!(tenant.emulator.accepted_by_key("visit").is_empty());
}

#[test]
fn own_a_history_holds_what_a_test_sends() {
    let tenant = with_history();
    let (requests, records) = (100, 500);
    for request in 0..requests {
        let contact = |record: u32| {
            let (number, name) = (record % 50, request * records + record);
            format!(r#"{{"number":{number},"name":"{name}","changed":"2026-01-01T00:00:00Z"}}"#)
        };
        let body: Vec<String> = (0..records).map(contact).collect();
        let body = format!("[{}]", body.join(","));
        assert_eq!(tenant.post("Web/contact", body).status, 202);
    }
    let history = tenant.emulator.history("contact");
    let values = history.iter().map(|applied| applied.value.clone().unwrap());
    let expected = (0..requests * records).map(|number| format!("\"{number}\""));
    assert!(values.eq(expected));
    let counts = tenant.emulator.accepted_by_key("contact");
    assert!(counts.len() == 50 && counts.values().all(|count| *count == 1_000));
}

#[test]
fn own_a_field_that_is_not_there_cannot_be_watched() {
    let code = |object, field| {
        let builder = builder().history_field(object, field);
        builder.start().err().map(|error: StartError| error.code())
    };
    assert_eq!(code("nowhere", "id"), Some("unknown_object"));
    assert_eq!(code("visit", "nowhere"), Some("unknown_field"));
    assert_eq!(code("visit", "note"), None);
}

#[test]
fn own_waiting_ends_with_the_record_that_is_waited_for() {
    let tenant = tenant();
    let ready = Barrier::new(2);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| {
            ready.wait();
            tenant.emulator.wait_for("visit", 3, LONG)
        });
        ready.wait();
        tenant.record("visit", &good());
        tenant.post("Web/visit", json!([good(), good()]).to_string());
        assert!(waiting.join().unwrap());
    });
    assert!(tenant.emulator.wait_for("visit", 3, Duration::ZERO));
    assert!(
        !tenant
            .emulator
            .wait_for("visit", 4, Duration::from_millis(1))
    );
    assert!(!tenant.emulator.wait_for("nowhere", 0, LONG));
}
