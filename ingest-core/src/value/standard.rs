//! Types of the standard library that can hold what the service cannot take, or cannot hold zero.

use std::num::{
    NonZeroI8, NonZeroI16, NonZeroI32, NonZeroI64, NonZeroI128, NonZeroIsize, NonZeroU8,
    NonZeroU16, NonZeroU32, NonZeroU64, NonZeroU128, NonZeroUsize,
};
use std::time::SystemTime;

use crate::kind::{DateTime, Number};
use crate::record::{Slot, ValueError, Written};
use crate::value::{FieldValue, TimeError, Timestamp};

impl FieldValue<DateTime> for SystemTime {
    fn write(&self, slot: Slot<'_, DateTime>) -> Result<Written, ValueError> {
        put_moment(slot, (*self).try_into())
    }
}

macro_rules! non_zero {
    ($($ty:ty)*) => {$(
        impl FieldValue<Number> for $ty {
            #[inline]
            fn write(&self, slot: Slot<'_, Number>) -> Result<Written, ValueError> {
                self.get().write(slot)
            }
        }
    )*};
}

non_zero! {
    NonZeroI8 NonZeroI16 NonZeroI32 NonZeroI64 NonZeroI128 NonZeroIsize
    NonZeroU8 NonZeroU16 NonZeroU32 NonZeroU64 NonZeroU128 NonZeroUsize
}

/// Writes a moment, or refuses one that the service cannot take.
pub(super) fn put_moment(
    slot: Slot<'_, DateTime>,
    moment: Result<Timestamp, TimeError>,
) -> Result<Written, ValueError> {
    match moment {
        Ok(moment) => slot.timestamp(moment),
        Err(error) => slot.refuse(error),
    }
}

#[cfg(test)]
mod tests {
    use std::num::{NonZero, NonZeroU8};
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use crate::kind::{DateTime, Number};
    use crate::value::TimeError;
    use crate::value::testing::{refused, sent};

    #[test]
    fn whole_numbers_that_are_not_zero() {
        assert_eq!(sent::<Number>(&NonZeroU8::MIN), "1");
        assert_eq!(sent::<Number>(&NonZero::<i128>::MIN), i128::MIN.to_string());
        assert_eq!(
            sent::<Number>(&NonZero::<usize>::MAX),
            usize::MAX.to_string()
        );
        assert_eq!(sent::<Number>(&None::<NonZeroU8>), "");
    }

    #[test]
    fn the_systems_time() {
        let before = UNIX_EPOCH - Duration::from_nanos(1);
        assert_eq!(sent::<DateTime>(&before), "1969-12-31T23:59:59.999Z");
        let last = UNIX_EPOCH + Duration::new(253_402_300_799, 999_999_999);
        assert_eq!(sent::<DateTime>(&last), "9999-12-31T23:59:59.999Z");
        let after: SystemTime = last + Duration::from_nanos(1);
        assert_eq!(refused::<DateTime>(&after), TimeError::OutOfRange.into());
    }
}
