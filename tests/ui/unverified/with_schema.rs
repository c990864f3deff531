use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "schemas/web.yaml", unverified, object = "note", digest = "0123456789abcdef")]
struct Note {
    #[ingest(kind = "Text")]
    id: String,
}

fn main() {}
