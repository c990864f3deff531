use ingest_core::{IngestFields, IngestRecord};

#[derive(IngestFields)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note")]
struct Ids {
    #[ingest(key)]
    id: String,
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note", blank("TextLine"))]
struct Note {
    #[ingest(flatten)]
    ids: Ids,
    #[ingest(key, rename = "user-id")]
    user_id: String,
}

fn main() {}
