//! What senders without a runtime get back: the receipts of a stream, to be waited for by a thread.

use std::fmt;

use super::runtime;
use crate::stream::{Fate, SendError};

/// Tells what becomes of one record. Cheap to keep and to clone; dropping it changes nothing.
#[derive(Clone)]
pub struct Receipt {
    inner: crate::stream::Receipt,
}

impl Receipt {
    /// Waits until it is known what became of the record, which is at the latest when the stream has
    /// ended.
    pub fn wait(&self) -> Fate {
        runtime::wait(self.inner.fate())
    }

    /// What became of the record; `None` while it waits or is under way.
    pub fn try_fate(&self) -> Option<Fate> {
        self.inner.try_fate()
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl From<crate::stream::Receipt> for Receipt {
    fn from(inner: crate::stream::Receipt) -> Self {
        Self { inner }
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

impl From<crate::stream::SendAllError> for SendAllError {
    fn from(error: crate::stream::SendAllError) -> Self {
        Self {
            index: error.index,
            receipts: all(error.receipts),
            source: error.source,
        }
    }
}

pub(super) fn all(receipts: Vec<crate::stream::Receipt>) -> Vec<Receipt> {
    receipts.into_iter().map(Receipt::from).collect()
}
