//! Streams against a tenant in this process, over real HTTP: nothing lost, nothing overtaken, nobody
//! asked too often. What a stream decides is tested in `ingest-core` in simulated time; here it must
//! hold with sockets, threads and a clock of its own, so nothing here asserts how long something took.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod closing;
mod door;
mod isolation;
mod lasting;
mod logged;
mod oracle;
mod outcomes;
mod patches;
mod quota;
mod refreshes;
mod replay;
mod unreachable;

use std::sync::Arc;
use std::time::Duration;

use ingest_core::stream::{Receipt, RecordStream, StreamBuilder};
use ingest_core::{Client, IngestRecord, Settings, Transport};
use ingest_emulator::{Builder, Emulator};
use ingest_schema::Schema;

/// Longer than anything here takes: what is not there by then never comes.
const LONG: Duration = Duration::from_secs(60);

/// A record whose types lie about one field: `email` is any text, and the tenant wants an address.
#[derive(IngestRecord, Clone, Debug, serde::Deserialize)]
#[ingest(
    unverified,
    object = "event",
    digest = "0123456789abcdef",
    connector = "Stream"
)]
struct Event {
    #[ingest(kind = "Text", key)]
    id: String,
    #[ingest(kind = "Number")]
    number: u64,
    #[ingest(kind = "Text")]
    email: Option<String>,
    #[ingest(kind = "Text")]
    note: Option<String>,
}

impl Event {
    fn new(id: impl Into<String>, number: u64) -> Self {
        Self {
            id: id.into(),
            number,
            email: None,
            note: None,
        }
    }

    /// The tenant takes no such address.
    fn bad(self) -> Self {
        let email = Some("nobody".to_owned());
        Self { email, ..self }
    }
}

/// As many, each with a key of its own.
fn events(count: u64) -> Vec<Event> {
    (0..count)
        .map(|number| Event::new(format!("e-{number:06}"), number))
        .collect()
}

fn schema(path: &str) -> Schema {
    Schema::load(path).unwrap().schema
}

/// A strict tenant that remembers everything.
fn tenant() -> Builder {
    Emulator::builder(schema("stream/schema.yaml"))
        .keep_history(true)
        .history_field("event", "number")
}

fn settings(emulator: &Emulator) -> Settings {
    Settings::from_vars(emulator.vars()).unwrap()
}

fn client(emulator: &Emulator) -> Client {
    Client::new(settings(emulator)).unwrap()
}

fn client_over(emulator: &Emulator, transport: Arc<dyn Transport>) -> Client {
    Client::with_transport(settings(emulator), transport)
}

/// A stream that is not patient.
fn quick(client: &Client) -> StreamBuilder<Event> {
    client
        .stream::<Event>()
        .linger(Duration::from_millis(20))
        .backoff(Duration::from_millis(2), Duration::from_millis(20))
}

async fn open(emulator: &Emulator) -> RecordStream<Event> {
    quick(&client(emulator)).open().await.unwrap()
}

/// What came of one record; fails where nothing does.
async fn fate(receipt: &Receipt) -> ingest_core::stream::Fate {
    within(receipt.fate()).await
}

/// The same for anything else that must come.
async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(LONG, future).await.expect("it hangs")
}

/// Requests that carried records or keys.
fn ingests(emulator: &Emulator) -> Vec<ingest_emulator::RequestSummary> {
    let all = emulator.requests().into_iter();
    all.filter(|request| request.path.contains("/ingest/sources/"))
        .collect()
}

fn logins(emulator: &Emulator) -> usize {
    let all = emulator.requests().into_iter();
    all.filter(|request| request.path == "/services/oauth2/token")
        .count()
}

/// Waits for something that a tenant or a stream shows.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let seen = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(
        tokio::time::timeout(LONG, seen).await.is_ok(),
        "never seen: {what}"
    );
}
