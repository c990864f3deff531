//! How many retries the accepted bodies pay for. Decides only whether a retry is paid; one that is not
//! waits longer, and none is refused.

/// Counts tenths, as each accepted body pays a tenth of a retry and tenths do not add up in floats.
const PRICE: u32 = 10;
const CAP: u32 = 32 * PRICE;

/// Whether a retry was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Funds {
    Enough,
    /// More fails than passes: whoever retries is to do so slowly.
    Spent,
}

/// Pays 32 retries at first, and one more for every ten bodies that are accepted, up to 32 again.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    tenths: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self { tenths: CAP }
    }
}

impl Budget {
    /// A body was accepted.
    pub(crate) fn accepted(&mut self) {
        self.tenths = (self.tenths + 1).min(CAP);
    }

    /// A body is to be sent again.
    pub(crate) fn retry(&mut self) -> Funds {
        match self.tenths.checked_sub(PRICE) {
            Some(left) => {
                self.tenths = left;
                Funds::Enough
            }
            None => Funds::Spent,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn paid(budget: &mut Budget, retries: usize) -> usize {
        let funds = (0..retries).map(|_| budget.retry());
        funds.filter(|funds| *funds == Funds::Enough).count()
    }

    #[test]
    fn it_pays_32_retries_and_then_one_for_ten_accepted_bodies() {
        let mut budget = Budget::default();
        assert_eq!(paid(&mut budget, 100), 32);
        (0..9).for_each(|_| budget.accepted());
        assert_eq!(paid(&mut budget, 1), 0, "nine do not pay for it");
        budget.accepted();
        assert_eq!(paid(&mut budget, 2), 1);
    }

    #[test]
    fn it_saves_no_more_than_the_cap() {
        let mut budget = Budget::default();
        (0..10_000).for_each(|_| budget.accepted());
        assert_eq!(paid(&mut budget, 100), 32);
    }

    proptest! {
        #[test]
        fn retries_are_at_most_32_and_a_tenth_of_what_was_accepted(
            events in prop::collection::vec(any::<bool>(), 0..2_000),
        ) {
            let mut budget = Budget::default();
            let (mut accepted, mut retries) = (0, 0);
            for is_accepted in events {
                if is_accepted {
                    budget.accepted();
                    accepted += 1;
                } else {
                    retries += paid(&mut budget, 1);
                }
                prop_assert!(retries <= 32 + accepted / 10);
            }
        }
    }
}
