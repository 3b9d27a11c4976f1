//! The fake on a socket: reads a request, asks the [`World`], sends the reply or the trouble.

use super::failure::Trouble;
use super::reply::Reply;
use super::request::{Request, pairs};
use super::wire::{End, Peer, Tapped};
use super::world::World;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{Response, StatusCode};
use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Largest request body that is read; a Worker's upload is the largest thing a rehearsal sends.
const MAX_BODY: usize = 32 << 20;

/// The fake Cloudflare, listening. Stops when dropped.
#[derive(Debug)]
pub struct Server {
    world: Shared,
    address: SocketAddr,
    task: JoinHandle<()>,
}

#[derive(Clone, Debug)]
struct Shared(Arc<Mutex<World>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fake could not listen.
#[derive(Debug)]
pub struct CannotListen {
    pub address: SocketAddr,
    pub cause: CannotListenCause,
}

#[derive(Debug)]
pub enum CannotListenCause {
    /// It believes lies about addresses and hands out credentials: not for others on the network.
    NotLoopback,
    Io(io::Error),
}

impl fmt::Display for CannotListen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            CannotListenCause::NotLoopback => {
                write!(f, "the drill serves on loopback only, not on {}", self.address)
            }
            CannotListenCause::Io(error) => write!(f, "cannot listen on {}: {error}", self.address),
        }
    }
}

impl std::error::Error for CannotListen {}

impl Server {
    /// Serves the world on `address` (port 0: any free one), on loopback only.
    pub async fn start(world: World, address: SocketAddr) -> Result<Server, CannotListen> {
        let refuse = |cause| CannotListen { address, cause };
        if !address.ip().is_loopback() {
            return Err(refuse(CannotListenCause::NotLoopback));
        }
        let listener = TcpListener::bind(address).await.map_err(|e| refuse(CannotListenCause::Io(e)))?;
        let bound = listener.local_addr().map_err(|e| refuse(CannotListenCause::Io(e)))?;
        let world = Shared(Arc::new(Mutex::new(world)));
        let app = axum::Router::new().fallback(serve).with_state(world.clone());
        let app = app.into_make_service_with_connect_info::<Peer>();
        let task = tokio::spawn(async move {
            // Accepting goes on for ever; the task ends when the server is dropped.
            let _ = axum::serve(Tapped(listener), app).await;
        });
        Ok(Server { world, address: bound, task })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What stands for `https://api.cloudflare.com/client/v4`.
    pub fn api_base(&self) -> String {
        format!("{}{}", self.origin(), super::api::PREFIX)
    }

    /// What stands for the origins of R2, Turnstile and the dashboard.
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Looks at the world, or changes it, between two requests.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.world.lock())
    }
}

/// A [`Server`] with a thread of its own, for callers that do not wait for anything themselves.
#[derive(Debug)]
pub struct Background {
    server: Server,
    // Ends the thread when dropped, after the server.
    _runtime: tokio::runtime::Runtime,
}

impl Background {
    /// Serves like [`Server::start`].
    pub fn start(world: World, address: SocketAddr) -> Result<Background, CannotListen> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|e| CannotListen { address, cause: CannotListenCause::Io(e) })?;
        let server = runtime.block_on(Server::start(world, address))?;
        Ok(Background { server, _runtime: runtime })
    }
}

impl std::ops::Deref for Background {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    State(world): State<Shared>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: axum::http::Request<Body>,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return plain(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let (reply, trouble) = answered(&world, &peer, &parts, body.to_vec());
    match trouble {
        Trouble::None => {}
        Trouble::Delay(time) => tokio::time::sleep(time).await,
        Trouble::Silence => pending().await,
        Trouble::CloseAtOnce => peer.tap.shut(),
        Trouble::CloseHalfway => peer.tap.shut_after(reply.body.len() / 2, End::Close),
        Trouble::StallHalfway => peer.tap.shut_after(reply.body.len() / 2, End::Stall),
    }
    response(reply)
}

fn answered(
    world: &Shared,
    peer: &Peer,
    parts: &axum::http::request::Parts,
    body: Vec<u8>,
) -> (Reply, Trouble) {
    let mut world = world.lock();
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let mut request = Request {
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        query: pairs(&raw_query),
        raw_query,
        headers: parts.headers.clone(),
        body,
        client: world.choices.client_address.unwrap_or(peer.address.ip()),
        at: world.clock.now(),
    };
    let claimed = request.header("x-drill-client-ip").and_then(|address| address.parse().ok());
    if let Some(address) = claimed
        && world.choices.honour_client_header
    {
        request.client = address;
    }
    world.answer(&request)
}

fn response(reply: Reply) -> Response<Body> {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Response::builder().status(status).header("Content-Type", reply.content_type);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    // Only a header that is none can fail here, and a request cannot put one in.
    response.body(Body::from(reply.body)).unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
