//! Every open question has a switch; here each is turned.

use std::time::Duration;

use ingest_emulator::{Answer, Blanks, Builder};
use serde_json::{Value, json};

use crate::client::{Client, exchange, org_token};
use crate::schema::{builder, good, with};

fn start(builder: Builder) -> Client {
    Client::new(builder.start().unwrap())
}

#[test]
fn brief_success_may_have_no_body() {
    let tenant = start(builder().answer(Answer::NoContent204));
    let answer = tenant.post("Web/visit", json!([good()]).to_string());
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert_eq!(tenant.emulator.accepted("visit"), 1);
}

#[test]
fn open_nulls_may_be_refused() {
    let tenant = start(builder().nulls(Blanks::Refuse));
    for (field, expected) in [("note", "String"), ("amount", "Number"), ("new", "Boolean")] {
        let causes = tenant.record("visit", &with(field, Value::Null)).causes();
        let cause = format!("#/{field}: expected type: {expected}, found: Null");
        assert_eq!(causes, [cause]);
    }
}

#[test]
fn open_empty_strings_may_be_refused() {
    let tenant = start(builder().empty_strings(Blanks::Refuse));
    let mail = tenant.record("visit", &with("mail", json!(""))).causes();
    assert_eq!(mail, ["#/mail: [] is not a valid email address"]);
    let note = tenant.record("visit", &with("note", json!(""))).causes();
    assert_eq!(note, ["#/note: expected minLength: 1, actual: 0"]);
    assert_eq!(
        tenant.record("visit", &with("note", Value::Null)).status,
        202
    );
}

#[test]
fn open_percents_may_be_numbers() {
    let tenant = start(builder().percent_numbers(true));
    for value in [json!(12.5), json!("12.5")] {
        assert_eq!(tenant.record("visit", &with("share", value)).status, 202);
    }
    assert_eq!(
        tenant.record("visit", &with("share", json!(true))).status,
        400
    );
}

#[test]
fn open_the_limit_and_its_status_can_be_set() {
    let tenant = start(builder().max_body(100).oversize_status(400));
    let answer = tenant.record("visit", &good());
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["details"], json!({}));
}

#[test]
fn doc_a_passed_test_may_answer_200() {
    let tenant = start(builder().test_status(200));
    let answer = tenant.post("Web/visit/actions/test", json!([good()]).to_string());
    assert_eq!(answer.status, 200);
}

#[test]
fn doc_the_exchange_may_answer_a_url() {
    let tenant = start(builder().bare_host(false));
    let body = exchange(&tenant.emulator, &org_token(&tenant.emulator), &[]).json();
    assert_eq!(body["instance_url"], tenant.emulator.tenant_url());
}

#[test]
fn live_expires_in_may_be_text() {
    let life = Duration::from_secs(28_800);
    let tenant = start(builder().expires_in_as_text(true).tenant_token_life(life));
    let body = exchange(&tenant.emulator, &org_token(&tenant.emulator), &[]).json();
    assert_eq!(body["expires_in"], "28800");
}

#[test]
fn doc_tokens_end_with_their_lives() {
    let emulator = builder().org_token_life(Duration::ZERO).start().unwrap();
    let answer = exchange(&emulator, &org_token(&emulator), &[]);
    assert_eq!(answer.content_type, "text/html; charset=utf-8");
    let tenant = start(builder().tenant_token_life(Duration::ZERO));
    assert_eq!(tenant.record("visit", &good()).status, 401);
    let forever = start(builder().tenant_token_life(Duration::MAX));
    assert_eq!(forever.record("visit", &good()).status, 202);
}

#[test]
fn doc_the_api_scope_alone_does_not_ingest() {
    let tenant = start(builder().scopes("api refresh_token"));
    let answer = tenant.record("visit", &good());
    assert_eq!(answer.status, 401);
    assert!(answer.text.contains("cdp_ingest_api"), "{}", answer.text);
}

#[test]
fn doc_a_data_space_must_exist() {
    let emulator = builder().dataspaces(["default", "emea"]).start().unwrap();
    let token = org_token(&emulator);
    assert_eq!(
        exchange(&emulator, &token, &[("dataspace", "emea")]).status,
        200
    );
    assert_eq!(exchange(&emulator, &token, &[]).status, 200);
    assert_eq!(
        exchange(&emulator, &token, &[("dataspace", "apac")]).status,
        400
    );
}

fn two_of_three_fail() -> String {
    json!([good(), with("nots", json!(1)), with("note", json!(1))]).to_string()
}

#[test]
fn open_a_400_may_come_without_a_report() {
    let tenant = start(builder().reports(false).first_failing_only(true));
    for path in ["Web/visit", "Web/visit/actions/test"] {
        let answer = tenant.post(path, two_of_three_fail());
        assert_eq!(answer.status, 400);
        let body = answer.json();
        assert_eq!(body["details"], json!({}));
        let message = body["message"].as_str().unwrap();
        assert!(
            message.ends_with("has a mismatch with Schema."),
            "{message}"
        );
    }
    assert_eq!(tenant.emulator.rejected("visit"), 3);
}

#[test]
fn open_a_report_may_name_the_first_failing_record_alone() {
    let tenant = start(builder().first_failing_only(true));
    let answer = tenant.post("Web/visit", two_of_three_fail());
    assert_eq!(
        answer.causes(),
        ["#: extraneous key [nots] is not permitted"]
    );
    assert_eq!(tenant.emulator.rejected("visit"), 3);
}
