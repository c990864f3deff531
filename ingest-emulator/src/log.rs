//! Remembers the last requests, so that a test can ask what its client did.
//!
//! Bounded, and without bodies, headers or queries: they may hold secrets and keys.

use std::collections::VecDeque;

use serde::Serialize;

use crate::fault::Fault;

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

/// The last requests and the number of all.
#[derive(Debug, Default)]
pub(crate) struct Log {
    last: VecDeque<RequestSummary>,
    total: u64,
}

impl Log {
    pub(crate) fn push(&mut self, request: RequestSummary) {
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(request);
        self.total += 1;
    }

    pub(crate) fn last(&self) -> Vec<RequestSummary> {
        self.last.iter().cloned().collect()
    }

    pub(crate) fn total(&self) -> u64 {
        self.total
    }
}
