//! Structs that come out of ordinary macros, whatever they pass through.
use ingest_core::IngestRecord;

macro_rules! by_type {
    ($name:ident, $value:ty) => {
        #[derive(IngestRecord)]
        #[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2")]
        struct $name {
            value: $value,
        }
    };
}

macro_rules! whole {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        struct $name {
            value: String,
        }
    };
}

macro_rules! by_tokens {
    ($schema:literal, $object:literal, $name:ident { $($fields:tt)* }) => {
        #[derive(IngestRecord)]
        #[ingest(schema = $schema, object = $object)]
        struct $name { $($fields)* }
    };
}

by_type!(First, Option<&'static str>);
whole!(
    #[derive(IngestRecord)]
    #[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2")]
    Second
);
by_tokens!("schemas/hostile-names.yaml", "Type-2", Third { #[deprecated] value: char });

fn main() {
    #![deny(warnings)]

    #[derive(IngestRecord)]
    #[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2")]
    struct Inner<String: Clone> {
        value: String,
    }
    let _ = Inner { value: 'x' }.value;
    let _ = [First::OBJECT, Second::OBJECT, Third::OBJECT, Inner::<char>::OBJECT];
}
