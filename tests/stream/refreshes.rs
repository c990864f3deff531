//! Tokens under streams: one refresh for all who wait, and none that anybody notices while the old
//! token lives. In simulated time this is tested where tokens are kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ingest_core::stream::{Fate, Limiter, LocalLimiter};
use ingest_emulator::{Calls, Emulator, Rule};

use crate::door::Led;
use crate::{Event, client, client_over, events, fate, logins, quick, tenant, until, within};

const WAITERS: u64 = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_waiters_on_an_expired_token_cause_one_refresh() {
    let emulator = tenant().requests_per_second(0).start().unwrap();
    let client = client_over(&emulator, Arc::new(Led::new(&emulator)));
    let limiter: Arc<dyn Limiter> = Arc::new(LocalLimiter::new(1e6, 1_000_000).unwrap());
    let mut streams = Vec::new();
    for _ in 0..WAITERS {
        let builder = quick(&client).limiter(Arc::clone(&limiter));
        streams.push(builder.open().await.unwrap());
    }
    assert_eq!(logins(&emulator), 1);

    // The first notices; the login takes long enough for all others to come and wait for it.
    let slow = Rule::delay(Duration::from_secs(2), Duration::from_secs(2));
    emulator.faults().add(slow.calls(Calls::Login)).unwrap();
    emulator.expire_tenant_tokens();
    let mut receipts = Vec::new();
    for (stream, event) in streams.iter().zip(events(WAITERS)) {
        receipts.push(stream.send(&event).await.unwrap());
    }
    for receipt in receipts {
        assert_eq!(fate(&receipt).await, Fate::Accepted);
    }
    assert_eq!(logins(&emulator), 2);
    let mut refused = 0;
    for stream in streams {
        let report = within(stream.close()).await;
        assert!(report.is_complete(), "{report}");
        assert_eq!(report.totals.retries, 0, "{report}");
        refused += report.totals.requests - 1;
    }
    assert!(refused >= 1);
    let accepted = emulator.accepted_by_key("event");
    assert!(accepted.values().all(|count| *count == 1));
    assert_eq!(accepted.len() as u64, WAITERS);
}

/// Renewed from 80 per cent of its life on.
const LIFE: Duration = Duration::from_secs(15);

/// Sends until the token has nearly ended, while no other can be had; false if this machine was too
/// slow to tell.
async fn refresh_fails(emulator: &Emulator) -> bool {
    let began = Instant::now();
    let stream = quick(&client(emulator)).open().await.unwrap();
    emulator.faults().add(Rule::no_new_tokens()).unwrap();
    let failing = || {
        let requests = emulator.requests().into_iter();
        requests.filter(|request| request.status == 500).count()
    };
    let mut number = 0;
    let mut send = async || {
        number += 1;
        let receipt = stream.send(&Event::new("a", number)).await.unwrap();
        fate(&receipt).await
    };
    while failing() == 0 {
        if began.elapsed() > LIFE {
            return false;
        }
        assert_eq!(send().await, Fate::Accepted);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for _ in 0..20 {
        assert_eq!(send().await, Fate::Accepted);
    }
    let totals = stream.health().totals;
    if began.elapsed() > LIFE {
        return false;
    }
    assert_eq!(totals.retries, 0, "a record has waited for a login");
    assert_eq!(
        failing(),
        1,
        "a login that failed is not tried with every record"
    );
    emulator.faults().clear();
    let report = within(stream.close()).await;
    assert!(report.is_complete(), "{report}");
    true
}

#[tokio::test]
async fn a_refresh_that_fails_costs_nothing_while_the_old_token_lives() {
    for _ in 0..3 {
        let emulator = tenant().tenant_token_life(LIFE).start().unwrap();
        if refresh_fails(&emulator).await {
            return;
        }
    }
    panic!("three times this machine took seconds for milliseconds");
}

/// Tokens that live for seconds, and end in the middle of a body's way.
#[tokio::test]
async fn tokens_that_end_all_the_time_cost_no_retry() {
    let emulator = tenant()
        .tenant_token_life(Duration::from_secs(1))
        .start()
        .unwrap();
    let stream = quick(&client(&emulator))
        .max_records(1)
        .open()
        .await
        .unwrap();
    let mut sent = 0;
    for event in events(400) {
        stream.send(&event).await.unwrap();
        sent += 1;
        if sent % 40 == 0 {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }
    until("some were accepted", || emulator.accepted("event") > 0).await;
    let report = within(stream.close()).await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.totals.retries, 0, "{report}");
    assert!(logins(&emulator) >= 2);
    assert!(
        emulator
            .accepted_by_key("event")
            .values()
            .all(|count| *count == 1)
    );
}
