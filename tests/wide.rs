//! Wide records compile, and a schema that many structs share is read once.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::Command;

use ingest_tests::wide_crate::{Way, WideCrate};
use ingest_tests::workspace;

/// Kept between runs, so that the second run finds everything compiled.
fn folder() -> PathBuf {
    workspace().join("target/tests/wide")
}

fn wide(structs: usize, fields: usize) -> PathBuf {
    let way = Way::Ingest;
    let wide = WideCrate {
        way,
        structs,
        fields,
    };
    wide.write(&folder()).unwrap()
}

fn check(consumer: &Path) {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline"])
        .current_dir(consumer)
        .env("CARGO_TARGET_DIR", folder().join("target"))
        .env_remove("INGEST_SCHEMA_ROOT")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

#[test]
fn a_struct_of_a_thousand_fields_compiles() {
    check(&wide(1, 1_000));
}

#[test]
fn two_hundred_structs_of_fifty_fields_compile() {
    check(&wide(200, 50));
}

#[cfg(target_os = "linux")]
mod reading {
    use std::fs::File;
    use std::time::SystemTime;

    use nix::errno::Errno;
    use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};

    use super::*;

    /// Counts how often a file is opened from now on.
    struct Opened(Inotify);

    impl Opened {
        fn watch(file: &Path) -> Self {
            let inotify = Inotify::init(InitFlags::IN_NONBLOCK).unwrap();
            // The kernel merges equal events in a row, so it tells of closing as well.
            let events = AddWatchFlags::IN_OPEN | AddWatchFlags::IN_CLOSE;
            inotify.add_watch(file, events).unwrap();
            Self(inotify)
        }

        fn count(self) -> usize {
            let mut count = 0;
            loop {
                match self.0.read_events() {
                    Ok(events) => {
                        let opened = |mask: AddWatchFlags| mask.contains(AddWatchFlags::IN_OPEN);
                        count += events.iter().filter(|event| opened(event.mask)).count();
                    }
                    Err(Errno::EAGAIN) => return count,
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }

    /// Makes cargo compile the crate once more.
    fn touch(consumer: &Path) {
        let source = File::options()
            .append(true)
            .open(consumer.join("src/lib.rs"));
        source.unwrap().set_modified(SystemTime::now()).unwrap();
    }

    #[test]
    fn a_schema_of_two_hundred_structs_is_read_once_and_watched_once() {
        let consumer = wide(200, 3);
        check(&consumer);
        let opened = Opened::watch(&consumer.join("wide.yaml"));
        touch(&consumer);
        check(&consumer);
        // By the first derive for all, and by the one `include_bytes!`.
        assert_eq!(opened.count(), 2);
    }
}
