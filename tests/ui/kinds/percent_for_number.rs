use ingest_core::IngestRecord;

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values", blank("boolean", "date", "date_time", "email", "percent", "phone", "text", "url"))]
struct Values {
    number: ::ingest_core::value::Percent,
}

fn main() {}
