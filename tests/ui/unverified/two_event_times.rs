use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(unverified, object = "note", digest = "0123456789abcdef")]
struct Note {
    #[ingest(kind = "DateTime", event_time)]
    at: Timestamp,
    #[ingest(kind = "DateTime", event_time)]
    on: Timestamp,
}

fn main() {}
