//! Patches through a stream and a tenant that misbehaves: the row is what all of them make together.

use std::collections::BTreeMap;
use std::time::Duration;

use ingest_core::{IngestPatch, IngestRecord, Timestamp};
use ingest_emulator::{Calls, CutAt, Emulator, Fault, Rule};
use serde_json::{Value, json};

use crate::{client, schema, within};

#[derive(IngestRecord)]
#[ingest(
    schema = "schemas/partial.yaml",
    object = "customer",
    blank("email", "country")
)]
struct Customer {
    customer_id: String,
    updated_at: Timestamp,
    city: Option<String>,
    orders: Option<u64>,
}

/// What it does not hold stays.
#[derive(IngestPatch)]
#[ingest(schema = "schemas/partial.yaml", object = "customer")]
struct Change {
    customer_id: String,
    updated_at: Timestamp,
    city: Option<String>,
    orders: Option<u64>,
}

fn faults(seed: u64) -> [Rule; 4] {
    [
        Rule::status(503).ratio(0.1, seed),
        Rule::cut(CutAt::AfterProcessing).ratio(0.1, seed),
        Rule::cut(CutAt::BeforeProcessing).ratio(0.1, seed),
        Rule::new(Fault::ExpireTokens).every(20),
    ]
    .map(|rule| rule.calls(Calls::Ingest))
}

#[tokio::test]
async fn rows_are_what_all_patches_make_in_their_order() {
    for seed in 0..3 {
        let emulator = Emulator::start(schema("schemas/partial.yaml")).unwrap();
        for rule in faults(seed) {
            emulator.faults().add(rule).unwrap();
        }
        let stream = client(&emulator)
            .stream::<Customer>()
            .max_records(20)
            .linger(Duration::from_millis(5))
            .backoff(Duration::from_millis(2), Duration::from_millis(50))
            .open()
            .await
            .unwrap();
        let mut chance = fastrand::Rng::with_seed(seed);
        let mut expected: BTreeMap<String, (Value, Value)> = BTreeMap::new();
        for number in 0..2_000 {
            let customer_id = format!("c-{}", chance.u32(0..50));
            let updated_at = Timestamp::from_millis(1_784_000_000_000 + number).unwrap();
            let city = chance.bool().then(|| format!("city {number}"));
            let orders = chance.bool().then_some(number.unsigned_abs());
            let row = expected.entry(customer_id.clone()).or_default();
            if chance.u8(0..10) == 0 {
                *row = (json!(city), json!(orders));
                let whole = Customer {
                    customer_id,
                    updated_at,
                    city,
                    orders,
                };
                stream.send(&whole).await.unwrap();
            } else {
                row.0 = city.as_ref().map_or(row.0.take(), |city| json!(city));
                row.1 = orders.map_or(row.1.take(), |orders| json!(orders));
                let change = Change {
                    customer_id,
                    updated_at,
                    city,
                    orders,
                };
                stream.send_as(&change).await.unwrap();
            }
        }
        while within(stream.flush()).await.is_err() {
            stream.resume();
        }
        let report = within(stream.close()).await;
        assert!(report.is_complete(), "seed {seed}: {report}");
        for (id, (city, orders)) in expected {
            let row = emulator.row("customer", &id).unwrap();
            assert_eq!(
                (&row["city"], &row["orders"]),
                (&city, &orders),
                "seed {seed}: {id}"
            );
        }
    }
}
