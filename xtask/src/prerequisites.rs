//! What the tests need from the machine beyond a Rust toolchain. Installs what Debian has; for the
//! rest says how to get it.

use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};

/// Programs that must be there, and the Debian package that has them.
const PROGRAMS: &[(&str, &str)] = &[
    ("cc", "build-essential"),
    ("python3", "python3"),
    // The browser of the tests of the page, and what drives it.
    ("chromium", "chromium"),
    ("chromedriver", "chromium-driver"),
];

/// Parts of the toolchain that must be there.
const COMPONENTS: &[(&str, &str)] = &[("fmt", "rustfmt"), ("clippy", "clippy")];

pub(crate) fn ensure() -> Result<()> {
    for (subcommand, component) in COMPONENTS {
        let there = answers(crate::steps::cargo(&format!("{subcommand} --version")));
        ensure!(
            there,
            "`cargo {subcommand}` is missing; run `rustup component add {component}`"
        );
    }
    let missing: Vec<_> = PROGRAMS
        .iter()
        .filter(|(program, _)| {
            let mut command = Command::new(program);
            command.arg("--version");
            !answers(command)
        })
        .collect();
    for (program, package) in missing {
        install(program, package)?;
    }
    Ok(())
}

fn answers(mut command: Command) -> bool {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn install(program: &str, package: &str) -> Result<()> {
    println!("== installing {package}, because `{program}` is missing");
    for arguments in [&["update"][..], &["install", "--yes", package]] {
        let status = Command::new("apt-get")
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status()
            .with_context(|| format!("`{program}` is missing; install the package {package}"))?;
        if !status.success() {
            bail!(
                "`{program}` is missing and `apt-get` failed; as root: apt-get install {package}"
            );
        }
    }
    Ok(())
}
