//! Typed records for the Salesforce Data Cloud (Data 360) Ingestion API.
//!
//! A struct that derives [`IngestRecord`] is checked against the connector's schema while it
//! compiles; [`Client`] sends such records and reports what became of each.
//!
//! Not promised by the service: that an accepted record is stored. A 2xx says that the tenant will
//! look at it, which is why this crate says *accepted* and never *delivered*.
//!
//! Features: `client` (default) is everything that talks to an org or a tenant; without it the
//! crate is records, values and encoding. `aws-lc-rs` (default) or `ring` is the cryptography
//! under it. `metrics` counts what streams do, for any recorder of that crate (see [`stream`]). `serde` shows records to any serializer (module `ser`). `chrono`, `jiff`, `time`, `uuid` and
//! `rust_decimal` let values of those crates be sent.

pub mod body;
pub mod csv;
mod cursor;
#[doc(hidden)]
pub mod derived;
mod digits;
mod escape;
pub mod json;
pub mod key;
pub mod kind;
mod plain;
mod record;
#[cfg(feature = "serde")]
pub mod ser;
mod shapes;
mod validate;
pub mod value;
#[cfg(feature = "client")]
mod watched;

#[cfg(feature = "client")]
pub mod blocking;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "client")]
pub mod stream;

#[cfg(feature = "client")]
pub use client::*;
pub use ingest_derive::{IngestFields, IngestPatch, IngestRecord, IngestText};
pub use ingest_schema::{Digest, Kind, Role, RoleSet};
pub use record::{
    FieldDescriptor, FieldSink, IngestRecord, ObjectDescriptor, Slot, Value, ValueError,
    ValueProblem, Written,
};
pub use shapes::{FullRecord, IngestFields, IngestPatch};
pub use validate::validate;
pub use value::{Date, FieldValue, Timestamp};

/// Brings in the records that `ingest_codegen::build("schemas/web.yaml")` printed in build.rs:
/// `ingest_core::include_records!("web");`.
#[macro_export]
macro_rules! include_records {
    ($name:literal) => {
        ::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/", $name, ".rs"));
    };
}
