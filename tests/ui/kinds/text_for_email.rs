use ingest_core::{IngestRecord, Timestamp};

#[derive(IngestRecord)]
#[ingest(
    schema = "schemas/web.yaml",
    object = "visitor",
    blank("phone", "first_seen", "newsletter", "discount", "country")
)]
struct Visitor<'a> {
    visitor_id: String,
    updated_at: Timestamp,
    email: &'a str,
}

fn main() {}
