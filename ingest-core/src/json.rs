//! Records as JSON, written straight into the body that will be sent: no tree, no allocation per
//! record, one pass. The same bytes that `serde_json` would write.

#![allow(
    clippy::inline_always,
    reason = "a function without calls within saves and restores nothing"
)]

use crate::cursor::Cursor;
use crate::digits::{self, NUMBER};
use crate::escape;
use crate::plain;
use crate::record::{FieldDescriptor, FieldSink, IngestRecord, Value, ValueError};
use crate::value::{DayText, Timestamp};

/// Appends a record to `out` as one JSON object.
///
/// # Errors
/// When a value cannot be sent; `out` is then as it was before.
///
/// ```
/// use ingest_core::{IngestRecord, json};
///
/// fn bytes(record: &impl IngestRecord) -> Result<Vec<u8>, ingest_core::ValueError> {
///     let mut out = Vec::new();
///     json::write(record, &mut out)?;
///     Ok(out)
/// }
/// ```
#[inline]
pub fn write<R: IngestRecord + ?Sized>(record: &R, out: &mut Vec<u8>) -> Result<(), ValueError> {
    write_by(&record, R::OBJECT.fields.len(), out)
}

/// A record, whatever its type. A closure would be compiled as three functions more.
trait Visit {
    fn visit(&self, sink: &mut dyn FieldSink) -> Result<(), ValueError>;
}

impl<R: IngestRecord + ?Sized> Visit for &R {
    #[inline]
    fn visit(&self, sink: &mut dyn FieldSink) -> Result<(), ValueError> {
        R::visit(self, sink)
    }
}

/// One for all records: a copy of the sink's beginning and end for each would take the compiler as
/// long as the record itself.
#[inline(never)]
fn write_by(record: &dyn Visit, fields: usize, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let mut sink = JsonSink::new(out, fields);
    record.visit(&mut sink)?;
    sink.finish();
    Ok(())
}

/// How many bytes [`write()`] would append, to the byte, without writing them.
///
/// # Errors
/// When a value cannot be sent.
pub fn size<R: IngestRecord + ?Sized>(record: &R) -> Result<usize, ValueError> {
    let mut sink = SizeSink(0);
    record.visit(&mut sink)?;
    // The braces; the first field has no comma.
    Ok(2 + sink.0.saturating_sub(1))
}

/// Counts what [`JsonSink`] writes for fields.
struct SizeSink(usize);

impl FieldSink for SizeSink {
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError> {
        field.check(value)?;
        let value = match value {
            Value::Blank => "null".len(),
            Value::Text(text) => escape::len(text) + 2,
            Value::Date(_) => "\"yyyy-MM-dd\"".len(),
            Value::Timestamp(_) => "\"yyyy-MM-ddTHH:mm:ss.SSSZ\"".len(),
            _ => plain::text(value, &mut [0; NUMBER]).len(),
        };
        self.0 += ",\"\":".len() + field.name.len() + value;
        Ok(())
    }
}

/// Bytes of a value that is no long text, quotes included, and of what is copied beyond it.
const SMALL: usize = 64;
/// Bytes of a key that is copied at once and of a small value: what most fields need.
const FIELD: usize = 32 + SMALL;

/// Bytes by which [`write()`] lets `out` grow at once, and those of a usual record.
pub(crate) fn spare<R: IngestRecord + ?Sized>() -> usize {
    2 * step(R::OBJECT.fields.len())
}

/// Not more for a wide object, of which a patch may hold three fields.
fn step(fields: usize) -> usize {
    (fields * 32).min(4_096) + 2 * FIELD
}

/// Writes a record; one that is dropped unfinished has written nothing.
pub(crate) struct JsonSink<'a> {
    out: Cursor<'a>,
    day: DayText,
}

impl<'a> JsonSink<'a> {
    #[inline]
    pub(crate) fn new(out: &'a mut Vec<u8>, fields: usize) -> Self {
        Self {
            out: Cursor::new(out, step(fields)),
            day: DayText::default(),
        }
    }

    #[inline]
    pub(crate) fn finish(self) {
        // The opening brace takes the place of the comma before the first field.
        self.out.enclose(b'{', b'}');
    }

    /// Writes a key and a small value: the fast way, if the key is short and there is room.
    #[inline(always)]
    fn small(
        &mut self,
        field: &'static FieldDescriptor,
        write: impl FnOnce(&mut [u8; SMALL], &mut DayText) -> Option<usize>,
    ) -> bool {
        let (Some(key), Some(room)) = (field.json_key, self.out.window::<FIELD>()) else {
            return false;
        };
        let len = field.name.len() + ",\"\":".len();
        if len > key.len() {
            return false;
        }
        let (place, _) = room
            .split_first_chunk_mut()
            .expect("BUG: a key is shorter than a field");
        *place = *key;
        let room = room[len..].first_chunk_mut();
        let room = room.expect("BUG: a field is a key and a small value");
        let Some(value) = write(room, &mut self.day) else {
            return false;
        };
        self.out.advance(len + value);
        true
    }

    /// Writes any field, step by step.
    #[cold]
    #[inline(never)]
    fn any(&mut self, field: &'static FieldDescriptor, value: Value<'_>) -> Result<(), ValueError> {
        field.check(value)?;
        self.out.put(b",\"");
        self.out.put(field.name.as_bytes());
        self.out.put(b"\":");
        match value {
            Value::Text(text) => escape::put_quoted(text, &mut self.out),
            Value::Digits(digits) => self.out.put(digits.as_bytes()),
            _ => {
                let room = self.out.room(SMALL).first_chunk_mut();
                let room = room.expect("BUG: as many bytes as were asked for");
                let len = small_value(value, room, &mut self.day);
                self.out.advance(len);
            }
        }
        // Room for the next fields, so that they take the fast way.
        self.out.room(FIELD);
        Ok(())
    }

    // What the fast ways below leave to others stands in functions of its own, so that they can end
    // in a jump and save no registers.

    #[inline(never)]
    fn integer_field(
        &mut self,
        field: &'static FieldDescriptor,
        value: i64,
    ) -> Result<(), ValueError> {
        self.field(field, Value::Integer(value))
    }

    #[inline(never)]
    fn float_field(
        &mut self,
        field: &'static FieldDescriptor,
        value: f64,
    ) -> Result<(), ValueError> {
        let value = Value::Float(value);
        field.check(value)?;
        if self.small(field, |room, day| Some(small_value(value, room, day))) {
            return Ok(());
        }
        self.any(field, value)
    }

    #[inline(never)]
    fn timestamp_field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Timestamp,
    ) -> Result<(), ValueError> {
        self.any(field, Value::Timestamp(value))
    }

    /// Writes text that is long, blank or in need of escapes, or without room.
    #[inline(never)]
    fn text_field(
        &mut self,
        field: &'static FieldDescriptor,
        text: &str,
    ) -> Result<(), ValueError> {
        if text.is_empty() {
            field.check(Value::Text(text))?;
        }
        if !self.small(field, |_, _| Some(0)) {
            return self.any(field, Value::Text(text));
        }
        escape::put_quoted(text, &mut self.out);
        self.out.room(FIELD);
        Ok(())
    }
}

impl FieldSink for JsonSink<'_> {
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError> {
        match value {
            Value::Text(text) => return self.text(field, text),
            Value::Digits(_) => return self.any(field, value),
            _ => field.check(value)?,
        }
        if self.small(field, |room, day| Some(small_value(value, room, day))) {
            return Ok(());
        }
        self.any(field, value)
    }

    fn text(&mut self, field: &'static FieldDescriptor, text: &str) -> Result<(), ValueError> {
        let short = !text.is_empty() && text.len() + 2 + escape::SLACK <= SMALL;
        if short && self.small(field, |room, _| quoted(text, room)) {
            return Ok(());
        }
        self.text_field(field, text)
    }

    fn integer(&mut self, field: &'static FieldDescriptor, value: i64) -> Result<(), ValueError> {
        if self.small(field, |room, _| digits::natural(value, number(room))) {
            return Ok(());
        }
        self.integer_field(field, value)
    }

    fn float(&mut self, field: &'static FieldDescriptor, value: f64) -> Result<(), ValueError> {
        if self.small(field, |room, _| digits::decimal(value, number(room))) {
            return Ok(());
        }
        self.float_field(field, value)
    }

    fn timestamp(
        &mut self,
        field: &'static FieldDescriptor,
        value: Timestamp,
    ) -> Result<(), ValueError> {
        if self.small(field, |room, day| Some(day.put_moment(value, number(room)))) {
            return Ok(());
        }
        self.timestamp_field(field, value)
    }
}

/// Writes a value that is neither text nor digits; returns its length.
#[inline]
fn small_value(value: Value<'_>, room: &mut [u8; SMALL], day: &mut DayText) -> usize {
    match value {
        Value::Blank => word(*b"null    ", 4, room),
        Value::Boolean(true) => word(*b"true    ", 4, room),
        Value::Boolean(false) => word(*b"false   ", 5, room),
        Value::Integer(value) => digits::integer(value, number(room)),
        Value::Unsigned(value) => digits::unsigned(value, number(room)),
        Value::Float(value) => digits::shortest(value, number(room)),
        Value::Single(value) => digits::single(value, number(room)),
        Value::Date(date) => day.put_date(date, number(room)),
        Value::Timestamp(moment) => day.put_moment(moment, number(room)),
        Value::Text(_) | Value::Digits(_) => unreachable!("BUG: these are of any length"),
    }
}

/// The room for a number.
#[inline]
fn number(room: &mut [u8; SMALL]) -> &mut [u8; NUMBER] {
    room.first_chunk_mut()
        .expect("BUG: a number is a small value")
}

/// A word of JSON, in a copy of a fixed size.
#[inline]
fn word(word: [u8; 8], len: usize, room: &mut [u8; SMALL]) -> usize {
    *room
        .first_chunk_mut()
        .expect("BUG: a word is a small value") = word;
    len
}

/// Writes text with its quotes and returns its length, if it needs no escape.
#[inline(always)]
fn quoted(text: &str, room: &mut [u8]) -> Option<usize> {
    room[0] = b'"';
    if !escape::copy_plain(text.as_bytes(), &mut room[1..]) {
        return None;
    }
    room[text.len() + 1] = b'"';
    Some(text.len() + 2)
}
