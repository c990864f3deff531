//! Why a stream stopped, and what callers are told who find it stopped, full or closed.

use std::fmt;
use std::sync::Arc;

use super::receipt::Receipt;
use crate::body::RecordError;
use crate::client::{Error, Refusal};
use crate::key::KeyError;

/// A stream halts when nothing that it could send would be accepted. It keeps what it holds, takes
/// nothing more, and goes on after `resume`.
#[derive(Clone)]
pub struct Halt(Arc<Reason>);

#[derive(Debug)]
enum Reason {
    Answer(Error),
    NotFound(Error),
    Unauthorized(Error),
    Drift(String),
    DeadLetters(Box<dyn std::error::Error + Send + Sync>),
}

impl Halt {
    pub(crate) fn answer(error: Error) -> Self {
        Self(Arc::new(Reason::Answer(error)))
    }

    pub(crate) fn not_found(error: Error) -> Self {
        Self(Arc::new(Reason::NotFound(error)))
    }

    pub(crate) fn unauthorized(error: Error) -> Self {
        Self(Arc::new(Reason::Unauthorized(error)))
    }

    /// Three bodies, or as many long searches for guilty records, brought nothing that is accepted.
    pub(crate) fn drift(last: &Refusal) -> Self {
        Self(Arc::new(Reason::Drift(last.to_string())))
    }

    pub(crate) fn dead_letters(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Arc::new(Reason::DeadLetters(error.into())))
    }

    /// A short name that programs can rely on.
    pub fn code(&self) -> &'static str {
        match &*self.0 {
            Reason::Answer(error) => error.code(),
            Reason::NotFound(_) => "not_found",
            Reason::Unauthorized(_) => "unauthorized",
            Reason::Drift(_) => "schema_drift",
            Reason::DeadLetters(_) => "dead_letters",
        }
    }
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Reason::Answer(error) => write!(f, "{}", Causes(error)),
            Reason::NotFound(error) => write!(
                f,
                "{error}\nhelp: the stream has been open for longer than a new data stream takes"
            ),
            Reason::Unauthorized(error) => {
                write!(f, "a new token was refused like the old one: {error}")
            }
            Reason::Drift(last) => write!(
                f,
                "everything was refused, time after time; the last refusal: {last}\n\
                 help: the tenant's schema is not the one this program was built with; \
                 fetch it anew with `ingest-codegen pull`"
            ),
            Reason::DeadLetters(error) => write!(
                f,
                "a record could not be written to the dead letters: {}",
                Causes(&**error)
            ),
        }
    }
}

/// An error with what is behind it, on one line: a halt is logged and reported as this text alone.
struct Causes<'a>(&'a (dyn std::error::Error + 'static));

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl fmt::Debug for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Halt({:?}, {self})", self.code())
    }
}

impl std::error::Error for Halt {}

/// Why a record was not taken. It is then as if it had never been offered.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// It cannot be sent: a value that no format can hold, or too large.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// Its key cannot be read, so nobody knows what it would replace.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It is a key without a character that shows.
    #[error("a blank key deletes nothing\nhelp: leave it out")]
    BlankKey,
    /// It is a record of another object than the stream's.
    #[error("the stream is for object `{expected}`, and this is a record of `{found}`")]
    OtherObject {
        /// The stream's object.
        expected: &'static str,
        /// The record's object.
        found: &'static str,
    },
    /// The stream has halted.
    #[error(
        "the stream has halted: {0}\nhelp: mend the cause and call `resume`, or `close` to get back what was not sent"
    )]
    Halted(#[source] Halt),
    /// The stream was closed.
    #[error("the stream is closed")]
    Closed,
}

impl SendError {
    /// A short name that programs can rely on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Record(RecordError::TooLarge { .. }) => "too_large",
            Self::Record(_) => "invalid_record",
            Self::Key(_) | Self::BlankKey => "invalid_key",
            Self::OtherObject { .. } => "other_object",
            Self::Halted(_) => "halted",
            Self::Closed => "closed",
        }
    }
}

/// Why a record was not taken at once; it comes back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrySendError<R> {
    /// There is no room now.
    #[error("the stream's buffer is full")]
    Full(R),
    /// It was refused.
    #[error("{1}")]
    Refused(R, #[source] SendError),
}

impl<R> TrySendError<R> {
    /// The record.
    pub fn into_inner(self) -> R {
        match self {
            Self::Full(record) | Self::Refused(record, _) => record,
        }
    }
}

/// Why not all records were taken. Those before `index` were.
#[derive(Debug, thiserror::Error)]
#[error("record {index} was not taken: {source}")]
#[non_exhaustive]
pub struct SendAllError {
    /// The place of the record that was refused, counted from 0; those behind it were not offered.
    pub index: usize,
    /// The receipts of those before.
    pub receipts: Vec<Receipt>,
    /// Why.
    pub source: SendError,
}

/// Why a stream could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The options cannot be used.
    #[error(transparent)]
    Options(#[from] super::options::OptionsError),
    /// The connector is not known, or a name cannot be used.
    #[error(transparent)]
    Client(#[from] Error),
    /// Nothing names the key that records are kept in order by.
    #[error(
        "object `{object}` has no primary key to keep records in order by\n\
         help: name it in the schema, mark the field with `#[ingest(key)]`, or call `unordered()`"
    )]
    NoKey {
        /// The object.
        object: &'static str,
    },
}
