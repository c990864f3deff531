//! What a struct can be beside a whole record: a patch of one, or a part that several share.
//!
//! Traits alone; all three are implemented by derives.

use crate::derived::{FieldSet, Writer};
use crate::record::IngestRecord;

/// A record that fills every field of its object, as a bulk upload and a stream in Upsert mode need:
/// there a row replaces the one before it.
///
/// Implemented by `#[derive(IngestRecord)]`, and not by `#[derive(IngestPatch)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fill a whole row",
    label = "a row that this leaves fields out of would lose them",
    note = "a patch would blank the fields it leaves out; derive `IngestRecord`"
)]
pub trait FullRecord: IngestRecord {}

/// A record that changes some fields of a row and leaves the others as they are.
///
/// For objects whose data stream is in Partial refresh mode (Profile and Other only). It holds the
/// primary key, the record modified field, and any others; `None` is left out, and an
/// `Option<Option<T>>` that is `Some(None)` blanks the field. The tenant applies it only if its
/// record modified value is newer than the row's.
///
/// ```
/// use ingest_core::{IngestPatch, Timestamp, json};
///
/// #[derive(IngestPatch)]
/// #[ingest(schema = "../schemas/partial.yaml", object = "customer")]
/// struct Moved {
///     customer_id: String,
///     updated_at: Timestamp,
///     city: Option<String>,
///     country: Option<Option<String>>,
/// }
///
/// let patch = Moved {
///     customer_id: "c-1".into(),
///     updated_at: "2026-11-23T10:00:00Z".parse()?,
///     city: None,
///     country: Some(None),
/// };
/// let mut out = Vec::new();
/// json::write(&patch, &mut out)?;
/// let json = br#"{"customer_id":"c-1","updated_at":"2026-11-23T10:00:00.000Z","country":null}"#;
/// assert_eq!(out, json);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait IngestPatch: IngestRecord {}

/// Pointers to records are what the records are.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<R: FullRecord + ?Sized> FullRecord for $pointer {}
        #[diagnostic::do_not_recommend]
        impl<R: IngestPatch + ?Sized> IngestPatch for $pointer {}
    )*};
}

pointers!(&R, &mut R, Box<R>, std::rc::Rc<R>, std::sync::Arc<R>);

/// A set of fields of one object that several records have in common: an envelope of ids and times,
/// written once and taken in with `#[ingest(flatten)]`.
///
/// Implemented by `#[derive(IngestFields)]`. Names and kinds are checked there against the schema;
/// where a record flattens the set, the compiler checks that both are of the same object and that
/// together they fill every field once. It can say so only when it evaluates constants, so these
/// errors come after all others, and not in the editor before `cargo check` has run.
///
/// ```
/// use ingest_core::{IngestFields, IngestRecord, Timestamp, json};
///
/// #[derive(IngestFields)]
/// #[ingest(schema = "../schemas/web.yaml", object = "page_view")]
/// struct Envelope {
///     event_id: String,
///     occurred_at: Timestamp,
/// }
///
/// #[derive(IngestRecord)]
/// #[ingest(
///     schema = "../schemas/web.yaml",
///     object = "page_view",
///     blank("url", "referrer", "duration_ms", "logged_in")
/// )]
/// struct Purchase {
///     #[ingest(flatten)]
///     envelope: Envelope,
///     visitor_id: String,
///     revenue: f64,
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no set of fields that a record can flatten",
    label = "the fields of this type are not known",
    note = "derive `IngestFields` for it, against the same object"
)]
pub trait IngestFields {
    /// Which fields of which object.
    #[doc(hidden)]
    const SET: FieldSet;

    /// Writes the field at this place of the object, if it belongs to the set.
    #[doc(hidden)]
    fn put_at(&self, place: usize, writer: &mut Writer<'_>);
}

/// Pointers to sets are sets.
macro_rules! pointers_to_sets {
    ($($pointer:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<F: IngestFields + ?Sized> IngestFields for $pointer {
            const SET: FieldSet = F::SET;

            fn put_at(&self, place: usize, writer: &mut Writer<'_>) {
                F::put_at(self, place, writer);
            }
        }
    )*};
}

pointers_to_sets!(&F, &mut F, Box<F>, std::rc::Rc<F>, std::sync::Arc<F>);
