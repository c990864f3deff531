//! `chrono`: date-times with any time zone, which are sent in UTC, and days.
//!
//! A leap second is sent as the first second after it, as everywhere where seconds are counted from
//! 1970.

use ::chrono::{DateTime, Datelike as _, NaiveDate, TimeZone, Utc};

use super::put_date;
use crate::kind;
use crate::record::{Slot, ValueError, Written};
use crate::value::standard::put_moment;
use crate::value::{Date, FieldValue, TimeError, Timestamp};

/// 1970-01-01, in days from 0001-01-01, which is day 1.
const EPOCH: i32 = 719_163;

impl<Tz: TimeZone> FieldValue<kind::DateTime> for DateTime<Tz> {
    fn write(&self, slot: Slot<'_, kind::DateTime>) -> Result<Written, ValueError> {
        put_moment(slot, Timestamp::from_millis(self.timestamp_millis()))
    }
}

impl FieldValue<kind::Date> for NaiveDate {
    fn write(&self, slot: Slot<'_, kind::Date>) -> Result<Written, ValueError> {
        put_date(slot, (*self).try_into())
    }
}

impl<Tz: TimeZone> TryFrom<DateTime<Tz>> for Timestamp {
    type Error = TimeError;

    /// Cuts what is finer than a millisecond, towards the past.
    fn try_from(time: DateTime<Tz>) -> Result<Self, TimeError> {
        Self::from_millis(time.timestamp_millis())
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(moment: Timestamp) -> Self {
        Self::from_timestamp_millis(moment.millis()).expect("BUG: chrono has more years")
    }
}

impl TryFrom<NaiveDate> for Date {
    type Error = TimeError;

    fn try_from(date: NaiveDate) -> Result<Self, TimeError> {
        Self::from_days(date.num_days_from_ce() - EPOCH)
    }
}

impl From<Date> for NaiveDate {
    fn from(date: Date) -> Self {
        Self::from_num_days_from_ce_opt(date.days() + EPOCH).expect("BUG: chrono has more years")
    }
}

#[cfg(test)]
mod tests {
    use ::chrono::FixedOffset;

    use super::*;
    use crate::value::testing::{refused, sent};

    fn moment(text: &str) -> DateTime<FixedOffset> {
        DateTime::parse_from_rfc3339(text).unwrap()
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
            ("2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.9999Z", "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(sent::<kind::DateTime>(&moment(text)), expected);
            let utc = moment(text).with_timezone(&Utc);
            assert_eq!(sent::<kind::DateTime>(&utc), expected);
        }
        // In UTC these are in the years -1 and 10000.
        for text in ["0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"] {
            assert_eq!(
                refused::<kind::DateTime>(&moment(text)),
                TimeError::OutOfRange.into()
            );
        }
        for far in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(
                refused::<kind::DateTime>(&far),
                TimeError::OutOfRange.into()
            );
        }
    }

    #[test]
    fn days() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        assert_eq!(sent::<kind::Date>(&day(2024, 2, 29)), "2024-02-29");
        assert_eq!(sent::<kind::Date>(&day(0, 1, 1)), "0000-01-01");
        assert_eq!(sent::<kind::Date>(&day(9999, 12, 31)), "9999-12-31");
        for far in [
            day(-1, 12, 31),
            day(10_000, 1, 1),
            NaiveDate::MIN,
            NaiveDate::MAX,
        ] {
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
            assert_eq!(DateTime::<Utc>::from(ours), moment(text));
            assert_eq!(Timestamp::try_from(DateTime::<Utc>::from(ours)), Ok(ours));
            let day = ours.date();
            assert_eq!(NaiveDate::from(day).to_string(), day.to_string());
            assert_eq!(Date::try_from(NaiveDate::from(day)), Ok(day));
        }
        assert_eq!(
            Timestamp::default(),
            DateTime::<Utc>::default().try_into().unwrap()
        );
        assert_eq!(Date::default(), NaiveDate::default().try_into().unwrap());
    }
}
