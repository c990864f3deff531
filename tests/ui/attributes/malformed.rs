use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema("schemas/hostile-names.yaml"), object = "Type-2")]
struct First {
    value: String,
}

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2", blank = "value")]
struct Second {}

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2", rename_all = "camelcase")]
struct Third {
    #[ingest(rename = 7)]
    value: String,
}

fn main() {}
