//! Records as lines of CSV for bulk uploads, as RFC 4180 has it: commas, CR LF, quotes where needed.
//! A blank cell is empty, which the service takes for null. No allocation per record.

use ingest_schema::Role;

use crate::cursor::Cursor;
use crate::digits::NUMBER;
use crate::key::{self, KeyError};
use crate::plain;
use crate::record::{FieldDescriptor, FieldSink, IngestRecord, Value, ValueError};
use crate::shapes::FullRecord;

/// Appends the line that names the columns: every field of the object, in the schema's order.
///
/// The service drops a column that it does not know without an error, so the names must be the
/// schema's, as these are.
pub fn write_header<R: FullRecord + ?Sized>(out: &mut Vec<u8>) {
    let start = out.len();
    for field in R::OBJECT.fields {
        if out.len() > start {
            out.push(b',');
        }
        out.extend_from_slice(field.name.as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// Appends a record as one line. A patch has no line: what it leaves out would be blanked.
///
/// # Errors
/// When a value cannot be sent; `out` is then as it was before.
///
/// ```
/// use ingest_core::{FullRecord, ValueError, csv};
///
/// fn file<R: FullRecord>(records: &[R]) -> Result<Vec<u8>, ValueError> {
///     let mut out = Vec::new();
///     csv::write_header::<R>(&mut out);
///     for record in records {
///         csv::write(record, &mut out)?;
///     }
///     Ok(out)
/// }
/// ```
pub fn write<R: FullRecord + ?Sized>(record: &R, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let mut sink = CsvSink::new(out, R::OBJECT.fields.len());
    record.visit(&mut sink)?;
    sink.finish();
    Ok(())
}

/// Appends the line that deletes a record: its primary key, and its record modified time where the
/// object has one. A file of such lines has no header.
///
/// # Errors
/// When the object has no primary key, or one of the two cannot be sent; `out` is then as it was
/// before. The other fields do not matter.
pub fn write_delete<R: IngestRecord + ?Sized>(
    record: &R,
    out: &mut Vec<u8>,
) -> Result<(), KeyError> {
    key::require::<R>()?;
    let mut sink = CsvSink::new(out, 2);
    key::visit_role(record, Role::PrimaryKey, &mut sink)?;
    key::visit_role(record, Role::RecordModified, &mut sink)?;
    sink.finish();
    Ok(())
}

struct CsvSink<'a> {
    out: Cursor<'a>,
}

impl<'a> CsvSink<'a> {
    fn new(out: &'a mut Vec<u8>, fields: usize) -> Self {
        Self {
            out: Cursor::new(out, fields * 32),
        }
    }

    /// Turns the comma behind the last cell into the end of the line.
    fn finish(mut self) {
        // A line that is empty would be skipped by who reads it.
        if self.out.written().len() < 2 {
            self.out.rewind();
            self.out.put(b"\"\",");
        }
        if let Some(last) = self.out.written().last_mut() {
            *last = b'\r';
        }
        self.out.put(b"\n");
        self.out.finish();
    }

    fn quoted(&mut self, text: &[u8]) {
        self.out.put(b"\"");
        for (index, part) in text.split(|byte| *byte == b'"').enumerate() {
            if index > 0 {
                self.out.put(b"\"\"");
            }
            self.out.put(part);
        }
        self.out.put(b"\",");
    }
}

impl FieldSink for CsvSink<'_> {
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError> {
        field.check(value)?;
        let mut room = [0; NUMBER];
        let text = plain::text(value, &mut room);
        if matches!(value, Value::Text(_)) && needs_quotes(text) {
            self.quoted(text);
            return Ok(());
        }
        let cell = self.out.room(text.len() + 1);
        cell[..text.len()].copy_from_slice(text);
        cell[text.len()] = b',';
        self.out.advance(text.len() + 1);
        Ok(())
    }
}

/// Whether a reader would take the text for something else, or cut blanks or a byte order mark off.
fn needs_quotes(text: &[u8]) -> bool {
    const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
    let blank = |byte: Option<&u8>| byte.is_some_and(|byte| *byte <= b' ');
    let special = |byte: u8| u8::from(matches!(byte, b',' | b'"' | b'\n' | b'\r'));
    blank(text.first())
        || blank(text.last())
        || text.starts_with(BYTE_ORDER_MARK)
        || text.iter().fold(0, |any, byte| any | special(*byte)) != 0
}
