use ingest_core::IngestFields;

#[derive(IngestFields)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale", blank("amount"), unverified)]
struct Ids {
    id: String,
}

fn main() {}
