//! The client without a runtime, and the builder of its streams: every option is handed on.

use std::sync::Arc;
use std::time::Duration;

use super::record_stream::RecordStream;
use super::runtime::Runtime;
use crate::client::{Error, Report, SendError, Settings, Transport};
use crate::record::IngestRecord;
use crate::stream::dead_letter::DeadLetters;
use crate::stream::{Limiter, OpenError, OptionsError};

/// Sends records to a tenant; see [`Client`](crate::Client). Cheap to clone; clones share
/// connections, login and the thread that does the work.
///
/// The thread ends when the last client, builder and stream is gone and what was sent has its fate.
#[derive(Debug, Clone)]
pub struct Client {
    inner: crate::Client,
    runtime: Runtime,
}

impl Client {
    /// A client with the settings of the environment's `INGEST_*` variables; see [`Settings`].
    /// It logs in when it is first used.
    ///
    /// # Errors
    /// When the settings are incomplete, TLS cannot be set up or no thread can be started.
    pub fn from_env() -> Result<Self, Error> {
        Self::new(Settings::from_env()?)
    }

    /// A client with these settings. It logs in when it is first used.
    ///
    /// # Errors
    /// When TLS cannot be set up or no thread can be started.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        Self::with(|| crate::Client::new(settings))
    }

    /// A client over another transport: with other time-outs, or for tests.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn with_transport(
        settings: Settings,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, Error> {
        Self::with(|| Ok(crate::Client::with_transport(settings, transport)))
    }

    fn with(make: impl FnOnce() -> Result<crate::Client, Error>) -> Result<Self, Error> {
        let runtime = Runtime::start().map_err(|error| Error::Thread(Arc::new(error)))?;
        let entered = runtime.enter();
        let inner = make()?;
        drop(entered);
        Ok(Self { inner, runtime })
    }

    /// Sends these records, in their order, and waits; see [`Client::send`](crate::Client::send).
    ///
    /// # Errors
    /// When the tenant cannot be reached, refuses the login or the request as such, or fails.
    #[expect(
        clippy::result_large_err,
        reason = "the error is that of the client with a runtime"
    )]
    pub fn send<I>(&self, records: I) -> Result<Report, SendError>
    where
        I: IntoIterator,
        I::Item: IngestRecord,
    {
        self.runtime.wait(self.inner.send(records))
    }

    /// Posts a body as it is; see [`Client::post`](crate::Client::post).
    ///
    /// # Errors
    /// When the tenant does not answer with a 2xx.
    pub fn post(&self, source: &str, object: &str, body: impl Into<Vec<u8>>) -> Result<(), Error> {
        self.runtime.wait(self.inner.post(source, object, body))
    }

    /// Sets up a long-lived sender of records of one object; see
    /// [`Client::stream`](crate::Client::stream).
    pub fn stream<R: IngestRecord>(&self) -> StreamBuilder<R> {
        StreamBuilder {
            inner: self.inner.stream(),
            runtime: self.runtime.clone(),
        }
    }
}

/// A stream that is being set up. Every option is that of the
/// [builder with a runtime](crate::stream::StreamBuilder), which says defaults and limits.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until `open`"]
pub struct StreamBuilder<R> {
    inner: crate::stream::StreamBuilder<R>,
    runtime: Runtime,
}

/// Methods that hand an option on.
macro_rules! options {
    ($($(#[$doc:meta])* $option:ident($($name:ident: $type:ty),*);)*) => {
        impl<R: IngestRecord> StreamBuilder<R> {$(
            $(#[$doc])*
            pub fn $option(mut self, $($name: $type),*) -> Self {
                self.inner = self.inner.$option($($name),*);
                self
            }
        )*}
    };
}

options! {
    /// The connector's API name.
    connector(name: impl Into<String>);
    /// The object's name in the address.
    object(name: impl Into<String>);
    /// How long a record waits for company before its body leaves, full or not.
    linger(linger: Duration);
    /// A linger time of 10 ms: more requests, less delay.
    realtime();
    /// Bytes of a body, wrapper and commas included.
    max_body(bytes: usize);
    /// Records of a body.
    max_records(records: u32);
    /// Requests that are under way at once, and lanes that keep the order of keys.
    concurrency(requests: usize);
    /// Bytes of records that wait or are under way; when they are reached, `send` waits.
    buffer(bytes: usize);
    /// Lets records with one key overtake each other.
    unordered();
    /// Requests a second of this stream alone.
    rate(requests_a_second: f64);
    /// Another limiter, such as one that several processes share.
    limiter(limiter: Arc<dyn Limiter>);
    /// How long a record may wait for acceptance.
    delivery_deadline(deadline: Duration);
    /// How long one request may take, its answer included.
    request_timeout(timeout: Duration);
    /// The least and the most that is waited before a request is repeated.
    backoff(least: Duration, most: Duration);
    /// Where records go that are rejected, expired or unsent.
    dead_letters(sink: Arc<dyn DeadLetters>);
    /// The seed of the chance in waiting times.
    seed(seed: u64);
}

impl<R: IngestRecord> StreamBuilder<R> {
    /// Whether the options can be used.
    ///
    /// # Errors
    /// With every option that cannot.
    pub fn validate(&self) -> Result<(), OptionsError> {
        self.inner.validate()
    }

    /// The settings in force, one a line.
    pub fn describe(&self) -> String {
        self.inner.describe()
    }

    /// Opens the stream and checks that the login works.
    ///
    /// # Errors
    /// As [`open`](crate::stream::StreamBuilder::open) with a runtime.
    pub fn open(self) -> Result<RecordStream<R>, OpenError> {
        let stream = self.runtime.wait(self.inner.open())?;
        Ok(RecordStream::new(stream, self.runtime))
    }
}
