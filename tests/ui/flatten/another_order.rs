use ingest_core::{IngestFields, IngestRecord};

#[derive(IngestFields)]
#[ingest(schema = "tests/ui/schemas/permuted.yaml", object = "note")]
struct Ids {
    #[ingest(rename = "user-id")]
    user_id: String,
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "note")]
struct Note {
    id: String,
    #[ingest(flatten)]
    ids: Ids,
    #[ingest(rename = "TextLine")]
    text: String,
}

fn main() {}
