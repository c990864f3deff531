use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    id: String,
    sold_at: Timestamp,
    #[ingest(with = "cents::as_euros")]
    amount: u64,
}

fn main() {}
