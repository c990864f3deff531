use ingest_core::{IngestRecord, Timestamp};

type Maybe = Option<Timestamp>;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    id: String,
    sold_at: Maybe,
    amount: f64,
}

fn main() {}
