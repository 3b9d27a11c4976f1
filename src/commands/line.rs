//! The line to Cloudflare, as every command opens it.

use crate::cloudflare::{Client, Limits, Pace, Services, Settings as ClientSettings, SetupError};
use crate::commands::settings::Settings;
use crate::commands::{CommandError, edge};
use std::io;
use std::sync::Arc;
use tokio::runtime::Runtime;

/// Where to ask. A host that may not receive credentials is refused here, before anything is read.
pub fn services(settings: &Settings) -> Result<Services, CommandError> {
    Services::resolve(&settings.wanted).map_err(|refused| {
        let error = CommandError::usage(refused.to_string());
        match refused.hint() {
            Some(hint) => error.hint(hint),
            None => error,
        }
    })
}

pub fn client(services: Services, pace: Pace) -> Result<Arc<Client>, SetupError> {
    let (limits, clock) = (Limits::default(), Arc::new(edge::now));
    Client::new(ClientSettings { services, limits, pace, clock }).map(Arc::new)
}

pub fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
