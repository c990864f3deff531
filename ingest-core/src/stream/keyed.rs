//! A record as JSON and the hash of its primary key, in one visit: a second one shows all the other
//! fields for nothing. Knows nothing of lanes.

use ingest_schema::Role;

use crate::digits::NUMBER;
use crate::json::JsonSink;
use crate::key;
use crate::plain;
use crate::record::{FieldDescriptor, FieldSink, IngestRecord, Value, ValueError};
use crate::stream::halt::SendError;
use crate::{body::RecordError, value::Timestamp};

/// Appends a record as [`json::write`](crate::json::write) does; the hash of its key.
pub(crate) fn write<R: IngestRecord>(record: &R, out: &mut Vec<u8>) -> Result<u64, SendError> {
    let mut sink = KeyedSink {
        json: JsonSink::new(out, R::OBJECT.fields.len()),
        hash: None,
    };
    record.visit(&mut sink).map_err(RecordError::Value)?;
    if sink.hash.is_none() {
        key::require::<R>()?;
    }
    let hash = sink.hash.unwrap_or_else(|| hash(b""));
    sink.json.finish();
    Ok(hash)
}

/// Passes every field on, and looks at the primary key.
struct KeyedSink<'a> {
    json: JsonSink<'a>,
    hash: Option<u64>,
}

impl KeyedSink<'_> {
    #[inline]
    fn look(&mut self, field: &'static FieldDescriptor, value: Value<'_>) {
        if field.roles.has(Role::PrimaryKey) {
            self.hash = Some(hash(plain::text(value, &mut [0; NUMBER])));
        }
    }
}

impl FieldSink for KeyedSink<'_> {
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError> {
        // Before anything else looks at it: a number that is none has no text.
        field.check(value)?;
        self.look(field, value);
        self.json.field(field, value)
    }

    fn text(&mut self, field: &'static FieldDescriptor, value: &str) -> Result<(), ValueError> {
        self.look(field, Value::Text(value));
        self.json.text(field, value)
    }

    fn integer(&mut self, field: &'static FieldDescriptor, value: i64) -> Result<(), ValueError> {
        self.look(field, Value::Integer(value));
        self.json.integer(field, value)
    }

    fn float(&mut self, field: &'static FieldDescriptor, value: f64) -> Result<(), ValueError> {
        if field.roles.has(Role::PrimaryKey) {
            return self.field(field, Value::Float(value));
        }
        self.json.float(field, value)
    }

    fn timestamp(
        &mut self,
        field: &'static FieldDescriptor,
        value: Timestamp,
    ) -> Result<(), ValueError> {
        self.look(field, Value::Timestamp(value));
        self.json.timestamp(field, value)
    }
}

/// Any hash will do that is the same for the same key, and spreads keys that differ in one digit.
/// Keys that somebody chose to meet in one lane cost speed, and nothing else.
pub(crate) fn hash(key: &[u8]) -> u64 {
    let mut words = key.chunks_exact(8);
    let mut state = key.len() as u64 ^ MULTIPLIER;
    for word in &mut words {
        state = fold(state, word);
    }
    fold(state, words.remainder())
}

/// An odd number whose bits look like chance: the fraction of the golden ratio.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// At most 8 bytes more; both halves of the product, so that every bit has a say in every other.
#[inline]
fn fold(state: u64, bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    let mixed = (state ^ u64::from_le_bytes(word)).wrapping_add(MULTIPLIER);
    let product = u128::from(mixed) * u128::from(MULTIPLIER);
    let low = product & u128::from(u64::MAX);
    let folded = u64::try_from(low ^ (product >> 64));
    folded.expect("BUG: both halves have 64 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lanes by number, as the batcher takes them.
    fn spread(keys: impl Iterator<Item = String>, lanes: u64) -> Vec<u32> {
        let mut counts = vec![0; usize::try_from(lanes).unwrap()];
        for key in keys {
            counts[usize::try_from(hash(key.as_bytes()) % lanes).unwrap()] += 1;
        }
        counts
    }

    #[test]
    fn keys_that_differ_in_a_digit_are_spread() {
        for lanes in [2, 7, 32, 250] {
            let counts = spread((0..lanes * 1_000).map(|nth| nth.to_string()), lanes);
            assert!(
                counts.iter().all(|count| (700..1_300).contains(count)),
                "{counts:?}"
            );
            let long = |nth| format!("0000{nth:04x}-5f0c-4f6e-9d2b-{nth:012}");
            let counts = spread((0..lanes * 1_000).map(long), lanes);
            assert!(
                counts.iter().all(|count| (700..1_300).contains(count)),
                "{counts:?}"
            );
        }
    }
}
