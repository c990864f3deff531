//! The README's test runs: a doc test would only compile it.

mod visitor;

#[test]
fn the_readme_shows_what_runs_here() {
    let (_, shown) = include_str!("visitor.rs")
        .split_once("\n\n")
        .expect("the file begins with a comment");
    assert!(include_str!("../../README.md").contains(shown));
}
