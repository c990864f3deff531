//! Every format against every other, over random records: JSON is what `serde_json` writes and reads,
//! its size is what was counted, CSV reads back to the same cells, and so on.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use ingest_core::key::KeyError;
use ingest_core::{
    Date, FieldValue, IngestRecord, Slot, Timestamp, ValueError, ValueProblem, Written, csv, json,
    key, kind, validate,
};
use serde::{Serialize, Serializer};

/// For JSON and CSV.
const RECORDS: usize = 100_000;
/// For the others.
const SOME: usize = 20_000;

#[derive(IngestRecord, Serialize, Default, Clone)]
#[ingest(schema = "tests/formats.yaml", object = "row")]
struct Row {
    #[serde(serialize_with = "shown")]
    changed_at: Timestamp,
    text: Option<String>,
    id: String,
    #[serde(rename = "a-name-of-more-than-twenty-eight-characters")]
    #[ingest(rename = "a-name-of-more-than-twenty-eight-characters")]
    other: String,
    double: f64,
    decimal: Option<f64>,
    single: f32,
    signed: i64,
    unsigned: u64,
    wide: i128,
    flag: bool,
    #[serde(serialize_with = "shown")]
    day: Date,
    #[serde(serialize_with = "shown")]
    moment: Timestamp,
}

/// What the formats must agree with is written by `Display`.
fn shown<S: Serializer>(value: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}

/// A generator of Marsaglia's xorshift family: the same records in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Mostly short and plain, sometimes long, often with what formats must escape.
    fn text(&mut self) -> String {
        const PIECES: [&str; 24] = [
            "a",
            "Ulm",
            "visitor",
            "0123456789abcdef",
            "plain words and more of them",
            "é",
            "東京",
            "\u{1f600}",
            "\u{10ffff}",
            "\"",
            "\\",
            ",",
            "\n",
            "\r\n",
            "\r",
            " ",
            "\t",
            "\0",
            "\u{1f}",
            "\u{7f}",
            "\u{feff}",
            "\u{2028}",
            ";",
            "'",
        ];
        let plain = self.below(2) == 0;
        let pieces = if self.below(20) == 0 { 40 } else { 5 };
        let piece = |random: &mut Self| random.pick(if plain { &PIECES[..5] } else { &PIECES });
        (0..self.below(pieces)).map(|_| piece(self)).collect()
    }

    fn double(&mut self) -> f64 {
        let number = f64::from_bits(self.next());
        if number.is_finite() {
            number
        } else {
            self.pick(&[0.0, -0.0, f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e21, 1e16])
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "any number will do")]
    fn decimal(&mut self) -> f64 {
        let digits = self.next() >> self.pick(&[8, 16, 32, 40, 48, 56]);
        let sign = self.pick(&[1.0, -1.0]);
        sign * digits as f64 / 10_f64.powi(self.pick(&[0, 1, 2, 3, 6, 7, 8, 9]))
    }

    /// Of every size, and at the edges of what types and doubles hold.
    fn integer(&mut self) -> u64 {
        let edge = self.pick(&[
            0,
            1 << 53,
            1 << 63,
            u64::MAX,
            100_000_000,
            10_000_000_000_000_000,
        ]);
        match self.below(4) {
            0 => edge.wrapping_add(self.next() % 5).wrapping_sub(2),
            _ => self.next() >> self.below(64),
        }
    }

    fn moment(&mut self) -> Timestamp {
        let (first, end) = (-62_167_219_200_000_i64, 253_402_300_800_000_i64);
        let millis = first + i64::try_from(self.next() % end.abs_diff(first)).unwrap();
        Timestamp::from_millis(self.pick(&[millis, first, end - 1, -1, 0])).unwrap()
    }

    fn row(&mut self) -> Row {
        let text = self.text();
        Row {
            changed_at: self.moment(),
            text: (self.below(3) > 0).then(|| self.text()),
            id: if text.is_empty() {
                "k".to_owned()
            } else {
                text
            },
            other: self.text(),
            double: self.double(),
            decimal: (self.below(3) > 0).then(|| self.decimal()),
            single: f32::from_bits(u32::try_from(self.next() >> 32).unwrap()),
            signed: i64::from_ne_bytes(self.integer().to_ne_bytes()),
            unsigned: self.integer(),
            wide: (i128::from(self.integer()) << 64 | i128::from(self.next())) >> self.below(128),
            flag: self.below(2) == 0,
            day: self.moment().date(),
            moment: self.moment(),
        }
    }
}

fn rows(seed: u64) -> impl Iterator<Item = Row> {
    let mut random = Random(seed);
    std::iter::repeat_with(move || random.row())
        .filter(|row| row.single.is_finite())
        .take(RECORDS)
}

#[test]
fn json_is_what_serde_json_writes_and_its_size_is_known() {
    let (mut out, mut expected) = (Vec::new(), Vec::new());
    for row in rows(1) {
        out.clear();
        expected.clear();
        json::write(&row, &mut out).unwrap();
        serde_json::to_writer(&mut expected, &row).unwrap();
        assert_eq!(str::from_utf8(&out), str::from_utf8(&expected));
        assert_eq!(json::size(&row), Ok(out.len()));
    }
}

#[test]
fn json_reads_back_as_the_same_values() {
    let mut out = Vec::new();
    for row in rows(2).take(SOME) {
        out.clear();
        json::write(&row, &mut out).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(read["id"], *row.id);
        assert_eq!(read["text"].as_str(), row.text.as_deref());
        assert_eq!(read["signed"].as_i64(), Some(row.signed));
        assert_eq!(read["unsigned"].as_u64(), Some(row.unsigned));
        assert_eq!(read["moment"].as_str().unwrap().parse(), Ok(row.moment));
        let text = str::from_utf8(&out).unwrap();
        let (_, rest) = text.split_once("\"double\":").unwrap();
        let double: f64 = rest.split_once(',').unwrap().0.parse().unwrap();
        assert_eq!(double.to_bits(), row.double.to_bits());
    }
}

#[test]
fn csv_reads_back_as_the_same_cells() {
    let mut out = Vec::new();
    csv::write_header::<Row>(&mut out);
    for row in rows(3) {
        csv::write(&row, &mut out).unwrap();
    }
    let mut reader = ::csv::ReaderBuilder::new().from_reader(&*out);
    let names: Vec<_> = Row::OBJECT.fields.iter().map(|field| field.name).collect();
    assert_eq!(reader.headers().unwrap(), names);
    let mut lines = reader.records();
    for row in rows(3) {
        assert_eq!(lines.next().unwrap().unwrap(), cells(&row));
    }
    assert!(lines.next().is_none());
}

fn cells(row: &Row) -> Vec<String> {
    let number = |number: f64| serde_json::to_string(&number).unwrap();
    vec![
        row.changed_at.to_string(),
        row.text.clone().unwrap_or_default(),
        row.id.clone(),
        row.other.clone(),
        number(row.double),
        row.decimal.map(number).unwrap_or_default(),
        serde_json::to_string(&row.single).unwrap(),
        row.signed.to_string(),
        row.unsigned.to_string(),
        row.wide.to_string(),
        row.flag.to_string(),
        row.day.to_string(),
        row.moment.to_string(),
    ]
}

#[test]
fn keys_and_lines_that_delete() {
    let (mut out, mut text) = (Vec::new(), String::new());
    for row in rows(4).take(SOME) {
        text.clear();
        key::write(&row, &mut text).unwrap();
        assert_eq!(text, row.id);
        csv::write_delete(&row, &mut out).unwrap();
    }
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(&*out);
    let mut lines = reader.records();
    for row in rows(4).take(SOME) {
        let line = lines.next().unwrap().unwrap();
        assert_eq!(line, vec![row.id, row.changed_at.to_string()]);
    }
    assert!(lines.next().is_none());
}

#[cfg(feature = "serde")]
#[test]
fn serde_sees_the_same_record() {
    use ingest_core::ser::Serializable;

    let (mut out, mut seen) = (Vec::new(), Vec::new());
    for row in rows(5).take(SOME) {
        out.clear();
        seen.clear();
        json::write(&row, &mut out).unwrap();
        serde_json::to_writer(&mut seen, &Serializable(&row)).unwrap();
        assert_eq!(str::from_utf8(&seen), str::from_utf8(&out));
    }
    let bad = Row {
        id: String::new(),
        ..Row::default()
    };
    let error = serde_json::to_string(&Serializable(&bad)).unwrap_err();
    assert!(error.to_string().contains("field `id`: the value is blank"));
}

/// Fails at the first byte.
#[cfg(feature = "serde")]
#[test]
fn the_serializers_own_error_is_not_lost() {
    struct Full;

    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is full"))
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let row = Row {
        id: "k".to_owned(),
        ..Row::default()
    };
    let error = serde_json::to_writer(Full, &ingest_core::ser::Serializable(&row)).unwrap_err();
    assert_eq!(error.to_string(), "the disk is full");
}

#[derive(IngestRecord)]
#[ingest(schema = "tests/formats.yaml", object = "lone")]
struct Lone<T> {
    note: T,
}

#[test]
fn csv_has_quotes_only_where_a_reader_needs_them() {
    let cases = [
        ("plain words; 'quoted'", "plain words; 'quoted'"),
        ("a,b", "\"a,b\""),
        ("say \"yes\"", "\"say \"\"yes\"\"\""),
        ("\"", "\"\"\"\""),
        ("two\nlines", "\"two\nlines\""),
        ("old\rmac", "\"old\rmac\""),
        (" before", "\" before\""),
        ("after\t", "\"after\t\""),
        ("\u{feff}mark", "\"\u{feff}mark\""),
        ("", "\"\""),
    ];
    for (note, line) in cases {
        let mut out = b"kept".to_vec();
        csv::write(&Lone { note }, &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), format!("kept{line}\r\n"));
    }
    let mut out = Vec::new();
    csv::write_header::<Lone<&str>>(&mut out);
    csv::write(&Lone { note: None::<char> }, &mut out).unwrap();
    assert_eq!(out, b"note\r\n\"\"\r\n");
}

/// Holds what no service takes, and says so.
struct Bad(&'static str);

impl FieldValue<kind::Text> for Bad {
    fn write(&self, slot: Slot<'_, kind::Text>) -> Result<Written, ValueError> {
        if self.0.is_empty() {
            slot.text("good")
        } else {
            slot.refuse(self.0)
        }
    }
}

#[test]
fn a_refusal_names_the_field_and_leaves_nothing() {
    let bad = Lone {
        note: Bad("it is bad"),
    };
    let mut out = b"kept".to_vec();
    for error in [
        json::write(&bad, &mut out),
        csv::write(&bad, &mut out),
        json::size(&bad).map(drop),
    ] {
        let error = error.unwrap_err();
        assert_eq!(error.to_string(), "field `note`: it is bad");
        assert_eq!(error.problem(), ValueProblem::Refused("it is bad"));
    }
    assert_eq!(out, b"kept");
    json::write(&Lone { note: Bad("") }, &mut out).unwrap();
    assert_eq!(out, br#"kept{"note":"good"}"#);
}

#[test]
fn a_panic_in_a_users_type_leaves_nothing() {
    struct Panics;

    impl FieldValue<kind::Text> for Panics {
        fn write(&self, _: Slot<'_, kind::Text>) -> Result<Written, ValueError> {
            std::panic::resume_unwind(Box::new("not printed"))
        }
    }

    let mut out = b"kept".to_vec();
    let write = std::panic::AssertUnwindSafe(|| json::write(&Lone { note: Panics }, &mut out));
    assert!(std::panic::catch_unwind(write).is_err());
    assert_eq!(out, b"kept");
}

#[test]
fn validate_finds_every_value_that_cannot_be_sent() {
    let good = Row {
        id: "k".to_owned(),
        ..Row::default()
    };
    assert_eq!(validate(&good), []);
    let bad = Row {
        double: f64::NAN,
        decimal: Some(f64::INFINITY),
        single: f32::NEG_INFINITY,
        ..Row::default()
    };
    let found = validate(&bad);
    let found: Vec<_> = found
        .iter()
        .map(|error| (error.field().name, error.problem()))
        .collect();
    assert_eq!(
        found,
        [
            ("id", ValueProblem::Blank),
            ("double", ValueProblem::NotFinite),
            ("decimal", ValueProblem::NotFinite),
            ("single", ValueProblem::NotFinite),
        ]
    );
    assert_eq!(validate(&Lone { note: Bad("why") }).len(), 1);
}

#[test]
fn what_has_no_key_cannot_be_deleted_and_what_cannot_be_sent_can() {
    let (mut out, mut text) = (b"kept".to_vec(), "kept".to_owned());
    let none = KeyError::NoPrimaryKey { object: "lone" };
    assert_eq!(
        key::write(&Lone { note: "x" }, &mut text),
        Err(none.clone())
    );
    assert_eq!(csv::write_delete(&Lone { note: "x" }, &mut out), Err(none));
    let blank = Row::default();
    for error in [
        key::write(&blank, &mut text),
        csv::write_delete(&blank, &mut out),
    ] {
        assert_eq!(
            error.unwrap_err().to_string(),
            json::size(&blank).unwrap_err().to_string()
        );
    }
    assert_eq!((&*out, &*text), (&b"kept"[..], "kept"));
    let unsent = Row {
        id: "k".to_owned(),
        double: f64::NAN,
        ..Row::default()
    };
    assert!(json::size(&unsent).is_err());
    key::write(&unsent, &mut text).unwrap();
    csv::write_delete(&unsent, &mut out).unwrap();
    assert_eq!(text, "keptk");
    assert_eq!(out, b"keptk,1970-01-01T00:00:00.000Z\r\n");
}

#[test]
fn records_take_no_allocation_of_their_own() {
    let rows: Vec<_> = rows(6).take(1_000).collect();
    let mut out = Vec::with_capacity(8_000_000);
    let mut text = String::with_capacity(8_000_000);
    let info = allocation_counter::measure(|| {
        for row in &rows {
            json::write(row, &mut out).unwrap();
            csv::write(row, &mut out).unwrap();
            csv::write_delete(row, &mut out).unwrap();
            key::write(row, &mut text).unwrap();
            json::size(row).unwrap();
            assert!(validate(row).is_empty());
        }
    });
    assert_eq!(info.count_total, 0);
}

/// Serde has no decimals: what an `f64` cannot hold is refused and not rounded.
#[cfg(feature = "serde")]
#[test]
fn serde_is_given_the_same_number_or_none() {
    use ingest_core::ser::Serializable;

    struct Digits(&'static str);
    impl FieldValue<kind::Number> for Digits {
        fn write(&self, slot: Slot<'_, kind::Number>) -> Result<Written, ValueError> {
            slot.digits(self.0)
        }
    }
    #[derive(IngestRecord)]
    #[ingest(unverified, object = "one", digest = "0000000000000000")]
    struct One {
        #[ingest(kind = "Number")]
        number: Digits,
    }
    let json = |digits| {
        serde_json::to_string(&Serializable(&One {
            number: Digits(digits),
        }))
    };
    for (digits, written) in [
        ("7", "7"),
        (
            "-340282366920938463463374607431768211",
            "-340282366920938463463374607431768211",
        ),
        ("1.50", "1.5"),
        ("0.1", "0.1"),
        ("-0.00", "-0.0"),
        ("1e3", "1000.0"),
    ] {
        assert_eq!(json(digits).unwrap(), format!("{{\"number\":{written}}}"));
    }
    for digits in ["1.0000000000000000000000000001", "0.12345678901234567890"] {
        let error = json(digits).unwrap_err().to_string();
        assert!(
            error.contains("field `number`: the number has more digits"),
            "{error}"
        );
    }
}
