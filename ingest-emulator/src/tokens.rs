//! The tokens a tenant has given out, and until when each is good.
//!
//! A token is known by being found here: its text says what a real one says, but proves nothing.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// More tokens than any test gives out; a client that asks without end must not fill the memory.
const KEPT: usize = 10_000;

/// Tokens of one sort.
#[derive(Default)]
pub(crate) struct Tokens {
    /// `None`: good for longer than the clock can tell.
    until: HashMap<String, Option<Instant>>,
    oldest_first: VecDeque<String>,
}

/// What a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Good,
    Expired,
    Unknown,
}

impl Tokens {
    pub(crate) fn add(&mut self, token: String, life: Duration) {
        if self.oldest_first.len() == KEPT
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.until.remove(&oldest);
        }
        self.oldest_first.push_back(token.clone());
        self.until.insert(token, Instant::now().checked_add(life));
    }

    pub(crate) fn standing(&self, token: &str) -> Standing {
        match self.until.get(token) {
            None => Standing::Unknown,
            Some(Some(until)) if Instant::now() >= *until => Standing::Expired,
            Some(_) => Standing::Good,
        }
    }

    /// Ends the life of every token given out so far.
    pub(crate) fn expire(&mut self) {
        let now = Instant::now();
        for until in self.until.values_mut() {
            *until = Some(now);
        }
    }

    /// Ends the life of one token; `false` if there was none to end.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        let good = self.standing(token) == Standing::Good;
        if good && let Some(until) = self.until.get_mut(token) {
            *until = Some(Instant::now());
        }
        good
    }
}

/// Text of this many random bytes, in the letters of URLs.
pub(crate) fn random_text<const BYTES: usize>() -> String {
    URL_SAFE_NO_PAD.encode(random::<BYTES>())
}

/// This many random bytes in lower-case hexadecimal digits.
pub(crate) fn random_hex<const BYTES: usize>() -> String {
    let digits = random::<BYTES>();
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A random UUID, with this between its parts.
pub(crate) fn random_uuid(separator: &str) -> String {
    let digits = random_hex::<16>();
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    parts.join(separator)
}

fn random<const BYTES: usize>() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives random numbers");
    bytes
}
