use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/invalid/same-name.yaml", object = "visit")]
struct Visit {
    id: String,
}

fn main() {}
