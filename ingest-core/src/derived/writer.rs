//! Hands a record's values to a sink, one field after the other, so that derived code is one plain
//! call for each field: what is cheapest to compile for a thousand of them.

use crate::kind::FieldKind;
use crate::record::{FieldDescriptor, FieldSink, Slot, Value, ValueError, Written};

/// The fields of an object on their way into a sink. After an error it takes values and does nothing
/// with them; [`Writer::end`] tells of it.
pub struct Writer<'a> {
    fields: &'static [FieldDescriptor],
    /// The fields from the next one on; none after an error, so that both ends are one check.
    rest: &'static [FieldDescriptor],
    sink: &'a mut dyn FieldSink,
    error: Option<ValueError>,
    is_patch: bool,
}

impl std::fmt::Debug for Writer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let next = self.rest.first().map(|field| field.name);
        f.debug_struct("Writer")
            .field("next", &next)
            .finish_non_exhaustive()
    }
}

impl<'a> Writer<'a> {
    /// A writer of all these fields.
    #[inline]
    pub fn of_record(fields: &'static [FieldDescriptor], sink: &'a mut dyn FieldSink) -> Self {
        Self {
            fields,
            rest: fields,
            sink,
            error: None,
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
        match self.error {
            None => Ok(()),
            Some(error) => Err(error),
        }
    }

    /// Makes the field at this place of the object the next one.
    pub fn seek(&mut self, place: usize) {
        if self.error.is_none() {
            self.rest = self.fields.get(place..).unwrap_or_default();
        }
    }

    /// Writes that the next field has no value.
    #[inline(never)]
    pub fn blank(&mut self) {
        let written = match self.next() {
            Some((field, sink)) => sink.field(field, Value::Blank),
            None => return,
        };
        self.note(written);
    }

    /// Writes the next field through the function that `with = "…"` names.
    #[inline]
    pub fn put_with<T: ?Sized, K: FieldKind>(
        &mut self,
        write: fn(&T, Slot<'_, K>) -> Result<Written, ValueError>,
        value: &T,
    ) {
        self.put(|slot| write(value, slot));
    }

    /// Writes the next field.
    #[inline]
    pub(super) fn put<K: FieldKind>(
        &mut self,
        write: impl FnOnce(Slot<'_, K>) -> Result<Written, ValueError>,
    ) {
        let written = match self.next() {
            Some((field, sink)) => write(Slot::new(field, sink)).map(drop),
            None => return,
        };
        self.note(written);
    }

    /// Whether the next field is passed over, because the patch leaves it as it was.
    #[inline]
    pub(super) fn passes(&mut self, is_left_out: impl FnOnce() -> bool) -> bool {
        let passes = self.is_patch && is_left_out();
        if passes {
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        passes
    }

    #[inline]
    fn next(&mut self) -> Option<(&'static FieldDescriptor, &mut dyn FieldSink)> {
        let (field, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some((field, &mut *self.sink))
    }

    #[inline]
    fn note(&mut self, written: Result<(), ValueError>) {
        if let Err(error) = written {
            self.error = Some(error);
            self.rest = &[];
        }
    }
}
