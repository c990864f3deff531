//! Encoded records side by side, and the request bodies they make. Sizes are exact bytes, wrapper and
//! commas included; when to cut is decided elsewhere.

use std::ops::Range;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::receipt::{Fates, Receipt};
use crate::body::Shape;

/// Keys that one request to delete may name (documented).
const MAX_IDS: u32 = 200;

/// What a buffer begins with; most streams never fill a body.
const FIRST_ROOM: usize = 4_096;

/// What is done with the records of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Operation {
    /// Rows are written, or replaced by key.
    Upsert,
    /// Rows are deleted; a record is a primary key.
    Delete,
}

impl Operation {
    /// A short name that programs can rely on.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upsert => "upsert",
            Self::Delete => "delete",
        }
    }

    pub(crate) const fn opening(self, shape: Shape) -> &'static [u8] {
        match self {
            Self::Upsert => shape.opening(),
            Self::Delete => b"{\"ids\":[",
        }
    }

    pub(crate) const fn closing(self, shape: Shape) -> &'static [u8] {
        match self {
            Self::Upsert => shape.closing(),
            Self::Delete => b"]}",
        }
    }
}

/// What a body may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) shape: Shape,
    /// Bytes, wrapper included.
    pub(crate) bytes: usize,
    /// Records.
    pub(crate) records: u32,
}

impl Bounds {
    fn records_of(&self, operation: Operation) -> u32 {
        match operation {
            Operation::Upsert => self.records,
            Operation::Delete => self.records.min(MAX_IDS),
        }
    }

    /// Bytes of a body that holds this record alone.
    pub(crate) fn alone(&self, operation: Operation, record: usize) -> usize {
        operation.opening(self.shape).len() + record + operation.closing(self.shape).len()
    }
}

/// Why a chunk was cut where it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cut {
    /// The next record did not fit.
    Size,
    /// It held as many records as are allowed.
    Count,
    /// Its first record had waited for the linger time.
    Linger,
    /// The next record was for another operation.
    Operation,
    /// The user asked for a flush.
    Flush,
    /// The stream was closing.
    Close,
    /// The buffer was full, and somebody waited for room.
    Pressure,
}

impl Cut {
    /// All, in the order of [`Cut::index`].
    pub(crate) const ALL: [Self; 7] = [
        Self::Size,
        Self::Count,
        Self::Linger,
        Self::Operation,
        Self::Flush,
        Self::Close,
        Self::Pressure,
    ];

    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Count => "count",
            Self::Linger => "linger",
            Self::Operation => "operation",
            Self::Flush => "flush",
            Self::Close => "close",
            Self::Pressure => "pressure",
        }
    }
}

/// Records of one lane and one operation, in their order.
#[derive(Debug)]
pub(crate) struct Chunk {
    pub(crate) operation: Operation,
    /// Set once no further record may be added.
    pub(crate) cut: Option<Cut>,
    /// Set when it shall not wait for more, though more may be added until it leaves.
    pub(crate) urgent: Option<Cut>,
    /// When its first record came.
    pub(crate) first: Instant,
    last: Instant,
    /// The opening of a body and the records with commas between.
    text: BytesMut,
    /// Where each record ends.
    ends: Vec<u32>,
    fates: Arc<Fates>,
}

impl Chunk {
    pub(crate) fn new(
        operation: Operation,
        shape: Shape,
        mut text: BytesMut,
        now: Instant,
    ) -> Self {
        text.extend_from_slice(operation.opening(shape));
        Self {
            operation,
            cut: None,
            urgent: None,
            first: now,
            last: now,
            text,
            ends: Vec::new(),
            fates: Arc::default(),
        }
    }

    pub(crate) fn records(&self) -> u32 {
        count(self.ends.len())
    }

    pub(crate) fn fates(&self) -> &Arc<Fates> {
        &self.fates
    }

    /// Why a record of this size may not be added, if it may not.
    pub(crate) fn lacks_room(
        &self,
        operation: Operation,
        record: usize,
        bounds: &Bounds,
    ) -> Option<Cut> {
        let bytes = self.text.len() + 1 + record + operation.closing(bounds.shape).len();
        if operation != self.operation {
            Some(Cut::Operation)
        } else if bytes > bounds.bytes {
            Some(Cut::Size)
        } else if self.records() >= bounds.records_of(operation) {
            Some(Cut::Count)
        } else {
            None
        }
    }

    pub(crate) fn push(&mut self, record: &[u8], bounds: &Bounds, now: Instant) -> Receipt {
        let closing = self.operation.closing(bounds.shape).len();
        self.reserve(1 + record.len() + closing, bounds);
        if !self.ends.is_empty() {
            self.text.extend_from_slice(b",");
        }
        self.text.extend_from_slice(record);
        let index = self.records();
        self.ends.push(offset(self.text.len()));
        self.last = now;
        Receipt {
            fates: Arc::clone(&self.fates),
            index,
        }
    }

    /// Grows by doubling, but never beyond what a body may have.
    fn reserve(&mut self, more: usize, bounds: &Bounds) {
        let needed = self.text.len() + more;
        if needed > self.text.capacity() {
            let doubled = (self.text.capacity() * 2).max(FIRST_ROOM).min(bounds.bytes);
            self.text.reserve(needed.max(doubled) - self.text.len());
        }
    }
}

/// One request's worth of records, of one lane or of several.
#[derive(Debug)]
pub(crate) struct Body {
    pub(crate) operation: Operation,
    pub(crate) cut: Cut,
    /// The lanes that wait for it.
    pub(crate) lanes: Vec<usize>,
    /// The whole body.
    pub(crate) bytes: Bytes,
    shape: Shape,
    /// Where each record ends in `bytes`.
    ends: Vec<u32>,
    /// The chunks, each with the place of its first record.
    parts: Vec<(u32, Arc<Fates>)>,
    first: Instant,
    last: Instant,
}

/// A body that takes chunks until it leaves.
#[derive(Debug)]
pub(crate) struct Assembly {
    body: Body,
    text: BytesMut,
}

impl Assembly {
    /// Begins with the chunk that is due, whose buffer becomes the body's.
    pub(crate) fn new(lane: usize, chunk: Chunk, cut: Cut, bounds: &Bounds) -> Self {
        chunk.fates.complete(chunk.records());
        let body = Body {
            operation: chunk.operation,
            cut,
            lanes: vec![lane],
            bytes: Bytes::new(),
            shape: bounds.shape,
            ends: chunk.ends,
            parts: vec![(0, chunk.fates)],
            first: chunk.first,
            last: chunk.last,
        };
        Self {
            body,
            text: chunk.text,
        }
    }

    /// Bytes that further records may take, commas included.
    pub(crate) fn room(&self, bounds: &Bounds) -> usize {
        let closing = self.body.operation.closing(bounds.shape).len();
        bounds.bytes.saturating_sub(self.text.len() + closing)
    }

    pub(crate) fn takes(&self, chunk: &Chunk, bounds: &Bounds) -> bool {
        let opening = chunk.operation.opening(bounds.shape).len();
        let records = count(self.body.ends.len()) + chunk.records();
        chunk.operation == self.body.operation
            && 1 + chunk.text.len() - opening <= self.room(bounds)
            && records <= bounds.records_of(chunk.operation)
    }

    /// Adds all records of another lane's chunk; gives its buffer back.
    pub(crate) fn add(&mut self, lane: usize, mut chunk: Chunk, bounds: &Bounds) -> BytesMut {
        let opening = chunk.operation.opening(bounds.shape).len();
        self.text.extend_from_slice(b",");
        let shift = offset(self.text.len() - opening);
        self.text.extend_from_slice(&chunk.text[opening..]);
        chunk.fates.complete(chunk.records());
        let body = &mut self.body;
        body.parts.push((count(body.ends.len()), chunk.fates));
        body.ends.extend(chunk.ends.iter().map(|end| end + shift));
        body.lanes.push(lane);
        body.first = body.first.min(chunk.first);
        body.last = body.last.max(chunk.last);
        chunk.text.clear();
        chunk.text
    }

    pub(crate) fn finish(mut self) -> Body {
        let closing = self.body.operation.closing(self.body.shape);
        self.text.extend_from_slice(closing);
        self.body.bytes = self.text.freeze();
        self.body
    }
}

impl Body {
    pub(crate) fn records(&self) -> u32 {
        count(self.ends.len())
    }

    /// When its first record came.
    pub(crate) fn first(&self) -> Instant {
        self.first
    }

    /// When its last record came.
    pub(crate) fn last(&self) -> Instant {
        self.last
    }

    /// The JSON of one record.
    pub(crate) fn record(&self, index: u32) -> &[u8] {
        let at = index as usize;
        let start = match at.checked_sub(1) {
            Some(before) => self.ends[before] as usize + 1,
            None => self.operation.opening(self.shape).len(),
        };
        &self.bytes[start..self.ends[at] as usize]
    }

    /// A body of some of the records, in their order.
    pub(crate) fn part(&self, ranges: &[Range<u32>]) -> Bytes {
        if let [range] = ranges
            && *range == (0..self.records())
        {
            return self.bytes.clone();
        }
        let mut part = Vec::with_capacity(self.bytes.len());
        part.extend_from_slice(self.operation.opening(self.shape));
        for (nth, index) in ranges.iter().flat_map(Clone::clone).enumerate() {
            if nth > 0 {
                part.push(b',');
            }
            part.extend_from_slice(self.record(index));
        }
        part.extend_from_slice(self.operation.closing(self.shape));
        part.into()
    }

    /// Bytes that a record holds of the stream's buffer: its own and a comma.
    pub(crate) fn held(&self, range: &Range<u32>) -> usize {
        range
            .clone()
            .map(|index| self.record(index).len() + 1)
            .sum()
    }

    /// The chunks' shares of a range of records: whose fate it is, and where in the chunk.
    pub(crate) fn shares(&self, range: &Range<u32>) -> Vec<(&Fates, Range<u32>)> {
        let ends = self.parts.iter().skip(1).map(|(start, _)| *start);
        let ends = ends.chain([self.records()]);
        let shares = self.parts.iter().zip(ends).map(|((start, fates), end)| {
            let (from, to) = (range.start.max(*start), range.end.min(end));
            (
                &**fates,
                from.saturating_sub(*start)..to.saturating_sub(*start),
            )
        });
        shares.filter(|(_, share)| !share.is_empty()).collect()
    }

    pub(crate) fn fates(&self) -> impl Iterator<Item = &Arc<Fates>> {
        self.parts.iter().map(|(_, fates)| fates)
    }

    /// Its buffer, if nobody else looks at it any more.
    pub(crate) fn into_buffer(self) -> Option<BytesMut> {
        self.bytes.try_into_mut().ok()
    }
}

fn count(len: usize) -> u32 {
    u32::try_from(len).expect("BUG: a body has fewer records than bytes")
}

fn offset(len: usize) -> u32 {
    u32::try_from(len).expect("BUG: a body has at most 200,000 bytes")
}
