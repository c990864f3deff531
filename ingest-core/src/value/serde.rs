//! Serde's traits for the types of this module: each is its text, and is checked when it is read.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use crate::value::{Date, Email, Percent, Phone, Timestamp, Url};

macro_rules! as_text {
    ($($ty:ty),*) => {$(
        impl Serialize for $ty {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read(deserializer)
            }
        }
    )*};
}

as_text!(Date, Email, Percent, Phone, Timestamp, Url);

fn read<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: std::str::FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    let text = Cow::<str>::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back<T>(text: &str)
    where
        T: Serialize + for<'de> Deserialize<'de>,
    {
        let json = format!("\"{text}\"");
        let value: T = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        assert!(serde_json::from_str::<T>("\"\"").is_err());
        assert!(serde_json::from_str::<T>("7").is_err());
    }

    #[test]
    fn values_are_their_text_and_are_checked() {
        there_and_back::<Date>("2026-11-23");
        there_and_back::<Timestamp>("2026-11-23T10:00:00.000Z");
        there_and_back::<Email>("ada@example.com");
        there_and_back::<Phone>("+49 30 901820");
        there_and_back::<Percent>("12.5%");
        there_and_back::<Url>("https://example.com/");
    }
}
