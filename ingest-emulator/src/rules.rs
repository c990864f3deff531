//! Decides which faults happen to a request.
//!
//! No clock and no network: time is an argument, and the same rules, seeds, times and order of
//! requests give the same faults.

use std::time::Duration;

use fastrand::Rng;
use serde::Serialize;

use crate::fault::{Fault, Rule};
use crate::target::Target;

/// A rule in force, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub struct ActiveRule {
    /// What [`Faults::add`](crate::Faults::add) gave back; never given twice.
    pub id: u64,
    /// The rule as it was added.
    pub rule: Rule,
    /// How often it happened since the start or the last reset.
    pub fired: u64,
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    all: Vec<Kept>,
    next_id: u64,
}

#[derive(Debug)]
struct Kept {
    active: ActiveRule,
    /// The rule's place in the list when it was added: a second seed.
    place: u64,
    /// How many requests the rule was about.
    seen: u64,
    random: Rng,
}

/// What happens to one request.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) delay: Duration,
    /// What else happens; never a delay.
    pub(crate) fault: Option<Fault>,
    /// What the log tells: the fault, or the first delay where nothing else happened.
    pub(crate) told: Option<Fault>,
}

impl Rules {
    pub(crate) fn add(&mut self, rule: Rule) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        let place = self.all.len() as u64;
        let random = random(rule.seed, place);
        let active = ActiveRule { id, rule, fired: 0 };
        self.all.push(Kept {
            active,
            place,
            seen: 0,
            random,
        });
        id
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.all.len();
        self.all.retain(|kept| kept.active.id != id);
        self.all.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.all.clear();
    }

    /// Lets every rule begin anew.
    pub(crate) fn restart(&mut self) {
        for kept in &mut self.all {
            (kept.seen, kept.active.fired) = (0, 0);
            kept.random = random(kept.active.rule.seed, kept.place);
        }
    }

    pub(crate) fn active(&self) -> Vec<ActiveRule> {
        self.all.iter().map(|kept| kept.active.clone()).collect()
    }

    /// Asks every rule, so that what one draws does not depend on what another does.
    pub(crate) fn decide(&mut self, target: Target<'_>, since_start: Duration) -> Decision {
        let mut decision = Decision::default();
        for kept in &mut self.all {
            if !kept.fires(target, since_start) {
                continue;
            }
            match kept.active.rule.fault {
                Fault::Delay { least, most } => {
                    let delay = draw(&mut kept.random, least, most);
                    decision.delay = decision.delay.saturating_add(delay);
                    let told = || kept.active.rule.fault.clone();
                    decision.told.get_or_insert_with(told);
                }
                _ if decision.fault.is_some() => continue,
                ref fault => {
                    decision.fault = Some(fault.clone());
                    decision.told = Some(fault.clone());
                }
            }
            kept.active.fired += 1;
        }
        decision
    }
}

impl Kept {
    fn fires(&mut self, target: Target<'_>, since_start: Duration) -> bool {
        let rule = &self.active.rule;
        let is_about = target.is_among(rule.calls)
            && target.can_have(&rule.fault)
            && (rule.object.is_none() || rule.object.as_deref() == target.object)
            && since_start >= rule.from
            && rule.until.is_none_or(|until| since_start < until);
        if !is_about {
            return false;
        }
        self.seen += 1;
        let likely = rule.ratio.is_none_or(|ratio| self.random.f64() < ratio);
        likely
            && rule.every.is_none_or(|nth| self.seen.is_multiple_of(nth))
            && rule.count.is_none_or(|count| self.active.fired < count)
    }
}

fn random(seed: u64, place: u64) -> Rng {
    let mut places = Rng::with_seed(place);
    Rng::with_seed(seed ^ places.u64(..))
}

fn draw(random: &mut Rng, least: Duration, most: Duration) -> Duration {
    let spread = u64::try_from(most.saturating_sub(least).as_nanos()).unwrap_or(u64::MAX);
    least.saturating_add(Duration::from_nanos(random.u64(0..=spread)))
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;
    use crate::fault::{Calls, CutAt};

    const VISIT: &str = "/api/v1/ingest/sources/Web/visit";

    fn rules(rules: impl IntoIterator<Item = Rule>) -> Rules {
        let mut all = Rules::default();
        for rule in rules {
            rule.check().unwrap();
            all.add(rule);
        }
        all
    }

    fn decide(rules: &mut Rules, path: &str, since_start: Duration) -> Decision {
        rules.decide(Target::of(&Method::POST, path), since_start)
    }

    /// Which of the next requests for visits are not served.
    fn refused(rules: &mut Rules, requests: usize) -> Vec<usize> {
        let refused = |_: &usize| decide(rules, VISIT, Duration::ZERO).fault.is_some();
        (1..=requests).filter(refused).collect()
    }

    fn status(decision: &Decision) -> Option<u16> {
        match decision.fault {
            Some(Fault::Status { status, .. }) => Some(status),
            _ => None,
        }
    }

    #[test]
    fn a_count_ends_and_every_nth_comes_round() {
        assert_eq!(refused(&mut rules([Rule::status(429).count(2)]), 5), [1, 2]);
        assert_eq!(refused(&mut rules([Rule::status(429).every(3)]), 7), [3, 6]);
        let both = Rule::status(429).every(2).count(2);
        assert_eq!(refused(&mut rules([both]), 9), [2, 4]);
    }

    #[test]
    fn conditions_say_which_requests_a_rule_is_about() {
        let rule = Rule::status(429).calls(Calls::Ingest).object("visit");
        let mut rules = rules([rule.every(2)]);
        let other = "/api/v1/ingest/sources/Web/contact";
        for path in [other, "/services/oauth2/token", VISIT, other] {
            assert_eq!(decide(&mut rules, path, Duration::ZERO).fault, None);
        }
        assert!(decide(&mut rules, VISIT, Duration::ZERO).fault.is_some());
    }

    #[test]
    fn a_window_begins_with_its_first_moment_and_ends_before_its_last() {
        let at = Duration::from_millis;
        let mut rules = rules([Rule::status(503).after(at(10)).until(at(20))]);
        let hits = [9, 10, 19, 20].map(|time| decide(&mut rules, VISIT, at(time)).fault.is_some());
        assert_eq!(hits, [false, true, true, false]);
    }

    #[test]
    fn a_ratio_is_met_and_the_same_for_the_same_seed() {
        let drawn = |seed| refused(&mut rules([Rule::status(503).ratio(0.3, seed)]), 10_000);
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        assert!(
            (2_700..3_300).contains(&drawn(1).len()),
            "{}",
            drawn(1).len()
        );
        let of = |ratio| refused(&mut rules([Rule::status(503).ratio(ratio, 5)]), 500).len();
        assert_eq!((of(0.0), of(1.0)), (0, 500));
    }

    #[test]
    fn rules_of_one_seed_do_not_draw_alike() {
        let mut rules = rules([503, 429].map(|status| Rule::status(status).ratio(0.2, 0)));
        for _ in 0..2_000 {
            decide(&mut rules, VISIT, Duration::ZERO);
        }
        let fired: Vec<u64> = rules.active().iter().map(|rule| rule.fired).collect();
        assert!((300..500).contains(&fired[0]), "{fired:?}");
        assert!((230..410).contains(&fired[1]), "{fired:?}");
    }

    #[test]
    fn the_first_that_fires_happens_and_the_other_keeps_its_count() {
        let mut rules = rules([Rule::status(503).count(1), Rule::status(429).count(1)]);
        let mut next = || status(&decide(&mut rules, VISIT, Duration::ZERO));
        assert_eq!([next(), next(), next()], [Some(503), Some(429), None]);
    }

    #[test]
    fn delays_add_up_and_go_with_another_fault() {
        let (least, most) = (Duration::from_millis(10), Duration::from_millis(30));
        let delay = || Rule::delay(least, most);
        let mut rules = rules([delay(), Rule::cut(CutAt::MidAnswer).every(2), delay()]);
        let mut drawn = Vec::new();
        for round in 0..100 {
            let decision = decide(&mut rules, VISIT, Duration::ZERO);
            assert!((least * 2..=most * 2).contains(&decision.delay));
            assert_eq!(decision.fault.is_some(), round % 2 == 1);
            let told = decision.told.unwrap();
            assert_eq!(matches!(told, Fault::Delay { .. }), round % 2 == 0);
            drawn.push(decision.delay);
        }
        drawn.dedup();
        assert_eq!(drawn.len(), 100);
    }

    #[test]
    fn a_restart_repeats_everything() {
        let rule = |seed| Rule::status(503).ratio(0.5, seed).count(20);
        let mut rules = rules([rule(1), rule(2)]);
        let first = refused(&mut rules, 100);
        rules.restart();
        assert!(rules.active().iter().all(|rule| rule.fired == 0));
        assert_eq!(refused(&mut rules, 100), first);
    }

    #[test]
    fn removed_rules_are_gone_and_their_numbers_too() {
        let mut rules = rules([Rule::status(503), Rule::status(429)]);
        assert!(rules.remove(0) && !rules.remove(0));
        assert_eq!(
            status(&decide(&mut rules, VISIT, Duration::ZERO)),
            Some(429)
        );
        rules.clear();
        assert_eq!(
            decide(&mut rules, VISIT, Duration::ZERO),
            Decision::default()
        );
        assert_eq!(rules.add(Rule::status(503)), 2);
    }
}
