use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "sale", connector = "Web", digest = "0123456789abcdef", refresh_mode = "Upsert")]
struct Sale {
    #[ingest(kind = "Text")]
    id: String,
    #[ingest(event_time)]
    sold_at: Timestamp,
    amount: f64,
}

fn main() {}
