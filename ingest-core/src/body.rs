//! Records into request bodies that fit: sizes are counted in exact bytes, wrapper and commas
//! included. Decides where to cut; sends nothing.

use crate::json;
use crate::record::{IngestRecord, ValueError};

/// Bytes that a streaming request's body may have. The documents say "under 200 KB"; careful
/// clients take that as 200,000, wrapper included.
pub const MAX_BODY: usize = 200_000;

/// How the records of a body are wrapped; a tenant is documented to take the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shape {
    /// `{"data":[…]}`.
    #[default]
    Data,
    /// A bare array: `[…]`.
    Array,
}

impl Shape {
    pub(crate) const fn opening(self) -> &'static [u8] {
        match self {
            Self::Data => b"{\"data\":[",
            Self::Array => b"[",
        }
    }

    pub(crate) const fn closing(self) -> &'static [u8] {
        match self {
            Self::Data => b"]}",
            Self::Array => b"]",
        }
    }
}

/// A body that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Body {
    /// The JSON text.
    pub bytes: Vec<u8>,
    /// How many records it holds; at least one.
    pub records: usize,
}

/// A record that cannot be part of any body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// One of its values cannot be sent.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// It would not fit into a body of its own.
    #[error("the record makes a body of {bytes} bytes, and {limit} are allowed")]
    TooLarge {
        /// Bytes of a body that holds this record alone.
        bytes: usize,
        /// Bytes a body may have.
        limit: usize,
    },
}

/// Fills bodies with records, one after the other.
#[derive(Debug)]
pub struct BodyWriter {
    shape: Shape,
    limit: usize,
    /// The opening and the records so far, and behind `end` what a record left that was never
    /// finished, because a user's type panicked.
    open: Vec<u8>,
    end: usize,
    records: usize,
}

impl BodyWriter {
    /// A writer of bodies of this shape and of at most `limit` bytes.
    pub fn new(shape: Shape, limit: usize) -> Self {
        Self {
            shape,
            limit,
            open: shape.opening().to_vec(),
            end: shape.opening().len(),
            records: 0,
        }
    }

    /// Adds a record. When it does not fit beside the others, hands out the body that they fill
    /// and begins the next one with it.
    ///
    /// # Errors
    /// When the record can be in no body; the writer is then as it was before.
    pub fn push<R: IngestRecord + ?Sized>(
        &mut self,
        record: &R,
    ) -> Result<Option<Body>, RecordError> {
        let before = self.end;
        self.open.truncate(before);
        if self.records > 0 {
            self.open.push(b',');
        }
        let start = self.open.len();
        if let Err(error) = json::write(record, &mut self.open) {
            self.open.truncate(before);
            return Err(error.into());
        }
        let closing = self.shape.closing().len();
        let alone = self.shape.opening().len() + (self.open.len() - start) + closing;
        if alone > self.limit {
            self.open.truncate(before);
            let limit = self.limit;
            return Err(RecordError::TooLarge {
                bytes: alone,
                limit,
            });
        }
        let full = if self.open.len() + closing > self.limit {
            Some(self.cut(before, start, json::spare::<R>()))
        } else {
            None
        };
        self.end = self.open.len();
        self.records += 1;
        Ok(full)
    }

    /// Closes the body at `end`; what stands from `next` on becomes the start of the next one, which
    /// has room for the record that will be too much, so that it need not move.
    fn cut(&mut self, end: usize, next: usize, spare: usize) -> Body {
        let mut open = Vec::with_capacity(self.limit + spare);
        open.extend_from_slice(self.shape.opening());
        open.extend_from_slice(&self.open[next..]);
        self.open.truncate(end);
        let bytes = std::mem::replace(&mut self.open, open);
        self.close(bytes)
    }

    fn close(&mut self, mut bytes: Vec<u8>) -> Body {
        bytes.extend_from_slice(self.shape.closing());
        Body {
            bytes,
            records: std::mem::take(&mut self.records),
        }
    }

    /// The body that holds what is left, if anything is.
    pub fn finish(mut self) -> Option<Body> {
        if self.records == 0 {
            return None;
        }
        let mut bytes = std::mem::take(&mut self.open);
        bytes.truncate(self.end);
        Some(self.close(bytes))
    }
}
