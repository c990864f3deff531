//! Derived code relies on no name that a user could take.
#![no_implicit_prelude]
#![deny(warnings)]

extern crate ingest_core as renamed;

mod prelude {
    pub(crate) use ::renamed as runtime;
}

struct Result;
struct Ok;
struct Some;
struct None;
#[allow(non_camel_case_types)]
struct str;
struct Slot;
struct FieldSink;

#[derive(::renamed::IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2", crate = "crate::prelude::runtime")]
struct Second {
    #[ingest(key)]
    r#value: Key,
}

type Key = ::std::string::String;

fn main() {
    let _ = (Result, Ok, Some, None, str, Slot, FieldSink);
    let record = Second { value: ::std::convert::From::from("x") };
    let mut out = ::std::vec::Vec::new();
    ::std::assert!(::renamed::json::write(&record, &mut out).is_ok());
    ::std::assert_eq!(out, br#"{"value":"x"}"#);
}
