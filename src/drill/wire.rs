//! The connection itself, where it has to misbehave: answers cut in the middle.
//!
//! HTTP libraries refuse to send less than they promised, so the cut is made below them.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Closes the tap of one connection after the head of the next response and some bytes of its body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tap(Arc<Mutex<State>>);

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Open,
    /// Waiting for the head of the response; then this many bytes of its body.
    Armed(usize, End),
    Running(usize, End),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Close,
    Stall,
}

impl Tap {
    /// Nothing at all is sent any more.
    pub fn shut(&self) {
        self.set(State::Running(0, End::Close));
    }

    pub fn shut_after(&self, body_bytes: usize, end: End) {
        self.set(State::Armed(body_bytes, end));
    }

    fn set(&self, state: State) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// How much of `buffer` may be written now. Counts what is allowed, not what the kernel then takes: a cut
    /// may come early, never late.
    fn allow(&self, buffer: &[u8]) -> Allowed {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, end) = match *state {
            State::Open => return Allowed::Bytes(buffer.len()),
            State::Armed(body, end) => match head_length(buffer) {
                Some(head) => (head + body, end),
                None => return Allowed::Bytes(buffer.len()),
            },
            State::Running(left, end) => (left, end),
        };
        let now = left.min(buffer.len());
        *state = State::Running(left - now, end);
        match (now, end) {
            (0, End::Close) => Allowed::Closed,
            (0, End::Stall) => Allowed::Never,
            (bytes, _) => Allowed::Bytes(bytes),
        }
    }
}

enum Allowed {
    Bytes(usize),
    Closed,
    Never,
}

fn head_length(buffer: &[u8]) -> Option<usize> {
    memchr::memmem::find(buffer, b"\r\n\r\n").map(|at| at + 4)
}

/// Listens like a `TcpListener`, with a [`Tap`] on each connection.
#[derive(Debug)]
pub(crate) struct Tapped(pub TcpListener);

impl axum::serve::Listener for Tapped {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        let (inner, peer) = axum::serve::Listener::accept(&mut self.0).await;
        (Stream { inner, tap: Tap::default() }, peer)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

#[derive(Debug)]
pub(crate) struct Stream {
    inner: TcpStream,
    tap: Tap,
}

/// What a handler is told about its connection.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub address: SocketAddr,
    pub tap: Tap,
}

impl axum::extract::connect_info::Connected<axum::serve::IncomingStream<'_, Tapped>> for Peer {
    fn connect_info(stream: axum::serve::IncomingStream<'_, Tapped>) -> Self {
        Peer { address: *stream.remote_addr(), tap: stream.io().tap.clone() }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.tap.allow(buf) {
            Allowed::Bytes(count) => Pin::new(&mut self.inner).poll_write(cx, &buf[..count]),
            Allowed::Closed => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            // Nobody wakes this up again, and that is the point; reading still notices when the client gives
            // up.
            Allowed::Never => Poll::Pending,
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
