use ingest_core::{IngestRecord, IngestText};

#[derive(IngestRecord)]
#[ingest]
struct Sale {
    id: String,
}

#[derive(IngestText)]
#[ingest = "lowercase"]
enum Status {
    Open,
}

fn main() {}
