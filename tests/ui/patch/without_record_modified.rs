use ingest_core::IngestPatch;

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "customer")]
struct Moved {
    id: String,
    city: Option<String>,
}

fn main() {}
