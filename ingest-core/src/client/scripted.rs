//! A login host, an org and a tenant as a script: answers come when virtual time says so.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use url::form_urlencoded;

use super::settings::Settings;
use super::transport::{Transport, TransportError};

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Asked {
    Login,
    Exchange,
    Tenant,
}

/// What is answered, and after how long.
pub(crate) struct Reply {
    after: Duration,
    outcome: Result<Response<Bytes>, TransportError>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        let answer = Response::builder()
            .status(status)
            .body(body.into().into())
            .unwrap();
        Self {
            after: Duration::ZERO,
            outcome: Ok(answer),
        }
    }

    pub(crate) fn failure(error: TransportError) -> Self {
        Self {
            after: Duration::ZERO,
            outcome: Err(error),
        }
    }

    pub(crate) fn token(secret: impl fmt::Display, host: &str, life: u64) -> Self {
        Self::new(
            200,
            format!(r#"{{"access_token":"{secret}","instance_url":"{host}","expires_in":{life}}}"#),
        )
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        let answer = self.outcome.as_mut().unwrap();
        let value = value.as_ref().parse().unwrap();
        answer.headers_mut().insert(name, value);
        self
    }

    pub(crate) fn after(mut self, seconds: u64) -> Self {
        self.after = Duration::from_secs(seconds);
        self
    }
}

type Answers = dyn Fn(Asked, usize, &Request<Bytes>) -> Option<Reply> + Send + Sync;

/// Answers by a function that gets who is asked and for which time, counted from 1. Where it has
/// nothing to say, all goes well: a token that lives 1,000 seconds, and 202.
pub(crate) struct Script {
    answers: Box<Answers>,
    requests: Mutex<Vec<(Asked, Request<Bytes>)>>,
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Script")
    }
}

impl Script {
    pub(crate) fn new(
        answers: impl Fn(Asked, usize, &Request<Bytes>) -> Option<Reply> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            answers: Box::new(answers),
            requests: Mutex::default(),
        })
    }

    pub(crate) fn count(&self, asked: Asked) -> usize {
        let requests = self.requests.lock().unwrap();
        requests.iter().filter(|(who, _)| *who == asked).count()
    }

    pub(crate) fn requests(&self, asked: Asked) -> Vec<Request<Bytes>> {
        let requests = self.requests.lock().unwrap();
        let of = requests.iter().filter(|(who, _)| *who == asked);
        of.map(|(_, request)| request.clone()).collect()
    }

    fn reply(&self, request: Request<Bytes>) -> Reply {
        let asked = match request.uri().path() {
            "/services/oauth2/token" => Asked::Login,
            "/services/a360/token" => Asked::Exchange,
            _ => Asked::Tenant,
        };
        let time = self.count(asked) + 1;
        let reply = (self.answers)(asked, time, &request);
        self.requests.lock().unwrap().push((asked, request));
        reply.unwrap_or_else(|| match asked {
            Asked::Login => Reply::token(format_args!("org-{time}"), HOST, 0),
            Asked::Exchange => Reply::token(format_args!("tenant-{time}"), HOST, 1_000),
            Asked::Tenant => Reply::new(202, ""),
        })
    }
}

impl Transport for Script {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + '_>> {
        let Reply { after, outcome } = self.reply(request);
        Box::pin(async move {
            if !after.is_zero() {
                tokio::time::sleep(after).await;
            }
            outcome
        })
    }
}

/// Where everything is, unless an answer says otherwise.
pub(crate) const HOST: &str = "http://127.0.0.1";

/// What must never show.
pub(crate) const SECRET: &str = "hush hush";

pub(crate) fn settings(more: &[(&str, &str)]) -> Settings {
    let needed = [
        ("INGEST_LOGIN_URL", HOST),
        ("INGEST_CLIENT_ID", "id"),
        ("INGEST_CLIENT_SECRET", SECRET),
        ("INGEST_SOURCE", "Web"),
    ];
    Settings::from_vars(needed.iter().chain(more).copied()).unwrap()
}

/// The fields of a form.
pub(crate) fn form(request: &Request<Bytes>) -> HashMap<String, String> {
    form_urlencoded::parse(request.body())
        .into_owned()
        .collect()
}
