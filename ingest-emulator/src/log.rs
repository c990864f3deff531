//! Remembers the last requests, so that a test can ask what its client did.
//!
//! Bounded, and without bodies, headers or queries: they may hold secrets and keys. What became of
//! records is in `record_log`, which stands here too so that a request and its records have one
//! number.

use std::collections::VecDeque;

use serde::Serialize;

use crate::fault::Fault;
use crate::recent::{Recent, Second};
use crate::record_log::{Bounds, Noted, RecordLog, Stamp, Verdict};

/// How many requests are remembered one by one.
const KEPT: usize = 10_000;

/// One request and how it was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct RequestSummary {
    /// The method, for example `POST`.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The status of the answer; 0 where the connection was cut without one.
    pub status: u16,
    /// The length of the request's body in bytes, as far as it was read.
    pub bytes: u64,
    /// The records or ids in the body, where it could be read that far.
    pub records: u64,
    /// The fault that happened to it. Where it was only delayed, the first delay.
    pub fault: Option<Fault>,
    /// Whether the tenant itself had success as its answer, so that the records were accepted or
    /// the token was given out, whether or not the client was told.
    pub processed: bool,
}

/// A request with its number and time.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Logged {
    /// Grows with every request that was answered; never given twice.
    pub(crate) number: u64,
    /// Milliseconds since 1970.
    pub(crate) at_ms: u64,
    #[serde(flatten)]
    pub(crate) request: RequestSummary,
}

/// The time of an answer, read once by who writes the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Time {
    /// Milliseconds since 1970.
    pub(crate) at_ms: u64,
    /// Whole seconds since the start.
    pub(crate) second: u64,
}

/// The last requests and records, and the number of all.
#[derive(Debug, Default)]
pub(crate) struct Log {
    last: VecDeque<Logged>,
    total: u64,
    /// The number of the first request since the last reset.
    first: u64,
    pub(crate) records: RecordLog,
    recent: Recent,
}

impl Log {
    pub(crate) fn new(bounds: Bounds) -> Self {
        Self {
            records: RecordLog::new(bounds),
            ..Self::default()
        }
    }

    pub(crate) fn push(&mut self, time: Time, request: RequestSummary, noted: Option<Noted>) {
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        let number = self.first + self.total;
        let at_ms = time.at_ms;
        self.last.push_back(Logged {
            number,
            at_ms,
            request,
        });
        self.total += 1;
        let (accepted, rejected) = noted.as_ref().map_or((0, 0), counts);
        self.recent.add(time.second, accepted, rejected);
        if let Some(noted) = noted {
            let stamp = Stamp {
                request: number,
                at: at_ms,
            };
            self.records.note(stamp, noted);
        }
    }

    /// Forgets all; numbers go on.
    pub(crate) fn clear(&mut self) {
        self.first += self.total;
        self.total = 0;
        self.last.clear();
        self.recent = Recent::default();
        self.records.clear();
    }

    pub(crate) fn last(&self) -> Vec<RequestSummary> {
        let summaries = self.last.iter().map(|logged| logged.request.clone());
        summaries.collect()
    }

    /// Those that are remembered, the oldest first.
    pub(crate) const fn logged(&self) -> &VecDeque<Logged> {
        &self.last
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The number that the next request gets.
    pub(crate) fn next(&self) -> u64 {
        self.first + self.total
    }

    /// The last five minutes up to this second since the start, second by second.
    pub(crate) fn recent(&mut self, second: u64) -> Vec<Second> {
        self.recent.last(second)
    }
}

/// How many records were accepted and how many rejected.
fn counts(noted: &Noted) -> (usize, usize) {
    match noted.verdict {
        Verdict::Accepted(_) | Verdict::Lenient(_) | Verdict::Lost => (noted.records, 0),
        Verdict::Refused(_) => (0, noted.records),
        Verdict::Malformed(_) => (0, 0),
    }
}
