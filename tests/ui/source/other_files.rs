use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/inventory.yaml", object = "sale")]
struct Sale {
    id: String,
}

fn main() {}
