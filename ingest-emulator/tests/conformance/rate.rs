//! The tenant's limit of requests per second, over all its objects.
//!
//! Nothing here depends on how fast the machine is: a limit of one or two is reached by requests
//! that arrive together, and where they did not, the emulator's own count says so.

use std::sync::Barrier;
use std::thread;

use ingest_emulator::{Builder, RetryAfter};
use serde_json::json;

use crate::client::{Answer, Client, org_token};
use crate::schema::{builder, good};

fn limited(builder: Builder) -> Client {
    Client::new(builder.start().unwrap())
}

/// Sends until one is answered 429, which is soon unless the machine stands still.
fn first_refused(tenant: &Client) -> Answer {
    let answers = std::iter::repeat_with(|| tenant.record("visit", &good()));
    let mut refused = answers.take(10_000).filter(|answer| answer.status != 202);
    refused.next().unwrap()
}

#[test]
fn doc_one_request_too_many_is_answered_429() {
    let tenant = limited(builder().requests_per_second(2));
    let answer = first_refused(&tenant);
    assert_eq!(answer.status, 429);
    assert_eq!(answer.retry_after, None);
    let body = answer.json();
    assert_eq!(body["error"], "429 TOO_MANY_REQUESTS");
    assert_eq!(body["details"], json!({}));
    let last = tenant.emulator.requests().pop().unwrap();
    assert_eq!(
        (last.status, last.processed, last.fault),
        (429, false, None)
    );
    assert!(tenant.emulator.busiest_second() >= 3);
    let requests = tenant.emulator.request_count() - 2;
    assert_eq!(tenant.emulator.accepted("visit"), requests - 1);
}

#[test]
fn doc_all_objects_and_calls_share_the_limit() {
    let tenant = limited(builder().requests_per_second(1));
    first_refused(&tenant);
    let calls = |tenant: &Client| {
        [
            tenant.record("draft", &json!({"first": "a", "second": "b"})),
            tenant.call("DELETE", "Web/visit").send(r#"{"ids":["a"]}"#),
            tenant.post("Web/visit/actions/test", "[]"),
        ]
        .map(|answer| answer.status)
    };
    // A second may pass between two of them, but not between all, again and again.
    let refused = (0..1_000).find(|_| calls(&tenant) == [429; 3]);
    assert!(refused.is_some());
}

#[test]
fn doc_the_limit_is_250_and_refused_requests_do_not_count_against_it() {
    let tenant = Client::new(builder().start().unwrap());
    let (threads, each) = (4, 100);
    let start = Barrier::new(threads);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                start.wait();
                for _ in 0..each {
                    tenant.post("Web/visit", "[]");
                }
            });
        }
    });
    let requests = tenant.emulator.requests();
    let with = |status| {
        requests
            .iter()
            .filter(|request| request.status == status)
            .count()
    };
    assert_eq!(with(202) + with(429), threads * each);
    let is_over = tenant.emulator.busiest_second() > 250;
    assert_eq!(
        is_over,
        with(429) > 0,
        "{}",
        tenant.emulator.busiest_second()
    );
    assert!(with(202) >= 250);
}

#[test]
fn own_the_limit_can_be_lifted_and_the_busiest_second_is_still_known() {
    let tenant = limited(builder().requests_per_second(0));
    for _ in 0..300 {
        assert_eq!(tenant.post("Web/visit", "[]").status, 202);
    }
    let busiest = tenant.emulator.busiest_second();
    assert!((1..=300).contains(&busiest));
    tenant.emulator.reset();
    assert_eq!(tenant.emulator.busiest_second(), 0);
}

#[test]
fn own_logins_are_not_counted() {
    let tenant = limited(builder().requests_per_second(1));
    for _ in 0..20 {
        org_token(&tenant.emulator);
    }
    assert_eq!(tenant.emulator.busiest_second(), 0);
}

#[test]
fn open_a_refusal_may_say_when_to_come_back() {
    let limit = || builder().requests_per_second(1);
    let seconds = limited(limit().limit_retry_after(RetryAfter::Seconds(7)));
    assert_eq!(first_refused(&seconds).retry_after.as_deref(), Some("7"));
    let date = limited(limit().limit_retry_after(RetryAfter::DateAhead(60)));
    let text = first_refused(&date).retry_after.unwrap();
    assert!(text.ends_with(" GMT") && text.len() == 29, "{text}");
}
