//! What became of each record, kept per chunk: a receipt is a chunk and a place in it, so that a record
//! costs no channel of its own.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use crate::watched::Watched;

/// What became of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// The tenant answered with a 2xx: it will look at the record. That it is stored is not promised.
    Accepted,
    /// The tenant refused the record; it went to the dead letters, if there are any.
    Rejected(Rejection),
    /// It was not accepted before the delivery deadline; it went to the dead letters, if there are any.
    Expired,
    /// The stream ended before the record was accepted. It is in the report's unsent records, and the
    /// tenant may have accepted it all the same if its request was under way.
    Unsent,
}

/// Why the tenant refused a record. Shows no value of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection(Arc<Reason>);

#[derive(Debug, PartialEq, Eq)]
struct Reason {
    code: &'static str,
    field: Option<String>,
    text: String,
}

impl Rejection {
    pub(crate) fn new(code: &'static str, field: Option<String>, text: String) -> Self {
        Self(Arc::new(Reason { code, field, text }))
    }

    /// A short name that programs can rely on, such as `schema_mismatch`.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The field, where the tenant names one.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The tenant's words, without values.
    pub fn reason(&self) -> &str {
        &self.0.text
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.text)
    }
}

/// Tells what becomes of one record. Cheap to keep and to clone; dropping it changes nothing.
#[derive(Clone)]
pub struct Receipt {
    pub(crate) fates: Arc<Fates>,
    pub(crate) index: u32,
}

impl Receipt {
    /// What became of the record, once that is known.
    pub async fn fate(&self) -> Fate {
        self.fates.wait(self.index).await
    }

    /// What became of the record; `None` while it waits or is under way.
    pub fn try_fate(&self) -> Option<Fate> {
        self.fates.get(self.index)
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receipt")
            .field("fate", &self.try_fate())
            .finish_non_exhaustive()
    }
}

/// The fates of a chunk's records.
#[derive(Debug, Default)]
pub(crate) struct Fates {
    known: Watched<Known>,
}

/// Runs of records with one fate, in the order of settling; all others are open.
#[derive(Debug, Default)]
struct Known {
    runs: Vec<(Range<u32>, Fate)>,
    /// Records whose fate is known.
    settled: u32,
    /// Records of the chunk, once it takes no more.
    records: Option<u32>,
}

impl Known {
    fn get(&self, index: u32) -> Option<Fate> {
        let run = self.runs.iter().find(|(range, _)| range.contains(&index));
        run.map(|(_, fate)| fate.clone())
    }
}

impl Fates {
    pub(crate) fn get(&self, index: u32) -> Option<Fate> {
        self.known.now().get(index)
    }

    /// Records have one fate and keep it: whoever settles a range has not settled it before.
    pub(crate) fn settle(&self, range: Range<u32>, fate: Fate) {
        self.known.change(|known| {
            known.settled += range.end - range.start;
            known.runs.push((range, fate));
            true
        });
    }

    /// The chunk has left, and takes no further record.
    pub(crate) fn complete(&self, records: u32) {
        self.known.change(|known| {
            known.records = Some(records);
            true
        });
    }

    /// Waits until the chunk has left and every fate is known.
    pub(crate) async fn all(&self) {
        let all = |known: &Known| (known.records == Some(known.settled)).then_some(());
        self.known.wait_for(all).await;
    }

    async fn wait(&self, index: u32) -> Fate {
        self.known.wait_for(|known| known.get(index)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fate_is_known_for_its_range_alone() {
        let fates = Arc::new(Fates::default());
        let receipt = |index| Receipt {
            fates: Arc::clone(&fates),
            index,
        };
        assert_eq!(receipt(0).try_fate(), None);
        let rejection = Rejection::new("schema_mismatch", None, "no".into());
        fates.settle(1..2, Fate::Rejected(rejection.clone()));
        fates.settle(0..1, Fate::Accepted);
        assert_eq!(receipt(0).try_fate(), Some(Fate::Accepted));
        assert_eq!(receipt(1).try_fate(), Some(Fate::Rejected(rejection)));
        assert_eq!(receipt(2).try_fate(), None);
    }

    #[tokio::test]
    async fn whoever_waits_is_told() {
        let fates = Arc::new(Fates::default());
        let receipt = Receipt {
            fates: Arc::clone(&fates),
            index: 7,
        };
        let waiting = tokio::spawn(async move { receipt.fate().await });
        tokio::task::yield_now().await;
        fates.settle(0..7, Fate::Accepted);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        fates.settle(7..8, Fate::Expired);
        assert_eq!(waiting.await.unwrap(), Fate::Expired);
    }
}
