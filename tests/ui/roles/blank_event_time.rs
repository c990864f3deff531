use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale", blank("sold_at"))]
struct Sale {
    id: String,
    amount: f64,
}

fn main() {}
