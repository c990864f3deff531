//! The quota against a simulated network and tenant, in virtual time: a client that always has more to
//! send, delays drawn at random between release, arrival and answer, and a tenant that says 429 now and
//! then. Nothing here waits.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use proptest::prelude::*;
use tokio::time::Instant;

use super::quota::{Quota, Wait};

const SECOND: Duration = Duration::from_secs(1);

/// A stretch of requests that fare alike, as when a network stalls and then lets all through.
#[derive(Debug, Clone)]
struct Weather {
    requests: u16,
    /// From the release, in milliseconds.
    answer: u16,
    /// Where between release and answer the request arrives, of 255.
    arrival: u8,
    /// All of the stretch are answered when the first is: the stall ends for all at once.
    together: bool,
    throttled: bool,
}

fn weather() -> impl Strategy<Value = Vec<Weather>> {
    let answer = prop_oneof![0..5_u16, 20..120_u16, 500..3_000_u16];
    let arrival = prop_oneof![Just(0), Just(255), any::<u8>()];
    let throttled = prop::bool::weighted(0.2);
    let stretch = (1..400_u16, answer, arrival, any::<bool>(), throttled);
    let stretch = stretch.prop_map(|(requests, answer, arrival, together, throttled)| Weather {
        requests,
        answer,
        arrival,
        together,
        throttled,
    });
    prop::collection::vec(stretch, 1..12)
}

/// All requests fare the same.
fn steady(answer: u16) -> Vec<Weather> {
    vec![Weather {
        requests: 1,
        answer,
        arrival: 128,
        together: false,
        throttled: false,
    }]
}

struct Simulation {
    quota: Quota,
    now: Instant,
    end: Instant,
    /// When requests are answered, earliest first, and whether with 429.
    answers: BinaryHeap<Reverse<(Instant, bool)>>,
    free: usize,
    releases: Vec<Instant>,
    arrivals: Vec<Instant>,
}

impl Simulation {
    fn run(quota: Quota, lanes: usize, seconds: u64, weather: &[Weather]) -> Self {
        let now = Instant::now();
        let mut simulation = Self {
            quota,
            now,
            end: now + SECOND * u32::try_from(seconds).unwrap(),
            answers: BinaryHeap::new(),
            free: lanes,
            releases: Vec::new(),
            arrivals: Vec::new(),
        };
        for stretch in weather.iter().cycle() {
            if !simulation.stretch(stretch) {
                break;
            }
        }
        simulation.arrivals.sort_unstable();
        simulation
    }

    /// Sends the requests of a stretch; false at the end of time.
    fn stretch(&mut self, weather: &Weather) -> bool {
        let mut stall_ends = None;
        for _ in 0..weather.requests {
            if !self.until_released() {
                return false;
            }
            let answer = self.now + Duration::from_millis(weather.answer.into());
            let stall_ends = *stall_ends.get_or_insert(answer);
            let answer = if weather.together {
                stall_ends.max(self.now)
            } else {
                answer
            };
            let arrival = (answer - self.now) * weather.arrival.into() / 255;
            self.arrivals.push(self.now + arrival);
            self.answers.push(Reverse((answer, weather.throttled)));
            self.releases.push(self.now);
            self.free -= 1;
        }
        true
    }

    /// Lets time pass until the quota releases a request.
    fn until_released(&mut self) -> bool {
        let mut promised = None;
        while self.now < self.end {
            let wait = match self.free {
                0 => Wait::ForAnswer,
                _ => match self.quota.release(self.now) {
                    Ok(()) => return true,
                    Err(wait) => wait,
                },
            };
            assert_ne!(
                promised,
                Some(self.now),
                "the instant it named was too early"
            );
            promised = self.pass(wait);
        }
        false
    }

    /// Goes to the next answer, or to the instant the quota named if that comes first.
    fn pass(&mut self, wait: Wait) -> Option<Instant> {
        let answer = self.answers.peek().map(|Reverse((at, _))| *at);
        if let Wait::Until(at) = wait {
            assert!(at > self.now, "it could have been released");
            if answer.is_none_or(|answer| at < answer) {
                self.now = at;
                return Some(at);
            }
        }
        self.now = answer.expect("somebody waits for an answer that nobody gives");
        self.answer();
        None
    }

    fn answer(&mut self) {
        let Some(Reverse((_, throttled))) = self.answers.pop() else {
            return;
        };
        self.free += 1;
        self.quota.answered(self.now);
        if throttled {
            self.quota.throttled(self.now);
        } else {
            self.quota.accepted(self.now);
        }
    }

    fn released_a_second(&self, from: u32, to: u32) -> usize {
        let start = self.releases[0];
        let span = start + SECOND * from..start + SECOND * to;
        let released = self.releases.iter().filter(|at| span.contains(at)).count();
        released / (to - from) as usize
    }
}

/// The most that any second holds, both of its ends included.
fn fullest_second(sorted: &[Instant]) -> usize {
    let mut first = 0;
    let mut fullest = 0;
    for (last, at) in sorted.iter().enumerate() {
        while sorted[first] + SECOND < *at {
            first += 1;
        }
        fullest = fullest.max(last + 1 - first);
    }
    fullest
}

fn most_at_one_instant(instants: &[Instant]) -> usize {
    let mut counts = HashMap::<_, usize>::new();
    for at in instants {
        *counts.entry(at).or_default() += 1;
    }
    counts.into_values().max().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_second_at_the_tenant_passes_the_limit(
        weather in weather(),
        lanes in prop_oneof![1..64_usize, Just(2_000)],
    ) {
        let quota = Quota::new(240.0, 10).unwrap();
        let seen = Simulation::run(quota, lanes, 20, &weather);
        prop_assert!(!seen.arrivals.is_empty());
        prop_assert!(fullest_second(&seen.arrivals) <= 250);
        prop_assert!(fullest_second(&seen.releases) <= 250);
        prop_assert!(most_at_one_instant(&seen.releases) <= 10);
    }

    #[test]
    fn no_limit_is_passed(weather in weather(), rate in 0.1..400.0, burst in 1..50_u32) {
        let quota = Quota::new(rate, burst).unwrap();
        let seen = Simulation::run(quota, 2_000, 20, &weather);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small")]
        let limit = (rate + f64::from(burst)) as usize;
        prop_assert!(fullest_second(&seen.arrivals) <= limit);
        prop_assert!(most_at_one_instant(&seen.releases) <= burst as usize);
    }
}

#[test]
fn the_rate_is_reached_at_a_usual_latency() {
    let quota = Quota::new(240.0, 10).unwrap();
    let seen = Simulation::run(quota, 64, 20, &steady(50));
    let reached = seen.released_a_second(1, 20);
    assert!((230..=240).contains(&reached), "{reached}");
}

#[test]
fn slow_answers_cost_rate_as_documented() {
    let quota = Quota::new(240.0, 10).unwrap();
    let seen = Simulation::run(quota, 2_000, 40, &steady(1_000));
    let reached = seen.released_a_second(4, 40);
    assert!((122..=125).contains(&reached), "{reached}");
}

#[test]
fn the_rate_recovers_after_429s() {
    let mut quota = Quota::new(240.0, 10).unwrap();
    let start = Instant::now();
    for second in 0..30 {
        quota.throttled(start + SECOND * second);
    }
    let mut seen = Simulation::run(quota, 64, 60, &steady(50));
    let (at_first, at_last) = (seen.released_a_second(0, 2), seen.released_a_second(50, 60));
    assert!(at_first < 20, "{at_first}");
    assert!((230..=240).contains(&at_last), "{at_last}");
    assert!(
        !seen.quota.accepted(seen.now),
        "nothing is left to give back"
    );
}
