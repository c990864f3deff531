//! A connection that a fault can cut, and an answer that breaks off.
//!
//! HTTP knows no answer that is no answer, so the cut is made below it: the next write fails, and
//! the server drops the connection.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

const WHOLE: u8 = 0;
/// Nothing more is written.
const CUT: u8 = 1;
/// What is not yet acknowledged is thrown away when the connection ends.
const RESET: u8 = 2;

/// The end of a connection that the handlers hold.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(Arc<AtomicU8>);

impl Line {
    /// Lets nothing more out.
    pub(crate) fn cut(&self) {
        self.0.fetch_or(CUT, Ordering::Relaxed);
    }

    /// Makes the end of the connection a reset, whenever it comes.
    pub(crate) fn reset(&self) {
        self.0.fetch_or(RESET, Ordering::Relaxed);
    }

    fn has(&self, mark: u8) -> bool {
        self.0.load(Ordering::Relaxed) & mark != WHOLE
    }
}

/// A connection that obeys its line.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    line: Line,
}

impl Wire {
    fn check(&self) -> io::Result<()> {
        if self.line.has(CUT) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }

    fn stream(&mut self) -> Pin<&mut TcpStream> {
        Pin::new(&mut self.stream)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.line.has(RESET) {
            // A client that is gone already needs no reset.
            self.stream.set_zero_linger().unwrap_or_default();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream().poll_read(context, buffer)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        self.stream().poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        self.stream().poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(context)
    }
}

/// Gives every connection its line.
#[derive(Debug)]
pub(crate) struct Wires(pub(crate) TcpListener);

impl Listener for Wires {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        // Small answers must not wait for the acknowledgement of earlier ones.
        stream.set_nodelay(true).unwrap_or_default();
        let line = Line::default();
        (Wire { stream, line }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Wires>> for Line {
    fn connect_info(stream: IncomingStream<'_, Wires>) -> Self {
        stream.io().line.clone()
    }
}

/// A body that ends after its beginning, whatever length was announced.
#[derive(Debug)]
struct Broken {
    beginning: Option<Bytes>,
    has_waited: bool,
}

/// A body of these bytes that then breaks off, which ends the connection.
pub(crate) fn broken(beginning: Bytes) -> Body {
    Body::new(Broken {
        beginning: Some(beginning),
        has_waited: false,
    })
}

impl HttpBody for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        if let Some(beginning) = self.beginning.take() {
            return Poll::Ready(Some(Ok(http_body::Frame::data(beginning))));
        }
        // The server sends what it holds when it is told to wait, and nothing once a body failed.
        if !std::mem::replace(&mut self.has_waited, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }
}
