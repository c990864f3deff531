use ingest_core::{IngestPatch, Timestamp};

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer")]
struct Moved {
    id: String,
    changed_at: Timestamp,
    citty: Option<String>,
}

fn main() {}
