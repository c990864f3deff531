//! A tenant that misbehaves: every fault as a client meets it, and when it comes.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use ingest_emulator::{
    Builder, Calls, CutAt, ErrorBody, Fault, RequestSummary, RetryAfter, Rule, RuleError,
};
use serde_json::{Value, json};

use crate::client::{Client, call, exchange, org_token, tenant_token};
use crate::schema::{builder, good, tenant, with};

const FAR: Duration = Duration::from_secs(3_600);

fn start(builder: Builder) -> Client {
    Client::new(builder.start().unwrap())
}

/// A tenant with this one rule, added after the login.
fn with_rule(rule: Rule) -> (Client, u64) {
    let tenant = tenant();
    let id = tenant.emulator.faults().add(rule).unwrap();
    (tenant, id)
}

fn body() -> String {
    json!([good()]).to_string()
}

fn last(tenant: &Client) -> RequestSummary {
    tenant.emulator.requests().pop().unwrap()
}

fn statuses<const N: usize>(tenant: &Client) -> [u16; N] {
    std::array::from_fn(|_| tenant.record("visit", &good()).status)
}

#[test]
fn doc_a_busy_tenant_answers_in_its_own_words() {
    for (status, error) in [
        (429, "429 TOO_MANY_REQUESTS"),
        (503, "503 SERVICE_UNAVAILABLE"),
        (500, "500 INTERNAL_SERVER_ERROR"),
        (409, "409 CONFLICT"),
    ] {
        let rule = Rule::status(status);
        let (tenant, id) = with_rule(rule.clone().count(1));
        let answer = tenant.record("visit", &good());
        assert_eq!((answer.status, answer.retry_after.clone()), (status, None));
        assert_eq!(answer.json()["error"], error);
        assert_eq!(tenant.emulator.accepted("visit"), 0);
        let seen = last(&tenant);
        assert_eq!((seen.status, seen.processed), (status, false));
        assert_eq!(seen.fault, Some(rule.fault));
        assert_eq!(statuses(&tenant), [202]);
        let seen = last(&tenant);
        assert_eq!((seen.processed, seen.fault), (true, None));
        assert_eq!(tenant.emulator.faults().fired(id), 1);
    }
}

#[test]
fn doc_a_401_by_status_has_the_shape_of_a_401() {
    let (tenant, _) = with_rule(Rule::status(401).count(1));
    let answer = tenant.record("visit", &good());
    assert_eq!(answer.json()["details"]["statusCode"], 401);
    assert_eq!(statuses(&tenant), [202], "the token is still good");
}

#[test]
fn open_a_retry_after_comes_in_two_forms() {
    let retry_after = |retry_after| {
        let (status, body) = (503, ErrorBody::Json);
        let fault = Fault::Status {
            status,
            retry_after: Some(retry_after),
            body,
        };
        let (tenant, _) = with_rule(Rule::new(fault));
        tenant.record("visit", &good()).retry_after.unwrap()
    };
    assert_eq!(retry_after(RetryAfter::Seconds(3)), "3");
    let date = retry_after(RetryAfter::DateAhead(3));
    assert!(date.ends_with(" GMT") && date.len() == 29, "{date}");
}

#[test]
fn field_an_error_may_have_any_body() {
    let answer = |body| {
        let (status, retry_after) = (502, None);
        let fault = Fault::Status {
            status,
            retry_after,
            body,
        };
        let (tenant, _) = with_rule(Rule::new(fault));
        let answer = tenant.record("visit", &good());
        assert_eq!(answer.status, 502);
        (answer.content_type.clone(), answer.text)
    };
    assert_eq!(answer(ErrorBody::Empty), (String::new(), String::new()));
    let (kind, text) = answer(ErrorBody::Text);
    assert_eq!(
        (kind.as_str(), text.as_str()),
        ("text/plain; charset=utf-8", "Bad Gateway\n")
    );
    let (kind, text) = answer(ErrorBody::HalfJson);
    assert_eq!(kind, "application/json");
    assert!(serde_json::from_str::<Value>(&text).unwrap_err().is_eof());
}

#[test]
fn live_a_page_may_come_in_place_of_json() {
    for status in [200, 503] {
        let (tenant, _) = with_rule(Rule::new(Fault::Html { status }));
        let answer = tenant.record("visit", &good());
        assert_eq!(answer.status, status);
        assert_eq!(answer.content_type, "text/html; charset=utf-8");
        assert!(answer.text.starts_with("<!DOCTYPE html>"));
        assert!(!last(&tenant).processed);
        assert_eq!(tenant.emulator.row_count("visit"), 0);
    }
}

#[test]
fn doc_tokens_may_end_in_the_middle_of_a_run() {
    let (tenant, _) = with_rule(Rule::new(Fault::ExpireTokens).every(2).count(1));
    assert_eq!(statuses(&tenant), [202, 401, 401]);
    let org = org_token(&tenant.emulator);
    assert_eq!(exchange(&tenant.emulator, &org, &[]).status, 200);
    let token = tenant_token(&tenant.emulator);
    let fresh = Client { token, ..tenant };
    assert_eq!(statuses(&fresh), [202, 202]);
    assert_eq!(fresh.emulator.accepted("visit"), 3);
    let ended = fresh.emulator.requests();
    let ended = ended.iter().filter(|seen| seen.fault.is_some());
    assert_eq!(ended.map(|seen| seen.status).collect::<Vec<_>>(), [401]);
}

#[test]
fn doc_a_cut_before_or_after_processing_looks_the_same_to_the_client() {
    for (at, rows) in [(CutAt::BeforeProcessing, 0), (CutAt::AfterProcessing, 1)] {
        let (tenant, _) = with_rule(Rule::cut(at).count(1));
        let answer = tenant.call("POST", "Web/visit").exchange(body().as_bytes());
        assert_eq!(answer.unwrap(), b"");
        assert_eq!(tenant.emulator.row_count("visit"), rows);
        let seen = last(&tenant);
        assert_eq!((seen.status, seen.processed), (0, rows == 1));
        assert_eq!(seen.fault, Some(Fault::Cut { at, reset: false }));
        assert_eq!(statuses(&tenant), [202]);
    }
}

#[test]
fn doc_a_connection_may_be_reset() {
    for at in [CutAt::BeforeProcessing, CutAt::AfterProcessing] {
        let (tenant, _) = with_rule(Rule::new(Fault::Cut { at, reset: true }));
        let answer = tenant.call("POST", "Web/visit").exchange(body().as_bytes());
        assert_eq!(answer.unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
}

#[test]
fn doc_an_answer_may_break_off_in_the_middle() {
    let (tenant, _) = with_rule(Rule::cut(CutAt::MidAnswer).count(1));
    let answer = tenant.call("POST", "Web/visit").exchange(body().as_bytes());
    let answer = String::from_utf8(answer.unwrap()).unwrap();
    let (head, rest) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 202 Accepted\r\n"), "{head}");
    assert!(head.contains("content-length: 17"), "{head}");
    assert_eq!(rest, r#"{"accept"#);
    assert_eq!(tenant.emulator.row_count("visit"), 1);
    let seen = last(&tenant);
    assert_eq!((seen.status, seen.processed, seen.records), (202, true, 1));
}

#[test]
fn own_an_answer_without_a_body_breaks_off_before_it_begins() {
    let builder = builder().answer(ingest_emulator::Answer::NoContent204);
    let tenant = start(builder);
    let faults = tenant.emulator.faults();
    faults.add(Rule::cut(CutAt::MidAnswer)).unwrap();
    let answer = tenant.call("POST", "Web/visit").exchange(body().as_bytes());
    assert_eq!(answer.unwrap(), b"");
    assert_eq!((last(&tenant).status, last(&tenant).processed), (0, true));
}

#[test]
fn own_a_cut_ends_a_connection_that_was_used_before() {
    let (tenant, _) = with_rule(Rule::cut(CutAt::AfterProcessing).every(2));
    let address = tenant.emulator.tenant_url();
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    let request = format!(
        "POST /api/v1/ingest/sources/Web/visit HTTP/1.1\r\nHost: x\r\n\
         Authorization: Bearer {}\r\nContent-Length: 2\r\n\r\n[]",
        tenant.token
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(br#"{"accepted":true}"#) {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    stream.write_all(request.as_bytes()).unwrap();
    assert_eq!(stream.read(&mut [0; 64]).unwrap(), 0);
}

#[test]
fn own_a_delay_is_within_its_bounds_and_goes_with_another_fault() {
    let (least, most) = (Duration::from_millis(5), Duration::from_millis(20));
    let (tenant, id) = with_rule(Rule::delay(least, most));
    let faults = tenant.emulator.faults();
    faults.add(Rule::status(503).every(2)).unwrap();
    for status in [202, 503] {
        let before = std::time::Instant::now();
        assert_eq!(tenant.record("visit", &good()).status, status);
        assert!(before.elapsed() >= least);
    }
    assert_eq!(faults.fired(id), 2);
    let requests = tenant.emulator.requests();
    let told: Vec<_> = requests
        .iter()
        .filter_map(|seen| seen.fault.clone())
        .collect();
    assert_eq!(
        told,
        [Fault::Delay { least, most }, Rule::status(503).fault]
    );
}

#[test]
fn own_a_delayed_request_is_processed_though_its_client_left() {
    let wait = Duration::from_millis(50);
    let (tenant, _) = with_rule(Rule::delay(wait, wait));
    let address = tenant.emulator.tenant_url();
    let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
    let body = body();
    let request = format!(
        "POST /api/v1/ingest/sources/Web/visit HTTP/1.1\r\nHost: x\r\n\
         Authorization: Bearer {}\r\nContent-Length: {}\r\n\r\n{body}",
        tenant.token,
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    drop(stream);
    assert!(tenant.emulator.wait_for("visit", 1, FAR));
}

#[test]
fn doc_a_stream_is_not_found_right_after_its_deployment() {
    let young = Rule::new(Fault::NotDeployed).until(FAR);
    let old = Rule::status(503).after(FAR);
    let tenant = start(builder().faults([young, old]));
    let answer = tenant.record("visit", &good());
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["error"], "404 NOT_FOUND");
    tenant.emulator.faults().remove(0);
    assert_eq!(statuses(&tenant), [202]);
}

#[test]
fn field_a_record_may_land_blank() {
    let (tenant, _) = with_rule(Rule::new(Fault::Blank).count(3));
    assert_eq!(tenant.record("visit", &with("nots", json!(1))).status, 400);
    assert_eq!(statuses(&tenant), [202]);
    let contact = json!({"number": 1.50, "name": "a", "changed": "2026-01-01T00:00:00Z"});
    assert_eq!(tenant.record("contact", &contact).status, 202);
    let mut blank = good();
    for (field, value) in blank.as_object_mut().unwrap() {
        if field != "id" {
            *value = Value::Null;
        }
    }
    assert_eq!(tenant.emulator.rows("visit"), [blank]);
    let texts = tenant.emulator.row_texts("contact");
    assert_eq!(texts, [r#"{"number":1.5,"name":null,"changed":null}"#]);
    assert_eq!(tenant.emulator.accepted("visit"), 1);
    assert_eq!(last(&tenant).fault, Some(Fault::Blank));
    assert_eq!(statuses(&tenant), [202]);
    assert_eq!(tenant.emulator.rows("visit"), [good()]);
}

#[test]
fn doc_a_record_may_be_rejected_after_it_was_accepted() {
    let (tenant, _) = with_rule(Rule::new(Fault::RejectLate).count(1));
    let answer = tenant.record("visit", &good());
    assert_eq!(
        (answer.status, answer.json()),
        (202, json!({"accepted": true}))
    );
    assert!(last(&tenant).processed);
    assert_eq!(tenant.emulator.accepted("visit"), 1);
    assert_eq!(tenant.emulator.row_count("visit"), 0);
    let problems = tenant.emulator.problems();
    assert_eq!(problems.len(), 1);
    assert_eq!((&*problems[0].object, &*problems[0].key), ("visit", "v1"));
    let record: Value = serde_json::from_str(&problems[0].record).unwrap();
    assert_eq!(record, good());
    assert!(!problems[0].error.is_empty());
    tenant.emulator.reset();
    assert!(tenant.emulator.problems().is_empty());
}

#[test]
fn doc_no_new_token_can_be_had_for_a_while() {
    let rule = Rule::no_new_tokens().until(FAR);
    let emulator = builder().start().unwrap();
    let org = org_token(&emulator);
    let id = emulator.faults().add(rule).unwrap();
    let answer = exchange(&emulator, &org, &[]);
    assert_eq!(answer.status, 500);
    assert_eq!(answer.json()["error"], "server_error");
    let login = call(&emulator, "POST", "/services/oauth2/token").form(&[]);
    assert_eq!(login.status, 500);
    let ingest = call(&emulator, "POST", "/api/v1/ingest/sources/Web/visit").send("[]");
    assert_eq!(ingest.status, 401);
    assert_eq!(emulator.faults().fired(id), 2);
    emulator.faults().clear();
    assert_eq!(exchange(&emulator, &org, &[]).status, 200);
}

#[test]
fn own_rules_are_about_calls_and_objects() {
    let (tenant, _) = with_rule(Rule::status(503).object("contact"));
    assert_eq!(statuses(&tenant), [202]);
    assert_eq!(tenant.post("Web/contact", "[]").status, 503);
    assert_eq!(tenant.call("DELETE", "Web/contact").send("").status, 503);
    let emulator = &tenant.emulator;
    emulator
        .faults()
        .add(Rule::status(503).calls(Calls::Connect))
        .unwrap();
    let path = "/services/data/v62.0/ssot/data-streams";
    let answer = call(emulator, "GET", path)
        .bearer(&org_token(emulator))
        .send("");
    assert_eq!(
        (answer.status, answer.json()[0]["errorCode"].clone()),
        (503, json!("SERVER_UNAVAILABLE"))
    );
}

#[test]
fn own_the_same_seed_and_order_give_the_same_faults() {
    let rules = || {
        [
            Rule::status(503).calls(Calls::Ingest).ratio(0.2, 42),
            Rule::status(429).calls(Calls::Ingest).ratio(0.2, 42),
            Rule::cut(CutAt::MidAnswer)
                .calls(Calls::Ingest)
                .ratio(0.1, 7),
        ]
    };
    let run = |tenant: &Client| {
        for _ in 0..100 {
            let answer = tenant.call("POST", "Web/visit").exchange(b"[]");
            assert!(answer.is_ok());
        }
        let requests = tenant.emulator.requests();
        let ingest = requests.iter().filter(|seen| seen.path.contains("ingest"));
        ingest.map(|seen| seen.fault.clone()).collect::<Vec<_>>()
    };
    let unlimited = || builder().requests_per_second(0);
    let (first, second) = (
        start(unlimited().faults(rules())),
        start(unlimited().faults(rules())),
    );
    let faults = run(&first);
    assert_eq!(faults, run(&second));
    assert!(faults.iter().any(Option::is_some) && faults.iter().any(Option::is_none));
    first.emulator.reset();
    assert_eq!(faults, run(&first), "a reset begins anew");
    let counted: Vec<_> = first.emulator.faults().active();
    for rule in counted {
        let told = faults
            .iter()
            .flatten()
            .filter(|fault| **fault == rule.rule.fault);
        assert_eq!(told.count() as u64, rule.fired);
    }
}

#[test]
fn own_a_rule_that_cannot_be_is_refused() {
    let emulator = builder().start().unwrap();
    let refused = emulator.faults().add(Rule::status(503).object("nowhere"));
    let object = "nowhere".to_owned();
    assert_eq!(refused, Err(RuleError::UnknownObject { object }));
    assert_eq!(
        emulator.faults().add(Rule::status(99)).unwrap_err().code(),
        "status"
    );
    assert!(emulator.faults().active().is_empty());
    let error = builder()
        .faults([Rule::status(503).every(0)])
        .start()
        .unwrap_err();
    assert_eq!(error.code(), "rule");
}

#[test]
fn own_a_fault_never_leaves_a_body_unread() {
    let (tenant, _) = with_rule(Rule::status(429));
    let long = vec![b' '; 1 << 20];
    assert_eq!(tenant.post("Web/visit", long).status, 429);
}
