//! One run: what is planned from a seed, the records of several tasks, and the judgement over all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ingest_core::stream::{Condition, Fate, Receipt, RecordStream, Report, SendError};
use ingest_core::{Client, IngestRecord, Settings};

use crate::tenant::Tenant;

#[derive(IngestRecord, Clone, Debug)]
#[ingest(
    unverified,
    object = "event",
    digest = "0123456789abcdef",
    connector = "Sim"
)]
pub(crate) struct Event {
    #[ingest(kind = "Text", key)]
    id: String,
    #[ingest(kind = "Number")]
    number: u64,
    #[ingest(kind = "Boolean")]
    pub(crate) bad: bool,
    #[ingest(kind = "Text")]
    pub(crate) filling: Option<String>,
}

/// How a run goes; ratios are per request.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) refuses: f64,
    pub(crate) cuts_before: f64,
    pub(crate) cuts_after: f64,
    pub(crate) hangs: f64,
    pub(crate) expires: f64,
    pub(crate) throttles: f64,
    pub(crate) fails: f64,
    pub(crate) pages: f64,
    pub(crate) login_fails: f64,
    /// Milliseconds, each way, at most.
    pub(crate) latency: u64,
    /// Seconds.
    pub(crate) token_life: u64,
    /// Whether refusals name records.
    pub(crate) reports: bool,
    /// Whether the tenant forgets a record, which nobody but the judge can notice.
    pub(crate) forgets: bool,
    pub(crate) bad: f64,
    pub(crate) deletes: f64,
    pub(crate) tasks: u64,
    pub(crate) records: u64,
    pub(crate) keys: u64,
    pub(crate) filling: usize,
    pub(crate) concurrency: usize,
    pub(crate) linger: u64,
    pub(crate) buffer: usize,
    pub(crate) ordered: bool,
}

impl Plan {
    pub(crate) fn drawn(seed: u64) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed);
        let ratio = |chance: &mut fastrand::Rng, most: f64| match chance.u8(0..3) {
            0 => 0.0,
            _ => chance.f64() * most,
        };
        let filling = [0, 10, 300, 5_000][chance.usize(0..4)];
        let tasks = chance.u64(1..6);
        // Some hundred kilobytes of records, for the sake of time.
        let most = 1_000.min(400_000 / (tasks * (filling as u64 / 2 + 50)));
        Self {
            seed,
            refuses: ratio(&mut chance, 0.1),
            cuts_before: ratio(&mut chance, 0.1),
            cuts_after: ratio(&mut chance, 0.1),
            hangs: ratio(&mut chance, 0.02),
            expires: ratio(&mut chance, 0.05),
            throttles: ratio(&mut chance, 0.1),
            fails: ratio(&mut chance, 0.1),
            pages: ratio(&mut chance, 0.05),
            login_fails: ratio(&mut chance, 0.2),
            bad: ratio(&mut chance, 0.02),
            deletes: ratio(&mut chance, 0.2),
            latency: chance.u64(1..300),
            token_life: chance.u64(20..7_200),
            reports: chance.bool(),
            forgets: false,
            tasks,
            records: chance.u64(1..=most),
            keys: chance.u64(1..200),
            filling,
            concurrency: chance.usize(1..33),
            linger: chance.u64(0..500),
            buffer: chance.usize(400_000..4_000_000),
            ordered: chance.u8(0..8) > 0,
        }
    }

    fn number(&self) -> u64 {
        self.tasks * self.records
    }
}

/// What is compared when a seed runs again.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Judged {
    accepted: u64,
    rejected: u64,
    requests: u64,
    retries: u64,
    logins: u64,
    elapsed: Duration,
}

pub(crate) fn run(plan: &Plan) -> Judged {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(play(plan))
}

async fn play(plan: &Plan) -> Judged {
    let tenant = Tenant::new(plan);
    let settings = Settings::from_vars([
        ("INGEST_LOGIN_URL", "https://org.example"),
        ("INGEST_CLIENT_ID", "id"),
        ("INGEST_CLIENT_SECRET", "secret"),
    ]);
    let client = Client::with_transport(settings.unwrap(), Arc::new(tenant.clone()));
    let mut builder = client
        .stream::<Event>()
        .seed(plan.seed)
        .concurrency(plan.concurrency)
        .linger(Duration::from_millis(plan.linger))
        .buffer(plan.buffer)
        .delivery_deadline(Duration::from_secs(1_000_000));
    if !plan.ordered {
        builder = builder.unordered();
    }
    let stream = builder.open().await.unwrap();
    let nurse = tokio::spawn(nurse(stream.clone()));
    let tasks: Vec<_> = (0..plan.tasks)
        .map(|task| tokio::spawn(send(plan.clone(), task, stream.clone())))
        .collect();
    let mut receipts = Vec::new();
    for task in tasks {
        receipts.extend(task.await.unwrap());
    }
    let flushed = async {
        while stream.flush().await.is_err() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    };
    flushed.await;
    nurse.abort();
    let report = stream.close().await;
    judge(plan, &tenant, &report, &receipts)
}

/// What was sent, and its receipt.
struct Sent {
    key: String,
    number: u64,
    bad: bool,
    receipt: Receipt,
}

/// Someone who mends causes: a stream that halted goes on after a while.
async fn nurse(stream: RecordStream<Event>) {
    loop {
        tokio::time::sleep(Duration::from_secs(30)).await;
        if let Condition::Halted(_) = stream.health().condition {
            stream.resume();
        }
    }
}

/// Each task has its own keys, so that the order of each is known.
async fn send(plan: Plan, task: u64, stream: RecordStream<Event>) -> Vec<Sent> {
    let mut chance = fastrand::Rng::with_seed(plan.seed ^ (task << 32));
    let mut sent = Vec::new();
    for nth in 0..plan.records {
        let number = task * plan.records + nth;
        let key = format!("{task}/{}", chance.u64(0..plan.keys));
        if chance.f64() < plan.deletes {
            // The number is part of the key, because a delete says nothing else.
            let key = format!("{key}#{number}");
            let receipt = delete(&stream, &key).await;
            sent.push(Sent {
                key,
                number,
                bad: false,
                receipt,
            });
            continue;
        }
        let bad = chance.f64() < plan.bad;
        let filling = chance.usize(0..=plan.filling);
        let event = Event {
            id: key.clone(),
            number,
            bad,
            filling: Some("x".repeat(filling)),
        };
        let receipt = upsert(&stream, &event, chance.u8(0..4)).await;
        sent.push(Sent {
            key,
            number,
            bad,
            receipt,
        });
        if chance.u8(0..50) == 0 {
            tokio::time::sleep(Duration::from_millis(chance.u64(0..700))).await;
        }
    }
    sent
}

async fn delete(stream: &RecordStream<Event>, key: &str) -> Receipt {
    loop {
        match stream.delete([key]).await {
            Ok(mut receipts) => return receipts.pop().unwrap(),
            Err(error) => mended(error.source).await,
        }
    }
}

/// Sends in one of the ways there are; gives up waiting now and then, to begin anew.
async fn upsert(stream: &RecordStream<Event>, event: &Event, way: u8) -> Receipt {
    loop {
        let refused = match way {
            0 => match stream.try_send(event.clone()) {
                Ok(receipt) => return receipt,
                Err(error) => {
                    assert_eq!(error.into_inner().number, event.number);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                }
            },
            1 => match stream.send_all([event]).await {
                Ok(mut receipts) => return receipts.pop().unwrap(),
                Err(error) => error.source,
            },
            2 => {
                let patience = Duration::from_millis(20);
                match tokio::time::timeout(patience, stream.send(event)).await {
                    Ok(Ok(receipt)) => return receipt,
                    Ok(Err(error)) => error,
                    Err(_) => continue,
                }
            }
            _ => match stream.send(event).await {
                Ok(receipt) => return receipt,
                Err(error) => error,
            },
        };
        mended(refused).await;
    }
}

async fn mended(error: SendError) {
    assert!(matches!(error, SendError::Halted(_)), "{error}");
    tokio::time::sleep(Duration::from_secs(1)).await;
}

fn judge(plan: &Plan, tenant: &Tenant, report: &Report, sent: &[Sent]) -> Judged {
    let totals = report.totals;
    assert_eq!(totals.read, plan.number());
    assert_eq!(sent.len() as u64, plan.number());
    assert_eq!(
        totals.read,
        totals.accepted + totals.rejected + totals.expired + totals.lost
    );
    assert_eq!((totals.expired, totals.lost), (0, 0), "{report}");
    let bad = sent.iter().filter(|sent| sent.bad).count() as u64;
    assert_eq!(totals.rejected, bad, "{report}");
    tenant.seen(|seen| {
        let good: BTreeSet<_> = sent
            .iter()
            .filter(|sent| !sent.bad)
            .map(|sent| sent.number)
            .collect();
        assert_eq!(
            seen.accepted, good,
            "the tenant has what was good, and nothing else"
        );
        assert!(
            totals.requests >= seen.requests,
            "{} requests",
            totals.requests
        );
        assert_eq!(
            seen.again_after_acceptance, 0,
            "an accepted record was sent again"
        );
        if plan.ordered {
            keep_order(&seen.applied, sent);
        }
    });
    for Sent { bad, receipt, .. } in sent {
        match receipt.try_fate() {
            Some(Fate::Accepted) => assert!(!bad),
            Some(Fate::Rejected(_)) => assert!(bad),
            other => panic!("fate {other:?}"),
        }
    }
    tenant.seen(|seen| Judged {
        accepted: totals.accepted,
        rejected: totals.rejected,
        requests: totals.requests,
        retries: totals.retries,
        logins: seen.logins,
        elapsed: report.elapsed,
    })
}

/// Every key's records were applied in the order in which they were sent. A request may be applied
/// twice, as a whole: then what it brought comes once more, and nothing newer stands behind something
/// older at the end.
fn keep_order(applied: &BTreeMap<String, Vec<u64>>, sent: &[Sent]) {
    let mut order: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for sent in sent.iter().filter(|sent| !sent.bad) {
        order.entry(&sent.key).or_default().push(sent.number);
    }
    for (key, numbers) in order {
        let seen = &applied[key];
        let mut firsts: Vec<u64> = Vec::new();
        for number in seen {
            if !firsts.contains(number) {
                firsts.push(*number);
            }
        }
        assert_eq!(firsts, numbers, "the first of each, key {key}");
        assert_eq!(seen.last(), numbers.last(), "what stays, key {key}");
    }
}
