//! CPU per record of the whole path: typed record, stream, TLS, answer. The rivals get their bodies for
//! nothing, or encode them without a stream. All take turns in one process.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, ensure};
use bytes::Bytes;
use ingest_benches::event::Event;
use ingest_benches::{figure, median};
use ingest_core::body::{BodyWriter, MAX_BODY, Shape};
use ingest_core::stream::RecordStream;
use tokio::runtime;

use crate::host::Host;
use crate::raw::Raw;
use crate::unlimited::Unlimited;
use crate::usage;

/// Bodies of a round.
const BODIES: usize = 320;

/// So often everything is measured.
pub(crate) const ROUNDS: usize = 15;

/// Requests that are under way at once, on either side; what streams do by themselves.
const CONNECTIONS: usize = 32;

/// Ways to send records, the dearest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// hyper, with bodies that are there already.
    Raw,
    /// The same, but each body is encoded.
    Encoded,
    /// A stream, offered many records at once.
    SendAll,
    /// A stream, offered one record at a time.
    Send,
}

impl Way {
    const ALL: [Self; 4] = [Self::Raw, Self::Encoded, Self::SendAll, Self::Send];

    fn name(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Encoded => "encoded",
            Self::SendAll => "send_all",
            Self::Send => "send",
        }
    }
}

/// All sides, connected.
struct Sides {
    events: Arc<Vec<Event>>,
    bodies: Arc<Vec<Bytes>>,
    /// Records of a body.
    records: usize,
    raw: Raw,
    stream: RecordStream<Event>,
}

pub(crate) fn run(only: Option<&str>, rounds: usize) -> Result<()> {
    let host = Host::start()?;
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut sides = Sides::connect(&host).await?;
        let wanted = |way: &Way| only.is_none_or(|name| name == way.name());
        let ways: Vec<_> = Way::ALL.into_iter().filter(wanted).collect();
        ensure!(!ways.is_empty(), "no way of that name");
        sides.measure(&ways, rounds).await?;
        let report = sides.stream.close().await;
        ensure!(report.is_complete(), "{report}");
        Ok(())
    })
}

impl Sides {
    async fn connect(host: &Host) -> Result<Self> {
        let events = Arc::new(crate::events());
        let (bodies, records) = bodies(&events);
        let stream = host.client()?.stream().limiter(Arc::new(Unlimited));
        Ok(Self {
            records,
            events,
            bodies: Arc::new(bodies),
            raw: Raw::connect(host, CONNECTIONS).await?,
            stream: stream.concurrency(CONNECTIONS).open().await?,
        })
    }

    async fn measure(&mut self, ways: &[Way], count: usize) -> Result<()> {
        let mut rounds = vec![Vec::new(); ways.len()];
        for _ in 0..count {
            for (way, rounds) in ways.iter().zip(&mut rounds) {
                rounds.push(self.round(*way).await?);
            }
        }
        println!(
            "CPU per record, client side, {} records a body",
            self.records
        );
        for (way, rounds) in ways.iter().zip(&mut rounds) {
            let microseconds = median(rounds);
            println!("  {:<10} {microseconds:>7.4} us", way.name());
            figure(way.name(), microseconds);
        }
        Ok(())
    }

    /// Microseconds of CPU per record.
    async fn round(&mut self, way: Way) -> Result<f64> {
        let records = BODIES * self.records;
        let before = usage::cpu()?;
        match way {
            Way::Raw => self.raw.send(BODIES, self.ready_bodies()).await?,
            Way::Encoded => self.raw.send(BODIES, self.encoded_bodies()).await?,
            Way::Send => {
                for event in self.events.iter().cycle().take(records) {
                    self.stream.send(event).await?;
                }
                self.stream.flush().await?;
            }
            Way::SendAll => {
                let mut left = records;
                while left > 0 {
                    let some = left.min(self.events.len());
                    self.stream.send_all(&self.events[..some]).await?;
                    left -= some;
                }
                self.stream.flush().await?;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "the number is small")]
        let records = records as f64;
        Ok((usage::cpu()? - before) / records * 1e6)
    }

    fn ready_bodies(&self) -> impl Fn() -> Bytes + Clone + Send + 'static {
        let (bodies, next) = (Arc::clone(&self.bodies), Arc::new(AtomicUsize::new(0)));
        move || bodies[next.fetch_add(1, Ordering::Relaxed) % bodies.len()].clone()
    }

    fn encoded_bodies(&self) -> impl Fn() -> Bytes + Clone + Send + 'static {
        let (events, next) = (Arc::clone(&self.events), Arc::new(AtomicUsize::new(0)));
        let records = self.records;
        move || {
            let from = next.fetch_add(1, Ordering::Relaxed) % events.len();
            let mut writer = BodyWriter::new(Shape::Data, MAX_BODY);
            for event in events.iter().cycle().skip(from).take(records) {
                let full = writer.push(event).unwrap();
                assert!(full.is_none(), "some records are larger than others");
            }
            writer.finish().unwrap().bytes.into()
        }
    }
}

/// As many bodies as may be under way, and how many records one holds.
fn bodies(events: &[Event]) -> (Vec<Bytes>, usize) {
    let mut writer = BodyWriter::new(Shape::Data, MAX_BODY);
    let (mut bodies, mut least) = (Vec::new(), usize::MAX);
    for event in events.iter().cycle() {
        if let Some(body) = writer.push(event).unwrap() {
            least = least.min(body.records);
            bodies.push(Bytes::from(body.bytes));
        }
        if bodies.len() == CONNECTIONS {
            break;
        }
    }
    // One less, so that any as many records of the list fit into a body.
    (bodies, least - 1)
}
