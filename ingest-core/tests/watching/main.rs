//! What can be seen of a stream from outside: every metric with its total, and a log that says what
//! happened and shows neither a value of a record nor a secret.

#![allow(
    clippy::unwrap_used,
    clippy::float_cmp,
    reason = "a test may panic, and time is simulated"
)]

mod log;
mod metrics;
mod tenant;

use std::sync::Arc;
use std::time::Duration;

use ingest_core::stream::{Fate, RecordStream, Report};
use ingest_core::{Client, IngestRecord, Settings};

use tenant::{Mode, Tenant};

/// What must never show: values of records.
const VALUES: [&str; 3] = ["id-of-a-record", "text-of-a-record", "2718281828"];

/// What must never show: the client's secret and the tokens.
const SECRETS: [&str; 3] = ["hush-hush", "org-token-canary", "tenant-token-canary"];

#[derive(IngestRecord, Clone)]
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
    number: f64,
    #[ingest(kind = "Text")]
    text: String,
    #[ingest(kind = "Boolean")]
    bad: bool,
}

fn event(nth: u32) -> Event {
    Event {
        id: format!("{}-{nth}", VALUES[0]),
        number: 2_718_281_828.0,
        text: VALUES[1].to_owned(),
        bad: false,
    }
}

fn bad(nth: u32) -> Event {
    Event {
        bad: true,
        ..event(nth)
    }
}

async fn open(tenant: &Tenant) -> RecordStream<Event> {
    let settings = Settings::from_vars([
        ("INGEST_LOGIN_URL", "https://org.example"),
        ("INGEST_CLIENT_ID", "id"),
        ("INGEST_CLIENT_SECRET", SECRETS[0]),
    ]);
    let client = Client::with_transport(settings.unwrap(), Arc::new(tenant.clone()));
    let builder = client.stream::<Event>().seed(1).concurrency(4);
    let builder = builder
        .linger(Duration::from_millis(100))
        .max_records(10)
        .delivery_deadline(Duration::from_secs(60));
    builder.open().await.unwrap()
}

/// In simulated time, so that durations can be compared.
fn play<T>(run: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(run)
}

/// A run in which records come to every end that there is: 200 and one record accepted, 20 rejected,
/// 3 expired, 2 unsent and 1 never taken.
async fn eventful() -> Report {
    let tenant = Tenant::new();
    let stream = open(&tenant).await;
    assert!(
        stream
            .send(&Event {
                number: f64::NAN,
                ..event(0)
            })
            .await
            .is_err()
    );

    tenant.set(Mode::Fails);
    let first = stream.send(&event(0)).await.unwrap();
    assert_eq!(first.fate().await, Fate::Accepted);

    for nth in 0..200 {
        stream.send(&event(nth)).await.unwrap();
        if nth % 10 == 0 {
            stream.send(&bad(1_000 + nth)).await.unwrap();
        }
    }
    stream.flush().await.unwrap();

    tenant.set(Mode::Gone);
    for nth in 0..3 {
        stream.send(&event(nth)).await.unwrap();
    }
    stream.flush().await.unwrap();

    tenant.set(Mode::Forbids);
    for nth in 0..2 {
        stream.send(&event(nth)).await.unwrap();
    }
    stream.flush().await.unwrap_err();
    stream.close().await
}
