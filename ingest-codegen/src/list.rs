//! Lists of names inside messages, short enough to be read.

/// The names in backticks, cut at eight.
pub(crate) fn quoted(names: &[impl AsRef<str>]) -> String {
    const MOST: usize = 8;
    let shown: Vec<_> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    match names.len().checked_sub(MOST) {
        Some(more @ 1..) => format!("{} and {more} more", shown.join(", ")),
        _ => shown.join(", "),
    }
}
