//! The three processes: the tenant, the sender, and who starts both and judges.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ingest_core::{Client, IngestRecord, Settings, Timestamp};
use ingest_emulator::{Calls, Emulator, Rule};
use ingest_schema::Schema;

const MIB: u64 = 1 << 20;

/// What the sender may have beside the buffer, its code included.
const BESIDE: u64 = 64 * MIB;

/// What it may grow between a tenth of the records and the last: the allocator's pages.
const GROWTH: u64 = 8 * MIB;

/// How much is sent, and how slow the tenant is.
#[derive(Debug, Clone, Copy)]
struct Scale {
    records: u64,
    /// Full long before a tenth of the records has left.
    buffer: u64,
    concurrency: u64,
    delay: Duration,
}

impl Scale {
    /// For every day: a dev build sends no more than 4 MB a second, and the tenant takes less than half.
    const SMALL: Self = Self {
        records: 150_000,
        buffer: 3 * MIB / 2,
        concurrency: 4,
        delay: Duration::from_millis(500),
    };

    /// For release builds: the stream's own defaults, and 16 MB a second.
    const fn large(records: u64) -> Self {
        Self {
            records,
            buffer: 32 * MIB,
            concurrency: 8,
            delay: Duration::from_millis(100),
        }
    }
}

#[derive(IngestRecord)]
#[ingest(
    schema = "schemas/web.yaml",
    object = "page_view",
    blank("referrer", "logged_in")
)]
struct PageView {
    event_id: String,
    occurred_at: Timestamp,
    visitor_id: String,
    url: ingest_core::value::Url,
    duration_ms: u64,
    revenue: Option<f64>,
}

pub(crate) fn run() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<u64>();
    match arguments[..] {
        ["tenant", delay] => be_tenant(Duration::from_millis(number(delay).unwrap())),
        ["sender", records, buffer, concurrency] => {
            be_sender([records, buffer, concurrency].map(|text| number(text).unwrap()));
        }
        [] => judge(Scale::SMALL),
        [records] if number(records).is_ok() => judge(Scale::large(number(records).unwrap())),
        // Names of tests and options of their usual harness, in a run of all targets.
        _ if arguments.iter().any(|argument| argument.contains("memory")) => judge(Scale::SMALL),
        _ => {}
    }
}

/// Says where it is, and lives until whoever started it has gone.
fn be_tenant(delay: Duration) {
    let schema = Schema::load("schemas/web.yaml").unwrap().schema;
    let slow = Rule::delay(delay, delay).calls(Calls::Ingest);
    let emulator = Emulator::builder(schema).faults([slow]).start().unwrap();
    for (name, value) in emulator.vars() {
        println!("{name}={value}");
    }
    println!();
    let mut rest = Vec::new();
    std::io::stdin().read_to_end(&mut rest).unwrap();
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn be_sender([records, buffer, concurrency]: [u64; 3]) {
    let client = Client::new(Settings::from_env().unwrap()).unwrap();
    let stream = client
        .stream::<PageView>()
        .concurrency(usize::try_from(concurrency).unwrap())
        .buffer(usize::try_from(buffer).unwrap())
        .open()
        .await
        .unwrap();
    let (began, mut fullest) = (Instant::now(), 0);
    for number in 0..records {
        // Few keys, so that the tenant stays small too.
        let view = PageView {
            event_id: format!("01890a5d-ac96-774b-bcce-{:012}", number % 10_000),
            occurred_at: Timestamp::from_millis(1_784_000_000_000).unwrap(),
            visitor_id: format!("visitor-{:08}", number % 1_000),
            url: "https://shop.example/catalogue/shoes?page=17"
                .parse()
                .unwrap(),
            duration_ms: number,
            revenue: Some(17.25),
        };
        stream.send(&view).await.unwrap();
        if number % 1_000 == 0 {
            fullest = fullest.max(stream.health().buffered);
        }
        if number == records / 10 {
            println!("tenth {}", resident("VmRSS:"));
        }
    }
    println!("whole {}", resident("VmRSS:"));
    let report = stream.close().await;
    println!("peak {}", resident("VmHWM:"));
    println!("fullest {fullest}");
    println!("accepted {}", report.totals.accepted);
    println!("bytes {}", report.totals.bytes);
    println!("milliseconds {}", began.elapsed().as_millis());
}

/// Bytes of this process's memory, of this sort.
fn resident(sort: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(sort)).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib * 1024
}

/// Ends its process with itself.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.0.kill();
        self.0.wait().unwrap();
    }
}

fn start(arguments: &[&str], variables: &[(String, String)]) -> Process {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments).envs(variables.iter().cloned());
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    Process(command.spawn().unwrap())
}

/// Lines of two words up to an empty one, or the end.
fn pairs(process: &mut Process, between: char) -> Vec<(String, String)> {
    let output = process.0.stdout.as_mut().unwrap();
    let lines = BufReader::new(output).lines().map(Result::unwrap);
    let lines = lines.take_while(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once(between).unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

fn judge(scale: Scale) {
    let Scale {
        records,
        buffer,
        concurrency,
        delay,
    } = scale;
    let mut tenant = start(&["tenant", &delay.as_millis().to_string()], &[]);
    let variables = pairs(&mut tenant, '=');
    let [count, bytes, requests] = [records, buffer, concurrency].map(|number| number.to_string());
    let mut sender = start(&["sender", &count, &bytes, &requests], &variables);
    let figures = pairs(&mut sender, ' ');
    assert!(sender.0.wait().unwrap().success(), "the sender failed");
    let figure = |name: &str| -> u64 {
        let found = figures.iter().find(|(known, _)| known == name);
        found.unwrap().1.parse().unwrap()
    };
    let [tenth, whole, peak, fullest] = ["tenth", "whole", "peak", "fullest"].map(figure);
    println!(
        "memory: {records} records, {} MB in {} s; buffer {} KiB, at most {} KiB full; resident {} MiB after a tenth, {} MiB after all, {} MiB at most",
        figure("bytes") / 1_000_000,
        figure("milliseconds") / 1_000,
        buffer / 1024,
        fullest / 1024,
        tenth / MIB,
        whole / MIB,
        peak / MIB,
    );
    assert_eq!(figure("accepted"), records);
    assert!(
        fullest > buffer * 9 / 10,
        "the tenant was not slower than its sender"
    );
    assert!(fullest <= buffer, "the buffer held {fullest} bytes");
    assert!(
        whole <= tenth + GROWTH,
        "memory grew from {tenth} to {whole} bytes"
    );
    assert!(peak <= buffer + BESIDE, "{peak} bytes were resident");
}
