//! Whole rows and patches into a Partial stream: what a patch leaves out stays, what it blanks goes.

use ingest_core::{IngestFields, IngestPatch, IngestRecord, Timestamp};
use ingest_emulator::Emulator;
use serde_json::json;

use crate::{client, schema};

#[derive(IngestFields)]
#[ingest(schema = "../schemas/partial.yaml", object = "customer")]
struct Version {
    customer_id: &'static str,
    updated_at: Timestamp,
}

#[derive(IngestRecord)]
#[ingest(
    schema = "../schemas/partial.yaml",
    object = "customer",
    blank("email")
)]
struct Customer {
    #[ingest(flatten)]
    version: Version,
    city: Option<&'static str>,
    country: &'static str,
    orders: Option<u32>,
}

#[derive(IngestPatch)]
#[ingest(schema = "../schemas/partial.yaml", object = "customer")]
struct Moved {
    #[ingest(flatten)]
    version: Version,
    city: Option<&'static str>,
    #[allow(clippy::option_option, reason = "says three things in a patch")]
    country: Option<Option<&'static str>>,
}

fn version(customer_id: &'static str, second: i64) -> Version {
    Version {
        customer_id,
        updated_at: Timestamp::from_millis(second * 1_000).unwrap(),
    }
}

#[tokio::test]
async fn a_patch_changes_what_it_holds_and_nothing_else() {
    let emulator = Emulator::start(schema("partial")).unwrap();
    let client = client(&emulator);
    let customers = ["a", "b"].map(|id| Customer {
        version: version(id, 1),
        city: Some("Bonn"),
        country: "DE",
        orders: Some(3),
    });
    assert!(client.send(customers).await.unwrap().is_complete());

    let patches = [
        Moved {
            version: version("a", 2),
            city: Some("Bern"),
            country: None,
        },
        Moved {
            version: version("b", 2),
            city: None,
            country: Some(None),
        },
        // Older than the row: accepted, and without effect.
        Moved {
            version: version("b", 1),
            city: Some("Rom"),
            country: Some(Some("IT")),
        },
    ];
    let report = client.send(patches).await.unwrap();
    assert!(report.is_complete(), "{report}");

    let row = |id: &str| emulator.row("customer", id).unwrap();
    let seen = |id: &str| ["city", "country", "orders"].map(|field| row(id)[field].clone());
    assert_eq!(seen("a"), [json!("Bern"), json!("DE"), json!(3)]);
    assert_eq!(seen("b"), [json!("Bonn"), json!(null), json!(3)]);
    assert_eq!(emulator.row_count("customer"), 2);
}
