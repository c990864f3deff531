use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "", object = "note")]
struct Note {
    id: String,
}

fn main() {}
