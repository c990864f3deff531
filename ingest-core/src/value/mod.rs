//! Which Rust types can be sent as which kind of field.

mod checked;
mod field_value;
mod time;

pub use checked::{Email, Percent, Phone, Url, ValueParseError};
pub use field_value::FieldValue;
pub(crate) use time::DayText;
pub use time::{Date, TimeError, Timestamp};
