//! The rival: hyper over the same TLS, one connection for each sender, with bodies that are there
//! already. It does nothing for its bodies but send them, so whatever a stream adds shows.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::host::Host;

type Connection = SendRequest<Full<Bytes>>;

/// Connections that are kept.
pub(crate) struct Raw {
    connections: Vec<Connection>,
    host: String,
}

impl Raw {
    pub(crate) async fn connect(host: &Host, connections: usize) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(host.certificate.path())?)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = TlsConnector::from(Arc::new(config));
        let mut raw = Self {
            connections: Vec::new(),
            host: format!("localhost:{}", host.port),
        };
        for _ in 0..connections {
            let connection = connect(&connector, host.port).await?;
            raw.connections.push(connection);
        }
        Ok(raw)
    }

    /// Sends so many bodies, over all connections at once; `body` gives the next one.
    pub(crate) async fn send(
        &mut self,
        requests: usize,
        body: impl Fn() -> Bytes + Clone + Send + 'static,
    ) -> Result<()> {
        let each = requests.div_ceil(self.connections.len());
        let mut tasks = Vec::new();
        for connection in self.connections.drain(..) {
            let (host, body) = (self.host.clone(), body.clone());
            tasks.push(tokio::spawn(send(connection, host, each, body)));
        }
        for task in tasks {
            self.connections.push(task.await??);
        }
        Ok(())
    }
}

async fn connect(connector: &TlsConnector, port: u16) -> Result<Connection> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let name = ServerName::try_from("localhost")?;
    let stream = connector.connect(name, stream).await?;
    let (connection, driver) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(driver);
    Ok(connection)
}

async fn send(
    mut connection: Connection,
    host: String,
    requests: usize,
    body: impl Fn() -> Bytes,
) -> Result<Connection> {
    for _ in 0..requests {
        let request = Request::post("/api/v1/ingest/sources/bench/event")
            .header(header::HOST, &host)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, "Bearer t")
            .body(Full::new(body()))?;
        connection.ready().await?;
        let answer = connection.send_request(request).await?;
        ensure!(
            answer.status() == 202,
            "the host answered {}",
            answer.status()
        );
        let _body = answer.into_body().collect().await.context("no answer")?;
    }
    Ok(connection)
}
