use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale", blank("colour"))]
struct Sale {
    id: String,
    sold_at: Timestamp,
    amount: f64,
}

fn main() {}
