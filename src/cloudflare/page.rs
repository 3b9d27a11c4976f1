//! Reading a list to its end, in whichever of its styles the API cuts it up (CLOUDFLARE.md 6).

use crate::cloudflare::envelope::PageInfo;
use crate::cloudflare::{Answer, ApiError, Call, Client, Outcome, Patience};
use crate::model::Asked;
use serde_json::Value;

/// What a list held.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    pub items: Vec<Value>,
    /// False where the list went on beyond the bound, or in circles.
    pub complete: bool,
    pub asked: Vec<Asked>,
}

/// A reply that reports success, and the requests it took.
#[derive(Clone, Debug)]
pub struct Success {
    pub answer: Answer,
    pub asked: Vec<Asked>,
}

impl Success {
    pub fn result(&self) -> &Value {
        self.answer.result().unwrap_or(&Value::Null)
    }
}

impl Client {
    /// Asks, and takes anything but an envelope with `success` as an error.
    pub async fn demand(&self, call: &Call, patience: &mut Patience) -> Result<Success, ApiError> {
        let reply = self.ask(call, patience).await;
        match reply.outcome {
            Outcome::Answered(answer) if answer.result().is_some() && answer.http < 300 => {
                Ok(Success { answer, asked: reply.asked })
            }
            outcome @ (Outcome::Answered(_) | Outcome::Failed(_)) => {
                Err(ApiError { endpoint: call.endpoint(), outcome, asked: reply.asked })
            }
        }
    }

    /// Every item of a list, page by page, until `most` are there.
    pub async fn list(&self, call: &Call, patience: &mut Patience, most: usize) -> Result<Listing, ApiError> {
        match self.list_as_far(call, patience, most).await {
            (listing, None) => Ok(listing),
            (_, Some(error)) => Err(error),
        }
    }

    /// The same, and where a page fails, the pages before it: half an audit log is worth reading.
    pub async fn list_as_far(
        &self,
        call: &Call,
        patience: &mut Patience,
        most: usize,
    ) -> (Listing, Option<ApiError>) {
        let mut listing = Listing::default();
        let mut step: Option<(&'static str, String)> = None;
        loop {
            let page = match &step {
                None => self.demand(call, patience).await,
                Some((name, value)) => self.demand(&at_page(call, name, value), patience).await,
            };
            let page = match page {
                Ok(page) => page,
                Err(error) => return (listing, Some(error)),
            };
            let items = items(page.result());
            let count = items.len();
            listing.items.extend(items);
            listing.asked.extend(page.asked.clone());
            let info = page.answer.envelope().map(|envelope| envelope.page.clone()).unwrap_or_default();
            let following = next_page(&info, count);
            if following.is_none() {
                listing.complete = true;
                return (listing, None);
            }
            // A cursor that leads back to itself would never end.
            if following == step || listing.items.len() >= most {
                listing.items.truncate(most);
                return (listing, None);
            }
            step = following;
        }
    }
}

/// The list itself, or the one inside an object: `items`, or by the name of the family (`buckets`, `deployments`).
fn items(result: &Value) -> Vec<Value> {
    let inside = || result.as_object()?.values().find_map(Value::as_array);
    let list = result.as_array().or_else(|| result.get("items")?.as_array()).or_else(inside);
    list.cloned().unwrap_or_default()
}

/// The parameter that asks for what follows; `None` at the end. An empty page is the end whatever the cursor
/// says.
fn next_page(info: &PageInfo, count: usize) -> Option<(&'static str, String)> {
    if count == 0 {
        return None;
    }
    if let Some(cursor) = &info.cursor {
        return Some(("cursor", cursor.clone()));
    }
    let page = info.page?;
    let more = match (info.total_pages, info.total_count, info.per_page) {
        (Some(pages), _, _) => page < pages,
        (None, Some(total), Some(size)) => page * size < total,
        // Without totals, a full page may have another behind it.
        (None, None, Some(size)) => count as u64 >= size,
        (None, _, None) => false,
    };
    more.then(|| ("page", (page + 1).to_string()))
}

fn at_page(call: &Call, name: &'static str, value: &str) -> Call {
    let mut call = call.clone();
    call.query.retain(|(known, _)| *known != name);
    call.query(name, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudflare::stub::{Stub, json};
    use crate::cloudflare::{Auth, endpoints};
    use serde_json::json;

    #[test]
    fn every_style_has_an_end() {
        let info = PageInfo::default;
        let page = |page| PageInfo { page: Some(page), ..info() };
        for (info, count, next) in [
            (info(), 5, None),
            (PageInfo { cursor: Some("c".into()), ..info() }, 5, Some(("cursor", "c"))),
            (PageInfo { cursor: Some("c".into()), ..info() }, 0, None),
            (PageInfo { total_pages: Some(2), ..page(1) }, 5, Some(("page", "2"))),
            (PageInfo { total_pages: Some(2), ..page(2) }, 5, None),
            (PageInfo { total_count: Some(51), per_page: Some(50), ..page(1) }, 50, Some(("page", "2"))),
            (PageInfo { total_count: Some(50), per_page: Some(50), ..page(1) }, 50, None),
            (PageInfo { per_page: Some(20), ..page(1) }, 20, Some(("page", "2"))),
            (PageInfo { per_page: Some(20), ..page(1) }, 19, None),
            (page(1), 20, None),
        ] {
            let found = next_page(&info, count);
            assert_eq!(found.as_ref().map(|(name, value)| (*name, value.as_str())), next, "{info:?} {count}");
        }
    }

    #[test]
    fn a_list_is_found_by_itself_and_inside_an_object() {
        for (result, count) in [
            (json!([1, 2]), 2),
            (json!({"others": [1], "items": [1, 2, 3]}), 3),
            (json!({"buckets": [1]}), 1),
            (json!({"name": "no list"}), 0),
            (json!(null), 0),
        ] {
            assert_eq!(items(&result).len(), count, "{result}");
        }
    }

    async fn listed(stub: &Stub, most: usize) -> Result<Listing, ApiError> {
        let call = endpoints::zones(Auth::Nobody);
        stub.client().list(&call, &mut Patience::for_a_responder(), most).await
    }

    #[tokio::test]
    async fn pages_are_read_to_the_last() {
        let stub = Stub::start(|seen, before| {
            let page = before + 1;
            assert_eq!(seen.query.contains("page=3"), page == 3);
            assert!(seen.query.contains("per_page=50"));
            let info = json!({"page": page, "per_page": 2, "total_pages": 3});
            json(200, &json!({"success": true, "errors": [], "result": [page, page], "result_info": info}))
        })
        .await;
        let listing = listed(&stub, 100).await.unwrap();
        assert_eq!((listing.items.len(), listing.complete, listing.asked.len()), (6, true, 3));
    }

    #[tokio::test]
    async fn a_cursor_in_circles_and_a_bound_leave_the_list_incomplete() {
        let circle = |_: &_, _| {
            json(200, &json!({"success": true, "result": {"items": [1]}, "result_info": {"cursor": "same"}}))
        };
        let stub = Stub::start(circle).await;
        let listing = listed(&stub, 100).await.unwrap();
        assert_eq!((listing.items.len(), listing.complete), (2, false));
        assert_eq!(listed(&stub, 1).await.unwrap().items.len(), 1);
    }

    #[tokio::test]
    async fn what_was_read_before_a_failure_is_kept() {
        let stub = Stub::start(|_, before| match before {
            0 => json(200, &json!({"success": true, "result": [1, 2], "result_info": {"cursor": "c"}})),
            _later => json(404, &json!({"success": false, "errors": [], "result": null})),
        })
        .await;
        let call = endpoints::zones(Auth::Nobody);
        let (listing, error) = stub.client().list_as_far(&call, &mut Patience::for_a_responder(), 100).await;
        assert_eq!((listing.items.len(), listing.complete), (2, false));
        assert!(error.is_some_and(|error| error.is_absence()));
    }

    #[tokio::test]
    async fn a_refusal_in_the_middle_is_an_error_that_names_the_question() {
        let stub = Stub::start(|_, before| match before {
            0 => json(200, &json!({"success": true, "result": [1], "result_info": {"cursor": "c"}})),
            _later => json(
                403,
                &json!({"success": false, "errors": [{"code": 10000, "message": "Forbidden"}], "result": null}),
            ),
        })
        .await;
        let error = listed(&stub, 100).await.unwrap_err();
        assert!(error.is_refusal());
        assert_eq!(error.to_string(), "GET /zones: refused (403, code 10000: Forbidden)");
    }
}
