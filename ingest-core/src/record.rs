//! What a record is to the rest of the crate: a static description and one function that hands
//! out its values. Knows no format; formats are [`FieldSink`]s.

use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use ingest_schema::{Digest, Kind, Role, RoleSet};

use crate::kind::{self, FieldKind};
use crate::value::{Date, Email, Percent, Phone, TimeError, Timestamp, Url};

/// A struct that was checked against an object of the schema.
///
/// Implemented by `#[derive(IngestRecord)]` for whole rows and by `#[derive(IngestPatch)]` for patches,
/// and by pointers to either.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no record",
    note = "derive `IngestRecord` for it, or `IngestPatch`"
)]
pub trait IngestRecord {
    /// The object of the schema that the struct was checked against.
    const OBJECT: &'static ObjectDescriptor;

    /// Hands every field to the sink, each exactly once, in the order of the schema; a patch those
    /// that it holds.
    ///
    /// # Errors
    /// The first one that the sink returns.
    fn visit(&self, sink: &mut dyn FieldSink) -> Result<(), ValueError>;
}

/// Pointers to records are records.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<R: IngestRecord + ?Sized> IngestRecord for $pointer {
            const OBJECT: &'static ObjectDescriptor = R::OBJECT;

            fn visit(&self, sink: &mut dyn FieldSink) -> Result<(), ValueError> {
                R::visit(self, sink)
            }
        }
    )*};
}

pointers!(&R, &mut R, Box<R>, Rc<R>, Arc<R>);

/// What is known of an object when the code is compiled.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectDescriptor {
    /// The object's name in the ingest URL.
    pub name: &'static str,
    /// The connector, where the schema file names it.
    pub connector: Option<&'static str>,
    /// The fingerprint of the object's names, kinds and roles.
    pub digest: Digest,
    /// The fields, in the order in which they are sent.
    pub fields: &'static [FieldDescriptor],
}

impl ObjectDescriptor {
    /// Describes an object; called by derived code.
    pub const fn new(
        name: &'static str,
        connector: Option<&'static str>,
        digest: u64,
        fields: &'static [FieldDescriptor],
    ) -> Self {
        Self {
            name,
            connector,
            digest: Digest(digest),
            fields,
        }
    }

    /// The field that has this role.
    pub fn role(&self, role: Role) -> Option<&'static FieldDescriptor> {
        self.fields.iter().find(|field| field.roles.has(role))
    }
}

/// What is known of a field when the code is compiled.
#[derive(PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldDescriptor {
    /// The name as the schema spells it.
    pub name: &'static str,
    /// What its values look like.
    pub kind: Kind,
    /// The roles that forbid it to be blank.
    pub roles: RoleSet,
    /// The name as JSON needs it after another field, `,"name":`, if it is short enough: filled up
    /// with blanks, because 32 bytes are faster to copy than an unknown number.
    pub(crate) json_key: Option<&'static [u8; 32]>,
}

/// The key is the name once more, and 32 numbers to a reader of logs.
impl std::fmt::Debug for FieldDescriptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}", self.name, self.kind)?;
        for role in self.roles.iter() {
            write!(f, ", {role}")?;
        }
        write!(f, ")")
    }
}

impl FieldDescriptor {
    /// Describes a field. Derived code has a table of them made, which are faster to write as JSON.
    pub const fn new(name: &'static str, kind: Kind, roles: RoleSet) -> Self {
        Self {
            name,
            kind,
            roles,
            json_key: None,
        }
    }

    /// Refuses what no format may let through: a blank key or time, a number that is none.
    ///
    /// # Errors
    /// With the field and the reason.
    #[inline]
    pub fn check(&'static self, value: Value<'_>) -> Result<(), ValueError> {
        let problem = match value {
            Value::Blank | Value::Text("") if !self.roles.is_empty() => ValueProblem::Blank,
            Value::Float(number) if !number.is_finite() => ValueProblem::NotFinite,
            Value::Single(number) if !number.is_finite() => ValueProblem::NotFinite,
            _ => return Ok(()),
        };
        Err(ValueError::new(self, problem))
    }
}

/// A format, or anything else that wants to see a record's values: it gets every field once, of a patch
/// those that it holds.
pub trait FieldSink {
    /// Takes one field.
    ///
    /// # Errors
    /// When the value cannot be sent; see [`FieldDescriptor::check`].
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError>;

    /// Takes that a value cannot be sent. Who returns `Ok` hears of the fields that follow.
    ///
    /// # Errors
    /// The one that was given, if nobody overrides this.
    fn refused(&mut self, error: ValueError) -> Result<(), ValueError> {
        Err(error)
    }

    /// Takes one field that is text. This and the methods below are shorter ways for what most
    /// fields are; who overrides one does the same as in [`FieldSink::field`].
    ///
    /// # Errors
    /// As [`FieldSink::field`].
    #[inline]
    fn text(&mut self, field: &'static FieldDescriptor, value: &str) -> Result<(), ValueError> {
        self.field(field, Value::Text(value))
    }

    /// Takes one field that is a whole number.
    ///
    /// # Errors
    /// As [`FieldSink::field`].
    #[inline]
    fn integer(&mut self, field: &'static FieldDescriptor, value: i64) -> Result<(), ValueError> {
        self.field(field, Value::Integer(value))
    }

    /// Takes one field that is a number.
    ///
    /// # Errors
    /// As [`FieldSink::field`].
    #[inline]
    fn float(&mut self, field: &'static FieldDescriptor, value: f64) -> Result<(), ValueError> {
        self.field(field, Value::Float(value))
    }

    /// Takes one field that is a moment.
    ///
    /// # Errors
    /// As [`FieldSink::field`].
    #[inline]
    fn timestamp(
        &mut self,
        field: &'static FieldDescriptor,
        value: Timestamp,
    ) -> Result<(), ValueError> {
        self.field(field, Value::Timestamp(value))
    }
}

/// A value on its way into a sink.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Value<'a> {
    /// No value: `null` in JSON, nothing in CSV.
    Blank,
    /// Text of any kind that is sent as a string.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A whole number that may be too large for `i64`.
    Unsigned(u64),
    /// A number; [`FieldDescriptor::check`] refuses it if it is not finite.
    Float(f64),
    /// A number of single precision, which is shorter to write than the `f64` of the same value.
    Single(f32),
    /// A number already written out in the form that JSON has for numbers.
    Digits(&'a str),
    /// True or false.
    Boolean(bool),
    /// A calendar day.
    Date(Date),
    /// A moment.
    Timestamp(Timestamp),
}

/// A record whose value cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("field `{}`: {}", .0.field.name, .0.problem)]
pub struct ValueError(
    /// Boxed, because every field of every record returns this or nothing, and a pointer is
    /// returned in a register.
    Box<BadValue>,
);

#[derive(Debug, Clone, PartialEq, Eq)]
struct BadValue {
    field: &'static FieldDescriptor,
    problem: ValueProblem,
}

impl ValueError {
    #[cold]
    pub(crate) fn new(field: &'static FieldDescriptor, problem: ValueProblem) -> Self {
        Self(Box::new(BadValue { field, problem }))
    }

    /// The field that holds the value.
    pub fn field(&self) -> &'static FieldDescriptor {
        self.0.field
    }

    /// What is wrong with it.
    pub fn problem(&self) -> ValueProblem {
        self.0.problem
    }
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueProblem {
    /// The field identifies or dates the record; blank ones overwrite each other.
    #[error("the value is blank, but a record without it overwrites others or is lost")]
    Blank,
    /// JSON has no form for infinity and NaN.
    #[error("the number is infinite or not a number")]
    NotFinite,
    /// The service takes years of four digits, and no other dates and times.
    #[error("{0}")]
    Time(TimeError),
    /// The text has not the form that JSON has for numbers.
    #[error("the text is no number as JSON writes it")]
    NotANumber,
    /// What an implementation of [`FieldValue`](crate::FieldValue) said to [`Slot::refuse`].
    #[error("{0}")]
    Refused(&'static str),
}

impl From<TimeError> for ValueProblem {
    fn from(error: TimeError) -> Self {
        Self::Time(error)
    }
}

impl From<&'static str> for ValueProblem {
    fn from(reason: &'static str) -> Self {
        Self::Refused(reason)
    }
}

/// The place where one value of kind `K` goes; it takes only what a tenant accepts for that kind.
///
/// Handed to [`FieldValue::write`](crate::FieldValue::write), which returns the [`Written`] it got
/// from one of the methods: so a value is written exactly once.
pub struct Slot<'a, K> {
    field: &'static FieldDescriptor,
    sink: &'a mut dyn FieldSink,
    kind: PhantomData<K>,
}

/// The proof that a value was written.
#[derive(Debug)]
pub struct Written(());

impl<K> std::fmt::Debug for Slot<'_, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot")
            .field("field", &self.field.name)
            .finish_non_exhaustive()
    }
}

impl<'a, K: FieldKind> Slot<'a, K> {
    /// The place of this field in this sink.
    #[inline]
    pub(crate) fn new(field: &'static FieldDescriptor, sink: &'a mut dyn FieldSink) -> Self {
        Self {
            field,
            sink,
            kind: PhantomData,
        }
    }

    /// Writes that there is no value.
    ///
    /// # Errors
    /// As the sink returns them; a primary key, event time or record modified field cannot be blank.
    #[inline]
    pub fn blank(self) -> Result<Written, ValueError> {
        self.put(Value::Blank)
    }

    /// Writes nothing, because the value cannot be sent; for types that can hold more than the
    /// service takes.
    ///
    /// ```
    /// use ingest_core::{FieldValue, Slot, ValueError, Written, kind::Number};
    ///
    /// struct Percentage(f64);
    ///
    /// impl FieldValue<Number> for Percentage {
    ///     fn write(&self, slot: Slot<'_, Number>) -> Result<Written, ValueError> {
    ///         if self.0 > 100.0 {
    ///             return slot.refuse("the percentage is above 100");
    ///         }
    ///         slot.float(self.0)
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// With the field and this problem, except within [`validate`](crate::validate()), which goes on
    /// to the next field.
    pub fn refuse(self, problem: impl Into<ValueProblem>) -> Result<Written, ValueError> {
        let error = ValueError::new(self.field, problem.into());
        self.sink.refused(error)?;
        Ok(Written(()))
    }

    #[inline]
    fn put(self, value: Value<'_>) -> Result<Written, ValueError> {
        self.sink.field(self.field, value)?;
        Ok(Written(()))
    }
}

/// Methods that write one kind's values.
macro_rules! slot_methods {
    ($($kind:ident { $($(#[$doc:meta])* $name:ident($value:ident: $ty:ty) => $way:ident($put:expr);)* })*) => {$(
        impl Slot<'_, kind::$kind> {
            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// As the sink returns them.
                #[inline]
                pub fn $name(self, $value: $ty) -> Result<Written, ValueError> {
                    self.sink.$way(self.field, $put)?;
                    Ok(Written(()))
                }
            )*
        }
    )*};
}

slot_methods! {
    Text {
        /// Writes text; empty text counts as blank.
        text(value: &str) => text(value);
    }
    Number {
        /// Writes a whole number.
        integer(value: i64) => integer(value);
        /// Writes a whole number that may be too large for `i64`.
        unsigned(value: u64) => field(Value::Unsigned(value));
        /// Writes a number with the fewest digits that read back as the same `f64`.
        float(value: f64) => float(value);
        /// Writes a number with the fewest digits that read back as the same `f32`.
        single(value: f32) => field(Value::Single(value));
    }
    Boolean {
        /// Writes true or false.
        boolean(value: bool) => field(Value::Boolean(value));
    }
    Date {
        /// Writes a calendar day.
        date(value: Date) => field(Value::Date(value));
    }
    DateTime {
        /// Writes a moment.
        timestamp(value: Timestamp) => timestamp(value);
    }
    Email {
        /// Writes an e-mail address.
        email(value: &Email) => text(value.as_str());
    }
    Phone {
        /// Writes a phone number.
        phone(value: &Phone) => text(value.as_str());
    }
    Percent {
        /// Writes a percentage.
        percent(value: &Percent) => text(value.as_str());
    }
    Url {
        /// Writes a URL.
        url(value: &Url) => text(value.as_str());
    }
}

impl Slot<'_, kind::Number> {
    /// Writes a whole number of any size.
    ///
    /// # Errors
    /// As the sink returns them.
    pub fn wide(self, value: i128) -> Result<Written, ValueError> {
        self.put(Value::Digits(itoa::Buffer::new().format(value)))
    }

    /// Writes a number that is already text, digit for digit.
    ///
    /// # Errors
    /// When the text is not what JSON calls a number; and as the sink returns them.
    pub fn digits(self, text: &str) -> Result<Written, ValueError> {
        if crate::digits::is_json_number(text) {
            self.put(Value::Digits(text))
        } else {
            self.refuse(ValueProblem::NotANumber)
        }
    }

    /// Writes a whole number of any size that is not negative.
    ///
    /// # Errors
    /// As the sink returns them.
    pub fn wide_unsigned(self, value: u128) -> Result<Written, ValueError> {
        self.put(Value::Digits(itoa::Buffer::new().format(value)))
    }
}
