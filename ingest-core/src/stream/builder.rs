//! Opens a stream: every option with its default and its limits. Checks all before anything runs.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::dead_letter::DeadLetters;
use super::dispatcher;
use super::engine::{Engine, Parts};
use super::halt::OpenError;
use super::limit::Limiter;
use super::log;
use super::options::{Options, OptionsError};
use super::record_stream::RecordStream;
use crate::Role;
use crate::client::Client;
use crate::record::IngestRecord;

/// A stream that is being set up; see [`Client::stream`].
///
/// ```no_run
/// use std::time::Duration;
/// use ingest_core::{Client, IngestRecord};
///
/// async fn open<R: IngestRecord>(client: &Client) -> Result<(), Box<dyn std::error::Error>> {
///     let builder = client.stream::<R>().concurrency(8).linger(Duration::from_secs(1));
///     builder.validate()?;
///     print!("{}", builder.describe());
///     let stream = builder.open().await?;
///     println!("{}", stream.close().await);
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `open`"]
pub struct StreamBuilder<R> {
    client: Client,
    options: Options,
    records: PhantomData<fn(&R)>,
}

impl Client {
    /// Sets up a long-lived sender of records of one object.
    ///
    /// Streams of one client share its login, its connections and, unless told otherwise, one limiter:
    /// the tenant counts requests over all objects.
    pub fn stream<R: IngestRecord>(&self) -> StreamBuilder<R> {
        StreamBuilder {
            client: self.clone(),
            options: Options::default(),
            records: PhantomData,
        }
    }
}

impl<R: IngestRecord> StreamBuilder<R> {
    /// The connector's API name. Default: that of the settings, else the schema's.
    pub fn connector(mut self, name: impl Into<String>) -> Self {
        self.options.connector = Some(name.into());
        self
    }

    /// The object's name in the address. Default: the schema's; some orgs show an endpoint with a
    /// suffix, such as `exercises_734a9fa2`.
    pub fn object(mut self, name: impl Into<String>) -> Self {
        self.options.object = Some(name.into());
        self
    }

    /// How long a record waits for company before its body leaves, full or not. Default: 250 ms; at
    /// most 60 s.
    pub fn linger(mut self, linger: Duration) -> Self {
        self.options.linger = linger;
        self
    }

    /// A linger time of 10 ms: more requests, less delay.
    pub fn realtime(self) -> Self {
        self.linger(Duration::from_millis(10))
    }

    /// Bytes of a body, wrapper and commas included. Default: 200,000, which is also the most; the
    /// documentation says "under 200 KB".
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.options.max_body = bytes;
        self
    }

    /// Records of a body. Default: as many as fit.
    pub fn max_records(mut self, records: u32) -> Self {
        self.options.max_records = records;
        self
    }

    /// Requests that are under way at once, and lanes that keep the order of keys. Default: 32; 1 to
    /// 250. At a round trip of 100 ms, 25 are enough for all that the tenant allows.
    pub fn concurrency(mut self, requests: usize) -> Self {
        self.options.concurrency = requests;
        self
    }

    /// Bytes of records that wait or are under way; when they are reached, `send` waits. Default:
    /// 32 MiB; at least two bodies.
    pub fn buffer(mut self, bytes: usize) -> Self {
        self.options.buffer = bytes;
        self
    }

    /// Lets records with one key overtake each other. Bodies fill faster, and objects without a
    /// primary key can be sent.
    pub fn unordered(mut self) -> Self {
        self.options.ordered = false;
        self
    }

    /// Requests a second of this stream alone, at most 240. Default: a limiter of 240 a second that
    /// all streams of the client share.
    pub fn rate(mut self, requests_a_second: f64) -> Self {
        self.options.rate = Some(requests_a_second);
        self
    }

    /// Another limiter, such as one that several processes share.
    pub fn limiter(mut self, limiter: Arc<dyn Limiter>) -> Self {
        self.options.limiter = Some(limiter);
        self
    }

    /// How long a record may wait for acceptance, from when it was taken; then it expires and goes to
    /// the dead letters. Default: 1 hour. Time in which the stream was halted does not count.
    pub fn delivery_deadline(mut self, deadline: Duration) -> Self {
        self.options.delivery_deadline = deadline;
        self
    }

    /// How long one request may take, its answer included; then it is repeated. Default: 60 s.
    ///
    /// No client can call back a request that was given up. Should the tenant process it later all the
    /// same, behind newer records of its keys, the older ones stay, unless the object has a record
    /// modified field; so this should be longer than any answer that still comes.
    pub fn request_timeout(mut self, timeout: Duration) -> Self {
        self.options.request_timeout = timeout;
        self
    }

    /// The least and the most that is waited before a request is repeated; the tenant's `Retry-After`
    /// goes before. Default: 200 ms to 30 s.
    pub fn backoff(mut self, least: Duration, most: Duration) -> Self {
        self.options.backoff = (least, most);
        self
    }

    /// Where records go that are rejected, expired or unsent. Default: nowhere; they are counted,
    /// reported and logged without their values.
    pub fn dead_letters(mut self, sink: Arc<dyn DeadLetters>) -> Self {
        self.options.dead_letters = Some(sink);
        self
    }

    /// The seed of the chance in waiting times, so that a run can be repeated. Default: another one
    /// for each stream.
    pub fn seed(mut self, seed: u64) -> Self {
        self.options.seed = Some(seed);
        self
    }

    /// Whether the options can be used.
    ///
    /// # Errors
    /// With every option that cannot.
    pub fn validate(&self) -> Result<(), OptionsError> {
        self.options.validate()
    }

    /// The settings in force, one a line.
    pub fn describe(&self) -> String {
        self.options.describe()
    }

    /// A login that fails for good is found now; the others come with the first request.
    async fn log_in(&self) -> Result<(), OpenError> {
        match self.client.auth().token().await {
            Err(error) if !error.is_passing() => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Opens the stream and checks that the login works, so that a wrong secret is found here and not
    /// with the first record.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    /// When the options cannot be used, the connector is not named, the object has no primary key in
    /// an ordered stream, or the login is refused. A login host that cannot be reached now is no
    /// error: the stream tries again.
    pub async fn open(self) -> Result<RecordStream<R>, OpenError> {
        self.validate()?;
        let object = R::OBJECT;
        if self.options.ordered && object.role(Role::PrimaryKey).is_none() {
            return Err(OpenError::NoKey {
                object: object.name,
            });
        }
        let connector = match &self.options.connector {
            Some(connector) => connector.clone(),
            None => self.client.source_of(object)?.to_owned(),
        };
        let name = self.options.object.clone();
        self.log_in().await?;
        let parts = Parts {
            limiter: self.options.limiter(&self.client),
            client: self.client,
            connector,
            object: name.unwrap_or_else(|| object.name.to_owned()),
            options: self.options,
        };
        let engine = Arc::new(Engine::new(parts, Instant::now()));
        log::opened(&engine);
        tokio::spawn(dispatcher::run(Arc::clone(&engine)));
        Ok(RecordStream::new(engine))
    }
}
