use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "visitor")]
enum Visitor {
    Known,
}

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "visitor")]
struct Tuple(String);

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "visitor")]
struct Unit;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", object = "visitor")]
union Either {
    number: u8,
}

fn main() {}
