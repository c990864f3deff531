//! `FieldValue<K>` once more for each kind, as a trait of its own: only so can the compiler say
//! "cannot be sent as a Number" without paths, and without a list of what else implements it.
//!
//! The implementation for all types is hidden from messages, so that they speak of the type that
//! the user wrote.

use std::marker::PhantomData;

use super::writer::Writer;
use crate::kind::{self, FieldKind};
use crate::value::FieldValue;

macro_rules! kind_values {
    ($($name:ident: $kind:ident, $message:literal, $label:literal, $note:literal;)*) => {$(
        #[diagnostic::on_unimplemented(message = $message, label = $label, note = $note)]
        pub trait $name {
            /// Writes the value as the field at this place of the object.
            ///
            /// Never inlined: the `visit` of a struct with a thousand fields is then a thousand
            /// calls, and not a thousand copies of `write`, which take the compiler many seconds.
            fn put(&self, place: usize, writer: &mut Writer<'_>);

            /// The same, but writes nothing where a patch leaves the value out.
            fn put_part(&self, place: usize, writer: &mut Writer<'_>);
        }

        #[diagnostic::do_not_recommend]
        impl<T: FieldValue<kind::$kind> + ?Sized> $name for T {
            #[inline(never)]
            fn put(&self, place: usize, writer: &mut Writer<'_>) {
                writer.put(place, |slot| self.write(slot));
            }

            #[inline(never)]
            fn put_part(&self, place: usize, writer: &mut Writer<'_>) {
                if !(writer.is_patch() && self.is_left_out()) {
                    writer.put(place, |slot| self.write(slot));
                }
            }
        }
    )*};
}

kind_values! {
    TextValue: Text,
        "`{Self}` cannot be sent as Text",
        "this field is Text in the schema",
        "use `String`, `&str`, an enum with `#[derive(IngestText)]`, or implement `FieldValue<Text>`; `uuid::Uuid` needs the feature `uuid`";
    NumberValue: Number,
        "`{Self}` cannot be sent as a Number",
        "this field is a Number in the schema",
        "use `f64`, an integer, or implement `FieldValue<Number>`; `rust_decimal::Decimal` needs the feature `rust_decimal`";
    BooleanValue: Boolean,
        "`{Self}` cannot be sent as a Boolean",
        "this field is a Boolean in the schema",
        "use `bool`, or implement `FieldValue<Boolean>`";
    DateValue: Date,
        "`{Self}` cannot be sent as a Date",
        "this field is a Date in the schema",
        "use `ingest_core::Date`, or implement `FieldValue<Date>`; types of `chrono`, `jiff` and `time` need the feature of that name";
    DateTimeValue: DateTime,
        "`{Self}` cannot be sent as a DateTime",
        "this field is a DateTime in the schema",
        "use `ingest_core::Timestamp`, or implement `FieldValue<DateTime>`; types of `chrono`, `jiff` and `time` need the feature of that name";
    EmailValue: Email,
        "`{Self}` cannot be sent as an Email",
        "this field is an Email in the schema",
        "use `ingest_core::value::Email`, or implement `FieldValue<Email>`";
    PhoneValue: Phone,
        "`{Self}` cannot be sent as a Phone",
        "this field is a Phone in the schema",
        "use `ingest_core::value::Phone`, or implement `FieldValue<Phone>`";
    PercentValue: Percent,
        "`{Self}` cannot be sent as a Percent",
        "this field is a Percent in the schema",
        "use `ingest_core::value::Percent`, or implement `FieldValue<Percent>`";
    UrlValue: Url,
        "`{Self}` cannot be sent as a Url",
        "this field is a Url in the schema",
        "use `ingest_core::value::Url`, or implement `FieldValue<Url>`";
}

/// Asks whether a type is optional without demanding that it can be sent at all, which is demanded,
/// and reported, elsewhere. Where the demand holds, the constant of the type itself is found; else
/// that of [`NotOptional`], which derived code brings into scope.
#[derive(Debug)]
pub struct IsOptional<K, T: ?Sized>(PhantomData<K>, PhantomData<T>);

impl<K: FieldKind, T: FieldValue<K> + ?Sized> IsOptional<K, T> {
    /// Whether values of the type may be absent.
    pub const ANSWER: bool = T::OPTIONAL;
}

/// See [`IsOptional`].
pub trait NotOptional {
    /// A type that cannot be sent is not optional either.
    const ANSWER: bool = false;
}

impl<K, T: ?Sized> NotOptional for IsOptional<K, T> {}

/// A type that cannot be sent.
#[derive(Debug)]
pub struct NoValue;
