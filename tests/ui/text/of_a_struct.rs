use ingest_core::IngestText;

#[derive(IngestText)]
struct Status(String);

fn main() {}
