use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values", blank("boolean", "date", "date_time", "email", "number", "percent", "phone", "url"))]
struct Values {
    text: Vec<String>,
}

fn main() {}
