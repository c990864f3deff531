//! The file sink against real files, a full device, and writes that fall short.

use std::collections::BTreeSet;
use std::thread;

use super::super::testing::{letter, text};
use super::super::{DeadLetterReader, Operation, Outcome};
use super::*;

fn read(path: &Path) -> Vec<DeadLetter> {
    let letters = DeadLetterReader::open(path).unwrap();
    letters.collect::<Result<_, _>>().unwrap()
}

fn records(path: &Path) -> Vec<String> {
    let letters = read(path);
    letters.iter().map(|l| l.record.get().to_owned()).collect()
}

fn put(sink: &DeadLetterFile, number: usize) {
    sink.put(&letter(&number.to_string())).unwrap();
}

#[test]
fn a_line_has_the_documented_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let sink = DeadLetterFile::open(&path).unwrap();
    sink.put(&letter(r#"{"event_id": "e1","n":1.0e2}"#))
        .unwrap();
    let mut delete = letter(r#""e\"1""#);
    delete.operation = Operation::Delete;
    delete.outcome = Outcome::Expired;
    delete.field = None;
    sink.put(&delete).unwrap();
    delete.outcome = Outcome::Unsent;
    sink.put(&delete).unwrap();
    let head =
        r#"{"time":"2026-07-11T20:47:38.712Z","connector":"Web","object":"page_view","operation":"#;
    let reason = r##""reason":"#/revenue: expected type: Number, found: String""##;
    let lines = [
        format!(
            r#"{head}"upsert","outcome":"rejected","code":"schema_mismatch","field":"revenue",{reason},"record":{{"event_id": "e1","n":1.0e2}}}}"#
        ),
        format!(
            r#"{head}"delete","outcome":"expired","code":"schema_mismatch","field":null,{reason},"record":"e\"1"}}"#
        ),
        format!(
            r#"{head}"delete","outcome":"unsent","code":"schema_mismatch","field":null,{reason},"record":"e\"1"}}"#
        ),
    ];
    assert_eq!(fs::read_to_string(&path).unwrap(), lines.join("\n") + "\n");
}

#[test]
fn letters_come_back_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let huge = format!(r#"{{"text":"{}"}}"#, "ß\\n😀".repeat(25_000));
    assert!(huge.len() > 200_000);
    let odd = r#"{"a":"\u0000\ud800\"\\","b":1.0E+5,"a":  9007199254740993,"":null}"#;
    let mut letters = [letter(&huge), letter(odd), letter("{}")];
    letters[1].reason = "\"tab\t\" line\nbreak \u{2028} \0 😀".into();
    letters[1].connector = "ß\\".into();
    letters[2].field = None;
    let sink = DeadLetterFile::open(&path).unwrap();
    for letter in &letters {
        sink.put(letter).unwrap();
    }
    let back = read(&path);
    assert!(back.iter().map(text).eq(letters.iter().map(text)));
    assert_eq!(back[1].record.get(), odd);
    assert_eq!(back[1].reason, letters[1].reason);
}

#[test]
fn a_record_of_several_lines_becomes_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let sink = DeadLetterFile::open(&path).unwrap();
    sink.put(&letter("{\n\t\"a\": \"x\\ny\"\r\n}")).unwrap();
    assert_eq!(records(&path), ["{ \t\"a\": \"x\\ny\"  }"]);
}

#[test]
fn a_full_file_is_renamed_and_all_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let line = text(&letter("100")).len() as u64 + 1;
    let sink = DeadLetterFile::options()
        .max_bytes(3 * line)
        .open(&path)
        .unwrap();
    let all = 100..140;
    all.clone().for_each(|number| put(&sink, number));
    assert!(
        records(&path)
            .iter()
            .eq(&all.map(|n| n.to_string()).collect::<Vec<_>>())
    );
    assert_eq!(numbers(&path).unwrap(), (1..=13).collect::<Vec<_>>());
    assert_eq!(records(&numbered(&path, 1)), ["100", "101", "102"]);
    let largest = fs::metadata(numbered(&path, 2)).unwrap().len();
    assert_eq!(largest, 3 * line, "a file is filled to the byte");

    // What another run left counts.
    let sink = DeadLetterFile::options().max_bytes(1).open(&path).unwrap();
    put(&sink, 140);
    assert_eq!(records(&numbered(&path, 14)), ["139"]);
}

#[test]
fn old_files_are_deleted_on_request_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let sink = DeadLetterFile::options()
        .max_bytes(0)
        .keep(2)
        .open(&path)
        .unwrap();
    (0..6).for_each(|number| put(&sink, number));
    assert_eq!(records(&path), ["3", "4", "5"]);
    assert_eq!(numbers(&path).unwrap(), [4, 5]);
}

#[test]
fn a_torn_line_is_ended_before_the_next_letter() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    fs::write(&path, text(&letter("1")) + "\n{\"time\":\"20").unwrap();
    let sink = DeadLetterFile::open(&path).unwrap();
    put(&sink, 2);
    put(&sink, 3);
    let items: Vec<_> = DeadLetterReader::open(&path)
        .unwrap()
        .map(|item| item.map_or_else(|error| error.to_string(), |l| l.record.get().to_owned()))
        .collect();
    assert_eq!([&items[0], &items[2], &items[3]], ["1", "2", "3"]);
    assert!(items[1].contains("dead.jsonl:2: "), "{}", items[1]);
    assert_eq!(items.len(), 4);
}

#[test]
fn writers_do_not_mix_their_lines_even_while_files_fill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let filler = "x".repeat(5_000);
    // Two sinks on one file, as two processes have them.
    let open = || {
        DeadLetterFile::options()
            .max_bytes(100_000)
            .open(&path)
            .unwrap()
    };
    let sinks = [open(), open()];
    thread::scope(|scope| {
        for writer in 0..8 {
            let (sink, filler) = (&sinks[writer % 2], &filler);
            scope.spawn(move || {
                for number in 0..100 {
                    let record = format!(r#"["{writer}/{number}","{filler}"]"#);
                    sink.put(&letter(&record)).unwrap();
                }
            });
        }
    });
    let found: Vec<_> = records(&path)
        .iter()
        .map(|record| record.split('"').nth(1).unwrap().to_owned())
        .collect();
    let each = |writer| (0..100).map(move |number| format!("{writer}/{number}"));
    let expected: BTreeSet<_> = (0..8).flat_map(each).collect();
    assert_eq!(found.len(), 800);
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    assert!(numbers(&path).unwrap().len() >= 40);
}

#[cfg(unix)]
#[test]
fn new_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let sink = DeadLetterFile::options().max_bytes(1).open(&path).unwrap();
    (0..3).for_each(|number| put(&sink, number));
    for path in [&path, &numbered(&path, 1), &numbered(&path, 2)] {
        assert_eq!(mode(path), 0o600, "{}", path.display());
    }

    let shared = folder.path().join("shared.jsonl");
    fs::write(&shared, "").unwrap();
    fs::set_permissions(&shared, fs::Permissions::from_mode(0o640)).unwrap();
    put(&DeadLetterFile::open(&shared).unwrap(), 0);
    assert_eq!(mode(&shared), 0o640);
}

#[cfg(unix)]
#[test]
fn a_file_that_was_moved_away_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let moved = folder.path().join("moved");
    let sink = DeadLetterFile::open(&path).unwrap();
    put(&sink, 1);
    fs::rename(&path, &moved).unwrap();
    put(&sink, 2);
    fs::remove_file(&path).unwrap();
    put(&sink, 3);
    assert_eq!(
        (records(&moved), records(&path)),
        (vec!["1".into()], vec!["3".into()])
    );
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_renamed_grows_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dead.jsonl");
    let sink = DeadLetterFile::options().max_bytes(1).open(&path).unwrap();
    put(&sink, 1);
    // The last number there is stands in the way of the next.
    fs::write(numbered(&path, u32::MAX), "").unwrap();
    put(&sink, 2);
    put(&sink, 3);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 3);
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let error = DeadLetterFile::open(folder.path()).unwrap_err();
    assert!(matches!(error, DeadLetterError::NotAFile { .. }));
    let missing = folder.path().join("none").join("dead.jsonl");
    let error = DeadLetterFile::open(&missing).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("cannot open `{}`", missing.display())
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_that_names_the_file() {
    let path = PathBuf::from("/dev/full");
    let sink = DeadLetterFile {
        live: Mutex::new(Live {
            file: OpenOptions::new().append(true).open(&path).unwrap(),
            torn: false,
            overgrown: false,
        }),
        options: DeadLetterFile::options(),
        path,
    };
    let error = sink.put(&letter(r#"{"a":"secret"}"#)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot write a dead letter to `/dev/full`"
    );
    let DeadLetterError::Write { source, .. } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(source.kind(), io::ErrorKind::StorageFull);
    assert!(!format!("{error:?}{sink:?}").contains("secret"));
}

/// Takes so many bytes of each write.
struct Short {
    takes: Vec<io::Result<usize>>,
    taken: Vec<u8>,
}

impl Write for Short {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.takes.remove(0)?.min(bytes.len());
        self.taken.extend(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_write_that_falls_short_leaves_a_torn_line_and_the_letter_whole_or_an_error() {
    let all = usize::MAX;
    let full = || Err(io::ErrorKind::StorageFull.into());
    let interrupted = || Err(io::ErrorKind::Interrupted.into());
    let cases = [
        (vec![interrupted(), Ok(all)], true, "abc\n", false),
        (vec![Ok(2), Ok(all)], true, "ab\nabc\n", false),
        (vec![Ok(2), full()], false, "ab", true),
        (vec![Ok(2), Ok(1)], false, "ab\n", true),
        (vec![Ok(0), Ok(all)], true, "abc\n", false),
        (vec![full()], false, "", false),
    ];
    for (takes, is_ok, taken, torn) in cases {
        let file = Short {
            takes,
            taken: Vec::new(),
        };
        let mut live = Live {
            file,
            torn: false,
            overgrown: false,
        };
        assert_eq!(live.append(b"\nabc\n").is_ok(), is_ok);
        assert_eq!(std::str::from_utf8(&live.file.taken).unwrap(), taken);
        assert_eq!((live.torn, live.file.takes.len()), (torn, 0));
    }
}
