//! What became of the records of one `send`: every one of them is in one of the counts.

use std::fmt;
use std::time::Duration;

use super::error::Error;
use super::refusal::Refusal;
use crate::body::{MAX_BODY, RecordError};

/// How many records, and how many bodies, `Display` lists before it counts the rest.
const SHOWN: usize = 8;

/// What became of the records that were given to [`Client::send`](crate::Client::send).
///
/// `read = accepted + invalid + refused`, unless `send` gave up ([`SendError`]).
#[derive(Debug, Default)]
#[must_use = "records may not have been accepted; ask `is_complete`"]
#[non_exhaustive]
pub struct Report {
    /// Records taken from the caller.
    pub read: usize,
    /// Records in bodies that the tenant answered with a 2xx. It will look at them; that they are
    /// stored is not promised.
    pub accepted: usize,
    /// Records that never left, because they cannot be sent.
    pub invalid: Vec<InvalidRecord>,
    /// Bodies that the tenant refused whole.
    pub refused: Vec<RefusedBody>,
    /// Bodies that were accepted or refused; a body that had to be sent again counts once.
    pub requests: usize,
    /// Bytes of the bodies that were accepted.
    pub bytes: usize,
    /// From the call to the last answer.
    pub elapsed: Duration,
}

/// A record that never left.
#[derive(Debug)]
#[non_exhaustive]
pub struct InvalidRecord {
    /// Its place in what was given to `send`, counted from 0.
    pub index: usize,
    /// Why it cannot be sent.
    pub error: RecordError,
}

/// A body that the tenant refused; none of its records is stored, the good ones included.
#[derive(Debug)]
#[non_exhaustive]
pub struct RefusedBody {
    /// The places of its records in what was given to `send`, counted from 0. Failures name a
    /// record by its position in this list.
    pub records: Vec<usize>,
    /// Why, and which records the tenant names.
    pub refusal: Refusal,
}

impl Report {
    /// Whether every record was accepted.
    pub fn is_complete(&self) -> bool {
        self.accepted == self.read
    }

    /// Records in bodies that were refused.
    pub fn refused_records(&self) -> usize {
        self.refused.iter().map(|body| body.records.len()).sum()
    }

    /// How full the accepted bodies are of the bytes allowed, from 0 to 1.
    pub fn body_fill(&self) -> f64 {
        let accepted = self.requests - self.refused.len();
        if accepted == 0 {
            return 0.0;
        }
        to_f64(self.bytes) / (to_f64(accepted) * to_f64(MAX_BODY))
    }

    /// Accepted records a second.
    pub fn records_per_second(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 {
            to_f64(self.accepted) / seconds
        } else {
            0.0
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn to_f64(count: usize) -> f64 {
    count as f64
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            read,
            accepted,
            requests,
            bytes,
            elapsed,
            ..
        } = self;
        let plural = if *requests == 1 { "" } else { "s" };
        write!(
            f,
            "{accepted} of {read} records accepted in {requests} request{plural} ({bytes} bytes, {:.2} s)",
            elapsed.as_secs_f64()
        )?;
        for invalid in self.invalid.iter().take(SHOWN) {
            write!(
                f,
                "\nrecord {} was not sent: {}",
                invalid.index, invalid.error
            )?;
        }
        more(f, self.invalid.len(), "records were not sent")?;
        for body in self.refused.iter().take(SHOWN) {
            write!(
                f,
                "\n{} records were refused: {}",
                body.records.len(),
                body.refusal
            )?;
        }
        more(f, self.refused.len(), "bodies were refused")
    }
}

/// Counts what a list of [`SHOWN`] left out.
fn more(f: &mut fmt::Formatter<'_>, count: usize, what: &str) -> fmt::Result {
    match count.saturating_sub(SHOWN) {
        0 => Ok(()),
        rest => write!(f, "\nand {rest} more {what}"),
    }
}

/// `send` gave up before all records were sent.
#[derive(thiserror::Error)]
#[error("gave up at record {first_open} after {} were accepted", report.accepted)]
#[non_exhaustive]
pub struct SendError {
    /// What happened to the records before.
    pub report: Report,
    /// The first record that was neither accepted nor refused nor invalid. Those from here on may
    /// be sent again: the body that failed may have been accepted all the same, and a record that
    /// arrives twice replaces itself.
    pub first_open: usize,
    /// Why.
    pub source: Error,
}

impl fmt::Debug for SendError {
    /// With all sources, because `main` shows errors this way.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}\ncaused by: {:?}", self.source)
    }
}
