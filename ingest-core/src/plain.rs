//! Values as plain text, which is what CSV cells and keys hold. Quotes nothing.

use crate::digits::{self, NUMBER};
use crate::record::Value;
use crate::value::DayText;

/// The text of a value that was checked; empty for blank.
#[inline]
pub(crate) fn text<'a>(value: Value<'a>, room: &'a mut [u8; NUMBER]) -> &'a [u8] {
    let len = match value {
        Value::Blank => 0,
        Value::Text(text) | Value::Digits(text) => return text.as_bytes(),
        Value::Boolean(value) => return if value { b"true" } else { b"false" },
        Value::Integer(value) => digits::integer(value, room),
        Value::Unsigned(value) => digits::unsigned(value, room),
        Value::Float(value) => {
            digits::decimal(value, room).unwrap_or_else(|| digits::shortest(value, room))
        }
        Value::Single(value) => digits::single(value, room),
        Value::Date(date) => {
            let len = DayText::default().put_date(date, room);
            return &room[1..len - 1];
        }
        Value::Timestamp(moment) => {
            let len = DayText::default().put_moment(moment, room);
            return &room[1..len - 1];
        }
    };
    &room[..len]
}
