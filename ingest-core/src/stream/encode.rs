//! Records into JSON before the stream's lock is taken, so that the lock is held for a copy and no
//! user's code runs under it. Buffers belong to the thread and are used again.

use std::cell::Cell;
use std::ops::Range;

use super::chunk::{Bounds, Operation};
use super::halt::SendError;
use super::keyed;
use crate::body::RecordError;
use crate::json;
use crate::record::IngestRecord;

/// A buffer that has grown beyond this is given back to the system.
const KEPT: usize = 512 * 1024;

thread_local! {
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What an encoder has to know of a stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Encoding {
    pub(crate) bounds: Bounds,
    pub(crate) ordered: bool,
}

/// Encoded records of one operation, side by side.
#[derive(Debug)]
pub(crate) struct Encoded {
    encoding: Encoding,
    operation: Operation,
    buffer: Vec<u8>,
    first: Option<Item>,
    others: Vec<Item>,
}

/// One of them.
#[derive(Debug, Clone)]
struct Item {
    hash: Option<u64>,
    place: Range<usize>,
}

impl Encoded {
    pub(crate) fn new(encoding: Encoding, operation: Operation) -> Self {
        let mut buffer = BUFFER.take();
        buffer.clear();
        Self {
            encoding,
            operation,
            buffer,
            first: None,
            others: Vec::new(),
        }
    }

    /// Adds a record; after an error nothing has changed.
    pub(crate) fn record<R: IngestRecord>(&mut self, record: &R) -> Result<(), SendError> {
        let ordered = self.encoding.ordered;
        let start = self.buffer.len();
        let hash = if ordered {
            Some(keyed::write(record, &mut self.buffer)?)
        } else {
            json::write(record, &mut self.buffer).map_err(RecordError::Value)?;
            None
        };
        self.add(hash, start)
    }

    /// Adds a primary key.
    pub(crate) fn key(&mut self, key: &str) -> Result<(), SendError> {
        if key.trim().is_empty() {
            return Err(SendError::BlankKey);
        }
        let start = self.buffer.len();
        serde_json::to_writer(&mut self.buffer, key).expect("BUG: a string is JSON");
        self.add(
            self.encoding.ordered.then(|| keyed::hash(key.as_bytes())),
            start,
        )
    }

    fn add(&mut self, hash: Option<u64>, start: usize) -> Result<(), SendError> {
        let (bounds, place) = (self.encoding.bounds, start..self.buffer.len());
        let (bytes, limit) = (bounds.alone(self.operation, place.len()), bounds.bytes);
        if bytes > limit {
            self.buffer.truncate(start);
            return Err(RecordError::TooLarge { bytes, limit }.into());
        }
        let item = Item { hash, place };
        match self.first {
            None => self.first = Some(item),
            Some(_) => self.others.push(item),
        }
        Ok(())
    }

    /// Bytes that the records hold of the stream's buffer: their own and a comma each.
    pub(crate) fn held(&self) -> usize {
        self.buffer.len() + self.len()
    }

    pub(crate) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.others.len()
    }

    /// Each record: the hash of its key, what is done with it, its JSON.
    pub(crate) fn records(&self) -> impl Iterator<Item = (Option<u64>, Operation, &[u8])> {
        let items = self.first.iter().chain(&self.others);
        items.map(|item| (item.hash, self.operation, &self.buffer[item.place.clone()]))
    }
}

impl Drop for Encoded {
    fn drop(&mut self) {
        if self.buffer.capacity() <= KEPT {
            BUFFER.set(std::mem::take(&mut self.buffer));
        }
    }
}
