//! What takes minutes: in simulated time, over a transport that answers by itself.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use ingest_core::stream::{Condition, Fate};
use ingest_core::{Client, Settings, Transport, TransportError};
use tokio::time::Instant;

use crate::{Event, events};

/// Answers logins with a token and everything else with this status.
#[derive(Debug)]
struct Always(AtomicU16);

impl Transport for Always {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + '_>> {
        let is_login = request.uri().path().ends_with("/token");
        let token = r#"{"access_token":"t","instance_url":"tenant.example","expires_in":7193}"#;
        let login = token.replace("tenant.example", "https://org.example");
        let (status, body) = match request.uri().path() {
            "/services/oauth2/token" => (200, login),
            _ if is_login => (200, token.to_owned()),
            _ => (self.0.load(Ordering::SeqCst), "{}".to_owned()),
        };
        let answer = Response::builder().status(status).body(body.into());
        Box::pin(async move { Ok(answer.unwrap()) })
    }
}

fn client(tenant: &Arc<Always>) -> Client {
    let settings = Settings::from_vars([
        ("INGEST_LOGIN_URL", "https://org.example"),
        ("INGEST_CLIENT_ID", "id"),
        ("INGEST_CLIENT_SECRET", "secret"),
    ]);
    Client::with_transport(settings.unwrap(), tenant.clone())
}

/// New data streams answer 404 for half a minute; who still does after two has no such stream.
#[tokio::test(start_paused = true)]
async fn a_404_that_lasts_halts_and_resume_gives_another_chance() {
    let tenant = Arc::new(Always(AtomicU16::new(404)));
    let stream = client(&tenant).stream::<Event>().open().await.unwrap();
    for round in 0..2 {
        let began = Instant::now();
        if round == 0 {
            stream.send_all(&events(10)).await.unwrap();
        } else {
            assert!(stream.resume());
        }
        let halt = stream.flush().await.unwrap_err();
        assert_eq!(halt.code(), "not_found");
        let text = halt.to_string();
        assert!(text.contains("open for longer"), "{text}");
        let after = began.elapsed();
        assert!(after >= Duration::from_secs(120), "{after:?}");
        assert!(after < Duration::from_secs(160), "{after:?}");
        assert_eq!(stream.health().totals.open(), 10, "all is kept");
    }
    tenant.0.store(202, Ordering::SeqCst);
    assert!(stream.resume());
    let report = stream.close().await;
    assert!(report.is_complete(), "{report}");
}

/// Two minutes later the stream is not young any more: the first 404 halts it.
#[tokio::test(start_paused = true)]
async fn a_404_of_an_old_stream_halts_at_once() {
    let tenant = Arc::new(Always(AtomicU16::new(202)));
    let stream = client(&tenant).stream::<Event>().open().await.unwrap();
    let receipt = stream.send(&Event::new("a", 1)).await.unwrap();
    assert_eq!(receipt.fate().await, Fate::Accepted);
    tokio::time::sleep(Duration::from_secs(121)).await;
    tenant.0.store(404, Ordering::SeqCst);
    stream.send(&Event::new("b", 2)).await.unwrap();
    let halt = stream.flush().await.unwrap_err();
    assert_eq!(halt.code(), "not_found");
    assert!(matches!(stream.health().condition, Condition::Halted(_)));
    assert_eq!(stream.health().totals.retries, 0);
    let report = stream.close().await;
    assert_eq!(report.unsent.len(), 1, "{report}");
}

/// A tenant that fails for longer than a record may wait.
#[tokio::test(start_paused = true)]
async fn the_default_deadline_is_an_hour() {
    let tenant = Arc::new(Always(AtomicU16::new(503)));
    let stream = client(&tenant).stream::<Event>().open().await.unwrap();
    let began = Instant::now();
    let receipt = stream.send(&Event::new("a", 1)).await.unwrap();
    assert_eq!(receipt.fate().await, Fate::Expired);
    let after = began.elapsed();
    assert!(after <= Duration::from_secs(3_600), "{after:?}");
    assert!(after > Duration::from_secs(3_500), "{after:?}");
    let report = stream.close().await;
    assert_eq!(report.totals.expired, 1);
    // Nobody hammers a tenant that is down.
    assert!(report.totals.requests < 400, "{report}");
}
