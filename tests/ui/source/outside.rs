use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "../elsewhere/shop.yaml", object = "sale")]
struct Sale {
    id: String,
}

fn main() {}
