//! Records for serde's serializers, through one sink: a struct of a thousand fields needs no
//! `Serialize` of its own, which would take the compiler long.

use ::serde::ser::{Error as _, Serialize, SerializeStruct, Serializer};

use crate::digits::NUMBER;
use crate::plain;
use crate::record::{FieldDescriptor, FieldSink, IngestRecord, Value, ValueError, ValueProblem};

/// A record as serde sees it: a struct with the object's name and the schema's fields.
///
/// Holds the same data as [`json::write`](crate::json::write) writes, and `serde_json` makes the same
/// bytes of it. There is one exception, for numbers given as text
/// ([`Slot::digits`](crate::Slot::digits)) that are not whole or larger than a `u128`: serde has only
/// `f64` for them, so `1.50` becomes `1.5`, and a number with more digits than an `f64` holds is refused. Whole numbers beyond a `u64` need a serializer that has
/// numbers of 128 bits; `serde_json::to_value` has not.
///
/// ```
/// use ingest_core::{IngestRecord, ser::Serializable};
///
/// fn pretty(record: &impl IngestRecord) -> serde_json::Result<String> {
///     serde_json::to_string_pretty(&Serializable(record))
/// }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Serializable<'a, R: ?Sized>(pub &'a R);

impl<R: IngestRecord + ?Sized> Serialize for Serializable<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // A patch has fewer fields than its object, and some formats write the number first.
        let mut count = Count(0);
        self.0.visit(&mut count).map_err(S::Error::custom)?;
        let mut sink = SerdeSink {
            fields: serializer.serialize_struct(R::OBJECT.name, count.0)?,
            error: None,
        };
        let visited = self.0.visit(&mut sink);
        match sink.error {
            Some(error) => Err(error),
            None => visited
                .map_err(S::Error::custom)
                .and_then(|()| sink.fields.end()),
        }
    }
}

struct Count(usize);

impl FieldSink for Count {
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError> {
        self.0 += 1;
        field.check(value)
    }
}

struct SerdeSink<S: SerializeStruct> {
    fields: S,
    /// The serializer's own error, after which nothing more is written.
    error: Option<S::Error>,
}

impl<S: SerializeStruct> FieldSink for SerdeSink<S> {
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError> {
        field.check(value)?;
        if let Value::Digits(digits) = value {
            check_digits(field, digits)?;
        }
        if self.error.is_none() {
            self.error = self
                .fields
                .serialize_field(field.name, &SerdeValue(value))
                .err();
        }
        Ok(())
    }
}

/// Refuses a number that serde cannot be given whole: its only fractions are those of `f64`.
fn check_digits(field: &'static FieldDescriptor, digits: &str) -> Result<(), ValueError> {
    let Ok(number) = digits.parse::<f64>() else {
        return Err(ValueError::new(field, ValueProblem::NotANumber));
    };
    field.check(Value::Float(number))?;
    let is_whole = digits.parse::<i128>().is_ok() || digits.parse::<u128>().is_ok();
    let has_exponent = digits.contains(['e', 'E']);
    if is_whole || has_exponent || number.to_string() == without_zeros(digits) {
        return Ok(());
    }
    let reason = "the number has more digits than serde's `f64` can hold";
    Err(ValueError::new(field, ValueProblem::Refused(reason)))
}

/// Without what the fraction has at its end and its value does not need.
fn without_zeros(digits: &str) -> &str {
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    }
}

struct SerdeValue<'a>(Value<'a>);

impl Serialize for SerdeValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Blank => serializer.serialize_none(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Integer(value) => serializer.serialize_i64(value),
            Value::Unsigned(value) => serializer.serialize_u64(value),
            Value::Float(value) => serializer.serialize_f64(value),
            Value::Single(value) => serializer.serialize_f32(value),
            Value::Digits(digits) => serialize_digits(digits, serializer),
            Value::Boolean(value) => serializer.serialize_bool(value),
            Value::Date(_) | Value::Timestamp(_) => {
                let mut room = [0; NUMBER];
                let text = plain::text(self.0, &mut room);
                serializer.serialize_str(std::str::from_utf8(text).map_err(S::Error::custom)?)
            }
        }
    }
}

fn serialize_digits<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if digits != "-0" {
        // The narrow ones first: not every serializer has numbers of 128 bits.
        if let Ok(value) = digits.parse() {
            return serializer.serialize_i64(value);
        }
        if let Ok(value) = digits.parse() {
            return serializer.serialize_u64(value);
        }
        if let Ok(value) = digits.parse() {
            return serializer.serialize_i128(value);
        }
        if let Ok(value) = digits.parse() {
            return serializer.serialize_u128(value);
        }
    }
    serializer.serialize_f64(digits.parse().map_err(S::Error::custom)?)
}
