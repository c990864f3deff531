//! The sink that most people want: JSON lines in a file, one write for each letter, a new file when
//! one is full. Never truncates or overwrites; deletes only what it was told to, and says so. Knows
//! nothing of why a record became a letter.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::names::{numbered, numbers};
use super::{DeadLetter, DeadLetterError, DeadLetters};

/// Bytes after which a new file is begun, if nothing else is said: 100 MB.
const MAX_BYTES: u64 = 100_000_000;

/// Appends letters to a file, one JSON object a line:
///
/// ```json
/// {"time":"2026-07-11T20:47:38.712Z","connector":"Web","object":"page_view","operation":"upsert",
///  "outcome":"rejected","code":"schema_mismatch","field":"revenue","reason":"…","record":{"event_id":"e1"}}
/// ```
///
/// (on one line). `record` is the record's JSON byte for byte, apart from line breaks between its
/// values, which become blanks; for a delete it is the key as a string.
///
/// - A letter is one write to the operating system. It survives the end of this process, not a loss
///   of power before the system has written it to the disk.
/// - A file that would grow beyond 100 MB is renamed first: `dead.jsonl` to `dead.1.jsonl`, the next
///   one to `dead.2.jsonl`; the lowest number is the oldest. **All of them are kept** unless
///   [`keep`](DeadLetterFileOptions::keep) says otherwise. Where renaming fails, the file grows on,
///   with a warning.
/// - New files can be read by their owner alone, for records are users' data. A file that is there
///   already keeps its permissions.
/// - Several processes may write to one file: lines do not mix. One that finds the file renamed or
///   removed begins it anew (on Unix; elsewhere it goes on in the renamed file).
/// - A line that was torn by a crash or a full disk is ended before the next letter; the
///   [reader](super::DeadLetterReader) reports it in its place.
///
/// ```
/// use ingest_core::stream::dead_letter::{DeadLetterFile, DeadLetterReader, DeadLetters};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("dead.jsonl");
/// # let line = r#"{"time":"2026-07-11T20:47:38.712Z","connector":"Web","object":"page_view","operation":"upsert","outcome":"rejected","code":"schema_mismatch","field":null,"reason":"no","record":{}}"#;
/// # std::fs::write(&path, line)?;
/// # let letter = DeadLetterReader::open(&path)?.next().unwrap()?;
/// let sink = DeadLetterFile::open(&path)?;
/// sink.put(&letter)?;
/// assert_eq!(DeadLetterReader::open(&path)?.count(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct DeadLetterFile {
    path: PathBuf,
    options: DeadLetterFileOptions,
    live: Mutex<Live>,
}

/// How large a [`DeadLetterFile`] may grow, and how many full ones are kept.
///
/// ```
/// use ingest_core::stream::dead_letter::DeadLetterFile;
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("dead.jsonl");
/// let sink = DeadLetterFile::options().max_bytes(10_000_000).keep(10).open(path)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct DeadLetterFileOptions {
    max_bytes: u64,
    keep: Option<usize>,
}

impl Default for DeadLetterFileOptions {
    fn default() -> Self {
        Self {
            max_bytes: MAX_BYTES,
            keep: None,
        }
    }
}

impl DeadLetterFileOptions {
    /// Bytes a file may have; 100 MB by default. A letter that is larger alone has a file of its own.
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Keeps so many full files and deletes older ones, **with the letters in them**, with a warning
    /// for each. By default all are kept.
    pub fn keep(mut self, files: usize) -> Self {
        self.keep = Some(files);
        self
    }

    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// When the path is no file, its folder is not there, or it cannot be read and appended to.
    pub fn open(self, path: impl Into<PathBuf>) -> Result<DeadLetterFile, DeadLetterError> {
        let path = path.into();
        let live = Mutex::new(Live::open(&path)?);
        Ok(DeadLetterFile {
            path,
            options: self,
            live,
        })
    }
}

impl DeadLetterFile {
    /// Opens the file, or makes it, with the default [options](Self::options).
    ///
    /// # Errors
    /// When the path is no file, its folder is not there, or it cannot be read and appended to.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, DeadLetterError> {
        Self::options().open(path)
    }

    /// What may be different: the size of a file, and how many full ones are kept.
    pub fn options() -> DeadLetterFileOptions {
        DeadLetterFileOptions::default()
    }

    /// The file that is written, without the full ones.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes room for so many bytes. A file that cannot be renamed grows on: the letter matters more.
    fn make_room(&self, live: &mut Live, bytes: usize) -> Result<(), DeadLetterError> {
        let size = live.size().map_err(|source| self.cannot_write(source))?;
        if size == 0 || size.saturating_add(bytes as u64) <= self.options.max_bytes {
            return Ok(());
        }
        if let Err(error) = rotate(&self.path) {
            if !live.overgrown {
                let path = self.path.display();
                tracing::warn!(%path, %error, "the dead letter file is full and cannot be renamed");
            }
            live.overgrown = true;
            return Ok(());
        }
        *live = Live::open(&self.path)?;
        self.delete_old();
        Ok(())
    }

    /// Deletes the full files that are too many, if any may be.
    fn delete_old(&self) {
        let Some(keep) = self.options.keep else {
            return;
        };
        let deleted = numbers(&self.path).and_then(|numbers| {
            let old = numbers.len().saturating_sub(keep);
            numbers.iter().take(old).try_for_each(|&number| {
                let path = numbered(&self.path, number);
                fs::remove_file(&path)?;
                let path = path.display();
                tracing::warn!(%path, keep, "deleted the oldest dead letters");
                Ok(())
            })
        });
        if let Err(error) = deleted {
            let path = self.path.display();
            tracing::warn!(%path, %error, "old dead letter files cannot be deleted");
        }
    }

    fn cannot_write(&self, source: io::Error) -> DeadLetterError {
        DeadLetterError::Write {
            path: self.path.clone(),
            source,
        }
    }
}

impl DeadLetters for DeadLetterFile {
    fn put(&self, letter: &DeadLetter) -> Result<(), DeadLetterError> {
        let line = to_line(letter);
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if !live.is_at(&self.path) {
            *live = Live::open(&self.path)?;
        }
        let bytes = live.next_write(&line).len();
        self.make_room(&mut live, bytes)?;
        live.append(&line)
            .map_err(|source| self.cannot_write(source))
    }
}

/// A line break, to end a torn line with, and the letter as a line.
fn to_line(letter: &DeadLetter) -> Vec<u8> {
    let mut line = vec![b'\n'];
    serde_json::to_writer(&mut line, letter).expect("BUG: texts and JSON, into memory");
    // In JSON these can only stand between the values of the record.
    for byte in &mut line[1..] {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    line.push(b'\n');
    line
}

/// Renames the file to the next number. The number is taken by making an empty file of its name,
/// which only one process can, so that no full file is ever overwritten.
fn rotate(path: &Path) -> io::Result<()> {
    let full = take_number(path)?;
    match fs::rename(path, &full) {
        Ok(()) => Ok(()),
        Err(error) => {
            fs::remove_file(&full)?;
            // Another process was faster; the file is begun anew all the same.
            if error.kind() == io::ErrorKind::NotFound {
                return Ok(());
            }
            Err(error)
        }
    }
}

/// Makes an empty file with the number after the last, and returns its path.
fn take_number(path: &Path) -> io::Result<PathBuf> {
    let mut number = numbers(path)?.last().copied().unwrap_or(0);
    loop {
        number = number
            .checked_add(1)
            .ok_or_else(|| io::Error::other("no number is left"))?;
        let full = numbered(path, number);
        match private().write(true).create_new(true).open(&full) {
            Ok(_) => return Ok(full),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// How new files are made: for their owner's eyes.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The file that is appended to, generic so that a test can let writes fall short.
#[derive(Debug)]
struct Live<F = File> {
    file: F,
    /// The file ends in the middle of a line.
    torn: bool,
    /// It could not be renamed when it was full, and that was said.
    overgrown: bool,
}

impl Live {
    fn open(path: &Path) -> Result<Self, DeadLetterError> {
        // Before opening, for that would wait for the other end of a pipe.
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            let path = path.to_owned();
            return Err(DeadLetterError::NotAFile { path });
        }
        let open = || {
            let mut file = private().read(true).append(true).create(true).open(path)?;
            let torn = ends_torn(&mut file)?;
            Ok(Self {
                file,
                torn,
                overgrown: false,
            })
        };
        open().map_err(|source| DeadLetterError::Open {
            path: path.to_owned(),
            source,
        })
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    /// Whether the path still leads to this file, and not to another process's new one.
    #[cfg(unix)]
    fn is_at(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        match (self.file.metadata(), fs::metadata(path)) {
            (Ok(ours), Ok(there)) => (ours.dev(), ours.ino()) == (there.dev(), there.ino()),
            _ => false,
        }
    }

    #[cfg(not(unix))]
    fn is_at(&self, path: &Path) -> bool {
        path.exists()
    }
}

impl<F> Live<F> {
    /// What of a line of [`to_line`] is to be written: its first break only behind a torn line.
    fn next_write<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        if self.torn { line } else { &line[1..] }
    }
}

impl<F: Write> Live<F> {
    /// Appends a line of [`to_line`] with one write. One that falls short leaves a torn line, and
    /// the letter is written once more: the rest of it could end up behind another process's line,
    /// and only a second write brings to light why the first fell short.
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        for _ in 0..2 {
            let bytes = self.next_write(line);
            let written = write_once(&mut self.file, bytes)?;
            if written == bytes.len() {
                self.torn = false;
                return Ok(());
            }
            self.torn |= written > 0;
        }
        Err(io::ErrorKind::WriteZero.into())
    }
}

fn write_once(file: &mut impl Write, bytes: &[u8]) -> io::Result<usize> {
    loop {
        match file.write(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Whether the last byte ends no line.
fn ends_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests;
