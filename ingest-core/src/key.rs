//! The primary key of a record as text, which is what a request to delete it takes. Sees no other
//! field: a record that cannot be sent can still be deleted.

use ingest_schema::Role;

use crate::digits::NUMBER;
use crate::plain;
use crate::record::{FieldDescriptor, FieldSink, IngestRecord, Value, ValueError};

/// A record that cannot be named by its primary key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The schema says of no field that it is the primary key, and neither does the struct.
    #[error(
        "object `{object}` has no primary key\n\
         help: name it in the schema, or mark the field with `#[ingest(key)]`"
    )]
    NoPrimaryKey {
        /// The object's name.
        object: &'static str,
    },
    /// The key, or the time that goes with it, cannot be sent.
    #[error(transparent)]
    Value(#[from] ValueError),
}

/// Appends the primary key of a record to `out`: its text as it is, a number as JSON writes it.
///
/// # Errors
/// When the object has no primary key, or it is blank in this record; `out` is then as it was before.
///
/// ```
/// use ingest_core::{IngestRecord, key};
///
/// fn keys<R: IngestRecord>(records: &[R]) -> Result<Vec<String>, key::KeyError> {
///     let key = |record| {
///         let mut key = String::new();
///         key::write(record, &mut key).map(|()| key)
///     };
///     records.iter().map(key).collect()
/// }
/// ```
pub fn write<R: IngestRecord + ?Sized>(record: &R, out: &mut String) -> Result<(), KeyError> {
    require::<R>()?;
    visit_role(record, Role::PrimaryKey, &mut KeySink(out))?;
    Ok(())
}

/// That the object has a primary key.
pub(crate) fn require<R: IngestRecord + ?Sized>() -> Result<(), KeyError> {
    let object = R::OBJECT.name;
    match R::OBJECT.role(Role::PrimaryKey) {
        Some(_) => Ok(()),
        None => Err(KeyError::NoPrimaryKey { object }),
    }
}

/// Shows the sink only the field of this role, if there is one.
pub(crate) fn visit_role<R: IngestRecord + ?Sized>(
    record: &R,
    role: Role,
    sink: &mut dyn FieldSink,
) -> Result<(), ValueError> {
    record.visit(&mut OnlyRole { role, sink })
}

struct OnlyRole<'a> {
    role: Role,
    sink: &'a mut dyn FieldSink,
}

impl FieldSink for OnlyRole<'_> {
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError> {
        if field.roles.has(self.role) {
            self.sink.field(field, value)?;
        }
        Ok(())
    }

    fn refused(&mut self, error: ValueError) -> Result<(), ValueError> {
        if error.field().roles.has(self.role) {
            self.sink.refused(error)?;
        }
        Ok(())
    }
}

struct KeySink<'a>(&'a mut String);

impl FieldSink for KeySink<'_> {
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError> {
        field.check(value)?;
        let mut room = [0; NUMBER];
        let text = plain::text(value, &mut room);
        self.0
            .push_str(std::str::from_utf8(text).expect("BUG: text, or digits in ASCII"));
        Ok(())
    }
}
