use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values", blank("date", "date_time", "email", "number", "percent", "phone", "text", "url"))]
struct Values {
    boolean: Option<u8>,
}

fn main() {}
