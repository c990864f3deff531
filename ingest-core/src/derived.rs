//! What derived code calls, and nobody else: hidden from the documentation, and free to change,
//! because the derive and the runtime are of one version.

mod cover;
mod sent_as;

pub use cover::{FieldSet, Places, Whole, key_role};
pub use sent_as::{
    BooleanValue, DateTimeValue, DateValue, EmailValue, IsOptional, NotOptional, NumberValue,
    PercentValue, PhoneValue, TextValue, UrlValue,
};

use crate::kind::FieldKind;
use crate::record::{FieldDescriptor, FieldSink, Slot, ValueError, Written};

/// Writes that a field has no value.
///
/// # Errors
/// As the sink returns them.
#[inline(never)]
pub fn write_blank(
    field: &'static FieldDescriptor,
    sink: &mut dyn FieldSink,
) -> Result<(), ValueError> {
    sink.field(field, crate::record::Value::Blank)
}

/// Writes a value through the function that `with = "…"` names.
///
/// # Errors
/// As the function returns them.
#[inline]
pub fn write_with<T: ?Sized, K: FieldKind>(
    write: fn(&T, Slot<'_, K>) -> Result<Written, ValueError>,
    value: &T,
    field: &'static FieldDescriptor,
    sink: &mut dyn FieldSink,
) -> Result<(), ValueError> {
    write(value, Slot::new(field, sink)).map(drop)
}
