use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/invalid/role-field.yaml", object = "visit")]
struct Visit {
    id: String,
}

fn main() {}
