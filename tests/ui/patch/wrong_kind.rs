use ingest_core::{IngestPatch, Timestamp};

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer")]
struct Moved {
    id: String,
    changed_at: Timestamp,
    city: Option<Option<u8>>,
}

fn main() {}
