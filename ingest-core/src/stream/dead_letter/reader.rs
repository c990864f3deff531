//! Reads dead letters back, the oldest first, to replay or count them. A line that is no letter is
//! an error in its place and does not end the reading. Writes nothing; shows no record in an error.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use serde_json::error::Category;

use super::names::{numbered, numbers};
use super::{DeadLetter, DeadLetterError};

/// The letters of a [`DeadLetterFile`](super::DeadLetterFile), the oldest first: those of the full
/// files in the order of their numbers, then those of the file itself as it is when its turn comes.
///
/// Each item is a letter or what is wrong in its place. After an error the reading goes on with the
/// next line, or with the next file if that one cannot be read on. While letters are still written,
/// the last line may be one that is half there, and full files that are deleted are missed.
///
/// ```
/// use ingest_core::stream::dead_letter::DeadLetterReader;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("dead.jsonl");
/// # std::fs::write(&path, "")?;
/// for letter in DeadLetterReader::open(path)? {
///     match letter {
///         Ok(letter) => println!("{}: {}", letter.code, letter.record.get()),
///         Err(error) => eprintln!("{error}"),
///     }
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DeadLetterReader {
    path: PathBuf,
    /// The number of the last full file that was begun.
    last: u32,
    place: Place,
}

#[derive(Debug)]
enum Place {
    BetweenFiles,
    In { lines: Lines, is_last: bool },
    End,
}

#[derive(Debug)]
struct Lines {
    path: PathBuf,
    /// The last line that was read, counted from 1.
    line: u64,
    input: BufReader<File>,
}

impl DeadLetterReader {
    /// Reads the file `path` and the full ones beside it (`dead.1.jsonl`, … for `dead.jsonl`). The
    /// name of a full file reads that one alone.
    ///
    /// # Errors
    /// When there is none of these files, or their folder cannot be read.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, DeadLetterError> {
        let path = path.into();
        let listed = numbers(&path).map_err(|source| cannot_open(&path, source))?;
        if listed.is_empty() {
            std::fs::metadata(&path).map_err(|source| cannot_open(&path, source))?;
        }
        Ok(Self {
            path,
            last: 0,
            place: Place::BetweenFiles,
        })
    }

    fn next_file(&mut self) -> Result<Place, DeadLetterError> {
        if let Some(place) = self.next_full_file()? {
            return Ok(place);
        }
        let live = match Lines::open(&self.path) {
            Ok(lines) => Place::In {
                lines,
                is_last: true,
            },
            Err(DeadLetterError::Open { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                Place::End
            }
            Err(error) => {
                self.place = Place::End;
                return Err(error);
            }
        };
        // What was the live file a moment ago may have become a full one.
        Ok(self.next_full_file()?.unwrap_or(live))
    }

    fn next_full_file(&mut self) -> Result<Option<Place>, DeadLetterError> {
        let listed = numbers(&self.path).map_err(|source| {
            self.place = Place::End;
            cannot_open(&self.path, source)
        })?;
        let Some(number) = listed.into_iter().find(|&number| number > self.last) else {
            return Ok(None);
        };
        self.last = number;
        let lines = Lines::open(&numbered(&self.path, number))?;
        Ok(Some(Place::In {
            lines,
            is_last: false,
        }))
    }
}

impl Iterator for DeadLetterReader {
    type Item = Result<DeadLetter, DeadLetterError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match &mut self.place {
                Place::End => return None,
                Place::BetweenFiles => match self.next_file() {
                    Ok(place) => self.place = place,
                    Err(error) => return Some(Err(error)),
                },
                Place::In { lines, is_last } => {
                    let item = lines.next_letter();
                    if !matches!(item, Some(Ok(_) | Err(DeadLetterError::Line { .. }))) {
                        self.place = if *is_last {
                            Place::End
                        } else {
                            Place::BetweenFiles
                        };
                    }
                    if item.is_some() {
                        return item;
                    }
                }
            }
        }
    }
}

impl Lines {
    fn open(path: &Path) -> Result<Self, DeadLetterError> {
        let file = File::open(path).map_err(|source| cannot_open(path, source))?;
        Ok(Self {
            path: path.to_owned(),
            line: 0,
            input: BufReader::new(file),
        })
    }

    /// The letter of the next line that is not empty; an empty one is what ended a torn one.
    fn next_letter(&mut self) -> Option<Result<DeadLetter, DeadLetterError>> {
        let mut line = Vec::new();
        loop {
            line.clear();
            match self.input.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => self.line += 1,
                Err(source) => return Some(Err(self.cannot_read(source))),
            }
            if !line.trim_ascii().is_empty() {
                return Some(self.parse(&line));
            }
        }
    }

    fn parse(&self, line: &[u8]) -> Result<DeadLetter, DeadLetterError> {
        serde_json::from_slice(line.trim_ascii()).map_err(|error| DeadLetterError::Line {
            path: self.path.clone(),
            line: self.line,
            reason: words(&error),
        })
    }

    fn cannot_read(&self, source: io::Error) -> DeadLetterError {
        DeadLetterError::Read {
            path: self.path.clone(),
            line: self.line,
            source,
        }
    }
}

fn cannot_open(path: &Path, source: io::Error) -> DeadLetterError {
    DeadLetterError::Open {
        path: path.to_owned(),
        source,
    }
}

/// What serde says of a line, without the values that it quotes where a type is wrong.
fn words(error: &serde_json::Error) -> String {
    let column = error.column();
    match error.classify() {
        Category::Eof => format!("the line ends in the middle, at column {column}"),
        Category::Data => {
            let text = error.to_string();
            match text.split_once(" at line ") {
                Some((missing, _)) if missing.starts_with("missing field") => missing.to_owned(),
                _ => format!("a value of another type or form at column {column}"),
            }
        }
        Category::Syntax | Category::Io => format!("not JSON at column {column}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::testing::{letter, text};
    use super::*;

    fn read(path: &Path) -> Vec<Result<DeadLetter, DeadLetterError>> {
        DeadLetterReader::open(path).unwrap().collect()
    }

    #[test]
    fn a_bad_line_is_named_and_does_not_end_the_reading() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dead.jsonl");
        let good = text(&letter("{}"));
        let unknown = good.replace("rejected", "ada");
        let no_code = good.replace(r#""code":"schema_mismatch","#, "");
        let torn = &good[..40];
        let lines = [
            &good, "\"ada\"", "", &unknown, &no_code, "{ada}", torn, &good,
        ];
        fs::write(&path, lines.join("\n")).unwrap();
        let shown: Vec<_> = read(&path)
            .iter()
            .map(|item| item.as_ref().map_or_else(ToString::to_string, text))
            .collect();
        let place = path.display();
        let wrong = "not a dead letter";
        let type_at = |line: u32| format!("{place}:{line}: {wrong}: a value of another type");
        assert_eq!(shown.len(), 7);
        assert_eq!((&shown[0], &shown[6]), (&good, &good));
        assert!(shown[1].starts_with(&type_at(2)), "{}", shown[1]);
        assert!(shown[2].starts_with(&type_at(4)), "{}", shown[2]);
        assert_eq!(
            shown[3],
            format!("{place}:5: {wrong}: missing field `code`")
        );
        assert_eq!(
            shown[4],
            format!("{place}:6: {wrong}: not JSON at column 2")
        );
        let torn = format!("{place}:7: {wrong}: the line ends in the middle, at column 40");
        assert_eq!(shown[5], torn);
        assert!(!shown.concat().contains("ada"), "errors show no record");
    }

    #[test]
    fn bytes_that_are_no_text_are_an_error_of_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dead.jsonl");
        let good = text(&letter(r#"{"a":"x"}"#));
        let mut bad = good.clone().into_bytes();
        let at = good.find("\"x\"").unwrap() + 1;
        bad[at] = 0xff;
        let zeros = vec![0; 4_096];
        fs::write(&path, [&bad, good.as_bytes(), &zeros].join(&b'\n')).unwrap();
        let lines: Vec<_> = read(&path)
            .into_iter()
            .map(|item| match item {
                Ok(_) => 0,
                Err(DeadLetterError::Line { line, .. }) => line,
                Err(other) => panic!("{other}"),
            })
            .collect();
        assert_eq!(lines, [1, 0, 3]);
    }

    #[test]
    fn full_files_come_first_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dead.jsonl");
        for (number, name) in [(2, "dead.2.jsonl"), (4, "dead.jsonl"), (3, "dead.10.jsonl")] {
            let line = text(&letter(&number.to_string())) + "\n";
            fs::write(folder.path().join(name), line).unwrap();
        }
        fs::create_dir(folder.path().join("dead.1.jsonl")).unwrap();
        let records: Vec<_> = read(&path)
            .iter()
            .map(|item| item.as_ref().map_or("?", |letter| letter.record.get()))
            .map(str::to_owned)
            .collect();
        assert_eq!(records, ["?", "2", "3", "4"]);

        fs::remove_file(&path).unwrap();
        let left = DeadLetterReader::open(&path).unwrap();
        assert_eq!(left.filter_map(Result::ok).count(), 2);
        assert_eq!(read(&folder.path().join("dead.2.jsonl")).len(), 1);
    }

    #[test]
    fn a_file_that_becomes_full_while_it_is_read_is_read_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dead.jsonl");
        let line = |number: u32| text(&letter(&number.to_string())) + "\n";
        fs::write(numbered(&path, 1), line(1)).unwrap();
        fs::write(&path, line(2)).unwrap();
        let mut reader = DeadLetterReader::open(&path).unwrap();
        let mut next = || {
            reader
                .next()
                .map(|item| item.unwrap().record.get().to_owned())
        };
        assert_eq!(next().as_deref(), Some("1"));
        fs::rename(&path, numbered(&path, 2)).unwrap();
        fs::write(&path, line(3)).unwrap();
        assert_eq!(next().as_deref(), Some("2"));
        assert_eq!(next().as_deref(), Some("3"));
        assert_eq!((next(), next()), (None, None));
    }

    #[test]
    fn no_file_at_all_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["dead.jsonl", "none/dead.jsonl"] {
            let path = folder.path().join(name);
            let error = DeadLetterReader::open(&path).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
