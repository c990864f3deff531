//! The trait that joins Rust types to kinds, and its implementations for the standard library.
//!
//! One implementation for each pair that cannot lose or distort a value; nothing is converted by
//! guessing, so text that looks like a number stays text.

use std::borrow::{Borrow, Cow};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use crate::kind::{self, FieldKind};
use crate::record::{FieldDescriptor, FieldSink, Slot, ValueError, Written};
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
    /// Whether values of this type may be absent; refused where a field must not be blank.
    const OPTIONAL: bool = false;

    /// Writes the value into its place.
    ///
    /// # Errors
    /// As the slot's methods return them.
    fn write(&self, slot: Slot<'_, K>) -> Result<Written, ValueError>;

    /// Makes the slot and writes into it; called by derived code and not meant to be implemented.
    ///
    /// Never inlined: the `visit` of a struct with a thousand fields is then a thousand calls, and
    /// not a thousand copies of `write`, which take the compiler many seconds.
    #[doc(hidden)]
    #[inline(never)]
    fn write_field(
        &self,
        field: &'static FieldDescriptor,
        sink: &mut dyn FieldSink,
    ) -> Result<(), ValueError> {
        self.write(Slot::new(field, sink)).map(drop)
    }
}

/// Asks whether a type is optional without demanding that it can be sent at all, which is demanded,
/// and reported, elsewhere. Where the demand holds, the constant of the type itself is found; else
/// that of [`NotOptional`], which derived code brings into scope.
#[doc(hidden)]
#[derive(Debug)]
pub struct IsOptional<K, T: ?Sized>(PhantomData<K>, PhantomData<T>);

impl<K: FieldKind, T: FieldValue<K> + ?Sized> IsOptional<K, T> {
    /// Whether values of the type may be absent.
    pub const ANSWER: bool = T::OPTIONAL;
}

/// See [`IsOptional`].
#[doc(hidden)]
pub trait NotOptional {
    /// A type that cannot be sent is not optional either.
    const ANSWER: bool = false;
}

impl<K, T: ?Sized> NotOptional for IsOptional<K, T> {}

impl<K: FieldKind, T: FieldValue<K>> FieldValue<K> for Option<T> {
    const OPTIONAL: bool = true;

    #[inline]
    fn write(&self, slot: Slot<'_, K>) -> Result<Written, ValueError> {
        match self {
            Some(value) => value.write(slot),
            None => slot.blank(),
        }
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
