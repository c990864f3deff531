use ingest_core::{IngestFields, IngestRecord};

#[derive(IngestFields)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Ids {
    amount: f64,
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
struct Sale {
    #[ingest(flatten)]
    ids: Ids,
}

fn main() {}
