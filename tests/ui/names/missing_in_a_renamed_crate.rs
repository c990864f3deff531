use ingest_core::IngestRecord;

use ingest_core as ing;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale", crate = "ing")]
struct Sale {
    id: String,
    amount: f64,
}

fn main() {}
