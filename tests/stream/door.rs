//! What stands between a client and its tenant: a door that can be shut, and a transport that leads
//! requests with records through it or to another object. Both carry bytes and change nothing else.

use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Request, Response, Uri};
use ingest_core::{HttpTransport, Transport, TransportError};
use ingest_emulator::Emulator;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};

/// A port that leads to the tenant while the door is open, and refuses connections while it is shut.
pub(crate) struct Door {
    address: SocketAddr,
    tenant: SocketAddr,
    open: Option<JoinHandle<()>>,
}

impl Door {
    pub(crate) async fn to(emulator: &Emulator) -> Self {
        let url = emulator.tenant_url();
        let tenant = url.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        Self {
            address: listener.local_addr().unwrap(),
            tenant,
            open: Some(tokio::spawn(carry(listener, tenant))),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Cuts what is under way, and refuses what comes.
    pub(crate) async fn shut(&mut self) {
        if let Some(open) = self.open.take() {
            open.abort();
            assert!(open.await.unwrap_err().is_cancelled());
        }
    }

    pub(crate) async fn reopen(&mut self) {
        let listener = loop {
            // Somebody's connection may have this port for a moment.
            match TcpListener::bind(self.address).await {
                Ok(listener) => break listener,
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        };
        self.open = Some(tokio::spawn(carry(listener, self.tenant)));
    }
}

/// Dropped with its task, and the connections with it.
async fn carry(listener: TcpListener, tenant: SocketAddr) {
    let mut connections = JoinSet::new();
    loop {
        let (mut outside, _) = listener.accept().await.unwrap();
        connections.spawn(async move {
            let mut inside = TcpStream::connect(tenant).await.unwrap();
            // A cut connection is what a door is for.
            let _cut = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
        });
    }
}

/// Real HTTP, but requests with records go where they are led.
#[derive(Debug)]
pub(crate) struct Led {
    http: HttpTransport,
    authority: Option<SocketAddr>,
    object: Mutex<Option<&'static str>>,
    connections: Semaphore,
}

impl Led {
    pub(crate) fn new(emulator: &Emulator) -> Self {
        Self {
            http: HttpTransport::new(&crate::settings(emulator)).unwrap(),
            authority: None,
            object: Mutex::new(None),
            connections: Semaphore::new(64),
        }
    }

    pub(crate) fn through(emulator: &Emulator, door: &Door) -> Arc<Self> {
        Arc::new(Self {
            authority: Some(door.address()),
            ..Self::new(emulator)
        })
    }

    /// From now on records go to this object, whatever the stream says.
    pub(crate) fn to_object(&self, object: Option<&'static str>) {
        *self.object.lock().unwrap() = object;
    }

    fn lead(&self, uri: &Uri) -> Uri {
        let mut parts = uri.clone().into_parts();
        let path = uri.path();
        if !path.starts_with("/api/v1/ingest/") {
            return uri.clone();
        }
        if let Some(authority) = self.authority {
            parts.authority = Some(authority.to_string().parse().unwrap());
        }
        if let Some(object) = *self.object.lock().unwrap() {
            let (connector, _) = path.rsplit_once('/').unwrap();
            let led: PathAndQuery = format!("{connector}/{object}").parse().unwrap();
            parts.path_and_query = Some(led);
        }
        Uri::from_parts(parts).unwrap()
    }
}

impl Transport for Led {
    fn call(
        &self,
        mut request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, TransportError>> + Send + '_>> {
        Box::pin(async move {
            let _connection = self.connections.acquire().await.unwrap();
            *request.uri_mut() = self.lead(request.uri());
            self.http.call(request).await
        })
    }
}
