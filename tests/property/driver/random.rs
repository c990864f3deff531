//! Chance that repeats itself: the same seed gives the same draws on every machine.
//!
//! The generator is `SplitMix64`, which is small and mixes well enough to find hard cases. It knows nothing of what is
//! drawn.

/// A stream of draws.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of this name. Each thing that is drawn has its own, so that one draw more in one
    /// place changes no other place.
    pub(crate) fn of(seed: u64, name: &str) -> Self {
        let fold = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, fold))
    }

    /// 64 even bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number from 0 to `end - 1`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let bits = self.bits() % u64::try_from(end).expect("BUG: a usize has 64 bits or fewer");
        usize::try_from(bits).expect("BUG: it is below a usize")
    }

    /// True once in so many draws.
    pub(crate) fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }

    /// One of these.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Another order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}
