use ingest_core::{IngestFields, IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale<T: IngestFields> {
    #[ingest(flatten)]
    ids: T,
    sold_at: Timestamp,
    amount: f64,
}

fn main() {}
