//! Looks at a record without sending it. Finds what no format can hold, and nothing else: whether a
//! tenant takes the record, only the tenant knows.

use crate::record::{FieldDescriptor, FieldSink, IngestRecord, Value, ValueError};

/// All values of a record that cannot be sent, in the schema's order; none if it can be sent.
///
/// The functions that write a record stop at the first. Allocates nothing if there is none.
///
/// ```
/// use ingest_core::{IngestRecord, validate};
///
/// fn report(record: &impl IngestRecord) -> String {
///     let problems = validate(record);
///     problems.iter().map(|problem| format!("{problem}\n")).collect()
/// }
/// ```
pub fn validate<R: IngestRecord + ?Sized>(record: &R) -> Vec<ValueError> {
    let mut problems = Problems(Vec::new());
    if let Err(error) = record.visit(&mut problems) {
        problems.0.push(error);
    }
    problems.0
}

struct Problems(Vec<ValueError>);

impl FieldSink for Problems {
    fn field(
        &mut self,
        field: &'static FieldDescriptor,
        value: Value<'_>,
    ) -> Result<(), ValueError> {
        self.0.extend(field.check(value).err());
        Ok(())
    }

    fn refused(&mut self, error: ValueError) -> Result<(), ValueError> {
        self.0.push(error);
        Ok(())
    }
}
