use ingest_core::{IngestPatch, Timestamp};

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer", blank("email"))]
struct Moved {
    id: Option<String>,
    changed: Timestamp,
    city: Option<bool>,
    town: String,
}

fn main() {}
