use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/invalid/nested-object.yaml", object = "visit")]
struct Visit {
    id: String,
}

fn main() {}
