//! `jiff`: timestamps and zoned date-times, which are sent in UTC, and civil days.
//!
//! jiff's timestamps end a day before the year does, so that every time zone can show them; that is
//! why ours become jiff's only if they are not in those last hours.

use ::jiff::civil;
use ::jiff::{Timestamp as JiffTimestamp, ZonedDateTime};

use super::{moment_from_nanos, put_date};
use crate::kind;
use crate::record::{Slot, ValueError, Written};
use crate::value::standard::put_moment;
use crate::value::{Date, FieldValue, TimeError, Timestamp};

impl FieldValue<kind::DateTime> for JiffTimestamp {
    fn write(&self, slot: Slot<'_, kind::DateTime>) -> Result<Written, ValueError> {
        put_moment(slot, (*self).try_into())
    }
}

impl FieldValue<kind::DateTime> for ZonedDateTime {
    fn write(&self, slot: Slot<'_, kind::DateTime>) -> Result<Written, ValueError> {
        put_moment(slot, self.try_into())
    }
}

impl FieldValue<kind::Date> for civil::Date {
    fn write(&self, slot: Slot<'_, kind::Date>) -> Result<Written, ValueError> {
        put_date(slot, (*self).try_into())
    }
}

impl TryFrom<JiffTimestamp> for Timestamp {
    type Error = TimeError;

    /// Cuts what is finer than a millisecond, towards the past.
    fn try_from(time: JiffTimestamp) -> Result<Self, TimeError> {
        moment_from_nanos(time.as_nanosecond())
    }
}

impl TryFrom<&ZonedDateTime> for Timestamp {
    type Error = TimeError;

    /// Cuts what is finer than a millisecond, towards the past.
    fn try_from(time: &ZonedDateTime) -> Result<Self, TimeError> {
        time.timestamp().try_into()
    }
}

impl TryFrom<Timestamp> for JiffTimestamp {
    type Error = TimeError;

    /// Fails within the last hours of the year 9999, which jiff has not.
    fn try_from(moment: Timestamp) -> Result<Self, TimeError> {
        Self::from_millisecond(moment.millis()).map_err(|_| TimeError::OutOfRange)
    }
}

impl TryFrom<civil::Date> for Date {
    type Error = TimeError;

    fn try_from(date: civil::Date) -> Result<Self, TimeError> {
        let small = |number: i8| u8::try_from(number).map_err(|_| TimeError::NotInCalendar);
        Self::new(date.year().into(), small(date.month())?, small(date.day())?)
    }
}

impl From<Date> for civil::Date {
    fn from(date: Date) -> Self {
        const SMALL: &str = "BUG: years have four digits, months and days are below 32";
        let (year, month, day) = date.ymd();
        let year = i16::try_from(year).expect(SMALL);
        let small = |number: u8| i8::try_from(number).expect(SMALL);
        Self::new(year, small(month), small(day)).expect("BUG: both have the same calendar")
    }
}

#[cfg(test)]
mod tests {
    use ::jiff::tz::{TimeZone, offset};

    use super::*;
    use crate::value::testing::{refused, sent};

    fn moment(text: &str) -> JiffTimestamp {
        text.parse().unwrap()
    }

    #[test]
    fn moments() {
        for (text, expected) in [
            (
                "2026-07-11T22:47:38.712999999+02:00",
                "2026-07-11T20:47:38.712Z",
            ),
            ("1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999Z"),
            ("1900-01-01T00:00:00.0001Z", "1900-01-01T00:00:00.000Z"),
            // jiff has no leap seconds.
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.000Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
        ] {
            assert_eq!(sent::<kind::DateTime>(&moment(text)), expected);
            let zoned = moment(text).to_zoned_datetime(TimeZone::fixed(offset(-8)));
            assert_eq!(sent::<kind::DateTime>(&zoned), expected);
        }
        let early = moment("-000001-12-31T23:59:59.999999999Z");
        assert_eq!(
            refused::<kind::DateTime>(&early),
            TimeError::OutOfRange.into()
        );
        let zoned = JiffTimestamp::MIN.to_zoned_datetime(TimeZone::UTC);
        assert_eq!(
            refused::<kind::DateTime>(&zoned),
            TimeError::OutOfRange.into()
        );
        // The year 10000 cannot be had in jiff.
        assert!(sent::<kind::DateTime>(&JiffTimestamp::MAX).starts_with("9999-12-30T"));
    }

    #[test]
    fn days() {
        assert_eq!(sent::<kind::Date>(&civil::date(2024, 2, 29)), "2024-02-29");
        assert_eq!(sent::<kind::Date>(&civil::date(0, 1, 1)), "0000-01-01");
        assert_eq!(sent::<kind::Date>(&civil::Date::MAX), "9999-12-31");
        for far in [civil::date(-1, 12, 31), civil::Date::MIN] {
            assert_eq!(refused::<kind::Date>(&far), TimeError::OutOfRange.into());
        }
    }

    #[test]
    fn there_and_back() {
        for text in [
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999Z",
            "9999-12-30T22:00:00Z",
        ] {
            let ours: Timestamp = text.parse().unwrap();
            assert_eq!(JiffTimestamp::try_from(ours), Ok(moment(text)));
            assert_eq!(Timestamp::try_from(moment(text)), Ok(ours));
            let day = ours.date();
            assert_eq!(civil::Date::from(day).to_string(), day.to_string());
            assert_eq!(Date::try_from(civil::Date::from(day)), Ok(day));
        }
        let last: Timestamp = "9999-12-31T23:59:59.999Z".parse().unwrap();
        assert_eq!(JiffTimestamp::try_from(last), Err(TimeError::OutOfRange));
        assert_eq!(
            Timestamp::try_from(JiffTimestamp::default()),
            Ok(Timestamp::default())
        );
    }
}
