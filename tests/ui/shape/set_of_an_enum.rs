use ingest_core::IngestFields;

#[derive(IngestFields)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale")]
enum Sale {
    One,
}

fn main() {}
