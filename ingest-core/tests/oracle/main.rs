//! Every record that a stream took is an obligation: a tenant that misbehaves in every way it can, in
//! simulated time, must have accepted it in the order of its key, or the stream must say what became
//! of it. A failure prints its seed; `ORACLE_SEED=7` runs that one alone, `ORACLE_SEEDS=10000` more.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may panic and says where"
)]

mod run;
mod tenant;

use run::{Plan, run};

/// Runs that everybody does.
const SEEDS: u64 = 1_000;

fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
    )
}

#[test]
fn every_record_has_its_fate_and_every_key_its_order() {
    let seeds = match number("ORACLE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("ORACLE_SEEDS").unwrap_or(SEEDS),
    };
    std::thread::scope(|scope| {
        for half in 0..2 {
            let seeds = seeds.clone().filter(move |seed| seed % 2 == half);
            scope.spawn(move || seeds.for_each(run_seed));
        }
    });
}

fn run_seed(seed: u64) {
    let plan = Plan::drawn(seed);
    let judged = std::panic::catch_unwind(|| run(&plan));
    if let Err(panic) = judged {
        eprintln!("ORACLE_SEED={seed} fails: {plan:?}");
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn a_seed_gives_the_same_run_again() {
    for seed in [3, 14, 159] {
        let plan = Plan::drawn(seed);
        assert_eq!(run(&plan), run(&plan), "seed {seed}");
    }
}

/// The judge must be able to say no.
#[test]
fn the_judge_finds_a_tenant_that_forgets() {
    let plan = Plan {
        forgets: true,
        ..Plan::drawn(1)
    };
    let judged = std::panic::catch_unwind(|| run(&plan));
    assert!(judged.is_err(), "a forgotten record was not missed");
}
