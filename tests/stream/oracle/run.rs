//! One run: several tasks send through one stream in every way there is, somebody resumes it when it
//! halts, and the judge compares what was sent with what the tenant has.

use std::time::Duration;

use ingest_core::Client;
use ingest_core::body::Shape;
use ingest_core::stream::{Condition, Receipt, RecordStream, SendError};
use ingest_emulator::Emulator;

use super::judge::judge;
use super::plan::Plan;
use crate::{Event, settings, tenant};

/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(300);

/// What was sent for a key: the number of a record, or a delete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Deed {
    Upsert(u64),
    Delete,
}

#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) key: String,
    pub(crate) deed: Deed,
    pub(crate) receipt: Receipt,
}

/// Returns how often each of the plan's rules happened.
pub(crate) fn run(plan: &Plan) -> Vec<u64> {
    let emulator = tenant()
        .tenant_token_life(plan.token_life)
        .faults(plan.rules.clone())
        .start()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let played = async { tokio::time::timeout(PATIENCE, play(plan, &emulator)).await };
    let played = runtime.block_on(played);
    let (report, sent) = played.expect("the run hangs");
    judge(plan, &emulator, &report, &sent);
    let rules = emulator.faults().active();
    rules.iter().map(|rule| rule.fired).collect()
}

async fn play(plan: &Plan, emulator: &Emulator) -> (ingest_core::stream::Report, Vec<Sent>) {
    let shape = if plan.array {
        Shape::Array
    } else {
        Shape::Data
    };
    let client = Client::new(settings(emulator).with_shape(shape)).unwrap();
    let stream = client
        .stream::<Event>()
        .seed(plan.seed)
        .max_records(plan.max_records)
        .concurrency(plan.concurrency)
        .linger(plan.linger)
        .buffer(plan.buffer)
        .request_timeout(plan.request_timeout)
        .backoff(Duration::from_millis(2), Duration::from_millis(200))
        .open()
        .await
        .unwrap();
    let nurse = tokio::spawn(nurse(stream.clone()));
    let tasks: Vec<_> = (0..plan.tasks)
        .map(|task| tokio::spawn(send(plan.clone(), task, stream.clone())))
        .collect();
    let mut sent = Vec::new();
    for task in tasks {
        sent.extend(task.await.unwrap());
    }
    while stream.flush().await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    nurse.abort();
    (stream.close().await, sent)
}

/// Two tokens in a row that end at once look like a missing scope, so somebody must look after that.
async fn nurse(stream: RecordStream<Event>) {
    loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if let Condition::Halted(halt) = stream.health().condition {
            assert_eq!(halt.code(), "unauthorized", "{halt}");
            stream.resume();
        }
    }
}

/// Each task has keys of its own, so that the order of each is known.
async fn send(plan: Plan, task: u64, stream: RecordStream<Event>) -> Vec<Sent> {
    let mut chance = fastrand::Rng::with_seed(plan.seed ^ (task << 32));
    let mut sent = Vec::new();
    let mut number = task * plan.records;
    let end = number + plan.records;
    while number < end {
        let row = chance.u64(1..=plan.row).min(end - number);
        if chance.u8(0..6) == 0 {
            let row = row.min(150);
            let keys: Vec<_> = (0..row).map(|_| key(&plan, task, &mut chance)).collect();
            sent.extend(delete(&stream, keys).await);
            number += row;
            continue;
        }
        let events: Vec<_> = (number..number + row)
            .map(|number| Event {
                note: Some("x".repeat(chance.usize(0..=plan.note))),
                ..Event::new(key(&plan, task, &mut chance), number)
            })
            .collect();
        number += row;
        sent.extend(upsert(&stream, &events, chance.u8(0..4)).await);
        if chance.u8(0..8) == 0 {
            tokio::time::sleep(Duration::from_millis(chance.u64(0..100))).await;
        }
    }
    sent
}

fn key(plan: &Plan, task: u64, chance: &mut fastrand::Rng) -> String {
    format!("{task}/{}", chance.u64(0..plan.keys))
}

async fn delete(stream: &RecordStream<Event>, keys: Vec<String>) -> Vec<Sent> {
    let mut receipts: Vec<Receipt> = Vec::new();
    while receipts.len() < keys.len() {
        match stream.delete(&keys[receipts.len()..]).await {
            Ok(taken) => receipts.extend(taken),
            Err(error) => {
                receipts.extend(error.receipts);
                mended(error.source).await;
            }
        }
    }
    let deed = |(key, receipt)| Sent {
        key,
        deed: Deed::Delete,
        receipt,
    };
    keys.into_iter().zip(receipts).map(deed).collect()
}

async fn upsert(stream: &RecordStream<Event>, events: &[Event], way: u8) -> Vec<Sent> {
    let mut receipts: Vec<Receipt> = Vec::new();
    while receipts.len() < events.len() {
        let rest = &events[receipts.len()..];
        let refused = match way {
            0 => match stream.try_send(rest[0].clone()) {
                Ok(receipt) => {
                    receipts.push(receipt);
                    continue;
                }
                Err(error) => {
                    assert_eq!(error.into_inner().number, rest[0].number);
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                }
            },
            1 => match stream.send_all(rest).await {
                Ok(taken) => {
                    receipts.extend(taken);
                    continue;
                }
                Err(error) => {
                    assert_eq!(error.index, error.receipts.len());
                    receipts.extend(error.receipts);
                    error.source
                }
            },
            2 => {
                // Whoever gives up waiting has not sent.
                let patience = Duration::from_millis(3);
                match tokio::time::timeout(patience, stream.send(&rest[0])).await {
                    Err(_) => continue,
                    Ok(Err(error)) => error,
                    Ok(Ok(receipt)) => {
                        receipts.push(receipt);
                        continue;
                    }
                }
            }
            _ => match stream.send(&rest[0]).await {
                Ok(receipt) => {
                    receipts.push(receipt);
                    continue;
                }
                Err(error) => error,
            },
        };
        mended(refused).await;
    }
    let deed = |(event, receipt): (&Event, Receipt)| Sent {
        key: event.id.clone(),
        deed: Deed::Upsert(event.number),
        receipt,
    };
    events.iter().zip(receipts).map(deed).collect()
}

async fn mended(error: SendError) {
    assert!(matches!(error, SendError::Halted(_)), "{error}");
    tokio::time::sleep(Duration::from_millis(20)).await;
}
