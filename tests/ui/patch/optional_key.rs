use ingest_core::{IngestPatch, Timestamp};

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer")]
struct Moved {
    id: Option<String>,
    changed_at: Timestamp,
    city: Option<String>,
}

fn main() {}
