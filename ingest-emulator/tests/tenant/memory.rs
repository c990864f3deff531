//! What is held is bounded by a setting.

use serde_json::json;

use crate::client::{Client, call};
use crate::schema::{builder, good, with};

fn small() -> Client {
    Client::new(builder().memory(2_000).start().unwrap())
}

#[test]
fn own_rows_beyond_the_setting_are_refused_until_a_reset() {
    let tenant = small();
    let mut taken = 0;
    while tenant
        .record("visit", &with("id", json!(taken.to_string())))
        .status
        == 202
    {
        taken += 1;
        assert!(taken < 20);
    }
    let answer = tenant.record("visit", &good());
    assert_eq!(answer.status, 507);
    assert!(
        answer.json()["message"]
            .as_str()
            .unwrap()
            .contains("memory")
    );
    assert_eq!(tenant.emulator.accepted("visit"), taken);
    tenant.emulator.reset();
    assert_eq!(tenant.record("visit", &good()).status, 202);
}

#[test]
fn own_the_same_rows_take_no_more_however_often_they_come() {
    let tenant = small();
    for _ in 0..50 {
        assert_eq!(tenant.record("visit", &good()).status, 202);
    }
    for _ in 0..50 {
        let delete = tenant.call("DELETE", "Web/visit").send(r#"{"ids":["v1"]}"#);
        assert_eq!(
            (delete.status, tenant.record("visit", &good()).status),
            (202, 202)
        );
    }
}

#[test]
fn own_a_body_that_does_not_fit_is_refused() {
    let tenant = small();
    let answer = tenant.post("Web/visit", vec![b' '; 5_000]);
    assert_eq!(answer.status, 507);
    assert_eq!(
        tenant.record("visit", &good()).status,
        202,
        "its bytes are given back"
    );
}

#[test]
fn own_files_of_strangers_are_not_held() {
    let tenant = Client::new(builder().start().unwrap());
    let path = "/api/v1/ingest/jobs/x/batches";
    let call = call(&tenant.emulator, "PUT", path).header("Content-Type", "text/csv");
    assert_eq!(call.send(vec![b'x'; 9 << 20]).status, 413);
}
