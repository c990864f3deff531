use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(unverified)]
struct Note {
    #[ingest(kind = "Text")]
    id: String,
}

fn main() {}
