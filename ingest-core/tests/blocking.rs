//! Streams without a runtime: in plain threads, in many of them, and where a runtime is in which they
//! block; and what stays behind when they are dropped.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use ingest_core::blocking::{Client, RecordStream};
use ingest_core::stream::{Condition, Fate};
use ingest_core::{IngestRecord, Settings, Transport, TransportError};
use serde_json::{Value, json};

#[derive(IngestRecord, Clone, Debug)]
#[ingest(
    unverified,
    object = "event",
    digest = "0123456789abcdef",
    connector = "Sim"
)]
struct Event {
    #[ingest(kind = "Text", key)]
    id: String,
}

fn event(nth: usize) -> Event {
    Event {
        id: format!("event-{nth:06}"),
    }
}

/// A tenant in memory; what it must not do is wait for real time.
#[derive(Debug, Clone, Default)]
struct Tenant(Arc<Inside>);

#[derive(Debug, Default)]
struct Inside {
    records: AtomicU64,
    /// Whether requests are answered 403.
    forbids: AtomicBool,
    /// Whether requests are never answered.
    hangs: AtomicBool,
    /// Told when the thread ends that makes the calls.
    thread_ended: Mutex<Option<mpsc::Sender<()>>>,
}

/// Tells when the thread is over that holds it.
struct Last(mpsc::Sender<()>);

impl Drop for Last {
    fn drop(&mut self) {
        // Nobody listens any more after a failure.
        let _heard = self.0.send(());
    }
}

std::thread_local! {
    static LAST: std::cell::RefCell<Option<Last>> = const { std::cell::RefCell::new(None) };
}

impl Tenant {
    fn records(&self) -> u64 {
        self.0.records.load(Ordering::SeqCst)
    }

    fn client(&self) -> Client {
        let settings = Settings::from_vars([
            ("INGEST_LOGIN_URL", "https://org.example"),
            ("INGEST_CLIENT_ID", "id"),
            ("INGEST_CLIENT_SECRET", "secret"),
        ]);
        Client::with_transport(settings.unwrap(), Arc::new(self.clone())).unwrap()
    }

    /// With a buffer of two small bodies, so that senders have to wait.
    fn tight(&self) -> RecordStream<Event> {
        let builder = self.client().stream().max_body(1_000).buffer(2_000);
        builder
            .linger(Duration::from_millis(1))
            .rate(240.0)
            .open()
            .unwrap()
    }

    async fn ingest(&self, request: &Request<Bytes>) -> Response<Bytes> {
        if self.0.hangs.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        if self.0.forbids.load(Ordering::SeqCst) {
            return answer(403, &json!({"message": "no"}));
        }
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        let records = body.as_object().unwrap().values().next().unwrap();
        let count = records.as_array().unwrap().len() as u64;
        self.0.records.fetch_add(count, Ordering::SeqCst);
        answer(202, &json!({"accepted": true}))
    }
}

impl Transport for Tenant {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + '_>> {
        if let Some(ended) = self.0.thread_ended.lock().unwrap().take() {
            LAST.set(Some(Last(ended)));
        }
        Box::pin(async move {
            // What a transport needs is there: the runtime's timers.
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok(match request.uri().path() {
                "/services/oauth2/token" => token("https://org.example"),
                "/services/a360/token" => token("tenant.example"),
                _ => self.ingest(&request).await,
            })
        })
    }
}

fn token(host: &str) -> Response<Bytes> {
    let token = json!({"access_token": "token", "instance_url": host, "expires_in": 7_200});
    answer(200, &token)
}

fn answer(status: u16, body: &Value) -> Response<Bytes> {
    let answer = Response::builder().status(status);
    answer.body(body.to_string().into()).unwrap()
}

/// Uses every way there is to send and to wait.
fn use_all(tenant: &Tenant) {
    let stream = tenant.tight();
    let mut receipts = Vec::new();
    for nth in 0..300 {
        receipts.push(stream.send(&event(nth)).unwrap());
    }
    let more: Vec<_> = (300..400).map(event).collect();
    receipts.extend(stream.send_all(&more).unwrap());
    receipts.extend(stream.delete(["event-000001"]).unwrap());
    receipts.push(stream.send_as(&event(400)).unwrap());
    stream.flush().unwrap();
    receipts.push(stream.try_send(event(401)).unwrap());
    // Waiting is done more often than a task of tokio may go on without a pause.
    for _ in 0..500 {
        stream.flush().unwrap();
    }
    for receipt in &receipts {
        assert_eq!(receipt.wait(), Fate::Accepted);
    }
    assert!(stream.health().takes_records());
    let report = stream.close_within(Duration::from_secs(600));
    assert!(report.is_complete(), "{report}");
    assert_eq!(report.totals.read, 403);
    assert_eq!(tenant.records(), 403);
}

#[test]
fn in_a_plain_thread() {
    use_all(&Tenant::default());
}

#[tokio::test]
async fn in_the_only_thread_of_a_runtime() {
    use_all(&Tenant::default());
}

#[tokio::test(start_paused = true)]
async fn where_time_stands_still() {
    use_all(&Tenant::default());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_all_threads_of_a_runtime() {
    let tasks: Vec<_> = (0..4)
        .map(|_| tokio::spawn(async { use_all(&Tenant::default()) }))
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[test]
fn in_many_threads_at_once() {
    let tenant = Tenant::default();
    let stream = tenant.tight();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let stream = stream.clone();
            scope.spawn(move || {
                let sent = (0..100).map(|nth| stream.send(&event(thread * 1_000 + nth)).unwrap());
                let receipts: Vec<_> = sent.collect();
                assert!(
                    receipts
                        .iter()
                        .all(|receipt| receipt.wait() == Fate::Accepted)
                );
            });
        }
    });
    assert!(stream.close().is_complete());
    assert_eq!(tenant.records(), 800);
}

#[test]
fn without_a_stream() {
    let tenant = Tenant::default();
    let records: Vec<_> = (0..10).map(event).collect();
    let report = tenant.client().send(&records).unwrap();
    assert_eq!(report.accepted, 10);
}

#[test]
fn a_halt_is_told_and_can_be_mended() {
    let tenant = Tenant::default();
    tenant.0.forbids.store(true, Ordering::SeqCst);
    let stream = tenant.tight();
    let receipt = stream.send(&event(1)).unwrap();
    assert_eq!(stream.flush().unwrap_err().code(), "forbidden");
    assert!(matches!(stream.health().condition, Condition::Halted(_)));
    let error = stream.send_all(&[event(2)]).unwrap_err();
    assert_eq!((error.index, error.source.code()), (0, "halted"));
    tenant.0.forbids.store(false, Ordering::SeqCst);
    assert!(stream.resume());
    assert_eq!(receipt.wait(), Fate::Accepted);
    assert!(stream.close().is_complete());
}

#[test]
fn closing_gives_up_in_time_what_is_never_answered() {
    let tenant = Tenant::default();
    tenant.0.hangs.store(true, Ordering::SeqCst);
    let stream = tenant.tight();
    let receipt = stream.send(&event(1)).unwrap();
    let report = stream.close_within(Duration::from_millis(20));
    assert_eq!(report.unsent.len(), 1);
    assert_eq!(receipt.wait(), Fate::Unsent);
}

/// Waits for what happens soon; a slow machine may take its time.
fn happens(told: &mpsc::Receiver<()>) {
    told.recv_timeout(Duration::from_secs(300)).unwrap();
}

#[test]
fn the_thread_ends_after_the_last_handle() {
    let (ended, told) = mpsc::channel();
    let tenant = Tenant::default();
    *tenant.0.thread_ended.lock().unwrap() = Some(ended);
    let client = tenant.client();
    let builder = client.stream::<Event>();
    let stream = builder.clone().open().unwrap();
    drop(client);
    stream.send(&event(1)).unwrap();
    let other = stream.clone();
    assert!(stream.close().is_complete());
    drop(builder);
    assert!(told.try_recv().is_err(), "a handle is left");
    assert!(!other.health().takes_records());
    drop(other);
    happens(&told);
}

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Dropping in the middle of a task must neither panic nor wait for the tenant.
#[tokio::test]
async fn dropped_without_close_it_is_loud_and_goes_on() {
    let (ended, told) = mpsc::channel();
    let tenant = Tenant::default();
    *tenant.0.thread_ended.lock().unwrap() = Some(ended);
    let log = Captured::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let client = tenant.client();
        let builder = client.stream().linger(Duration::from_secs(1));
        let stream = builder.open().unwrap();
        stream.send(&event(1)).unwrap();
        drop(client);
        drop(stream);
    });
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("a stream was dropped without `close`"),
        "{log}"
    );
    happens(&told);
    assert_eq!(tenant.records(), 1);
}
