use ingest_core::{IngestFields, IngestRecord, Timestamp};

#[derive(IngestFields)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Ids {
    id: String,
    amount: f64,
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    #[ingest(flatten)]
    ids: Ids,
    sold_at: Timestamp,
    amount: f64,
}

fn main() {}
