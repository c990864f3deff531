//! `ingest emulator` as its users meet it: variables, exit codes, words.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

fn schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/web.yaml")
}

fn ingest(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingest"));
    command.args(arguments);
    command
}

fn exec(switches: &[&str], command: &[&str]) -> Output {
    let schema = schema();
    let mut arguments = vec!["emulator", "exec", "--schema", schema.to_str().unwrap()];
    arguments.extend(switches);
    arguments.push("--");
    arguments.extend(command);
    ingest(&arguments).output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_command_runs_with_the_variables_and_its_exit_code_is_passed_on() {
    let script =
        r#"test -n "$INGEST_CLIENT_SECRET" && echo "$INGEST_SOURCE $INGEST_LOGIN_URL"; exit 7"#;
    let output = exec(&[], &["sh", "-c", script]);
    assert_eq!(output.status.code(), Some(7), "{}", words(&output));
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(out.starts_with("Web http://127.0.0.1:"), "{out}");
}

#[test]
fn a_script_in_another_language_posts_with_what_it_is_given() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/python/post.py");
    let output = exec(&[], &["python3", script.to_str().unwrap()]);
    let words = words(&output);
    assert_eq!(output.status.code(), Some(0), "{words}");
    let out = String::from_utf8(output.stdout).unwrap();
    let wanted =
        "202 {'accepted': True}\n400 ['#: extraneous key [newslettre] is not permitted']\n";
    assert_eq!(out, wanted);
    assert!(
        words.contains("visitor: 100 records accepted, 1 rejected, 100 rows"),
        "{words}"
    );
}

#[test]
fn a_command_that_a_signal_ends_is_told_as_a_shell_tells_it() {
    let output = exec(&[], &["sh", "-c", "kill -9 $$"]);
    assert_eq!(output.status.code(), Some(137));
}

#[test]
fn settings_of_the_caller_do_not_lead_past_the_tenant() {
    let script = r#"test -z "$INGEST_USERNAME$INGEST_CA_FILE""#;
    let schema = schema();
    let arguments = [
        "emulator",
        "exec",
        "--schema",
        schema.to_str().unwrap(),
        "--",
        "sh",
        "-c",
        script,
    ];
    let mut command = ingest(&arguments);
    command
        .env("INGEST_USERNAME", "ada")
        .env("INGEST_CA_FILE", "no/such.pem");
    assert_eq!(command.output().unwrap().status.code(), Some(0));
}

#[test]
fn what_cannot_be_run_is_named() {
    let output = exec(&[], &["no-such-command"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        words(&output).contains("error: cannot run `no-such-command`"),
        "{}",
        words(&output)
    );
}

#[test]
fn a_schema_that_cannot_be_used_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.yaml");
    std::fs::write(&path, "openapi: 3.0.3\ncomponents: {schemas: {}}\n").unwrap();
    let output = ingest(&["emulator", "start", "--schema", path.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("bad.yaml:2"), "{}", words(&output));
}

#[test]
fn rules_that_cannot_be_read_are_told_with_their_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faults.json");
    std::fs::write(&path, r#"[{"staus": 1}]"#).unwrap();
    let output = exec(&["--faults", path.to_str().unwrap()], &["true"]);
    assert_eq!(output.status.code(), Some(2));
    let words = words(&output);
    assert!(
        words.contains("faults.json` is no list of rules"),
        "{words}"
    );
    assert!(words.contains("staus"), "{words}");
}

/// A tenant that is served until the test ends.
struct Served {
    process: Child,
    vars: Value,
}

impl Served {
    fn start(port: &str) -> Self {
        let schema = schema();
        let arguments = [
            "emulator",
            "start",
            "--schema",
            schema.to_str().unwrap(),
            "--port",
            port,
            "--json",
        ];
        let mut process = ingest(&arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let vars = serde_json::from_str(&line).unwrap();
        Self { process, vars }
    }

    fn address(&self) -> &str {
        self.vars["INGEST_TENANT_URL"]
            .as_str()
            .unwrap()
            .strip_prefix("http://")
            .unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ended = self.process.kill();
        self.process.wait().unwrap();
    }
}

#[test]
fn a_tenant_answers_until_it_is_terminated_and_tells_what_it_saw() {
    let mut served = Served::start("0");
    let mut stream = TcpStream::connect(served.address()).unwrap();
    stream
        .write_all(b"GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");

    let id = served.process.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(served.process.wait().unwrap().code(), Some(0));
    let mut words = String::new();
    served
        .process
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut words)
        .unwrap();
    assert_eq!(words, "1 request\n");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let served = Served::start("0");
    let (_, port) = served.address().rsplit_once(':').unwrap();
    let schema = schema();
    let arguments = [
        "emulator",
        "start",
        "--schema",
        schema.to_str().unwrap(),
        "--port",
        port,
    ];
    let output = ingest(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let words = words(&output);
    assert!(
        words.contains(&format!("error: cannot listen on 127.0.0.1:{port}")),
        "{words}"
    );
    assert!(words.contains("caused by:"), "{words}");
}
