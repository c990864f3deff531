//! Takes a request body apart into records or ids, without looking into a record.
//!
//! Both shapes of a body are taken: `{"data":[…]}` as documented, and a bare array. What is no JSON
//! ends here; what is JSON of the wrong content is for the check.

use axum::http::Uri;
use serde::Deserialize;

use crate::record::{Value, unescape};
use crate::scan::{Malformed, Scan};

/// The records of a body, one after the other.
#[derive(Debug)]
pub(crate) struct Records<'a> {
    scan: Scan<'a>,
    is_wrapped: bool,
    is_first: bool,
}

impl<'a> Records<'a> {
    pub(crate) fn of(body: &'a [u8]) -> Result<Self, Malformed> {
        let text = str::from_utf8(body).map_err(|_| Malformed)?;
        let mut scan = Scan::of(text);
        let is_wrapped = scan.peek() == Some(b'{');
        if is_wrapped {
            open(&mut scan, "data")?;
        } else {
            scan.expect(b'[')?;
        }
        Ok(Self {
            scan,
            is_wrapped,
            is_first: true,
        })
    }

    /// The scan that stands before the next record and must be taken past it, or `None` at the end
    /// of the body.
    pub(crate) fn next(&mut self) -> Result<Option<&mut Scan<'a>>, Malformed> {
        let first = std::mem::take(&mut self.is_first);
        if self.scan.next_item(first, b']')? {
            return Ok(Some(&mut self.scan));
        }
        if self.is_wrapped {
            self.scan.expect(b'}')?;
        }
        self.scan.end()?;
        Ok(None)
    }

    /// The text of every record.
    pub(crate) fn texts(mut self) -> Result<Vec<&'a str>, Malformed> {
        let mut texts = Vec::new();
        while let Some(scan) = self.next()? {
            texts.push(scan.value()?.0);
        }
        Ok(texts)
    }
}

/// Steps into the list of an object that has this one member and no other.
fn open(scan: &mut Scan<'_>, name: &str) -> Result<(), Malformed> {
    scan.expect(b'{')?;
    if unescape(scan.key()?) != name {
        return Err(Malformed);
    }
    scan.expect(b'[')
}

/// The keys to delete: the body's `{"ids":[…]}`, or without a body the query's `?ids=a,b`.
pub(crate) fn ids(body: &[u8], uri: &Uri) -> Result<Vec<String>, Malformed> {
    if body.trim_ascii().is_empty() {
        return ids_of_query(uri);
    }
    let text = str::from_utf8(body).map_err(|_| Malformed)?;
    let mut scan = Scan::of(text);
    open(&mut scan, "ids")?;
    let mut ids = Vec::new();
    while scan.next_item(ids.is_empty(), b']')? {
        ids.push(id(scan.value()?)?);
    }
    scan.expect(b'}')?;
    scan.end()?;
    Ok(ids)
}

/// A key is a string or, for objects that are keyed so, a number.
fn id(value: Value<'_>) -> Result<String, Malformed> {
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

    fn records(body: &[u8]) -> Result<Vec<&str>, Malformed> {
        Records::of(body)?.texts()
    }

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
