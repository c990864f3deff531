//! Typed records into JSON, beside `serde_json::to_writer` on an equal struct, in one program.
//!
//! `cargo bench -p ingest-core --bench encode` prints nanoseconds per record of both sides, in rounds
//! that take turns, and the ratio of the medians. With `count SIDE INPUT N` it encodes N records on
//! one side, so that a tool can count instructions: the difference of two counts is free of set-up.

#![allow(clippy::unwrap_used, reason = "a benchmark may panic")]
#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use ingest_core::value::Email;
use ingest_core::{IngestRecord, Timestamp, csv, json};
use serde::{Serialize, Serializer};

#[derive(IngestRecord)]
#[ingest(schema = "benches/event.yaml", object = "event")]
struct Event {
    event_id: String,
    email: Email,
    occurred_at: Timestamp,
    received_at: Timestamp,
    revenue: f64,
    latitude: f64,
    quantity: i64,
    logged_in: bool,
    city: String,
    note: Option<String>,
}

/// The same for serde, with a timestamp that is written without `fmt`.
#[derive(Serialize)]
struct Rival {
    event_id: String,
    email: String,
    #[serde(serialize_with = "timestamp")]
    occurred_at: Timestamp,
    #[serde(serialize_with = "timestamp")]
    received_at: Timestamp,
    revenue: f64,
    latitude: f64,
    quantity: i64,
    logged_in: bool,
    city: String,
    note: Option<String>,
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

/// `decimals`: amounts and places as people write them. `doubles`: both numbers have all 17 digits.
/// `prose`: doubles, and a long note with line ends and quotes.
fn rivals(input: &str) -> Vec<Rival> {
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

fn event(rival: &Rival) -> Event {
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

/// Encodes `count` records one after the other into one buffer, as a body is filled.
fn run<T>(records: &[T], count: usize, out: &mut Vec<u8>, write: impl Fn(&T, &mut Vec<u8>)) {
    for record in records.iter().cycle().take(count) {
        if out.len() > 199_000 {
            out.clear();
        }
        write(record, out);
    }
    black_box(out);
}

/// One side: its name, and what encodes so many records.
type Side<'a> = (&'static str, Box<dyn Fn(usize, &mut Vec<u8>) + 'a>);

fn sides<'a>(events: &'a [Event], rivals: &'a [Rival]) -> [Side<'a>; 3] {
    [
        (
            "serde_json",
            Box::new(|count, out| {
                run(rivals, count, out, |record, out| {
                    serde_json::to_writer(out, record).unwrap();
                });
            }),
        ),
        (
            "json",
            Box::new(|count, out| {
                run(events, count, out, |record, out| {
                    json::write(record, out).unwrap();
                });
            }),
        ),
        (
            "csv",
            Box::new(|count, out| {
                run(events, count, out, |record, out| {
                    csv::write(record, out).unwrap();
                });
            }),
        ),
    ]
}

fn median(rounds: &mut [f64]) -> f64 {
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

#[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
fn measure(input: &str) {
    const COUNT: usize = 20_000;
    let rivals = rivals(input);
    let events: Vec<_> = rivals.iter().map(event).collect();
    let bytes = serde_json::to_vec(&rivals).unwrap().len() as f64 / rivals.len() as f64;
    let sides = sides(&events, &rivals);
    let mut rounds = [const { Vec::new() }; 3];
    let mut out = Vec::with_capacity(200_000);
    for _ in 0..61 {
        for ((_, encode), rounds) in sides.iter().zip(&mut rounds) {
            let start = Instant::now();
            encode(COUNT, &mut out);
            rounds.push(start.elapsed().as_nanos() as f64 / COUNT as f64);
            out.clear();
        }
    }
    let medians = rounds.each_mut().map(|rounds| median(rounds));
    println!("{input}, {bytes:.0} bytes of JSON");
    for ((name, _), ns) in sides.iter().zip(medians) {
        println!(
            "  {name:<10} {ns:>6.1} ns/record  {:>5.2}x",
            medians[0] / ns
        );
    }
}

fn main() {
    let args: Vec<_> = std::env::args().skip(1).collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let ["count", side, input, count] = args[..] else {
        measure("decimals");
        measure("doubles");
        measure("prose");
        return;
    };
    let rivals = rivals(input);
    let events: Vec<_> = rivals.iter().map(event).collect();
    let sides = sides(&events, &rivals);
    let (_, encode) = sides.iter().find(|(name, _)| *name == side).unwrap();
    encode(count.parse().unwrap(), &mut Vec::with_capacity(200_000));
}
