//! Sets, patches, enums and functions compile without a word, wherever they stand.
#![no_implicit_prelude]
#![deny(warnings)]
#![forbid(deprecated, unused_imports)]
#![allow(non_upper_case_globals)]

struct Result;
struct Ok;
struct Some;
struct Option;

#[derive(::ingest_core::IngestText)]
#[ingest(rename_all = "kebab-case")]
enum Status {
    OnHold,
    #[allow(dead_code)]
    r#Type,
}

/// Variants of any form, as long as they hold nothing, and an enum of none.
#[derive(::ingest_core::IngestText)]
#[allow(dead_code)]
enum Forms {
    Unit,
    Tuple(),
    Struct {},
}

#[derive(::ingest_core::IngestText)]
#[allow(dead_code)]
enum Never {}

#[allow(dead_code)]
const slot: () = ();

#[derive(::ingest_core::IngestFields)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note")]
struct Ids<'a, const N: usize> {
    id: &'a ::std::primitive::str,
}

mod written {
    use ::ingest_core::{Slot, ValueError, Written, kind::Text};

    pub(crate) fn twice<T: ::std::fmt::Display>(
        value: &T,
        slot: Slot<'_, Text>,
    ) -> ::std::result::Result<Written, ValueError> {
        slot.text(&::std::format!("{value}{value}"))
    }
}

#[derive(::ingest_core::IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note")]
struct Note<'a, T: ::std::fmt::Display> {
    #[ingest(flatten)]
    ids: &'a Ids<'a, 3>,
    #[ingest(rename = "user-id")]
    status: Status,
    #[ingest(rename = "TextLine", with = "written::twice")]
    text: T,
}

/// A patch with private fields and a comment.
#[derive(::ingest_core::IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer", blank("city"))]
struct Moved<T> {
    /// The key.
    id: T,
    changed_at: ::ingest_core::Timestamp,
}

fn main() {
    let _ = (Result, Ok, Some, Option);
    let ids = Ids { id: "n" };
    let note = Note { ids: &ids, status: Status::OnHold, text: 7 };
    let mut out = ::std::vec::Vec::new();
    ::std::assert!(::ingest_core::json::write(&note, &mut out).is_ok());
    ::std::assert_eq!(out, br#"{"id":"n","user-id":"on-hold","TextLine":"77"}"#);

    out.clear();
    let moved = Moved { id: 'c', changed_at: ::ingest_core::Timestamp::now() };
    ::std::assert!(::ingest_core::json::write(&moved, &mut out).is_ok());
    ::std::assert!(out.ends_with(br#","city":null}"#));
}
