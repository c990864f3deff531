//! Every type of the standard library that can be sent, in every wrapping.
#![deny(warnings)]
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use ingest_core::value::{Email, Percent, Phone, Url};
use ingest_core::{Date, IngestRecord, Timestamp, json};

#[derive(IngestRecord)]
#[ingest(schema = "tests/ui/schemas/shop.yaml", object = "values")]
struct Values<'a, N> {
    boolean: &'a bool,
    date: Option<Date>,
    date_time: Rc<Timestamp>,
    email: &'a mut Option<Email>,
    number: N,
    percent: Box<Option<Percent>>,
    phone: Option<&'a Phone>,
    text: Option<Cow<'a, str>>,
    url: Arc<Option<Url>>,
}

#[derive(IngestRecord)]
#[ingest(
    schema = "tests/ui/schemas/shop.yaml",
    object = "note",
    rename_all = "kebab-case"
)]
struct Note {
    id: Arc<str>,
    user_id: Box<str>,
    #[ingest(rename = "TextLine")]
    r#type: char,
    #[ingest(skip)]
    _hidden: fn(),
}

fn number<N: ingest_core::FieldValue<ingest_core::kind::Number>>(number: N) -> String {
    let mut email = None;
    let values = Values {
        boolean: &true,
        date: None,
        date_time: Rc::new(Timestamp::now()),
        email: &mut email,
        number,
        percent: Box::new(None),
        phone: None,
        text: Some("x".into()),
        url: Arc::new(None),
    };
    let mut out = Vec::new();
    json::write(&values, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let (_, rest) = out.split_once("\"number\":").unwrap();
    rest.split_once(',').unwrap().0.to_owned()
}

fn main() {
    assert_eq!(number(-1_i8) + &number(2_i16) + &number(3_i32) + &number(4_i64), "-1234");
    assert_eq!(number(1_u8) + &number(2_u16) + &number(3_u32) + &number(4_u64), "1234");
    assert_eq!(number(1_i128) + &number(2_u128) + &number(3_isize) + &number(4_usize), "1234");
    assert_eq!(number(0.5_f32) + &number(Some(&2.5_f64)), "0.52.5");
    let note = Note { id: "n".into(), user_id: "u".into(), r#type: 'x', _hidden: main };
    let mut out = Vec::new();
    json::write(&note, &mut out).unwrap();
    assert_eq!(out, br#"{"id":"n","user-id":"u","TextLine":"x"}"#);
}
