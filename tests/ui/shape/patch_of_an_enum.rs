use ingest_core::IngestPatch;

#[derive(IngestPatch)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
enum Sale {
    One,
}

fn main() {}
