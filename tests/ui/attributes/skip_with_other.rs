use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    #[ingest(skip, key)]
    id: String,
    sold_at: Timestamp,
    amount: f64,
}

fn main() {}
