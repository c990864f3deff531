use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale", blank("ammount"))]
struct Sale {
    id: String,
    sold_at: Timestamp,
}

fn main() {}
