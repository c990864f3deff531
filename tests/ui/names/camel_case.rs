use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    id: String,
    soldAt: Timestamp,
    amount: f64,
}

fn main() {}
