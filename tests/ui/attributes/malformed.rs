use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema("schemas/hostile-names.yaml"), object = 7)]
struct First {
    value: String,
}

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2", blank = "value")]
struct Second {}

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2", blank(value))]
struct Third {}

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2", rename_all = "camelcase")]
struct Fourth {
    #[ingest(rename = 7, key = true)]
    value: String,
}

#[derive(IngestRecord)]
#[ingest(schema = "schemas/hostile-names.yaml", object = "Type-2", crate = "1")]
struct Fifth {
    #[ingest(a::b)]
    value: String,
}

fn main() {}
