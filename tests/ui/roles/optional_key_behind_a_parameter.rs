use ingest_core::{IngestRecord, json};

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2")]
struct Generic<T> {
    #[ingest(key)]
    value: T,
}

fn main() {
    let _ = json::write(&Generic { value: Some("x") }, &mut Vec::new());
}
