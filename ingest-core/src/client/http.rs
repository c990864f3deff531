//! One request, one answer. Follows no redirect, retries nothing, reads no more of an answer than
//! it should; what the answer means is decided elsewhere.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::form_urlencoded;

use super::error::Error;
use super::settings::Settings;
use super::tls;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// For the whole of a request and its answer; 200,000 bytes take a second on a slow line.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Shorter than a server's own idle time-out, so that it is rarely the server who closes first.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// For the rest of an answer that is not needed.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(500);

/// Bytes of an answer that are read. A report on every record of a full body stays below it.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

#[derive(Debug, Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
}

pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) token: Option<&'a SecretString>,
    pub(crate) content: Option<(&'static str, Bytes)>,
    pub(crate) wanted: Wanted,
    /// What the content holds that must not come back in an error.
    pub(crate) secrets: Vec<&'a SecretString>,
}

/// Which part of a good answer matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of it.
    Body,
    /// That it is good: what becomes of its body changes nothing.
    Status,
}

/// The parts of an answer that decisions are made of.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// What the layers below say; their types are none of ours to promise.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A request that got no answer, or not all of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection: nothing was sent.
    #[error("no connection")]
    Connect(#[source] Cause),
    /// No answer within the time allowed; the request may have been carried out.
    #[error("no answer in time")]
    TimedOut(#[source] Cause),
    /// The connection broke; the request may have been carried out.
    #[error("the connection broke")]
    Interrupted(#[source] Cause),
    /// The answer is larger than any that makes sense.
    #[error("the answer has more than {MAX_ANSWER} bytes")]
    AnswerTooLarge,
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        // The URL is named by whoever reports the error, and may hold what logs should not.
        let error = error.without_url();
        if error.is_connect() {
            Self::Connect(error.into())
        } else if error.is_timeout() {
            Self::TimedOut(error.into())
        } else {
            Self::Interrupted(error.into())
        }
    }
}

impl Http {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(settings)?)
            .http1_only()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .user_agent(concat!("ingest-core/", env!("CARGO_PKG_VERSION")));
        if settings.login.is_loopback() {
            // A company's proxy does not know what runs on this machine.
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(Error::tls)?;
        Ok(Self { client })
    }

    pub(crate) async fn call(&self, request: Request<'_>) -> Result<Answer, TransportError> {
        let (method, path) = (request.method.clone(), request.url.path().to_owned());
        let mut builder = self.client.request(request.method, request.url);
        if let Some(token) = request.token {
            builder = builder.bearer_auth(token.expose_secret());
        }
        if let Some((kind, bytes)) = request.content {
            builder = builder.header(CONTENT_TYPE, kind).body(bytes);
        }
        let response = builder.send().await?;
        let status = response.status().as_u16();
        let content_type = header(response.headers(), &CONTENT_TYPE).to_ascii_lowercase();
        let retry_after = header(response.headers(), &RETRY_AFTER).parse().ok();
        let good = response.status().is_success();
        let body = if good && request.wanted == Wanted::Status {
            drain(response).await;
            Vec::new()
        } else {
            read_bounded(response).await?
        };
        let body = if good {
            body
        } else {
            mask(body, request.token.into_iter().chain(request.secrets))
        };
        tracing::debug!(%method, path, status, bytes = body.len(), "answer");
        Ok(Answer {
            status,
            content_type,
            retry_after: retry_after.map(Duration::from_secs),
            body,
        })
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &reqwest::header::HeaderName) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// Takes secrets out of the words of a refusal: a server may repeat what it was sent. Only JSON is
/// masked, because nothing else of a refusal is shown.
fn mask<'a>(body: Vec<u8>, secrets: impl Iterator<Item = &'a SecretString>) -> Vec<u8> {
    let Ok(mut value) = serde_json::from_slice::<Value>(&body) else {
        return body;
    };
    let mut spellings = Vec::new();
    for secret in secrets
        .map(SecretString::expose_secret)
        .filter(|secret| !secret.is_empty())
    {
        spellings.push(secret.to_owned());
        spellings.push(form_urlencoded::byte_serialize(secret.as_bytes()).collect());
    }
    mask_strings(&mut value, &spellings);
    value.to_string().into_bytes()
}

fn mask_strings(value: &mut Value, spellings: &[String]) {
    match value {
        Value::String(text) => {
            for spelling in spellings {
                *text = text.replace(spelling, "…");
            }
        }
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| mask_strings(value, spellings)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|value| mask_strings(value, spellings)),
        _ => {}
    }
}

/// Reads a body that nobody needs, so that the connection can be used again; gives up soon.
async fn drain(response: reqwest::Response) {
    // Any failure costs a new connection and no more.
    let _unneeded = tokio::time::timeout(DRAIN_TIMEOUT, read_bounded(response)).await;
}

async fn read_bounded(mut response: reqwest::Response) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(TransportError::AnswerTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A page for people where a program was answered; the org sends one for a stale token.
    pub(crate) fn is_html(&self) -> bool {
        let starts = self.body.trim_ascii_start().first() == Some(&b'<');
        self.content_type.starts_with("text/html") || starts
    }

    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(&self.body)
    }
}
