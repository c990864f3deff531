//! A sink that keeps letters in memory, without a bound: for tests and short programs.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{DeadLetter, DeadLetterError, DeadLetters};

/// Keeps all letters in memory; for tests. `Debug` shows how many.
///
/// ```
/// use std::sync::Arc;
/// use ingest_core::stream::dead_letter::{DeadLetterLog, DeadLetters};
///
/// let log = Arc::new(DeadLetterLog::default());
/// let sink: Arc<dyn DeadLetters> = log.clone();
/// // … a stream that is given `sink` …
/// # drop(sink);
/// assert!(log.is_empty());
/// ```
#[derive(Default)]
pub struct DeadLetterLog {
    letters: Mutex<Vec<DeadLetter>>,
}

impl DeadLetterLog {
    /// All letters so far, the oldest first.
    pub fn letters(&self) -> Vec<DeadLetter> {
        self.lock().clone()
    }

    /// Takes the letters out, the oldest first.
    pub fn take(&self) -> Vec<DeadLetter> {
        std::mem::take(&mut *self.lock())
    }

    /// How many letters there are.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there is no letter.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<DeadLetter>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl DeadLetters for DeadLetterLog {
    fn put(&self, letter: &DeadLetter) -> Result<(), DeadLetterError> {
        self.lock().push(letter.clone());
        Ok(())
    }
}

impl fmt::Debug for DeadLetterLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetterLog")
            .field("letters", &self.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{letter, text};
    use super::*;

    #[test]
    fn letters_are_kept_in_order_until_they_are_taken() {
        let log = DeadLetterLog::default();
        let letters = [letter("{}"), letter(r#"{"a":"secret"}"#)];
        for letter in &letters {
            log.put(letter).unwrap();
        }
        assert_eq!(format!("{log:?}"), "DeadLetterLog { letters: 2 }");
        assert!(log.letters().iter().map(text).eq(letters.iter().map(text)));
        assert!(log.take().iter().map(text).eq(letters.iter().map(text)));
        assert!(log.is_empty());
    }
}
