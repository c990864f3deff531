use ingest_core::IngestRecord;

struct Own;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values", blank("boolean", "date_time", "email", "number", "percent", "phone", "text", "url"))]
struct Values {
    date: Own,
}

fn main() {}
