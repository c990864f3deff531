//! A 202 says accepted, not stored: rows land later.

use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::client::{Client, call, org_token};
use crate::schema::{builder, good, with};

fn start(delay: Duration) -> Client {
    Client::new(builder().landing_delay(delay).start().unwrap())
}

const FAR: Duration = Duration::from_secs(3_600);

#[test]
fn doc_an_accepted_record_is_no_row_yet() {
    let tenant = start(FAR);
    assert_eq!(tenant.record("visit", &good()).status, 202);
    assert_eq!(tenant.emulator.accepted("visit"), 1);
    assert_eq!(tenant.emulator.row_count("visit"), 0);
    let body = json!({"sql": "SELECT COUNT(*) FROM visit_Web__dll"}).to_string();
    let answer = call(&tenant.emulator, "POST", "/api/v2/query")
        .bearer(&tenant.token)
        .send(body);
    assert_eq!(answer.json()["data"], json!([[0]]));
    let stream = call(
        &tenant.emulator,
        "GET",
        "/services/data/v62.0/ssot/data-streams/visit_Web",
    );
    let stream = stream.bearer(&org_token(&tenant.emulator)).send("").json();
    assert_eq!(
        (&stream["totalRecords"], &stream["lastRunStatus"]),
        (&json!(0), &json!("PENDING"))
    );
}

#[test]
fn doc_records_and_deletes_land_in_their_order() {
    let tenant = start(Duration::from_millis(50));
    let last = with("id", json!("v2"));
    tenant.record("visit", &good());
    tenant.call("DELETE", "Web/visit").send(r#"{"ids":["v1"]}"#);
    tenant.record("visit", &last);
    while tenant.emulator.row("visit", "v2").is_none() {
        thread::sleep(Duration::from_millis(2));
    }
    assert_eq!(tenant.emulator.rows("visit"), [last]);
}

#[test]
fn own_a_delay_longer_than_the_clock_is_as_good_as_none_that_ends() {
    let tenant = start(Duration::MAX);
    assert_eq!(tenant.record("visit", &good()).status, 202);
    assert_eq!(tenant.emulator.row_count("visit"), 0);
}
