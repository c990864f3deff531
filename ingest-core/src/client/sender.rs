//! The client: records in, bodies out one after the other, a report of what became of each.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use tokio::time::Instant;

use super::auth::{Auth, Generation, Login};
use super::error::{Error, Step};
use super::http::{Answer, Http, Request, Wanted};
use super::http_transport::HttpTransport;
use super::refusal::Refusal;
use super::report::{InvalidRecord, RefusedBody, Report, SendError};
use super::settings::Settings;
use super::transport::Transport;
use crate::body::{Body, BodyWriter, MAX_BODY, Shape};
use crate::record::{IngestRecord, ObjectDescriptor};
use crate::stream::{Limiter, LocalLimiter};

/// Sends records to a tenant. Cheap to clone; clones share connections and login.
///
/// ```no_run
/// use ingest_core::{Client, IngestRecord};
///
/// async fn run(records: &[impl IngestRecord]) -> Result<(), Box<dyn std::error::Error>> {
///     let client = Client::from_env()?;
///     let report = client.send(records).await?;
///     println!("{report}");
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: Arc<Settings>,
    http: Http,
    auth: Auth,
    limiter: OnceLock<Arc<LocalLimiter>>,
}

impl Client {
    /// A client with the settings of the environment's `INGEST_*` variables; see [`Settings`].
    /// It logs in when it is first used.
    ///
    /// # Errors
    /// When the settings are incomplete or TLS cannot be set up.
    pub fn from_env() -> Result<Self, Error> {
        Self::new(Settings::from_env()?)
    }

    /// A client with these settings. It logs in when it is first used.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let transport = HttpTransport::new(&settings)?;
        Ok(Self::with_transport(settings, Arc::new(transport)))
    }

    /// A client over another transport: with other time-outs, or for tests. It logs in when it is
    /// first used.
    pub fn with_transport(settings: Settings, transport: Arc<dyn Transport>) -> Self {
        let (http, settings) = (Http::new(transport), Arc::new(settings));
        let auth = Auth::new(Login::new(http.clone(), Arc::clone(&settings)));
        Self {
            shared: Arc::new(Shared {
                settings,
                http,
                auth,
                limiter: OnceLock::new(),
            }),
        }
    }

    /// Sends these records, in their order, in as few bodies as hold them.
    ///
    /// One body is under way at a time, so records never overtake each other. A record that cannot
    /// be sent is reported and the rest goes on, and so is a body that the tenant refuses with 400
    /// or 413. A token that has ended is replaced once. Nothing else is retried.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    /// When the tenant cannot be reached, refuses the login or the request as such, or fails; the
    /// error holds the report so far and the first record whose fate is open.
    pub async fn send<I>(&self, records: I) -> Result<Report, SendError>
    where
        I: IntoIterator,
        I::Item: IngestRecord,
    {
        let object = <I::Item as IngestRecord>::OBJECT;
        let mut writer = BodyWriter::new(self.shared.settings.shape, MAX_BODY);
        let mut run = Run::new();
        for record in records {
            let index = run.report.read;
            run.report.read += 1;
            match writer.push(&record) {
                Err(error) => run.report.invalid.push(InvalidRecord { index, error }),
                Ok(None) => run.waiting.push(index),
                Ok(Some(full)) => {
                    run = self.send_body(object, full, run).await?;
                    run.waiting.push(index);
                }
            }
        }
        if let Some(last) = writer.finish() {
            run = self.send_body(object, last, run).await?;
        }
        Ok(run.finish())
    }

    async fn send_body(
        &self,
        object: &ObjectDescriptor,
        body: Body,
        mut run: Run,
    ) -> Result<Run, SendError> {
        let bytes = body.bytes.len();
        let source = self.source_of(object);
        let outcome = match source {
            Ok(source) => self.post(source, object.name, body.bytes).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(()) => run.accepted(bytes),
            Err(Error::Refused(refusal)) if refusal.kind.blames_the_body() => run.refused(*refusal),
            Err(error) => return Err(run.give_up(error)),
        }
        Ok(run)
    }

    pub(crate) fn source_of<'a>(&'a self, object: &'a ObjectDescriptor) -> Result<&'a str, Error> {
        let named = self.shared.settings.source.as_deref();
        named.or(object.connector).ok_or(Error::NoSource)
    }

    /// Posts a body as it is, past the types: for diagnosis, and for whoever makes JSON elsewhere.
    ///
    /// # Errors
    /// When the tenant does not answer with a 2xx; a 400 carries its report on each record.
    pub async fn post(
        &self,
        source: &str,
        object: &str,
        body: impl Into<Vec<u8>>,
    ) -> Result<(), Error> {
        let body = Bytes::from(body.into());
        let ingest = || self.ingest(Method::POST, source, object, body.clone(), None);
        let (mut answer, generation) = ingest().await?;
        if answer.status == 401 {
            self.auth().refused(generation);
            (answer, _) = ingest().await?;
        }
        if answer.is_success() {
            return Ok(());
        }
        Err(Box::new(Refusal::read(&answer, source, object, &body)).into())
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shared.settings.shape
    }

    /// What all streams share: the tenant counts requests over all objects.
    pub(crate) fn limiter(&self) -> Arc<dyn Limiter> {
        let limiter = self.shared.limiter.get_or_init(Arc::default);
        Arc::clone(limiter) as Arc<dyn Limiter>
    }

    /// Who we are, for all clones.
    pub(crate) fn auth(&self) -> &Auth {
        &self.shared.auth
    }

    /// Sends a body once, in no more time than this, and tells which token went with it. The answer
    /// is given as it is: for a 401, tell [`Auth::refused`] and send again.
    ///
    /// # Errors
    /// When the login fails or no answer comes.
    pub(crate) async fn ingest(
        &self,
        method: Method,
        source: &str,
        object: &str,
        body: Bytes,
        timeout: Option<Duration>,
    ) -> Result<(Answer, Generation), Error> {
        for name in [source, object] {
            if matches!(name, "" | "." | "..") {
                return Err(Error::Name(name.to_owned()));
            }
        }
        let (token, generation) = self.auth().token().await?;
        let path = ["api", "v1", "ingest", "sources", source, object];
        let request = Request {
            method,
            url: token.tenant.join(path),
            token: Some(&token.secret),
            content: Some(("application/json", body)),
            wanted: Wanted::Status,
            timeout,
            secrets: Vec::new(),
        };
        let answer = self.shared.http.call(request).await;
        let answer = answer.map_err(|source| Error::Transport {
            step: Step::Ingest,
            host: token.tenant.authority().to_owned(),
            source,
        })?;
        Ok((answer, generation))
    }
}

/// One `send` under way.
struct Run {
    report: Report,
    /// The places of the records in the open body.
    waiting: Vec<usize>,
    started: Instant,
}

impl Run {
    fn new() -> Self {
        Self {
            report: Report::default(),
            waiting: Vec::new(),
            started: Instant::now(),
        }
    }

    fn accepted(&mut self, bytes: usize) {
        self.report.requests += 1;
        self.report.bytes += bytes;
        self.report.accepted += self.waiting.len();
        self.waiting.clear();
    }

    fn refused(&mut self, refusal: Refusal) {
        self.report.requests += 1;
        let records = std::mem::take(&mut self.waiting);
        self.report.refused.push(RefusedBody { records, refusal });
    }

    fn finish(mut self) -> Report {
        self.report.elapsed = self.started.elapsed();
        self.report
    }

    fn give_up(self, source: Error) -> SendError {
        let first_open = self.waiting.first().copied().unwrap_or(self.report.read);
        SendError {
            first_open,
            report: self.finish(),
            source,
        }
    }
}
