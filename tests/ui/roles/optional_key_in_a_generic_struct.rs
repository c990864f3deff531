use ingest_core::{IngestRecord, json};

type Id = Option<String>;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2")]
struct Plain<'a> {
    #[ingest(key)]
    value: Id,
    #[ingest(skip)]
    _note: &'a str,
}

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2")]
struct Generic<T> {
    #[ingest(key)]
    value: T,
}

fn main() {
    let _ = json::write(&Generic { value: Some("x") }, &mut Vec::new());
}
