use ingest_core::IngestRecord;

type Id = Option<String>;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2")]
struct Plain<'a> {
    #[ingest(key)]
    value: Id,
    #[ingest(skip)]
    _note: &'a str,
}

fn main() {}
