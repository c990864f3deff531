//! A host over TLS that takes whatever it is sent: gives tokens, says "accepted" to every body, and
//! looks at nothing but a body's length. A process of its own, so that its CPU time is not the
//! sender's. Prints its port and its certificate, and ends with its standard input.

#![allow(clippy::print_stdout, reason = "its starter reads the port")]

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::{io, thread};

use anyhow::{Context as _, Result};
use ingest_core::body::MAX_BODY;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Bytes that are read at once: four records of TLS.
const READ: usize = 64 * 1024;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])?;
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    // In one go and nothing behind it: whoever reads it stops at the end of the certificate.
    print!("{port}\n{}", made.cert.pem());
    io::stdout().flush()?;
    thread::spawn(end_with_input);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A sender that goes away is nobody's concern here.
            let _gone = serve(stream, acceptor, port).await;
        });
    }
}

fn end_with_input() {
    let mut input = Vec::new();
    let ended = io::stdin().read_to_end(&mut input);
    std::process::exit(i32::from(ended.is_err()));
}

async fn serve(stream: TcpStream, acceptor: TlsAcceptor, port: u16) -> Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let mut room = vec![0; READ];
    loop {
        let Some(head) = read_head(&mut stream, &mut room).await? else {
            return Ok(());
        };
        skip(&mut stream, &mut room, head.length - head.read).await?;
        let text = answer(&head, port);
        stream.write_all(text.as_bytes()).await?;
        stream.flush().await?;
    }
}

/// What of a request matters.
struct Head {
    path: String,
    /// Bytes of the body.
    length: usize,
    /// Those that came with the head.
    read: usize,
}

/// The next head, if there is one.
async fn read_head(stream: &mut TlsStream<TcpStream>, room: &mut [u8]) -> Result<Option<Head>> {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut room[filled..]).await?;
        if read == 0 {
            return Ok(None);
        }
        filled += read;
        let end = room[..filled]
            .windows(4)
            .position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let text = std::str::from_utf8(&room[..end])?.to_ascii_lowercase();
            return Ok(Some(Head {
                path: text.split(' ').nth(1).context("no path")?.to_owned(),
                length: length(&text)?,
                read: filled - end - 4,
            }));
        }
    }
}

fn length(head: &str) -> Result<usize> {
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix("content-length:"));
    Ok(length.context("no length")?.trim().parse()?)
}

async fn skip(stream: &mut TlsStream<TcpStream>, room: &mut [u8], mut bytes: usize) -> Result<()> {
    while bytes > 0 {
        let most = bytes.min(room.len());
        let read = stream.read(&mut room[..most]).await?;
        anyhow::ensure!(read > 0, "the sender ended within a body");
        bytes -= read;
    }
    Ok(())
}

fn answer(head: &Head, port: u16) -> String {
    let (status, body) = match head.path.as_str() {
        "/services/oauth2/token" | "/services/a360/token" => (
            "200 OK",
            format!(
                r#"{{"access_token":"t","instance_url":"https://localhost:{port}","expires_in":7200}}"#
            ),
        ),
        _ if head.length > MAX_BODY => ("413 Payload Too Large", String::new()),
        _ => ("202 Accepted", r#"{"accepted":true}"#.to_owned()),
    };
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
