//! What carries a request: one trait of one method, what it is told beside the request, and how it
//! fails. Says nothing about what an answer means; `http_transport` is the one that is used.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};

/// Bytes of an answer that are read. A report on every record of a full body stays below it.
pub(crate) const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// Carries one request to a host and its answer back.
///
/// [`HttpTransport`](crate::HttpTransport) is what clients use by themselves; another one can record,
/// delay or script answers ([`Client::with_transport`](crate::Client::with_transport)).
///
/// A transport sends the request once, follows no redirect, and gives any status as an answer. It
/// may be told more by the request's extensions: [`Timeout`] and [`StatusOnly`]. The header
/// `Authorization` is marked sensitive; the body of a login holds secrets, so no request is for logs.
///
/// ```
/// use std::pin::Pin;
///
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use ingest_core::{Transport, TransportError};
///
/// #[derive(Debug)]
/// struct NobodyThere;
///
/// impl Transport for NobodyThere {
///     fn call(
///         &self,
///         _: Request<Bytes>,
///     ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + '_>> {
///         Box::pin(async { Err(TransportError::connect("nobody is there")) })
///     }
/// }
/// ```
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends the request and waits for the whole of its answer.
    ///
    /// # Errors
    /// When there is no answer, or not all of it.
    fn call(&self, request: Request<Bytes>) -> Exchange<'_>;
}

/// A request under way.
type Exchange<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + 'a>>;

/// Extension of a request: how long it and its answer may take, instead of the transport's own limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout(pub Duration);

/// Extension of a request: of a 2xx answer only the status matters. A transport may leave its body
/// out, and must not fail because of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusOnly;

/// What the layers below say; their types are none of ours to promise.
type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// A request that got no answer, or not all of it.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The request cannot be written down: a name in it is too long, or no text for a header.
    #[error("the request cannot be sent as it is")]
    Unsendable(#[source] Cause),
    /// No connection, and nothing was sent; the source says whether the host is not known, refuses
    /// connections, or shows a certificate that is not trusted.
    #[error("no connection")]
    Connect(#[source] Cause),
    /// No answer within the time allowed; the request may have been carried out.
    #[error("no answer in time")]
    TimedOut(#[source] Cause),
    /// The connection broke; the request may have been carried out.
    #[error("the connection broke")]
    Interrupted(#[source] Cause),
    /// The answer is larger than any that makes sense; the request has been carried out.
    #[error("the answer has more than {MAX_ANSWER} bytes")]
    AnswerTooLarge,
}

impl TransportError {
    /// The request cannot be written down, because of this.
    pub fn unsendable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unsendable(cause.into().into())
    }

    /// There is no connection, because of this.
    pub fn connect(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Connect(cause.into().into())
    }

    /// There was no answer in time, as told by this.
    pub fn timed_out(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::TimedOut(cause.into().into())
    }

    /// The connection broke, as told by this.
    pub fn interrupted(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Interrupted(cause.into().into())
    }

    /// Whether the request may have reached its host all the same, so that sending it again may do
    /// it twice.
    pub fn may_have_been_processed(&self) -> bool {
        match self {
            Self::Unsendable(_) | Self::Connect(_) => false,
            Self::TimedOut(_) | Self::Interrupted(_) | Self::AnswerTooLarge => true,
        }
    }

    /// Whether the same request may succeed a little later.
    pub(crate) fn is_passing(&self) -> bool {
        !matches!(self, Self::Unsendable(_))
    }
}
