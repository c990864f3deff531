//! `time`: date-times with an offset or in UTC, which are sent in UTC, and days. A leap second cannot
//! be had in `time`, which reads it as the last nanosecond before.

use ::time::{Date as TimeDate, OffsetDateTime, UtcDateTime};

use super::{moment_from_nanos, put_date};
use crate::kind;
use crate::record::{Slot, ValueError, Written};
use crate::value::standard::put_moment;
use crate::value::{Date, FieldValue, TimeError, Timestamp};

/// The Julian day of 1970-01-01.
const EPOCH: i32 = 2_440_588;

macro_rules! moments {
    ($($ty:ty)*) => {$(
        impl FieldValue<kind::DateTime> for $ty {
            fn write(&self, slot: Slot<'_, kind::DateTime>) -> Result<Written, ValueError> {
                put_moment(slot, (*self).try_into())
            }
        }

        impl TryFrom<$ty> for Timestamp {
            type Error = TimeError;

            /// Cuts what is finer than a millisecond, towards the past.
            fn try_from(time: $ty) -> Result<Self, TimeError> {
                moment_from_nanos(time.unix_timestamp_nanos())
            }
        }

        impl From<Timestamp> for $ty {
            fn from(moment: Timestamp) -> Self {
                let nanos = i128::from(moment.millis()) * 1_000_000;
                Self::from_unix_timestamp_nanos(nanos).expect("BUG: `time` has the same years")
            }
        }
    )*};
}

moments!(OffsetDateTime UtcDateTime);

impl FieldValue<kind::Date> for TimeDate {
    fn write(&self, slot: Slot<'_, kind::Date>) -> Result<Written, ValueError> {
        put_date(slot, (*self).try_into())
    }
}

impl TryFrom<TimeDate> for Date {
    type Error = TimeError;

    fn try_from(date: TimeDate) -> Result<Self, TimeError> {
        Self::from_days(date.to_julian_day() - EPOCH)
    }
}

impl From<Date> for TimeDate {
    fn from(date: Date) -> Self {
        Self::from_julian_day(date.days() + EPOCH).expect("BUG: `time` has the same years")
    }
}

#[cfg(test)]
mod tests {
    use ::time::{Duration, Month, UtcOffset};

    use super::*;
    use crate::value::testing::{refused, sent};

    fn day(year: i32, month: Month, day: u8) -> TimeDate {
        TimeDate::from_calendar_date(year, month, day).unwrap()
    }

    fn nanos(nanos: i128) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap()
    }

    #[test]
    fn moments() {
        let east = UtcOffset::from_hms(2, 0, 0).unwrap();
        let first = day(0, Month::January, 1).midnight();
        let last = day(9999, Month::December, 31)
            .with_hms_nano(23, 59, 59, 999_999_999)
            .unwrap();
        for (moment, expected) in [
            (
                nanos(1_784_000_000_007_999_999).to_offset(east),
                "2026-07-14T03:33:20.007Z",
            ),
            (nanos(-1), "1969-12-31T23:59:59.999Z"),
            (
                nanos(-2_208_988_799_999_900_000),
                "1900-01-01T00:00:00.000Z",
            ),
            (first.assume_utc(), "0000-01-01T00:00:00.000Z"),
            (last.assume_utc(), "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(sent::<kind::DateTime>(&moment), expected);
            assert_eq!(sent::<kind::DateTime>(&UtcDateTime::from(moment)), expected);
        }
        let late = last.assume_offset(UtcOffset::from_hms(-1, 0, 0).unwrap());
        for far in [
            first.assume_offset(east),
            late,
            (first - Duration::NANOSECOND).assume_utc(),
        ] {
            assert_eq!(
                refused::<kind::DateTime>(&far),
                TimeError::OutOfRange.into()
            );
        }
    }

    #[test]
    fn days() {
        assert_eq!(
            sent::<kind::Date>(&day(2024, Month::February, 29)),
            "2024-02-29"
        );
        assert_eq!(sent::<kind::Date>(&day(0, Month::January, 1)), "0000-01-01");
        assert_eq!(
            sent::<kind::Date>(&day(9999, Month::December, 31)),
            "9999-12-31"
        );
        for far in [day(-1, Month::December, 31), TimeDate::MIN] {
            assert_eq!(refused::<kind::Date>(&far), TimeError::OutOfRange.into());
        }
    }

    #[test]
    fn there_and_back() {
        for text in [
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999Z",
            "9999-12-31T23:59:59.999Z",
        ] {
            let ours: Timestamp = text.parse().unwrap();
            assert_eq!(Timestamp::try_from(OffsetDateTime::from(ours)), Ok(ours));
            assert_eq!(Timestamp::try_from(UtcDateTime::from(ours)), Ok(ours));
            let day = ours.date();
            assert_eq!(TimeDate::from(day).to_string(), day.to_string());
            assert_eq!(Date::try_from(TimeDate::from(day)), Ok(day));
        }
        assert_eq!(
            Timestamp::try_from(OffsetDateTime::UNIX_EPOCH),
            Ok(Timestamp::default())
        );
    }
}
