//! Takes a request body apart into records or ids, without looking into a record.
//!
//! Both shapes of a body are taken: `{"data":[…]}` as documented, and a bare array. What is no JSON
//! ends here; what is JSON of the wrong content is for the check.

use axum::http::Uri;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::record::Value;

/// The body is no JSON, or not of the shape that the call takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ids<'a> {
    #[serde(borrow)]
    ids: Vec<&'a RawValue>,
}

/// The records of a body, each as the text it is.
pub(crate) fn records(body: &[u8]) -> Result<Vec<&str>, Malformed> {
    let text = str::from_utf8(body).map_err(|_| Malformed)?;
    let records = match text.trim_ascii_start().as_bytes().first() {
        Some(b'[') => serde_json::from_str(text),
        _ => serde_json::from_str::<Data<'_>>(text).map(|wrapped| wrapped.data),
    };
    let records: Vec<&RawValue> = records.map_err(|_| Malformed)?;
    Ok(records.into_iter().map(RawValue::get).collect())
}

/// The keys to delete: the body's `{"ids":[…]}`, or without a body the query's `?ids=a,b`.
pub(crate) fn ids(body: &[u8], uri: &Uri) -> Result<Vec<String>, Malformed> {
    if body.trim_ascii().is_empty() {
        return ids_of_query(uri);
    }
    let wrapped: Ids<'_> = serde_json::from_slice(body).map_err(|_| Malformed)?;
    wrapped.ids.into_iter().map(|raw| id(raw.get())).collect()
}

/// A key is a string or, for objects that are keyed so, a number.
fn id(text: &str) -> Result<String, Malformed> {
    let value = Value(text);
    let is_key = value.is_number() || value.first() == b'"';
    let key = value.as_key().into_owned();
    if is_key { Ok(key) } else { Err(Malformed) }
}

#[derive(Deserialize)]
struct IdsQuery {
    ids: String,
}

fn ids_of_query(uri: &Uri) -> Result<Vec<String>, Malformed> {
    let query = axum::extract::Query::<IdsQuery>::try_from_uri(uri).map_err(|_| Malformed)?;
    Ok(query.ids.split(',').map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_give_the_records_as_they_stand() {
        let expected = Ok(vec![r#"{"a": 1.0}"#, "7"]);
        assert_eq!(records(br#" {"data": [ {"a": 1.0} , 7 ]} "#), expected);
        assert_eq!(records(b"\n[{\"a\": 1.0},7]"), expected);
        assert_eq!(records(b"[]"), Ok(vec![]));
    }

    #[test]
    fn what_is_no_body_is_malformed() {
        for body in [
            "",
            "{}",
            "null",
            "[",
            "[{]",
            "[] []",
            "[{}},",
            r#"{"data":{}}"#,
            r#"{"data":[1],"more":2}"#,
            r#"{"data":[],"data":[]}"#,
            "{\"data\":[\"\n\"]}",
            "[01]",
            "[NaN]",
            "\u{feff}[]",
        ] {
            assert_eq!(records(body.as_bytes()), Err(Malformed), "{body}");
        }
        assert_eq!(records(b"[\"\xff\"]"), Err(Malformed));
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!("[{}{}]", "[".repeat(90_000), "]".repeat(90_000));
        assert_eq!(records(deep.as_bytes()).map(|records| records.len()), Ok(1));
    }

    #[test]
    fn ids_come_from_the_body_or_the_query() {
        let none = Uri::from_static("/x");
        let some = Uri::from_static("/x?ids=a,b%20c");
        let strings = |ids: &[&str]| Ok(ids.iter().map(|&id| id.to_owned()).collect());
        assert_eq!(
            ids(br#"{"ids":["a","7",8]}"#, &none),
            strings(&["a", "7", "8"])
        );
        assert_eq!(ids(b"", &some), strings(&["a", "b c"]));
        assert_eq!(ids(b"", &none), Err(Malformed));
        assert_eq!(ids(br#"{"ids":[null]}"#, &some), Err(Malformed));
    }
}
