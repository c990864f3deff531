use ingest_core::IngestPatch;

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/undated.yaml", object = "nameless")]
struct Moved {
    id: String,
}

fn main() {}
