//! The static table of an object's fields, from as few words of code as can say it.

use ingest_schema::{Kind, Role};

use crate::record::FieldDescriptor;

/// A field's name, kind, role and [key](FieldDescriptor::new).
type Entry = (&'static str, Kind, Option<Role>, &'static str);

/// One call for a whole table: a call for each field would cost the compiler half as much again.
pub const fn table<const N: usize>(entries: [Entry; N]) -> [FieldDescriptor; N] {
    let mut fields = [const { FieldDescriptor::new("", Kind::Text, None, "") }; N];
    let mut at = 0;
    while at < N {
        let (name, kind, role, json_key) = entries[at];
        fields[at] = FieldDescriptor::new(name, kind, role, json_key);
        at += 1;
    }
    fields
}
