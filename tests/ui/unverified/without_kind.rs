use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(unverified, object = "note", digest = "0123456789abcdef")]
struct Note {
    id: String,
}

fn main() {}
