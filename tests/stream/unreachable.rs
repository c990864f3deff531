//! A tenant that cannot be reached: connections are refused, or break while they are used; then it is
//! back. Nothing is lost and nothing is done by hand.

use std::time::Duration;

use ingest_core::stream::Fate;
use ingest_emulator::{Calls, Fault, Rule};

use crate::door::{Door, Led};
use crate::{client_over, events, fate, quick, tenant, until, within};

#[tokio::test]
async fn a_tenant_that_refuses_connections_gets_all_when_it_is_back() {
    let emulator = tenant().start().unwrap();
    let mut door = Door::to(&emulator).await;
    let client = client_over(&emulator, Led::through(&emulator, &door));
    let stream = quick(&client).max_records(10).open().await.unwrap();
    door.shut().await;
    let receipts = stream.send_all(&events(100)).await.unwrap();
    until("ten retries", || stream.health().totals.retries >= 10).await;
    assert_eq!(emulator.accepted("event"), 0);
    assert!(stream.health().takes_records());
    door.reopen().await;
    for receipt in receipts {
        assert_eq!(fate(&receipt).await, Fate::Accepted);
    }
    let report = within(stream.close()).await;
    assert!(report.is_complete(), "{report}");
    assert!(
        emulator
            .accepted_by_key("event")
            .values()
            .all(|count| *count == 1)
    );
    // Nothing was sent, so nothing can have come in twice.
    assert_eq!(report.totals.possibly_duplicated, 0);
}

/// Kept connections die with the door; whoever uses them next must notice and not lose a record.
#[tokio::test]
async fn a_tenant_that_comes_and_goes_loses_nothing() {
    let emulator = tenant().start().unwrap();
    let delay = Rule::delay(Duration::ZERO, Duration::from_millis(20));
    emulator.faults().add(delay.calls(Calls::Ingest)).unwrap();
    let mut door = Door::to(&emulator).await;
    let client = client_over(&emulator, Led::through(&emulator, &door));
    let stream = quick(&client)
        .concurrency(4)
        .max_records(20)
        .open()
        .await
        .unwrap();
    let events = events(1_000);
    for (round, events) in events.chunks(100).enumerate() {
        stream.send_all(events).await.unwrap();
        let accepted = 60 * round as u64;
        until("some came in", || {
            stream.health().totals.accepted >= accepted
        })
        .await;
        door.shut().await;
        door.reopen().await;
    }
    let report = within(stream.close()).await;
    assert!(report.is_complete(), "{report}");
    let accepted = emulator.accepted_by_key("event");
    assert_eq!(accepted.len(), 1_000);
    let twice = accepted.values().sum::<u64>() - 1_000;
    assert!(
        twice <= report.totals.possibly_duplicated,
        "{twice}: {report}"
    );
}

/// A gateway that serves a page for a while, at the login too.
#[tokio::test]
async fn a_login_host_that_fails_for_a_while_costs_patience_alone() {
    let emulator = tenant().start().unwrap();
    let stream = crate::open(&emulator).await;
    for rule in [
        Rule::no_new_tokens().count(2),
        Rule::new(Fault::Html { status: 503 })
            .calls(Calls::Auth)
            .count(2),
        Rule::status(429).calls(Calls::Exchange).count(1),
    ] {
        emulator.faults().add(rule).unwrap();
    }
    emulator.expire_tenant_tokens();
    let receipts = stream.send_all(&events(10)).await.unwrap();
    for receipt in receipts {
        assert_eq!(fate(&receipt).await, Fate::Accepted);
    }
    let report = within(stream.close()).await;
    assert_eq!(report.totals.retries, 5, "{report}");
    assert_eq!(report.totals.possibly_duplicated, 0);
}

/// A login that can be had later is no reason not to open.
#[tokio::test]
async fn a_stream_opens_while_the_login_host_fails() {
    let emulator = tenant()
        .faults([Rule::no_new_tokens().count(3)])
        .start()
        .unwrap();
    let stream = crate::open(&emulator).await;
    stream.send_all(&events(10)).await.unwrap();
    let report = within(stream.close()).await;
    assert!(report.is_complete(), "{report}");
}
