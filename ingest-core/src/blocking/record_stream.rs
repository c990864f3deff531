//! A stream without a runtime. Hands every call on; decides nothing.

use std::fmt;
use std::time::Duration;

use super::receipt::{self, Receipt, SendAllError};
use super::runtime::Runtime;
use crate::record::IngestRecord;
use crate::stream::{Halt, Health, Report, SendError, TrySendError};

/// A long-lived sender of records of one object; see
/// [`RecordStream`](crate::stream::RecordStream). Cheap to clone; clones share everything, and may be
/// used from any number of threads.
///
/// Dropped without [`close`](Self::close), it does not wait: it says so in the log, and goes on sending
/// what it was given as long as the process runs.
pub struct RecordStream<R> {
    // In this order: what the last handle of a stream does needs no runtime that ends.
    inner: crate::stream::RecordStream<R>,
    runtime: Runtime,
}

impl<R> Clone for RecordStream<R> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            runtime: self.runtime.clone(),
        }
    }
}

impl<R> fmt::Debug for RecordStream<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl<R> RecordStream<R> {
    pub(super) fn new(inner: crate::stream::RecordStream<R>, runtime: Runtime) -> Self {
        runtime.outlive(inner.end());
        Self { inner, runtime }
    }

    /// Deletes the rows of these primary keys, in order with the records that were sent before and
    /// will be sent after. Waits while the buffer is full.
    ///
    /// # Errors
    /// For the first key that is not taken: it is blank or too long, or the stream halted or is closed.
    pub fn delete<K: AsRef<str>>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<Vec<Receipt>, SendAllError> {
        let taken = self.runtime.wait(self.inner.delete(keys));
        Ok(receipt::all(taken?))
    }

    /// Waits until every record that was taken before has its fate.
    ///
    /// # Errors
    /// When the stream halts before.
    pub fn flush(&self) -> Result<(), Halt> {
        self.runtime.wait(self.inner.flush())
    }

    /// Takes no more records, waits until every one that was taken has its fate, and reports. That
    /// lasts at most as long as the delivery deadline; a stream that halts ends at once, with what is
    /// unsent in the report.
    ///
    /// All clones of the stream are closed with it.
    pub fn close(self) -> Report {
        self.runtime.wait(self.inner.close())
    }

    /// The same, but gives up what is still open after this time.
    pub fn close_within(self, deadline: Duration) -> Report {
        self.runtime.wait(self.inner.close_within(deadline))
    }

    /// Goes on after a halt, with everything that was kept. Whether the stream had halted.
    pub fn resume(&self) -> bool {
        let _context = self.runtime.enter();
        self.inner.resume()
    }

    /// How the stream is.
    pub fn health(&self) -> Health {
        let _context = self.runtime.enter();
        self.inner.health()
    }

    /// The settings in force, one a line.
    pub fn describe(&self) -> String {
        self.inner.describe()
    }
}

impl<R: IngestRecord> RecordStream<R> {
    /// Takes a record; waits while the buffer is full. The receipt tells what becomes of it.
    ///
    /// # Errors
    /// When the record can never be sent, or the stream halted or is closed.
    pub fn send(&self, record: &R) -> Result<Receipt, SendError> {
        let taken = self.runtime.wait(self.inner.send(record));
        taken.map(Receipt::from)
    }

    /// The same for a record of another type, such as a patch, of the same object.
    ///
    /// # Errors
    /// Also when it is a record of another object.
    pub fn send_as<T: IngestRecord>(&self, record: &T) -> Result<Receipt, SendError> {
        let taken = self.runtime.wait(self.inner.send_as(record));
        taken.map(Receipt::from)
    }

    /// Takes a record if there is room now.
    ///
    /// # Errors
    /// With the record: when the buffer is full, the record can never be sent, or the stream halted or
    /// is closed.
    pub fn try_send(&self, record: R) -> Result<Receipt, TrySendError<R>> {
        let _context = self.runtime.enter();
        self.inner.try_send(record).map(Receipt::from)
    }

    /// Takes many records, with one lock for some hundred of them; waits while the buffer is full.
    ///
    /// # Errors
    /// For the first record that is not taken; those before it were, and those behind it were not
    /// offered.
    pub fn send_all<'a>(
        &self,
        records: impl IntoIterator<Item = &'a R>,
    ) -> Result<Vec<Receipt>, SendAllError>
    where
        R: 'a,
    {
        let taken = self.runtime.wait(self.inner.send_all(records));
        Ok(receipt::all(taken?))
    }
}
