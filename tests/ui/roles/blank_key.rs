use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale", blank("id"))]
struct Sale {
    sold_at: Timestamp,
    amount: f64,
}

fn main() {}
