//! For the tests of values: what a value is sent as, or why it is refused.

use ingest_schema::RoleSet;

use crate::digits::NUMBER;
use crate::kind::FieldKind;
use crate::plain;
use crate::record::{FieldDescriptor, FieldSink, Slot, Value, ValueError, ValueProblem};
use crate::value::FieldValue;

struct Seen(Option<String>);

impl FieldSink for Seen {
    fn field(&mut self, _: &'static FieldDescriptor, value: Value<'_>) -> Result<(), ValueError> {
        let mut room = [0; NUMBER];
        let text = plain::text(value, &mut room).to_vec();
        assert_eq!(self.0.replace(String::from_utf8(text).unwrap()), None);
        Ok(())
    }
}

fn write<K: FieldKind>(value: &impl FieldValue<K>) -> Result<String, ValueError> {
    let field = Box::leak(Box::new(FieldDescriptor::new(
        "field",
        K::KIND,
        RoleSet::NONE,
    )));
    let mut seen = Seen(None);
    value.write(Slot::new(field, &mut seen))?;
    Ok(seen.0.unwrap())
}

/// The plain text of a value.
pub(crate) fn sent<K: FieldKind>(value: &impl FieldValue<K>) -> String {
    write(value).unwrap()
}

/// Why the value is refused.
pub(crate) fn refused<K: FieldKind>(value: &impl FieldValue<K>) -> ValueProblem {
    write(value).unwrap_err().problem()
}
