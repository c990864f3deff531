//! Types of other crates as values of fields, each behind a feature of the crate's name.
//!
//! They can hold what the service cannot take: years without four digits are refused when a record
//! is written, and what is finer than a millisecond is cut off, towards the past.

#[cfg(feature = "chrono")]
mod chrono;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(feature = "rust_decimal")]
mod rust_decimal;
#[cfg(feature = "time")]
mod time;
#[cfg(feature = "uuid")]
mod uuid;

#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
use crate::{kind, record, value};

/// Writes a day, or refuses one that the service cannot take.
#[cfg(any(feature = "chrono", feature = "jiff", feature = "time"))]
fn put_date(
    slot: record::Slot<'_, kind::Date>,
    date: Result<value::Date, value::TimeError>,
) -> Result<record::Written, record::ValueError> {
    match date {
        Ok(date) => slot.date(date),
        Err(error) => slot.refuse(error),
    }
}

/// The moment so many nanoseconds after 1970-01-01T00:00:00Z, or before it, cut to milliseconds
/// towards the past.
#[cfg(any(feature = "jiff", feature = "time"))]
fn moment_from_nanos(nanos: i128) -> Result<value::Timestamp, value::TimeError> {
    let millis = i64::try_from(nanos.div_euclid(1_000_000));
    value::Timestamp::from_millis(millis.map_err(|_| value::TimeError::OutOfRange)?)
}
