//! What derived code calls, and nobody else: hidden from the documentation, and free to change,
//! because the derive and the runtime are of one version.

mod cover;
mod sent_as;
mod table;
mod writer;

pub use core::option::Option::{None, Some};

pub use cover::{FieldSet, Places, Whole};
pub use ingest_schema::{Kind, Role};
pub use sent_as::{
    BooleanValue, DateTimeValue, DateValue, EmailValue, IsOptional, NoValue, NotOptional,
    NumberValue, PercentValue, PhoneValue, TextValue, UrlValue,
};
pub use table::table;
pub use writer::Writer;

pub use crate::kind;
pub use crate::record::{
    FieldDescriptor, FieldSink, IngestRecord, ObjectDescriptor, Slot, ValueError, Written,
};
pub use crate::shapes::{FullRecord, IngestFields, IngestPatch};
pub use crate::value::FieldValue;
