//! Which Rust types can be sent as which kind of field.

mod checked;
mod field_value;
mod foreign;
#[cfg(feature = "serde")]
mod serde;
mod standard;
#[cfg(test)]
pub(crate) mod testing;
mod time;

pub use checked::{Email, Percent, Phone, Url, ValueParseError};
pub use field_value::FieldValue;
pub(crate) use time::DayText;
pub use time::{Date, TimeError, Timestamp};
