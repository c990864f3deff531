//! Hands a record's values to a sink and remembers the first error, so that derived code is one plain
//! call for each field: what is cheapest to compile for a thousand of them.

use std::mem::ManuallyDrop;

use crate::kind::FieldKind;
use crate::record::{FieldDescriptor, FieldSink, Slot, Value, ValueError, Written};

/// The fields of an object on their way into a sink. After an error it takes values and does nothing
/// with them; [`Writer::end`] tells of it.
pub struct Writer<'a> {
    /// The object's fields; none after an error, so that a field is looked up and the end seen in
    /// one step.
    fields: &'static [FieldDescriptor],
    sink: &'a mut dyn FieldSink,
    /// Not dropped with the writer: the compiler then need not prepare every call of a field for a
    /// panic, which is a fifth of what the call costs. Only where one follows an error is a box lost.
    error: ManuallyDrop<Option<ValueError>>,
    is_patch: bool,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer")
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

impl<'a> Writer<'a> {
    /// A writer of all these fields.
    #[inline]
    pub fn of_record(fields: &'static [FieldDescriptor], sink: &'a mut dyn FieldSink) -> Self {
        Self {
            fields,
            sink,
            error: ManuallyDrop::new(None),
            is_patch: false,
        }
    }

    /// A writer that leaves out what a patch leaves out.
    #[inline]
    pub fn of_patch(fields: &'static [FieldDescriptor], sink: &'a mut dyn FieldSink) -> Self {
        Self {
            is_patch: true,
            ..Self::of_record(fields, sink)
        }
    }

    /// What became of the record.
    ///
    /// # Errors
    /// The first that a field or the sink returned.
    #[inline]
    pub fn end(self) -> Result<(), ValueError> {
        match ManuallyDrop::into_inner(self.error) {
            None => Ok(()),
            Some(error) => Err(error),
        }
    }

    /// Writes that the field at this place of the object has no value.
    #[inline(never)]
    pub fn blank(&mut self, place: usize) {
        if let Some(field) = self.fields.get(place) {
            let written = self.sink.field(field, Value::Blank);
            self.note(written);
        }
    }

    /// Writes the field at this place through the function that `with = "…"` names.
    #[inline]
    pub fn put_with<T: ?Sized, K: FieldKind>(
        &mut self,
        place: usize,
        write: fn(&T, Slot<'_, K>) -> Result<Written, ValueError>,
        value: &T,
    ) {
        self.put(place, |slot| write(value, slot));
    }

    /// Writes the field at this place.
    #[inline]
    pub(super) fn put<K: FieldKind>(
        &mut self,
        place: usize,
        write: impl FnOnce(Slot<'_, K>) -> Result<Written, ValueError>,
    ) {
        if let Some(field) = self.fields.get(place) {
            let written = write(Slot::new(field, self.sink));
            self.note(written.map(drop));
        }
    }

    /// Whether what says "as it was" is left out.
    #[inline]
    pub fn is_patch(&self) -> bool {
        self.is_patch
    }

    #[inline]
    fn note(&mut self, written: Result<(), ValueError>) {
        if let Err(error) = written {
            self.error = ManuallyDrop::new(Some(error));
            self.fields = &[];
        }
    }
}
