//! The emulator's page in a headless Chromium: what a person sees and does, and that it looks as it
//! should in dark, in narrow windows and without a mouse.
//!
//! Needs `chromium` and `chromedriver`; `cargo xtask test` installs them on Debian.
//! `cargo xtask bless pictures` writes the pictures of the README.

#![expect(clippy::unwrap_used, reason = "a test fails where it fails")]

mod browser;
mod pictures;
mod tenant;
mod views;
