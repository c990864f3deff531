use ingest_core::{IngestPatch, Timestamp};

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Moved {
    id: String,
    sold_at: Timestamp,
}

fn main() {}
