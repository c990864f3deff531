//! Where records go that the tenant does not take: the letter, the sink that takes letters, and their
//! errors. `file` is a sink of JSON lines that rotates, `reader` replays it, `log` is for tests.
//! Decides nothing about records; a sink takes all it is given, or says why not.

mod file;
mod log;
mod names;
mod reader;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
/// JSON as it was written, byte for byte.
pub use serde_json::value::RawValue;

pub use file::{DeadLetterFile, DeadLetterFileOptions};
pub use log::DeadLetterLog;
pub use reader::DeadLetterReader;

use crate::Timestamp;
pub use crate::stream::Operation;

/// Takes records that were not accepted.
///
/// The stream calls it where blocking is allowed (`spawn_blocking`), so a sink may write to a disk.
/// A letter that a sink has not taken is not lost: the stream halts and keeps the record.
///
/// ```
/// use ingest_core::stream::dead_letter::{DeadLetter, DeadLetterError, DeadLetters};
///
/// #[derive(Debug)]
/// struct Counter(std::sync::atomic::AtomicU64);
///
/// impl DeadLetters for Counter {
///     fn put(&self, _: &DeadLetter) -> Result<(), DeadLetterError> {
///         self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
///         Ok(())
///     }
/// }
/// ```
pub trait DeadLetters: Send + Sync + fmt::Debug {
    /// Takes a letter, for as long as the sink promises to keep it.
    ///
    /// # Errors
    /// When the letter could not be taken; it may be given again.
    fn put(&self, letter: &DeadLetter) -> Result<(), DeadLetterError>;
}

impl<T: DeadLetters + ?Sized> DeadLetters for Arc<T> {
    fn put(&self, letter: &DeadLetter) -> Result<(), DeadLetterError> {
        (**self).put(letter)
    }
}

/// A record that was not accepted, and why. `Debug` leaves out the record, and the reason, which may
/// quote it.
#[derive(Clone, Serialize, Deserialize)]
pub struct DeadLetter {
    /// When it was given up.
    pub time: Timestamp,
    /// The connector it was sent to.
    pub connector: String,
    /// The object it was sent to.
    pub object: String,
    /// What was to be done with it.
    pub operation: Operation,
    /// What became of it.
    pub outcome: Outcome,
    /// A short name of the reason that programs can rely on, such as `schema_mismatch`.
    pub code: String,
    /// The field that is to blame, if one is known.
    #[serde(default)]
    pub field: Option<String>,
    /// The reason for people, most often in the tenant's words, which may quote values.
    pub reason: String,
    /// The record's JSON as it was sent; for a delete, its key as a JSON string.
    pub record: Box<RawValue>,
}

/// What became of a record that was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Outcome {
    /// The tenant refused it.
    Rejected,
    /// Its deadline passed. It may have been accepted all the same, if an answer was lost.
    Expired,
    /// The stream was closed before it was sent to the end.
    Unsent,
}

impl DeadLetter {
    /// The key of a record that was to be deleted; of one to be upserted, `None`.
    ///
    /// ```
    /// use ingest_core::stream::dead_letter::{DeadLetter, Operation, Outcome, RawValue};
    ///
    /// let letter = DeadLetter {
    ///     time: "2026-07-11T20:47:38Z".parse()?,
    ///     connector: "Web".into(),
    ///     object: "page_view".into(),
    ///     operation: Operation::Delete,
    ///     outcome: Outcome::Rejected,
    ///     code: "bad_request".into(),
    ///     field: None,
    ///     reason: "no such key".into(),
    ///     record: RawValue::from_string(r#""a\tb""#.into())?,
    /// };
    /// assert_eq!(letter.key().as_deref(), Some("a\tb"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn key(&self) -> Option<String> {
        match self.operation {
            Operation::Upsert => None,
            Operation::Delete => serde_json::from_str(self.record.get()).ok(),
        }
    }
}

impl fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter")
            .field("time", &self.time)
            .field("connector", &self.connector)
            .field("object", &self.object)
            .field("operation", &self.operation)
            .field("outcome", &self.outcome)
            .field("code", &self.code)
            .field("field", &self.field)
            .field("record_bytes", &self.record.get().len())
            .finish_non_exhaustive()
    }
}

/// Why a letter could not be taken or read. Shows no record.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeadLetterError {
    /// The path is a folder, a device or a pipe.
    #[error("`{}` is not a file\nhelp: name a file for dead letters, such as `dead.jsonl`", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// The file cannot be opened, or not for this.
    #[error("cannot open `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The letter is not in the file, or not as a whole.
    #[error("cannot write a dead letter to `{}`", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file cannot be read on; what follows in it was not read.
    #[error("cannot read `{}` beyond line {line}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The last line that was read, counted from 1; 0 before the first.
        line: u64,
        /// Why not.
        source: io::Error,
    },
    /// A line is not a dead letter; the next ones are read all the same.
    #[error("{}:{line}: not a dead letter: {reason}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A sink of another kind failed.
    #[error(transparent)]
    Sink(Box<dyn std::error::Error + Send + Sync>),
}

impl DeadLetterError {
    /// The error of a sink of your own.
    pub fn sink(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Sink(error.into())
    }
}

#[cfg(test)]
mod testing {
    use super::*;

    /// A letter about this record.
    pub(super) fn letter(record: &str) -> DeadLetter {
        DeadLetter {
            time: "2026-07-11T20:47:38.712Z".parse().unwrap(),
            connector: "Web".into(),
            object: "page_view".into(),
            operation: Operation::Upsert,
            outcome: Outcome::Rejected,
            code: "schema_mismatch".into(),
            field: Some("revenue".into()),
            reason: "#/revenue: expected type: Number, found: String".into(),
            record: RawValue::from_string(record.into()).unwrap(),
        }
    }

    /// What a test compares, as letters with raw JSON are not comparable themselves.
    pub(super) fn text(letter: &DeadLetter) -> String {
        serde_json::to_string(letter).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::testing::letter;
    use super::*;

    #[test]
    fn debug_shows_neither_the_record_nor_what_quotes_it() {
        let mut letter = letter(r#"{"email":"ada"}"#);
        letter.reason = "#/email: [ada] is not a valid email address".into();
        let shown = format!("{letter:?}");
        assert!(!shown.contains("ada"), "{shown}");
        assert!(shown.contains("revenue") && shown.contains("record_bytes: 15"));
    }

    #[test]
    fn only_deletes_have_a_key() {
        let mut letter = letter(r#""a\u0000\"ß""#);
        assert_eq!(letter.key(), None);
        letter.operation = Operation::Delete;
        assert_eq!(letter.key().as_deref(), Some("a\0\"ß"));
    }

    #[test]
    fn a_sink_of_ones_own_fails_in_its_own_words() {
        let error = DeadLetterError::sink("the queue is full");
        assert_eq!(error.to_string(), "the queue is full");
    }
}
