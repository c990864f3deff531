use ingest_core::{IngestFields, IngestPatch, Timestamp};

#[derive(IngestFields)]
#[ingest(schema = "tests/ui/schemas/undated.yaml", object = "keyless")]
struct Stamp {
    at: Timestamp,
}

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/undated.yaml", object = "keyless")]
struct Moved {
    #[ingest(flatten)]
    stamp: Stamp,
}

fn main() {}
