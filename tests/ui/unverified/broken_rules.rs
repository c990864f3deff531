use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(unverified, object = "note", digest = "0123456789abcdef")]
struct Note {
    #[ingest(kind = "Text", rename = "a\"b")]
    id: String,
    #[ingest(kind = "Text", rename = "ID")]
    one: String,
    #[ingest(kind = "Text", rename = "id")]
    two: String,
}

fn main() {}
