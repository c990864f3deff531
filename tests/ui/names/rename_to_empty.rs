use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    id: String,
    sold_at: Timestamp,
    #[ingest(rename = "")]
    amount: f64,
}

fn main() {}
