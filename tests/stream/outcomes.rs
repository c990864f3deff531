//! Every row of the outcome table once, end to end: what the tenant answers, and what becomes of the
//! records, the counts and the stream. Without a connection: `unreachable`; 400: `isolation`.

use std::time::Duration;

use ingest_core::stream::{Fate, RecordStream, Report};
use ingest_emulator::{Answer, Calls, CutAt, Emulator, ErrorBody, Fault, RetryAfter, Rule};

use crate::{Event, client, events, fate, ingests, logins, open, quick, tenant, within};

const RECORDS: u64 = 50;

/// A tenant to which this happens with records, and nothing else goes wrong.
fn with_fault(rule: Rule) -> Emulator {
    tenant()
        .faults([rule.calls(Calls::Ingest)])
        .start()
        .unwrap()
}

async fn all_sent(stream: RecordStream<Event>) -> Report {
    stream.send_all(&events(RECORDS)).await.unwrap();
    within(stream.close()).await
}

/// Everything was accepted, each record this often.
fn assert_accepted(emulator: &Emulator, report: &Report, times: u64) {
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.totals.accepted, RECORDS);
    let accepted = emulator.accepted_by_key("event");
    assert_eq!(accepted.len() as u64, RECORDS);
    assert!(accepted.values().all(|count| *count == times), "{report}");
}

/// Halts with this code at the first request, keeps all, and goes on once the cause is mended.
async fn halts(rule: Rule, code: &str) {
    let emulator = with_fault(rule.clone().count(1));
    let stream = quick(&client(&emulator))
        .concurrency(1)
        .open()
        .await
        .unwrap();
    let receipts = stream.send_all(&events(RECORDS)).await.unwrap();
    let halt = within(stream.flush()).await.unwrap_err();
    assert_eq!(halt.code(), code, "{halt}");
    assert_eq!(ingests(&emulator).len(), 1, "{rule:?}");
    assert!(receipts.iter().all(|receipt| receipt.try_fate().is_none()));
    assert_eq!(stream.health().totals.open(), RECORDS);
    assert!(stream.resume());
    let report = within(stream.close()).await;
    assert_accepted(&emulator, &report, 1);
    assert!(report.halt.is_none());
}

#[tokio::test]
async fn a_202_and_a_204_are_acceptance() {
    for answer in [Answer::Accepted202, Answer::NoContent204] {
        let emulator = tenant().answer(answer).start().unwrap();
        let report = all_sent(open(&emulator).await).await;
        assert_accepted(&emulator, &report, 1);
        assert_eq!((report.totals.requests, report.totals.retries), (1, 0));
    }
}

#[tokio::test]
async fn any_other_2xx_is_acceptance_whatever_its_body() {
    for status in [200, 201, 203, 207] {
        for body in [
            ErrorBody::Json,
            ErrorBody::Empty,
            ErrorBody::Text,
            ErrorBody::HalfJson,
        ] {
            let fault = Fault::Status {
                status,
                retry_after: None,
                body,
            };
            let emulator = with_fault(Rule::new(fault));
            let report = all_sent(open(&emulator).await).await;
            assert!(report.is_complete(), "{status}: {report}");
        }
    }
}

#[tokio::test]
async fn what_passes_is_sent_again_and_counted() {
    for (status, unknown) in [
        (408, false),
        (409, false),
        (425, false),
        (429, false),
        (500, true),
        (501, false),
        (502, true),
        (503, false),
        (504, true),
        (507, false),
    ] {
        let emulator = with_fault(Rule::status(status).count(2));
        let report = all_sent(open(&emulator).await).await;
        assert_accepted(&emulator, &report, 1);
        let totals = report.totals;
        assert_eq!(
            (totals.requests, totals.retries),
            (3, 2),
            "{status}: {report}"
        );
        let duplicated = if unknown { 2 * RECORDS } else { 0 };
        assert_eq!(totals.possibly_duplicated, duplicated, "{status}");
    }
}

/// 1 second as a number, 2 as a date, of which up to one is over when it is read.
#[tokio::test]
async fn the_tenants_wish_is_a_floor_in_both_forms() {
    for (status, retry_after) in [
        (429, RetryAfter::Seconds(1)),
        (503, RetryAfter::DateAhead(2)),
    ] {
        let body = ErrorBody::Json;
        let fault = Fault::Status {
            status,
            retry_after: Some(retry_after),
            body,
        };
        let emulator = with_fault(Rule::new(fault).count(1));
        let report = all_sent(open(&emulator).await).await;
        assert_accepted(&emulator, &report, 1);
        // Clocks that are asked twice may differ by a little.
        assert!(report.elapsed > Duration::from_millis(900), "{report}");
    }
}

#[tokio::test]
async fn an_error_in_any_form_is_no_less_an_error() {
    for body in [ErrorBody::Empty, ErrorBody::Text, ErrorBody::HalfJson] {
        let fault = |status| Fault::Status {
            status,
            retry_after: None,
            body,
        };
        let emulator = with_fault(Rule::new(fault(503)).count(1));
        let report = all_sent(open(&emulator).await).await;
        assert_accepted(&emulator, &report, 1);
        halts(Rule::new(fault(403)), "forbidden").await;
    }
}

#[tokio::test]
async fn a_401_costs_one_login_and_no_retry() {
    let emulator = tenant().start().unwrap();
    let stream = open(&emulator).await;
    emulator.expire_tenant_tokens();
    let report = all_sent(stream).await;
    assert_accepted(&emulator, &report, 1);
    assert_eq!(logins(&emulator), 2);
    let totals = report.totals;
    assert_eq!((totals.requests, totals.retries), (2, 0), "{report}");
    assert_eq!(totals.possibly_duplicated, 0);
}

/// Without the scope, a new token is as bad as the old one.
#[tokio::test]
async fn a_401_twice_in_a_row_halts_and_names_the_scope() {
    let emulator = tenant().scopes("api").start().unwrap();
    let stream = open(&emulator).await;
    stream.send(&Event::new("a", 1)).await.unwrap();
    let halt = within(stream.flush()).await.unwrap_err();
    assert_eq!(halt.code(), "unauthorized");
    assert!(halt.to_string().contains("cdp_ingest_api"), "{halt}");
    assert_eq!(logins(&emulator), 2);
    let report = within(stream.close()).await;
    assert_eq!((report.totals.requests, report.unsent.len()), (2, 1));
}

#[tokio::test]
async fn a_403_and_every_unknown_4xx_halts() {
    halts(Rule::status(403), "forbidden").await;
    for status in [402, 405, 406, 410, 415, 418, 422, 451] {
        halts(Rule::status(status), "other").await;
    }
}

#[tokio::test]
async fn a_redirect_halts_and_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        halts(Rule::status(status), "redirect").await;
    }
}

/// As for the first seconds of a data stream. That a lasting 404 halts is tested in simulated time.
#[tokio::test]
async fn a_404_is_patience_while_the_stream_is_young() {
    let emulator = with_fault(Rule::new(Fault::NotDeployed).count(4));
    let report = all_sent(open(&emulator).await).await;
    assert_accepted(&emulator, &report, 1);
    assert_eq!((report.totals.requests, report.totals.retries), (5, 4));
}

#[tokio::test]
async fn a_body_too_large_for_the_tenant_is_split_whatever_it_says() {
    for status in [413, 400] {
        let emulator = tenant()
            .max_body(1_000)
            .oversize_status(status)
            .start()
            .unwrap();
        let report = all_sent(open(&emulator).await).await;
        assert_accepted(&emulator, &report, 1);
        assert_eq!(report.totals.rejected, 0);
        assert!(report.totals.requests > 4, "{report}");
    }
}

#[tokio::test]
async fn a_record_too_large_for_the_tenant_is_rejected_alone() {
    let emulator = tenant().max_body(1_000).start().unwrap();
    let stream = open(&emulator).await;
    let large = Event {
        note: Some("x".repeat(2_000)),
        ..Event::new("large", 0)
    };
    let receipt = stream.send(&large).await.unwrap();
    let small = stream.send(&Event::new("small", 1)).await.unwrap();
    let Fate::Rejected(rejection) = fate(&receipt).await else {
        panic!("it was accepted");
    };
    assert_eq!(rejection.code(), "too_large", "{rejection}");
    assert_eq!(fate(&small).await, Fate::Accepted);
    let report = within(stream.close()).await;
    assert_eq!((report.totals.accepted, report.totals.rejected), (1, 1));
}

#[tokio::test]
async fn a_cut_connection_is_tried_again_and_counted_as_maybe_processed() {
    for (at, reset, times) in [
        (CutAt::BeforeProcessing, false, 1),
        (CutAt::BeforeProcessing, true, 1),
        (CutAt::AfterProcessing, false, 2),
        (CutAt::AfterProcessing, true, 2),
    ] {
        let emulator = with_fault(Rule::new(Fault::Cut { at, reset }).count(1));
        let report = all_sent(open(&emulator).await).await;
        assert_accepted(&emulator, &report, times);
        assert_eq!((report.totals.requests, report.totals.retries), (2, 1));
        assert_eq!(report.totals.possibly_duplicated, RECORDS);
    }
}

/// The status has come: nothing more is needed to know that it was accepted.
#[tokio::test]
async fn half_an_acceptance_is_an_acceptance() {
    let emulator = with_fault(Rule::cut(CutAt::MidAnswer).count(1));
    let report = all_sent(open(&emulator).await).await;
    assert_accepted(&emulator, &report, 1);
    assert_eq!(report.totals.retries, 0, "{report}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let late = Duration::from_secs(3_600);
    let emulator = with_fault(Rule::delay(late, late).count(2));
    let stream = quick(&client(&emulator)).request_timeout(Duration::from_millis(200));
    let report = all_sent(stream.open().await.unwrap()).await;
    assert_accepted(&emulator, &report, 1);
    assert_eq!(report.totals.retries, 2, "{report}");
    assert_eq!(report.totals.possibly_duplicated, 2 * RECORDS);
}

#[tokio::test]
async fn a_page_is_no_acceptance_and_blames_nobody() {
    for status in [200, 202, 400, 429, 500, 502, 503] {
        let emulator = with_fault(Rule::new(Fault::Html { status }).count(2));
        let report = all_sent(open(&emulator).await).await;
        assert_accepted(&emulator, &report, 1);
        assert_eq!(report.totals.retries, 2, "{status}: {report}");
    }
    halts(Rule::new(Fault::Html { status: 403 }), "forbidden").await;
    halts(Rule::new(Fault::Html { status: 302 }), "redirect").await;
}

/// What happens to the second request of an isolation happens to that request alone.
#[tokio::test]
async fn a_failure_within_an_isolation_is_tried_again_without_a_verdict() {
    let emulator = tenant().reports(false).start().unwrap();
    let fault = Fault::Cut {
        at: CutAt::BeforeProcessing,
        reset: false,
    };
    for rule in [
        Rule::status(503).every(3),
        Rule::new(fault).every(5),
        Rule::new(Fault::ExpireTokens).every(7),
    ] {
        emulator.faults().add(rule.calls(Calls::Ingest)).unwrap();
    }
    let stream = quick(&client(&emulator))
        .concurrency(1)
        .open()
        .await
        .unwrap();
    let mut events = events(RECORDS);
    for place in [3, 4, 30] {
        events[place] = events[place].clone().bad();
    }
    stream.send_all(&events).await.unwrap();
    let report = within(stream.close()).await;
    assert_eq!(
        (report.totals.accepted, report.totals.rejected),
        (RECORDS - 3, 3),
        "{report}"
    );
    assert!(
        emulator
            .accepted_by_key("event")
            .values()
            .all(|count| *count == 1)
    );
}
