//! Paths as their user wrote them, the same on every platform.
//!
//! Text alone; opens no file.

use std::path::Path;

/// A path as it is written into code and messages: with `/` on every platform, without `./`.
pub fn display_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text = if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    };
    match text.strip_prefix("./") {
        Some(rest) if !rest.is_empty() => rest.into(),
        _ => text,
    }
}
