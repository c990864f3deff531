//! Records as JSON, written straight into the body that will be sent: no tree, no allocation per
//! record, one pass. The same bytes that `serde_json` would write.

use crate::record::{FieldDescriptor, FieldSink, IngestRecord, Value, ValueError};

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
pub fn write<R: IngestRecord + ?Sized>(record: &R, out: &mut Vec<u8>) -> Result<(), ValueError> {
    let start = out.len();
    out.push(b'{');
    let mut sink = JsonSink {
        start: out.len(),
        out,
    };
    match record.visit(&mut sink) {
        Ok(()) => out.push(b'}'),
        Err(error) => {
            out.truncate(start);
            return Err(error);
        }
    }
    Ok(())
}

struct JsonSink<'a> {
    out: &'a mut Vec<u8>,
    /// Where the first field goes, which has no comma before it.
    start: usize,
}

impl FieldSink for JsonSink<'_> {
    #[inline]
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError> {
        field.check(value)?;
        let out = &mut *self.out;
        let key = field.json_key.as_bytes();
        let comma = usize::from(out.len() == self.start);
        out.extend_from_slice(&key[comma..]);
        match value {
            Value::Blank => put(out, "null"),
            Value::Text(text) => write_text(text, out),
            Value::Integer(number) => put(out, itoa::Buffer::new().format(number)),
            Value::Unsigned(number) => put(out, itoa::Buffer::new().format(number)),
            Value::Float(number) => put(out, zmij::Buffer::new().format_finite(number)),
            Value::Single(number) => put(out, zmij::Buffer::new().format_finite(number)),
            Value::Digits(digits) => put(out, digits),
            Value::Boolean(value) => put(out, if value { "true" } else { "false" }),
            Value::Date(date) => write_quoted(&date.to_ascii(), out),
            Value::Timestamp(moment) => write_quoted(&moment.to_ascii(), out),
        }
        Ok(())
    }
}

#[inline]
fn put(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
}

/// Writes what is known to need no escape.
fn write_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

fn write_text(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    out.reserve(rest.len() + 2);
    out.push(b'"');
    while let Some(at) = find_escape(rest) {
        out.extend_from_slice(&rest[..at]);
        write_escape(rest[at], out);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
}

/// Where the first byte stands that JSON wants escaped.
fn find_escape(bytes: &[u8]) -> Option<usize> {
    let mut words = bytes.chunks_exact(8);
    let mut at = 0;
    for word in &mut words {
        let word = u64::from_le_bytes(word.try_into().expect("BUG: a chunk of eight bytes"));
        let found = escapes_in(word);
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    let tail = words
        .remainder()
        .iter()
        .position(|byte| needs_escape(*byte))?;
    Some(at + tail)
}

/// The top bit of the lowest byte that needs an escape, if one of the eight does; bits above it
/// mean nothing, because a subtraction may borrow from them.
fn escapes_in(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let zero_bytes = |word: u64| word.wrapping_sub(ONES) & !word;
    let control = word.wrapping_sub(ONES * 0x20) & !word;
    let quote = zero_bytes(word ^ (ONES * u64::from(b'"')));
    let backslash = zero_bytes(word ^ (ONES * u64::from(b'\\')));
    (control | quote | backslash) & TOPS
}

fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

#[cold]
fn write_escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x09 => b't',
        0x0a => b'n',
        0x0c => b'f',
        0x0d => b'r',
        _ => {
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> String {
        let mut out = Vec::new();
        write_text(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_byte_at_every_place_is_escaped_as_serde_json_does() {
        for byte in 0..=0x7f_u8 {
            for place in 0..20 {
                let mut input = "a".repeat(20);
                input.replace_range(place..=place, &char::from(byte).to_string());
                assert_eq!(text(&input), serde_json::to_string(&input).unwrap());
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn text_is_written_as_serde_json_writes_it(input in "(?s)[\\x00-\\x7f]{0,40}|.{0,40}") {
            prop_assert_eq!(text(&input), serde_json::to_string(&input).unwrap());
        }

        #[test]
        fn numbers_are_written_as_serde_json_writes_them(double: f64, single: f32) {
            if double.is_finite() && single.is_finite() {
                prop_assert_eq!(zmij::Buffer::new().format_finite(double).to_owned(), serde_json::to_string(&double).unwrap());
                prop_assert_eq!(zmij::Buffer::new().format_finite(single).to_owned(), serde_json::to_string(&single).unwrap());
            }
        }
    }
}
