//! What a stream takes to send records: how many bodies, and how many allocations. Against a tenant
//! that accepts everything, in simulated time.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use ingest_core::{Client, IngestRecord, Settings, Transport, TransportError};
use tokio::time::{Instant, sleep};

#[derive(IngestRecord)]
#[ingest(
    unverified,
    object = "event",
    digest = "0123456789abcdef",
    connector = "Sim"
)]
struct Event {
    #[ingest(kind = "Text", key)]
    id: String,
    #[ingest(kind = "Number")]
    number: u64,
    #[ingest(kind = "Text")]
    filling: String,
}

/// Answers after a round trip.
#[derive(Debug)]
struct Tenant;

const ROUND_TRIP: Duration = Duration::from_millis(50);

impl Transport for Tenant {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + '_>> {
        Box::pin(async move {
            sleep(ROUND_TRIP).await;
            let token = r#"{"access_token":"t","instance_url":"https://localhost"}"#;
            let (status, body) = match request.uri().path() {
                path if path.ends_with("token") => (200, token),
                _ => (202, r#"{"accepted":true}"#),
            };
            let mut answer = Response::new(Bytes::from_static(body.as_bytes()));
            *answer.status_mut() = status.try_into().unwrap();
            Ok(answer)
        })
    }
}

fn client() -> Client {
    let settings = Settings::from_vars([
        ("INGEST_LOGIN_URL", "https://localhost"),
        ("INGEST_CLIENT_ID", "id"),
        ("INGEST_CLIENT_SECRET", "secret"),
    ]);
    Client::with_transport(settings.unwrap(), Arc::new(Tenant))
}

/// Records of some 270 bytes, each with a key of its own.
fn events(count: u64) -> Vec<Event> {
    let event = |number| Event {
        id: format!("event-{number:020}"),
        number,
        filling: "x".repeat(200),
    };
    (0..count).map(event).collect()
}

/// Whoever offers more than the tenant takes waits for room most of the time, and that must not make
/// small bodies of what waits.
#[tokio::test(start_paused = true)]
async fn bodies_are_full_under_pressure() {
    let stream = client().stream::<Event>().concurrency(8).open();
    let stream = stream.await.unwrap();
    for event in &events(300_000) {
        stream.send(event).await.unwrap();
    }
    let report = stream.close().await;
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.cuts["pressure"], 0);
    let fill = report.body_fill();
    assert!(fill >= 0.98, "{fill}");
}

/// A buffer that many lanes fill without filling a body: nobody waits for the linger time.
#[tokio::test(start_paused = true)]
async fn a_full_buffer_of_small_chunks_leaves_at_once() {
    let linger = Duration::from_secs(60);
    let builder = client().stream::<Event>().buffer(400_000).linger(linger);
    let stream = builder.open().await.unwrap();
    let start = Instant::now();
    for event in &events(4_000) {
        stream.send(event).await.unwrap();
    }
    assert!(start.elapsed() < linger);
    let report = stream.close().await;
    assert!(report.is_complete(), "{report}");
    assert!(report.cuts["pressure"] > 0);
}

/// A record is encoded into a buffer that is there, and copied into another; what is allocated are the
/// chunks, of some hundred records each.
#[tokio::test(start_paused = true)]
async fn sending_a_record_allocates_nothing() {
    let stream = client().stream::<Event>().concurrency(8).open();
    let stream = stream.await.unwrap();
    let events = events(20_000);
    let send_all = || {
        for event in &events {
            let sent = pin!(stream.send(event));
            let sent = sent.poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(sent, Poll::Ready(Ok(_))), "there is room for all");
        }
    };
    let allocations = allocation_counter::measure(send_all).count_total;
    let records = u64::try_from(events.len()).unwrap();
    assert!(allocations * 20 < records, "{allocations}");
    assert!(stream.close().await.is_complete());
}
