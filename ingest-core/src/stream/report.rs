//! What became of the records of a stream, counted: every record that `send` took is in one of four
//! counts.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::chunk::Operation;
use super::halt::Halt;
use crate::body::MAX_BODY;

/// Different reasons that are counted one by one.
const MOST_REASONS: usize = 100;

/// Under this name the reasons beyond [`MOST_REASONS`] are counted.
const OTHER_REASONS: &str = "other reasons";

/// What became of the records of a stream that has been closed.
///
/// `read = accepted + rejected + expired + lost`. `lost` is 0 unless the stream halted, or the deadline
/// of `close_within` passed; the records are then in [`unsent`](Self::unsent), so that they are lost
/// only to whoever drops the report.
#[derive(Debug, Clone)]
#[must_use = "records may not have been accepted; ask `is_complete`"]
#[non_exhaustive]
pub struct Report {
    /// The counts.
    pub totals: Totals,
    /// How often each reason was given for a record that was rejected; at most 100 different ones,
    /// the others under "other reasons".
    pub reasons: BTreeMap<String, u64>,
    /// How many bodies were cut for which reason: `size`, `count`, `linger`, `operation`, `flush`,
    /// `close`, `pressure`.
    pub cuts: BTreeMap<&'static str, u64>,
    /// Records whose fate was open at the end.
    pub unsent: Vec<Unsent>,
    /// Why the stream halted, if it did and was not resumed.
    pub halt: Option<Halt>,
    /// From `open` to the end.
    pub elapsed: Duration,
}

/// Counts of a stream, from its beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// Records (and keys to delete) that were taken from the caller.
    pub read: u64,
    /// Records in requests that the tenant answered with a 2xx. It will look at them; that they are
    /// stored is not promised.
    pub accepted: u64,
    /// Records that the tenant refused.
    pub rejected: u64,
    /// Records that were not accepted before the delivery deadline.
    pub expired: u64,
    /// Records whose fate was open when the stream ended.
    pub lost: u64,
    /// Records that never were taken, because they cannot be sent; not part of `read`.
    pub invalid: u64,
    /// Requests that were sent, retries and those of isolation included.
    pub requests: u64,
    /// Requests that repeated one which brought no verdict.
    pub retries: u64,
    /// Records of requests that were repeated although the tenant may have processed them; harmless,
    /// because a record replaces itself.
    pub possibly_duplicated: u64,
    /// Bytes of the bodies that were accepted.
    pub bytes: u64,
    /// Bodies that were accepted at once.
    pub(crate) whole_bodies: u64,
    /// Their bytes.
    pub(crate) whole_bytes: u64,
}

impl Totals {
    /// Records whose fate is open.
    pub fn open(&self) -> u64 {
        self.read - self.accepted - self.rejected - self.expired - self.lost
    }
}

/// A record whose fate was open when the stream ended. `Debug` leaves it out: it is the user's.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unsent {
    /// What should have been done with it.
    pub operation: Operation,
    /// Its JSON; for a delete, the key as a JSON string.
    pub record: String,
}

impl fmt::Debug for Unsent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsent")
            .field("operation", &self.operation)
            .field("bytes", &self.record.len())
            .finish_non_exhaustive()
    }
}

impl Report {
    /// Whether every record was accepted.
    pub fn is_complete(&self) -> bool {
        self.totals.accepted == self.totals.read
    }

    /// How full the accepted bodies were of the bytes allowed, from 0 to 1.
    pub fn body_fill(&self) -> f64 {
        match self.totals.whole_bodies {
            0 => 0.0,
            bodies => to_f64(self.totals.whole_bytes) / (to_f64(bodies) * to_f64(MAX_BODY as u64)),
        }
    }

    /// Accepted records a second.
    pub fn records_per_second(&self) -> f64 {
        let seconds = self.elapsed.as_secs_f64();
        if seconds > 0.0 {
            to_f64(self.totals.accepted) / seconds
        } else {
            0.0
        }
    }
}

/// Counts one more of a reason, within bounds.
pub(crate) fn count_reason(reasons: &mut BTreeMap<String, u64>, reason: &str) {
    let known = reasons.len() < MOST_REASONS || reasons.contains_key(reason);
    let reason = if known { reason } else { OTHER_REASONS };
    *reasons.entry(reason.to_owned()).or_default() += 1;
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn to_f64(count: u64) -> f64 {
    count as f64
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Totals {
            read,
            accepted,
            requests,
            retries,
            bytes,
            ..
        } = self.totals;
        write!(
            f,
            "{accepted} of {read} records accepted in {requests} requests ({retries} retries, {bytes} bytes, {:.2} s)",
            self.elapsed.as_secs_f64()
        )?;
        let others = [
            (self.totals.rejected, "rejected"),
            (self.totals.expired, "expired"),
            (self.totals.lost, "not sent"),
            (
                self.totals.invalid,
                "never taken, because they cannot be sent",
            ),
            (self.totals.possibly_duplicated, "possibly sent twice"),
        ];
        for (count, what) in others.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, "\n{count} {what}")?;
        }
        for (reason, count) in &self.reasons {
            write!(f, "\n  {count} x {reason}")?;
        }
        match &self.halt {
            Some(halt) => write!(f, "\nthe stream halted: {halt}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_bounded_and_none_is_uncounted() {
        let mut reasons = BTreeMap::new();
        for nth in 0..1_000 {
            count_reason(&mut reasons, &format!("reason {nth}"));
            count_reason(&mut reasons, "reason 0");
        }
        assert_eq!(reasons.len(), MOST_REASONS + 1);
        assert_eq!(reasons["reason 0"], 1_001);
        assert_eq!(reasons.values().sum::<u64>(), 2_000);
    }
}
