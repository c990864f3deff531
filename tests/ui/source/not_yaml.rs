use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/invalid/syntax.yaml", object = "sale")]
struct Sale {
    id: String,
}

fn main() {}
