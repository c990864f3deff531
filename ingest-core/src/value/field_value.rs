//! The trait that joins Rust types to kinds, and its implementations for the standard library.
//!
//! One implementation for each pair that cannot lose or distort a value; nothing is converted by
//! guessing, so text that looks like a number stays text.

use std::borrow::{Borrow, Cow};
use std::rc::Rc;
use std::sync::Arc;

use crate::kind::{self, FieldKind};
use crate::record::{Slot, ValueError, Written};
use crate::value::{Date, Email, Percent, Phone, Timestamp, Url};

/// A Rust type whose values can be sent as fields of the kind `K`.
///
/// Implement it for your own types by handing the value on, as one of the types that have it:
///
/// ```
/// use ingest_core::{FieldValue, Slot, ValueError, Written, kind::Text};
///
/// struct OrderId(String);
///
/// impl FieldValue<Text> for OrderId {
///     fn write(&self, slot: Slot<'_, Text>) -> Result<Written, ValueError> {
///         slot.text(&self.0)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as a field of kind `{K}`",
    label = "this field is of kind `{K}` in the schema",
    note = "implement `FieldValue<{K}>` for `{Self}`, or use a type that has it"
)]
pub trait FieldValue<K: FieldKind> {
    /// Whether values of this type may be absent; refused where a field must not be blank. A type that
    /// says so says in [`is_left_out`](Self::is_left_out) which values these are.
    const OPTIONAL: bool = false;

    /// Writes the value into its place.
    ///
    /// # Errors
    /// As the slot's methods return them.
    fn write(&self, slot: Slot<'_, K>) -> Result<Written, ValueError>;

    /// Whether a patch leaves the value out, as it does `None`, which says "as it was". A value that is
    /// not left out and written blank erases what the row has.
    #[inline]
    fn is_left_out(&self) -> bool {
        false
    }
}

impl<K: FieldKind, T: FieldValue<K>> FieldValue<K> for Option<T> {
    const OPTIONAL: bool = true;

    #[inline]
    fn write(&self, slot: Slot<'_, K>) -> Result<Written, ValueError> {
        match self {
            Some(value) => value.write(slot),
            None => slot.blank(),
        }
    }

    #[inline]
    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

/// Pointers stand for what they point to.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        impl<K: FieldKind, T: FieldValue<K> + ?Sized> FieldValue<K> for $pointer {
            const OPTIONAL: bool = T::OPTIONAL;

            #[inline]
            fn write(&self, slot: Slot<'_, K>) -> Result<Written, ValueError> {
                (**self).write(slot)
            }

            #[inline]
            fn is_left_out(&self) -> bool {
                (**self).is_left_out()
            }
        }
    )*};
}

pointers!(&T, &mut T, Box<T>, Rc<T>, Arc<T>);

impl<K, T> FieldValue<K> for Cow<'_, T>
where
    K: FieldKind,
    T: FieldValue<K> + ToOwned + ?Sized,
    T::Owned: Borrow<T>,
{
    const OPTIONAL: bool = T::OPTIONAL;

    #[inline]
    fn write(&self, slot: Slot<'_, K>) -> Result<Written, ValueError> {
        (**self).write(slot)
    }

    #[inline]
    fn is_left_out(&self) -> bool {
        (**self).is_left_out()
    }
}

/// Plain implementations: a kind, the types it takes, and how each is written.
macro_rules! values {
    ($($kind:ident { $($ty:ty => |$slot:ident, $value:ident| $write:expr;)* })*) => {$($(
        impl FieldValue<kind::$kind> for $ty {
            #[inline]
            fn write(&self, $slot: Slot<'_, kind::$kind>) -> Result<Written, ValueError> {
                let $value = self;
                $write
            }
        }
    )*)*};
}

values! {
    Text {
        str => |slot, value| slot.text(value);
        String => |slot, value| slot.text(value);
        char => |slot, value| slot.text(value.encode_utf8(&mut [0; 4]));
    }
    Boolean {
        bool => |slot, value| slot.boolean(*value);
    }
    Number {
        i8 => |slot, value| slot.integer((*value).into());
        i16 => |slot, value| slot.integer((*value).into());
        i32 => |slot, value| slot.integer((*value).into());
        i64 => |slot, value| slot.integer(*value);
        u8 => |slot, value| slot.integer((*value).into());
        u16 => |slot, value| slot.integer((*value).into());
        u32 => |slot, value| slot.integer((*value).into());
        u64 => |slot, value| slot.unsigned(*value);
        i128 => |slot, value| slot.wide(*value);
        u128 => |slot, value| slot.wide_unsigned(*value);
        isize => |slot, value| slot.integer(*value as i64);
        usize => |slot, value| slot.unsigned(*value as u64);
        f32 => |slot, value| slot.single(*value);
        f64 => |slot, value| slot.float(*value);
    }
    Date {
        Date => |slot, value| slot.date(*value);
    }
    DateTime {
        Timestamp => |slot, value| slot.timestamp(*value);
    }
    Email {
        Email => |slot, value| slot.email(value);
    }
    Phone {
        Phone => |slot, value| slot.phone(value);
    }
    Percent {
        Percent => |slot, value| slot.percent(value);
    }
    Url {
        Url => |slot, value| slot.url(value);
    }
}
