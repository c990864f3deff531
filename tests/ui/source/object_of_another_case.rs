use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "Sale")]
struct Sale {
    id: String,
}

fn main() {}
