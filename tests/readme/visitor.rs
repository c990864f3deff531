//! What the README shows as a test, word for word; `main.rs` sees to that.

use ingest_core::{Client, IngestRecord, Settings, Timestamp};
use ingest_emulator::Emulator;
use ingest_schema::Schema;

#[derive(IngestRecord)]
#[ingest(
    schema = "schemas/web.yaml",
    object = "visitor",
    blank("email", "phone", "first_seen", "newsletter", "discount", "country")
)]
struct Visitor {
    visitor_id: String,
    updated_at: Timestamp,
}

#[tokio::test]
async fn a_visitor_is_accepted() -> Result<(), Box<dyn std::error::Error>> {
    let tenant = Emulator::start(Schema::load("schemas/web.yaml")?.schema)?;
    let client = Client::new(Settings::from_vars(tenant.vars())?)?;

    let visitor = Visitor {
        visitor_id: "v-1".into(),
        updated_at: Timestamp::now(),
    };
    let report = client.send([visitor]).await?;

    assert!(report.is_complete(), "{report}");
    assert_eq!(tenant.row_count("visitor"), 1);
    Ok(())
}
