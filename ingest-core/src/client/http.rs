//! One request, one answer, over any transport. Marks and masks secrets and reads the headers that
//! decisions are made of; what the answer means is decided elsewhere.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONTENT_TYPE, DATE, HeaderName, InvalidHeaderValue, RETRY_AFTER,
};
use http::{HeaderMap, HeaderValue, Method};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::transport::{StatusOnly, Timeout, Transport, TransportError};
use crate::stream::retry::parse_retry_after;

#[derive(Debug, Clone)]
pub(crate) struct Http {
    transport: Arc<dyn Transport>,
}

pub(crate) struct Request<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) token: Option<&'a SecretString>,
    pub(crate) content: Option<(&'static str, Bytes)>,
    pub(crate) wanted: Wanted,
    /// If it is another than the transport's own.
    pub(crate) timeout: Option<Duration>,
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
    /// When the server made it, by its own clock.
    pub(crate) date: Option<SystemTime>,
    pub(crate) body: Vec<u8>,
}

impl Http {
    pub(crate) fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport }
    }

    pub(crate) async fn call(&self, request: Request<'_>) -> Result<Answer, TransportError> {
        let (method, path) = (request.method.clone(), request.url.path().to_owned());
        let answer = self.transport.call(request.to_http()?).await?;
        let (head, body) = answer.into_parts();
        let body = if head.status.is_success() {
            body.into()
        } else {
            mask(
                body.into(),
                request.token.into_iter().chain(request.secrets),
            )
        };
        let status = head.status.as_u16();
        tracing::debug!(%method, path, status, bytes = body.len(), "answer");
        Ok(Answer {
            status,
            content_type: header(&head.headers, &CONTENT_TYPE).to_ascii_lowercase(),
            retry_after: parse_retry_after(header(&head.headers, &RETRY_AFTER), SystemTime::now()),
            date: httpdate::parse_http_date(header(&head.headers, &DATE)).ok(),
            body,
        })
    }
}

impl Request<'_> {
    fn to_http(&self) -> Result<http::Request<Bytes>, TransportError> {
        let mut builder = http::Request::builder()
            .method(self.method.clone())
            .uri(self.url.as_str());
        if let Some(token) = self.token {
            let value = bearer(token).map_err(TransportError::unsendable)?;
            builder = builder.header(AUTHORIZATION, value);
        }
        let mut body = Bytes::new();
        if let Some((kind, bytes)) = &self.content {
            builder = builder.header(CONTENT_TYPE, *kind);
            body = bytes.clone();
        }
        if self.wanted == Wanted::Status {
            builder = builder.extension(StatusOnly);
        }
        if let Some(timeout) = self.timeout {
            builder = builder.extension(Timeout(timeout));
        }
        builder.body(body).map_err(TransportError::unsendable)
    }
}

fn bearer(token: &SecretString) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a str {
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
