use ingest_core::IngestPatch;

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/undated.yaml", object = "twice")]
struct Moved {
    id: String,
    city: Option<String>,
}

fn main() {}
