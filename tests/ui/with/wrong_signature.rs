use ingest_core::{IngestRecord, Timestamp};

fn as_euros(cents: &u64) -> f64 {
    *cents as f64 / 100.0
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    id: String,
    sold_at: Timestamp,
    #[ingest(with = "as_euros")]
    amount: u64,
}

fn main() {}
