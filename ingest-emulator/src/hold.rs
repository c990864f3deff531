//! Counts the bytes of bodies that are in memory at once, so that many long ones cannot fill it.
//!
//! A count that is given back when the request is over; it holds no body itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What one request holds of the whole.
#[derive(Debug)]
pub(crate) struct Hold {
    all: Arc<AtomicUsize>,
    mine: usize,
    most: usize,
}

impl Hold {
    pub(crate) fn new(all: &Arc<AtomicUsize>, most: usize) -> Self {
        Self {
            all: Arc::clone(all),
            mine: 0,
            most,
        }
    }

    /// Takes so many bytes more; `false` if all requests together would hold too many.
    pub(crate) fn grow(&mut self, bytes: usize) -> bool {
        let before = self.all.fetch_add(bytes, Ordering::Relaxed);
        self.mine += bytes;
        before.saturating_add(bytes) <= self.most
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.all.fetch_sub(self.mine, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_gives_its_bytes_back() {
        let all = Arc::default();
        let mut first = Hold::new(&all, 100);
        let mut second = Hold::new(&all, 100);
        assert!(first.grow(60) && second.grow(40) && !second.grow(1));
        drop(second);
        assert!(first.grow(40) && !first.grow(1));
        drop(first);
        assert_eq!(all.load(Ordering::Relaxed), 0);
    }
}
