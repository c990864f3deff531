use ingest_core::{IngestFields, IngestPatch, Timestamp};

#[derive(IngestFields)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer")]
struct Place {
    city: String,
}

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer")]
struct Moved {
    #[ingest(flatten)]
    place: Place,
    changed_at: Timestamp,
}

fn main() {}
