//! Finds the schema file, reads it once per compiler process, and makes the compiler watch it.
//!
//! rust-analyzer expands every crate of a workspace in one process that lives for days: what is
//! cached goes by canonical path, time and length, and what is tracked goes by crate as well.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path, PathBuf};
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

/// The crate that is compiled, as far as a schema file is concerned.
pub(crate) struct Root {
    /// The folder of its Cargo.toml.
    crate_folder: PathBuf,
    /// The folder that relative paths start from.
    folder: PathBuf,
    default_file: Option<String>,
    /// Tells apart the crates, and the targets of one crate, that a process expands.
    target: String,
}

/// A schema that was read.
pub(crate) struct File {
    /// The path as the user wrote it; messages show no other.
    pub(crate) shown: String,
    pub(crate) schema: Arc<Schema>,
    /// The digest, where code without a schema file brings it along.
    pub(crate) digest: Option<u64>,
    /// Code that makes a change of the file, or of its root, recompile the crate.
    pub(crate) tracking: TokenStream,
}

impl Root {
    /// The crate that the compiler's environment describes. rust-analyzer sets it anew for every
    /// expansion, so it is never kept.
    pub(crate) fn of_crate() -> Self {
        let text = |name| env::var(name).unwrap_or_default();
        let names = ["CARGO_CRATE_NAME", "CARGO_BIN_NAME"].map(text);
        let folder = |name| env::var_os(name).map(PathBuf::from).unwrap_or_default();
        Self::new(
            folder("CARGO_MANIFEST_DIR"),
            &folder(ROOT_VARIABLE),
            env::var(DEFAULT_VARIABLE).ok(),
            &names.join("\n"),
        )
    }

    pub(crate) fn new(
        crate_folder: PathBuf,
        schema_root: &Path,
        default_file: Option<String>,
        target: &str,
    ) -> Self {
        Self {
            // The compiler's own working folder is the workspace's root or the crate's, as cargo likes.
            folder: crate_folder.join(schema_root),
            target: format!("{}\n{target}", crate_folder.display()),
            crate_folder,
            default_file,
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
            (Some(literal), _) if !literal.value().is_empty() => literal.value(),
            (None, Some(file)) if !file.is_empty() => file.clone(),
            (None, Some(_)) => {
                report(message::several_schemas());
                return None;
            }
            (Some(_), _) | (None, None) => {
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
                tracking: self.tracking(&path),
                shown,
                schema,
                digest: None,
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
        let around = message::Surroundings {
            neighbours: self.neighbours(shown),
            is_outside: leads_out(Path::new(shown)),
            // What `cargo package` keeps of the manifest that the author wrote.
            is_packaged: self.crate_folder.join("Cargo.toml.orig").exists(),
        };
        message::missing_schema(shown, &around)
    }

    fn neighbours(&self, shown: &str) -> Vec<String> {
        let folder = Path::new(shown).parent().unwrap_or(Path::new(""));
        let mut neighbours: Vec<String> = fs::read_dir(self.folder.join(folder))
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(folder.join(entry.ok()?.file_name())))
            .filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml"))
            .map(|path| path.display().to_string())
            .collect();
        neighbours.sort();
        neighbours
    }

    /// The code that makes cargo watch the file; printed by the first struct of a crate that uses
    /// it, because every further copy would cost the compiler another read.
    fn tracking(&self, path: &Path) -> TokenStream {
        static TRACKED: LazyLock<Mutex<HashSet<(String, PathBuf)>>> = LazyLock::new(Mutex::default);
        let mut tracked = TRACKED.lock().unwrap_or_else(PoisonError::into_inner);
        if !tracked.insert((self.target.clone(), path.to_owned())) {
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
}

/// Whether a path leaves the folder it starts from, at any step or in the end.
fn leads_out(path: &Path) -> bool {
    let mut depth = 0_i32;
    path.components().any(|part| {
        depth += match part {
            Component::ParentDir => -1,
            Component::Normal(_) => 1,
            Component::CurDir => 0,
            Component::RootDir | Component::Prefix(_) => return true,
        };
        depth < 0
    })
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
