//! Finds the schema file, reads it once per compiler process, and makes the compiler watch it.
//!
//! rust-analyzer expands every crate of a workspace in one process that lives for days: what is
//! cached goes by canonical path, time and length, and what is tracked goes by crate as well.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::SystemTime;
use std::{env, fs, io};

use ingest_schema::{ReadError, Schema};
use proc_macro2::TokenStream;
use quote::quote;

use crate::ast::Record;
use crate::ctxt::Ctxt;
use crate::message;

/// Names another folder than the crate's for relative schema paths.
const ROOT_VARIABLE: &str = "INGEST_SCHEMA_ROOT";

/// The schema file of structs that name none; set by `ingest_codegen::build`, and set to nothing
/// when a build.rs builds several.
const DEFAULT_VARIABLE: &str = "INGEST_SCHEMA";

/// The folder that relative paths start from.
pub(crate) struct Root {
    folder: PathBuf,
    default_file: Option<String>,
}

/// A schema that was read.
pub(crate) struct File {
    /// The path as the user wrote it; messages show no other.
    pub(crate) shown: String,
    pub(crate) schema: Arc<Schema>,
    /// Code that makes a change of the file, or of its root, recompile the crate.
    pub(crate) tracking: TokenStream,
}

impl Root {
    pub(crate) fn of_crate() -> Self {
        let folder = |name| env::var_os(name).map(PathBuf::from).unwrap_or_default();
        // The compiler's own working folder is the workspace's root or the crate's, as cargo likes.
        let folder = folder("CARGO_MANIFEST_DIR").join(folder(ROOT_VARIABLE));
        Self {
            folder,
            default_file: env::var(DEFAULT_VARIABLE).ok(),
        }
    }

    /// Reads the schema that the record names; `None` if it cannot be used, which is reported.
    pub(crate) fn load(&self, ctxt: &Ctxt, record: &Record<'_>) -> Option<File> {
        let literal = record.attrs.schema.as_ref();
        let report = |text: String| match literal {
            Some(literal) => ctxt.error_at(literal, text),
            None => ctxt.error_at(record.ident, text),
        };
        let shown = match (literal, &self.default_file) {
            (Some(literal), _) => literal.value(),
            (None, Some(file)) if !file.is_empty() => file.clone(),
            (None, Some(_)) => {
                report(message::several_schemas());
                return None;
            }
            (None, None) => {
                report(message::no_schema());
                return None;
            }
        };
        let path = match fs::canonicalize(self.folder.join(&shown)) {
            Ok(path) => path,
            Err(error) => {
                report(self.not_found(&shown, &error));
                return None;
            }
        };
        match read_cached(&path, &shown) {
            Ok(schema) => Some(File {
                tracking: tracking(&path),
                shown,
                schema,
            }),
            Err(text) => {
                report(text);
                None
            }
        }
    }

    fn not_found(&self, shown: &str, error: &io::Error) -> String {
        if error.kind() != io::ErrorKind::NotFound {
            return message::unreadable_schema(shown, error);
        }
        let folder = Path::new(shown).parent().unwrap_or(Path::new(""));
        let mut neighbours: Vec<String> = fs::read_dir(self.folder.join(folder))
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(folder.join(entry.ok()?.file_name())))
            .filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml"))
            .map(|path| path.display().to_string())
            .collect();
        neighbours.sort();
        message::missing_schema(shown, &neighbours)
    }
}

/// What was read from a file, and the state of the file then.
struct Cached {
    stamp: (Option<SystemTime>, u64),
    result: Result<Arc<Schema>, String>,
}

fn read_cached(path: &Path, shown: &str) -> Result<Arc<Schema>, String> {
    static CACHE: LazyLock<Mutex<HashMap<(PathBuf, String), Cached>>> =
        LazyLock::new(Mutex::default);
    let data = fs::metadata(path).map_err(|error| message::unreadable_schema(shown, &error))?;
    let stamp = (data.modified().ok(), data.len());
    // A panic elsewhere cannot leave the map half changed.
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    // Keyed by the written path too, because problems name the file that way.
    let key = (path.to_owned(), shown.to_owned());
    if let Some(cached) = cache.get(&key).filter(|cached| cached.stamp == stamp) {
        return cached.result.clone();
    }
    let result = read(path, shown);
    let cached = Cached {
        stamp,
        result: result.clone(),
    };
    cache.insert(key, cached);
    result
}

fn read(path: &Path, shown: &str) -> Result<Arc<Schema>, String> {
    match Schema::load_as(path, shown) {
        Ok(reading) => Ok(Arc::new(reading.schema)),
        Err(ReadError::Invalid(problems)) => Err(message::invalid_schema(shown, &problems)),
        Err(ReadError::File { source, .. }) => Err(message::unreadable_schema(shown, &source)),
        Err(other) => Err(other.to_string()),
    }
}

/// The code that makes cargo watch the file; printed by the first struct of a crate that uses it,
/// because every further copy would cost the compiler another read.
fn tracking(path: &Path) -> TokenStream {
    static TRACKED: LazyLock<Mutex<HashSet<(String, PathBuf)>>> = LazyLock::new(Mutex::default);
    let mut tracked = TRACKED.lock().unwrap_or_else(PoisonError::into_inner);
    if !tracked.insert((crate_identity(), path.to_owned())) {
        return TokenStream::new();
    }
    // A path that is not UTF-8 cannot be written into code; cargo then cannot watch it.
    let Some(path) = path.to_str() else {
        return TokenStream::new();
    };
    quote! {
        const _: &[::core::primitive::u8] = ::core::include_bytes!(#path);
        const _: [::core::option::Option<&::core::primitive::str>; 2] =
            [::core::option_env!(#ROOT_VARIABLE), ::core::option_env!(#DEFAULT_VARIABLE)];
    }
}

/// Tells apart the crates, and the targets of one crate, that a process expands.
fn crate_identity() -> String {
    ["CARGO_MANIFEST_DIR", "CARGO_CRATE_NAME", "CARGO_BIN_NAME"]
        .map(|name| env::var(name).unwrap_or_default())
        .join("\n")
}
