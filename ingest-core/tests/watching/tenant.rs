//! A tenant that does as it is told, in simulated time.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use ingest_core::{Transport, TransportError};
use serde_json::{Value, json};

use crate::SECRETS;

/// How long every answer takes.
pub(crate) const LATENCY: Duration = Duration::from_millis(50);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Takes good records, and refuses the others with a report that quotes them.
    Works,
    /// Answers 503, then not at all, then works.
    Fails,
    /// Breaks the connection.
    Breaks,
    /// Cannot be reached.
    Gone,
    /// Answers 403.
    Forbids,
}

#[derive(Debug, Clone)]
pub(crate) struct Tenant(Arc<Mutex<Mode>>);

impl Tenant {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(Mode::Works)))
    }

    pub(crate) fn set(&self, mode: Mode) {
        *self.0.lock().unwrap() = mode;
    }

    /// How this request is treated; the next one may be treated otherwise.
    fn next(&self) -> Mode {
        let mut mode = self.0.lock().unwrap();
        let now = *mode;
        *mode = match now {
            Mode::Fails => Mode::Breaks,
            Mode::Breaks => Mode::Works,
            other => other,
        };
        now
    }

    fn ingest(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        match self.next() {
            Mode::Works => Ok(judge(request)),
            Mode::Fails => Ok(answer(503, &json!({"message": "later"}))),
            Mode::Breaks => Err(TransportError::interrupted("reset")),
            Mode::Gone => Err(TransportError::connect("refused")),
            Mode::Forbids => {
                // A server may repeat what it was sent.
                let token = request.headers()["authorization"].to_str().unwrap();
                let message = format!("not with {token}");
                Ok(answer(403, &json!({"message": message})))
            }
        }
    }
}

impl Transport for Tenant {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + '_>> {
        Box::pin(async move {
            tokio::time::sleep(LATENCY).await;
            match request.uri().path() {
                "/services/oauth2/token" => Ok(token(SECRETS[1], "https://org.example")),
                "/services/a360/token" => Ok(token(SECRETS[2], "tenant.example")),
                _ => self.ingest(&request),
            }
        })
    }
}

fn token(secret: &str, host: &str) -> Response<Bytes> {
    let answer_ = json!({"access_token": secret, "instance_url": host, "expires_in": 7_200});
    answer(200, &answer_)
}

fn judge(request: &Request<Bytes>) -> Response<Bytes> {
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    let records = body["data"].as_array().unwrap();
    let bad = records.iter().filter(|record| record["bad"] == true);
    let report: Vec<_> = bad.map(complaint).collect();
    if report.is_empty() {
        return answer(202, &json!({"accepted": true}));
    }
    let refusal = json!({"message": "mismatch", "details": {"validationReport": report}});
    answer(400, &refusal)
}

/// As the service complains: with the whole record, and with a value.
fn complaint(record: &Value) -> Value {
    let text = record["text"].as_str().unwrap();
    json!({
        "record": record.to_string(),
        "causingExceptions": [format!("#/text: [{text}] is not a valid text")],
    })
}

fn answer(status: u16, body: &Value) -> Response<Bytes> {
    let answer = Response::builder()
        .status(status)
        .header("content-type", "application/json");
    answer.body(body.to_string().into()).unwrap()
}
