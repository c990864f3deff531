//! Collects errors, so that a user sees all mistakes at once and not the first of them.

use std::cell::{Cell, RefCell};

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The errors so far; dropping it without [`check`](Ctxt::check) is a bug and panics.
pub(crate) struct Ctxt {
    errors: RefCell<Option<Vec<syn::Error>>>,
    malformed: Cell<bool>,
}

impl Ctxt {
    pub(crate) fn new() -> Self {
        Self {
            errors: RefCell::new(Some(Vec::new())),
            malformed: Cell::new(false),
        }
    }

    /// An error at these tokens, from the first to the last.
    pub(crate) fn error_at(&self, tokens: impl ToTokens, message: impl Into<String>) {
        self.syn_error(syn::Error::new_spanned(tokens, message.into()));
    }

    pub(crate) fn syn_error(&self, error: syn::Error) {
        let mut errors = self.errors.borrow_mut();
        errors
            .as_mut()
            .expect("BUG: an error after the check")
            .push(error);
    }

    /// An error in what the user asks for: later stages would only echo it.
    pub(crate) fn malformed(&self, error: syn::Error) {
        self.malformed.set(true);
        self.syn_error(error);
    }

    /// Whether the attributes say something that could not be understood.
    pub(crate) fn is_malformed(&self) -> bool {
        self.malformed.get()
    }

    /// Ends the collection: `Err` holds the code that reports all errors.
    pub(crate) fn check(self) -> Result<(), TokenStream> {
        let errors = self.errors.take().expect("BUG: checked twice");
        if errors.is_empty() {
            return Ok(());
        }
        Err(errors.iter().map(syn::Error::to_compile_error).collect())
    }
}

impl Drop for Ctxt {
    fn drop(&mut self) {
        let checked = self.errors.borrow().is_none();
        assert!(
            checked || std::thread::panicking(),
            "BUG: errors were collected and never checked"
        );
    }
}
