//! The transport over HTTP/1.1: kept connections, no redirects, answers of a bounded size. Retries
//! nothing and interprets nothing.

use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use reqwest::redirect::Policy;

use super::error::Error;
use super::settings::Settings;
use super::tls;
use super::transport::{MAX_ANSWER, StatusOnly, Timeout, Transport, TransportError};

/// Shorter than a server's own idle time-out, so that it is rarely the server who closes first.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// For the rest of an answer that is not needed.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(500);

/// How long things may take before they count as failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, with the search for the host and TLS; 10 seconds.
    pub connect: Duration,
    /// For the whole of a request and its answer; 60 seconds. 200,000 bytes take a second on a slow
    /// line. The extension [`Timeout`] of a request goes before it.
    pub request: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            request: Duration::from_secs(60),
        }
    }
}

/// The transport that clients use by themselves.
///
/// HTTP/1.1 over connections that are kept for 20 seconds. It follows no redirect, reads at most 8
/// MiB of an answer, trusts the machine's root certificates and those of `INGEST_CA_FILE`, and obeys
/// the proxy variables of the environment unless the login host is on this machine.
///
/// ```no_run
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use ingest_core::{Client, Error, HttpTransport, Settings, Timeouts};
///
/// fn patient(settings: Settings) -> Result<Client, Error> {
///     let timeouts = Timeouts {
///         request: Duration::from_secs(120),
///         ..Timeouts::default()
///     };
///     let transport = HttpTransport::with_timeouts(&settings, timeouts)?;
///     Ok(Client::with_transport(settings, Arc::new(transport)))
/// }
/// ```
#[derive(Debug, Clone)]
pub struct HttpTransport {
    client: reqwest::Client,
}

impl HttpTransport {
    /// A transport with the usual time-outs.
    ///
    /// # Errors
    /// When `INGEST_CA_FILE` cannot be used or TLS cannot be set up.
    pub fn new(settings: &Settings) -> Result<Self, Error> {
        Self::with_timeouts(settings, Timeouts::default())
    }

    /// A transport with other time-outs.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_timeouts(settings: &Settings, timeouts: Timeouts) -> Result<Self, Error> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(settings)?)
            .http1_only()
            .redirect(Policy::none())
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.request)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .user_agent(concat!("ingest-core/", env!("CARGO_PKG_VERSION")));
        if settings.login.is_loopback() {
            // A company's proxy does not know what runs on this machine.
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(Error::tls)?;
        Ok(Self { client })
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let timeout = request.extensions().get::<Timeout>().copied();
        let status_only = request.extensions().get::<StatusOnly>().is_some();
        let mut request = reqwest::Request::try_from(request)
            .map_err(|error| TransportError::unsendable(error.without_url()))?;
        if let Some(Timeout(timeout)) = timeout {
            *request.timeout_mut() = Some(timeout);
        }
        let mut response = self.client.execute(request).await?;
        let mut answer = Response::new(Bytes::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        if status_only && answer.status().is_success() {
            drain(response).await;
        } else {
            *answer.body_mut() = read_bounded(response).await?;
        }
        Ok(answer)
    }
}

impl Transport for HttpTransport {
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + '_>> {
        Box::pin(self.exchange(request))
    }
}

/// Reads a body that nobody needs, so that the connection can be used again; gives up soon.
async fn drain(response: reqwest::Response) {
    // Any failure costs a new connection and no more.
    let _unneeded = tokio::time::timeout(DRAIN_TIMEOUT, read_bounded(response)).await;
}

async fn read_bounded(mut response: reqwest::Response) -> Result<Bytes, TransportError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(TransportError::AnswerTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

impl From<reqwest::Error> for TransportError {
    fn from(error: reqwest::Error) -> Self {
        // The URL is named by whoever reports the error, and may hold what logs should not.
        let error = error.without_url();
        if error.is_connect() {
            Self::connect(why_no_connection(&error))
        } else if error.is_timeout() {
            Self::timed_out(error)
        } else if error.is_builder() {
            Self::unsendable(error)
        } else {
            Self::interrupted(error)
        }
    }
}

/// The deepest cause, after a word for what failed: the layers between say less, and change.
fn why_no_connection(error: &reqwest::Error) -> String {
    let mut deepest: &dyn StdError = error;
    let (mut tls, mut dns) = (false, false);
    while let Some(cause) = deepest.source() {
        tls |= is_tls(cause);
        dns |= cause.to_string() == "dns error";
        deepest = cause;
    }
    match (tls, dns) {
        (true, _) => format!("TLS: {deepest}"),
        (_, true) => format!("the host is not known: {deepest}"),
        _ => deepest.to_string(),
    }
}

/// TLS hides its errors in errors of I/O, one within the other, that pass over them in their chain.
fn is_tls(cause: &(dyn StdError + 'static)) -> bool {
    let wrapped = cause.downcast_ref().and_then(io::Error::get_ref);
    cause.is::<rustls::Error>() || wrapped.is_some_and(|error| is_tls(error))
}

#[cfg(test)]
mod tests;
