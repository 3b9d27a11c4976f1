use super::super::gate::Caller;
use super::super::refusal::{Refusal, Style};
use super::super::reply::Answer;
use super::super::request::Request;
use super::super::things::policy::Target;
use super::super::world::World;
use super::family::Family;
use axum::http::Method;

pub(crate) type Handler = fn(&mut World, &Call<'_>) -> Answer;

/// One endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub method: Method,
    segments: Vec<Segment>,
    pub style: Style,
    pub needs: Needs,
    pub run: Handler,
    /// How the audit log and the documentation call the subject.
    pub product: &'static str,
    pub kind: &'static str,
    /// Set where the endpoint is one of a family.
    pub family: Option<&'static Family>,
}

/// What a caller must be allowed. Names are permission groups without their verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    /// No credential at all.
    Nothing,
    AnyCredential,
    Read(&'static [&'static str]),
    Write(&'static [&'static str]),
}

#[derive(Clone, Debug)]
enum Segment {
    Literal(String),
    Parameter(String),
}

pub(crate) type Params = Vec<(String, String)>;

impl Route {
    pub fn new(method: Method, path: &str, needs: Needs, run: Handler) -> Route {
        let parameter =
            |part: &str| part.strip_prefix('{').and_then(|p| p.strip_suffix('}')).map(str::to_owned);
        let segments = path.split('/').skip(1);
        let segments = segments.map(|part| match parameter(part) {
            Some(name) => Segment::Parameter(name),
            None => Segment::Literal(part.to_owned()),
        });
        let segments = segments.collect();
        Route { method, segments, style: Style::Product, needs, run, product: "", kind: "", family: None }
    }

    pub fn get(path: &str, needs: Needs, run: Handler) -> Route {
        Route::new(Method::GET, path, needs, run)
    }

    pub fn style(self, style: Style) -> Route {
        Route { style, ..self }
    }

    pub fn about(self, product: &'static str, kind: &'static str) -> Route {
        Route { product, kind, ..self }
    }

    pub fn family(self, family: &'static Family) -> Route {
        Route { family: Some(family), ..self }
    }

    fn matches(&self, parts: &[&str]) -> bool {
        let fits = |(segment, part): (&Segment, &&str)| match segment {
            Segment::Literal(text) => text == part,
            Segment::Parameter(_) => !part.is_empty(),
        };
        self.segments.len() == parts.len() && self.segments.iter().zip(parts).all(fits)
    }

    fn parameters(&self, parts: &[&str]) -> Params {
        let named = self.segments.iter().zip(parts);
        named
            .filter_map(|(segment, part)| match segment {
                Segment::Parameter(name) => Some((name.clone(), (*part).to_owned())),
                Segment::Literal(_) => None,
            })
            .collect()
    }

    fn vagueness(&self) -> usize {
        self.segments.iter().filter(|segment| matches!(segment, Segment::Parameter(_))).count()
    }
}

/// The most literal route of a path. A path without a route, or with an identifier that cannot be one, is
/// 7003 whatever the credential (CLOUDFLARE.md 2.3).
pub(crate) fn find<'r>(
    routes: &'r [Route],
    method: &Method,
    path: &str,
    bad_identifier: u16,
) -> Result<(&'r Route, Params), Refusal> {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    let mut fitting: Vec<&Route> = routes.iter().filter(|route| route.matches(&parts)).collect();
    fitting.sort_by_key(|route| route.vagueness());
    let no_route = || Refusal::no_route(bad_identifier, path);
    let first = fitting.first().ok_or_else(no_route)?;
    let route = fitting.iter().find(|route| route.method == *method);
    let route = route.ok_or_else(|| Refusal::method_not_allowed(first.style))?;
    let params = route.parameters(&parts);
    let wrong = |(name, value): &(String, String)| is_identifier(name) && !could_be_identifier(value);
    if params.iter().any(wrong) { Err(no_route()) } else { Ok((route, params)) }
}

fn is_identifier(name: &str) -> bool {
    ["account", "zone", "token", "member", "user"].contains(&name)
}

fn could_be_identifier(value: &str) -> bool {
    value.len() == 32 && value.bytes().all(|b| b.is_ascii_hexdigit())
}

/// One request on its way to its endpoint.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub request: &'a Request,
    pub route: &'a Route,
    pub params: Params,
    pub caller: Option<Caller>,
}

impl Call<'_> {
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub fn account(&self) -> &str {
        self.param("account")
    }

    /// The caller; routes without a credential have none and do not ask.
    pub fn caller(&self) -> Result<&Caller, Refusal> {
        self.caller.as_ref().ok_or_else(|| Refusal::no_credential(self.route.style))
    }

    /// The user behind the caller.
    pub fn user(&self) -> Result<&str, Refusal> {
        self.caller()?.user().ok_or_else(|| Refusal::needs_a_user(self.route.style))
    }

    /// What the path speaks of: a zone, an account, or else the caller's own user.
    pub fn target<'c>(&'c self, world: &'c World) -> Result<Target<'c>, Refusal> {
        match (self.param("zone"), self.param("account")) {
            ("", "") => Ok(Target::User(self.user()?)),
            ("", account) => Ok(Target::Account(account)),
            (zone, _) => {
                let known = world.zone(zone).ok_or_else(Refusal::unauthorized)?;
                Ok(Target::Zone { zone, account: &known.account })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::reply::Reply;
    use serde_json::Value;

    fn nothing(_: &mut World, _: &Call<'_>) -> Answer {
        Ok(Reply::result(Value::Null))
    }

    #[test]
    fn the_most_literal_route_wins_and_bad_identifiers_have_no_route() {
        let routes = [
            Route::get("/user/tokens/{token}", Needs::AnyCredential, nothing).about("token", ""),
            Route::get("/user/tokens/verify", Needs::AnyCredential, nothing).about("verify", ""),
            Route::get("/accounts/{account}", Needs::AnyCredential, nothing).about("account", ""),
        ];
        let id = "0f".repeat(16);
        for (method, path, expected) in [
            (Method::GET, "/user/tokens/verify".to_owned(), Ok("verify")),
            (Method::GET, format!("/user/tokens/{id}"), Ok("token")),
            (Method::GET, format!("/accounts/{id}"), Ok("account")),
            (Method::GET, "/accounts/short".to_owned(), Err(7003)),
            (Method::GET, "/nowhere".to_owned(), Err(7003)),
            (Method::POST, format!("/accounts/{id}"), Err(10405)),
        ] {
            let found = find(&routes, &method, &path, 404).map(|(route, _)| route.product);
            assert_eq!(found.map_err(|refusal| refusal.code), expected, "{path}");
        }
    }
}
