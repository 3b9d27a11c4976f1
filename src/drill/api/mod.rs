//! `https://api.cloudflare.com/client/v4`: routes, and what happens around every one of them.
//!
//! Route, gate, permission, endpoint, audit log: in this order, here; the endpoints are one file a subject.

mod access;
mod accounts;
mod audit_v1;
mod audit_v2;
mod families;
mod family;
mod hooks;
mod members;
mod oauth_clients;
mod paging;
mod r2;
mod route;
mod shelf;
mod time_range;
mod tokens;
mod tunnels;
mod turnstile;
mod verify;
mod workers;
mod zone_settings;

pub(crate) use access::expiry as service_token_expiry;
pub(crate) use families::dns_record as dns_record_defaults;
pub(crate) use route::{Call, Needs, Route};

use super::gate::{self, Level};
use super::refusal::Refusal;
use super::reply::{Answer, Reply};
use super::request::Request;
use super::seen::Access;
use super::world::{Judged, World};
use std::sync::LazyLock;

pub(crate) const PREFIX: &str = "/client/v4";

/// In the order of looking: a file of its own before the plain lists.
static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let by_hand = [
        verify::routes(),
        tokens::routes(),
        accounts::routes(),
        members::routes(),
        audit_v1::routes(),
        audit_v2::routes(),
        access::routes(),
        tunnels::routes(),
        turnstile::routes(),
        oauth_clients::routes(),
        r2::routes(),
        workers::routes(),
        zone_settings::routes(),
        hooks::routes(),
    ];
    by_hand.into_iter().flatten().chain(shelf::routes()).collect()
});

impl World {
    pub(crate) fn api(&mut self, request: &Request) -> (Reply, Judged) {
        let mut judged = Judged { credential: None, access: Access::NotJudged };
        let answer = self.api_answer(request, &mut judged);
        if let Err(refusal) = &answer
            && refusal.failed_authentication
        {
            judged.access = Access::Invalid;
            self.limits.count_failure(request.client, request.at, &self.choices);
        }
        let mut reply = answer.unwrap_or_else(Reply::from);
        for (name, value) in self.limits.headers(&self.choices) {
            reply = reply.header(name, value);
        }
        (reply, judged)
    }

    fn api_answer(&mut self, request: &Request, judged: &mut Judged) -> Answer {
        self.limits.charge_address(request.client, request.at, &self.choices)?;
        let path = request.path.strip_prefix(PREFIX).unwrap_or(&request.path);
        let (route, params) = route::find(&ROUTES, &request.method, path, self.choices.bad_identifier)?;
        if route.needs == Needs::Nothing {
            judged.access = Access::NotAsked;
            return (route.run)(self, &Call { request, route, params, caller: None });
        }
        let presented = gate::presented(request, route.style)?;
        judged.credential = Some(presented.fingerprint());
        if self.limits.locked_out(request.client, request.at) {
            return Err(Refusal::locked_out(self.choices.lockout.status));
        }
        let caller = self.admit(request, route.style, &presented)?;
        judged.access = Access::Valid;
        let call = Call { request, route, params, caller: Some(caller) };
        let answer = self.permitted(&call).and_then(|()| (route.run)(self, &call));
        self.record(&call, &answer);
        answer
    }

    fn permitted(&self, call: &Call<'_>) -> Result<(), Refusal> {
        let (level, stems) = match call.route.needs {
            Needs::Nothing | Needs::AnyCredential => return Ok(()),
            Needs::Read(stems) => (Level::Read, stems),
            Needs::Write(stems) => (Level::Write, stems),
        };
        let forbidden = || Refusal::forbidden(call.route.style, self.choices.forbidden, call.route.product);
        let target = call.target(self)?;
        let caller = call.caller()?;
        if self.may(caller, level, stems, target) { Ok(()) } else { Err(forbidden()) }
    }
}
