//! The tenant's own count: however fast a stream would be, no second has more than 250 requests.

use std::time::{Duration, Instant};

use ingest_core::stream::RecordStream;
use ingest_emulator::{Calls, Emulator, Rule};

use crate::{Event, client, ingests, quick, tenant, within};

/// The tenant's limit (documented).
const QUOTA: u32 = 250;

const FOR: Duration = Duration::from_secs(3);

/// One record a request, as many as go.
async fn flood(stream: RecordStream<Event>, name: &str) {
    let until = Instant::now() + FOR;
    let mut number = 0;
    while Instant::now() < until {
        let event = Event::new(format!("{name}-{number}"), number);
        if stream.try_send(event).is_err() || number % 64 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        number += 1;
    }
    let report = within(stream.close_within(Duration::from_millis(10))).await;
    assert_eq!(report.totals.retries, 0, "{report}");
    assert!(report.totals.accepted > 0, "{report}");
}

fn judge(emulator: &Emulator) {
    let busiest = emulator.busiest_second();
    assert!(busiest <= QUOTA, "{busiest} requests in a second");
    assert!(
        ingests(emulator)
            .iter()
            .all(|request| request.status != 429)
    );
}

fn small_bodies(client: &ingest_core::Client) -> ingest_core::stream::StreamBuilder<Event> {
    quick(client).max_body(1_000).buffer(20_000).max_records(1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_at_full_speed_keeps_to_the_tenants_limit() {
    for concurrency in [1, 32, 250] {
        let emulator = tenant().start().unwrap();
        let builder = small_bodies(&client(&emulator)).concurrency(concurrency);
        flood(builder.open().await.unwrap(), "a").await;
        judge(&emulator);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_streams_of_one_client_share_the_limit() {
    let emulator = tenant().start().unwrap();
    // Answers that take different times must not let requests pile up.
    let slow = Rule::delay(Duration::ZERO, Duration::from_millis(400));
    emulator.faults().add(slow.calls(Calls::Ingest)).unwrap();
    let client = client(&emulator);
    let streams = [small_bodies(&client), small_bodies(&client)];
    let mut floods = Vec::new();
    for (builder, name) in streams.into_iter().zip(["a", "b"]) {
        let stream = builder.concurrency(250).open().await.unwrap();
        floods.push(tokio::spawn(flood(stream, name)));
    }
    for flood in floods {
        flood.await.unwrap();
    }
    judge(&emulator);
}

#[tokio::test]
async fn a_rate_of_ones_own_is_kept() {
    let emulator = tenant().start().unwrap();
    let builder = small_bodies(&client(&emulator)).rate(20.0);
    flood(builder.open().await.unwrap(), "a").await;
    // 20 a second and the burst of 10.
    let busiest = emulator.busiest_second();
    assert!(busiest <= 30, "{busiest} requests in a second");
}
