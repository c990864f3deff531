use ingest_core::{IngestFields, IngestRecord, Timestamp};

#[derive(IngestFields)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Ids {
    id: String,
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    #[ingest(flatten)]
    ids: Ids,
    sold_at: Timestamp,
}

fn main() {}
