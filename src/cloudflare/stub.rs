//! A server on loopback that answers with whatever bytes a test wants, well-formed or not.

use crate::cloudflare::{Client, Limits, Pace, Services, Setting, Settings, Wanted};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub at: Instant,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// What a handler answers.
pub enum Act {
    Send(Vec<u8>),
    /// Sends this, then keeps the connection open and silent.
    Stall(Vec<u8>),
    HangUp,
}

type Handler = dyn Fn(&Seen, usize) -> Act + Send + Sync;

pub struct Stub {
    pub origin: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    /// `handler` gets each request and how many came before it.
    pub async fn start(handler: impl Fn(&Seen, usize) -> Act + Send + Sync + 'static) -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, handler): (_, Arc<Handler>) = (Arc::clone(&seen), Arc::new(handler));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, handler) = (Arc::clone(&log), Arc::clone(&handler));
                tokio::spawn(async move {
                    let _ = serve(stream, &log, &*handler).await;
                });
            }
        });
        Stub { origin, seen }
    }

    /// The same server under another address.
    pub fn at(&self, origin: String) -> Stub {
        Stub { origin, seen: Arc::clone(&self.seen) }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub fn asked(&self) -> Vec<String> {
        self.seen().iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect()
    }

    /// A client of this server that waits for nothing.
    pub fn client(&self) -> Client {
        self.client_with(PATIENT, UNPACED)
    }

    /// The same for a server that never answers: the outcome does not depend on how short the limit is.
    pub fn hurried_client(&self) -> Client {
        let limits = Limits { request: Duration::from_millis(300), ..PATIENT };
        self.client_with(limits, UNPACED)
    }

    pub fn client_with(&self, limits: Limits, pace: Pace) -> Client {
        let api_base = Setting { name: "test".into(), value: format!("{}/client/v4", self.origin) };
        let wanted = Wanted { api_base: Some(api_base), ..Wanted::default() };
        Client::new(Settings {
            services: Services::resolve(&wanted).unwrap(),
            limits,
            pace,
            clock: Arc::new(|| "2026-11-22T10:00:00Z".parse().unwrap()),
        })
        .unwrap()
    }
}

const UNPACED: Pace = Pace { failure_gap: Duration::ZERO, requests: 1000, window: Duration::ZERO };

/// Waits for an answer as long as the busiest machine needs, and for nothing else.
pub const PATIENT: Limits = Limits {
    connect: Duration::from_secs(30),
    request: Duration::from_secs(30),
    tries: 3,
    first_wait: Duration::from_millis(1),
    body: 64 << 10,
};

async fn serve(mut stream: TcpStream, log: &Mutex<Vec<Seen>>, handler: &Handler) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let seen = loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        bytes.extend_from_slice(&piece[..read]);
        if let Some(seen) = parse(&String::from_utf8_lossy(&bytes)) {
            break seen;
        }
    };
    let before = {
        let mut log = log.lock().unwrap();
        log.push(seen.clone());
        log.len() - 1
    };
    match handler(&seen, before) {
        Act::Send(bytes) => stream.write_all(&bytes).await,
        Act::Stall(bytes) => {
            stream.write_all(&bytes).await?;
            // Until the client goes away.
            stream.read(&mut [0; 1]).await.map(|_| ())
        }
        Act::HangUp => Ok(()),
    }
}

fn parse(text: &str) -> Option<Seen> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    if body.len() < length.map_or(0, |(_, value)| value.parse().unwrap()) {
        return None;
    }
    Some(Seen {
        method: method.into(),
        path: path.into(),
        query: query.into(),
        headers,
        body: body.into(),
        at: Instant::now(),
    })
}

/// A well-formed answer.
pub fn reply(http: u16, headers: &str, body: &str) -> Act {
    let length = body.len();
    Act::Send(
        format!("HTTP/1.1 {http} X\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}")
            .into(),
    )
}

pub fn json(http: u16, value: &serde_json::Value) -> Act {
    reply(http, "Content-Type: application/json\r\nCF-Ray: 8f00000000000001-FRA\r\n", &value.to_string())
}
