use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer", blank("changed_at"))]
struct Customer {
    id: String,
    city: String,
}

fn main() {}
