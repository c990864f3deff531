use ingest_core::{IngestRecord, value::Email};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values", blank("boolean", "date", "date_time", "email", "percent", "phone", "text", "url"))]
struct Values {
    number: Email,
}

fn main() {}
