use ingest_core::{IngestRecord, Timestamp};

struct Ids {
    id: String,
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
