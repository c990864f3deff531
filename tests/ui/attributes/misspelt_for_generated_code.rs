use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(unverifed, object = "note", digest = "0123456789abcdef")]
struct Note {
    #[ingest(knd = "Text")]
    id: String,
}

fn main() {}
