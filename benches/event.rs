//! The record of all benchmarks, as derived by us and as serde has it. Measures nothing.

use ingest_core::value::Email;
use ingest_core::{IngestRecord, Timestamp};
use serde::{Serialize, Serializer};

/// What a visitor of a shop did: 10 fields, some 270 to 300 bytes of JSON.
#[derive(IngestRecord)]
#[ingest(schema = "event.yaml", object = "event")]
#[expect(missing_docs, reason = "the schema says what they are")]
pub struct Event {
    pub event_id: String,
    pub email: Email,
    pub occurred_at: Timestamp,
    pub received_at: Timestamp,
    pub revenue: f64,
    pub latitude: f64,
    pub quantity: i64,
    pub logged_in: bool,
    pub city: String,
    pub note: Option<String>,
}

/// The same for serde, with a timestamp that is written without `fmt`.
#[derive(Serialize)]
#[expect(missing_docs, reason = "as in `Event`")]
pub struct Rival {
    pub event_id: String,
    pub email: String,
    #[serde(serialize_with = "timestamp")]
    pub occurred_at: Timestamp,
    #[serde(serialize_with = "timestamp")]
    pub received_at: Timestamp,
    pub revenue: f64,
    pub latitude: f64,
    pub quantity: i64,
    pub logged_in: bool,
    pub city: String,
    pub note: Option<String>,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks for a reference"
)]
fn timestamp<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    let (year, month, day) = moment.date().ymd();
    let millis = moment.millis().rem_euclid(86_400_000);
    let mut out = *b"0000-00-00T00:00:00.000Z";
    let mut put = |at: usize, number: i64| {
        out[at] += u8::try_from(number / 10 % 10).unwrap();
        out[at + 1] += u8::try_from(number % 10).unwrap();
    };
    put(0, i64::from(year) / 100);
    put(2, i64::from(year));
    put(5, i64::from(month));
    put(8, i64::from(day));
    put(11, millis / 3_600_000);
    put(14, millis / 60_000 % 60);
    put(17, millis / 1_000 % 60);
    put(20, millis / 10);
    put(21, millis);
    serializer.serialize_str(std::str::from_utf8(&out).unwrap())
}

/// A generator of Marsaglia's xorshift family; the same records in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

/// Records for serde, the same in every run, of an input of this name.
///
/// `decimals`: amounts and places as people write them. `doubles`: both numbers have all 17 digits.
/// `prose`: doubles, and a long note with line ends and quotes.
pub fn rivals(input: &str) -> Vec<Rival> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    (0..1_024).map(|_| rival(input, &mut random)).collect()
}

#[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
fn rival(input: &str, random: &mut Random) -> Rival {
    const CITIES: [&str; 6] = [
        "Berlin",
        "Paris",
        "São Paulo",
        "Ulm",
        "San Francisco",
        "Kyoto",
    ];
    let mut moment = |from: u64| {
        let millis = from + random.below(86_400_000 * 30);
        Timestamp::from_millis(i64::try_from(millis).unwrap()).unwrap()
    };
    let occurred_at = moment(1_784_000_000_000);
    let received_at = Timestamp::from_millis(occurred_at.millis() + 812).unwrap();
    let mut double = |places: u64| match input {
        "decimals" => random.below(90 * places) as f64 / places as f64,
        _ => random.below(1 << 53) as f64 / 1e13,
    };
    let (revenue, latitude) = (double(100), double(100_000));
    let id = random.below(u64::MAX >> 11);
    Rival {
        event_id: format!("{id:08x}-5f0c-4f6e-9d2b-{:012x}", id >> 3),
        email: format!("visitor{}@example.com", random.below(100_000)),
        occurred_at,
        received_at,
        revenue,
        latitude,
        quantity: i64::try_from(random.below(2_000)).unwrap(),
        logged_in: random.below(2) == 0,
        city: CITIES[usize::try_from(random.below(6)).unwrap()].to_owned(),
        note: match input {
            "prose" => {
                Some("She said \"yes\".\nThen the visitor went on to the next page.\n".repeat(5))
            }
            _ => (random.below(2) == 0).then(|| "back again".to_owned()),
        },
    }
}

/// The same record for us.
pub fn event(rival: &Rival) -> Event {
    Event {
        event_id: rival.event_id.clone(),
        email: rival.email.parse().unwrap(),
        occurred_at: rival.occurred_at,
        received_at: rival.received_at,
        revenue: rival.revenue,
        latitude: rival.latitude,
        quantity: rival.quantity,
        logged_in: rival.logged_in,
        city: rival.city.clone(),
        note: rival.note.clone(),
    }
}
