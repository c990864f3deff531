use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer")]
struct Customer {
    id: String,
    changed_at: Option<Timestamp>,
    city: String,
}

fn main() {}
