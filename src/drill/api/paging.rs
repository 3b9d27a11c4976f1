use super::super::reply::Reply;
use super::super::request::Request;
use serde_json::{Value, json};

/// `page` and `per_page` with `result_info` (CLOUDFLARE.md 6, style a).
pub(super) fn numbered(items: Vec<Value>, request: &Request, default: usize, most: usize) -> Reply {
    let (shown, info) = numbered_parts(items, request, default, most);
    Reply::page(Value::Array(shown), info)
}

pub(super) fn numbered_parts(
    items: Vec<Value>,
    request: &Request,
    default: usize,
    most: usize,
) -> (Vec<Value>, Value) {
    let page = request.number("page").unwrap_or(1).max(1);
    let per_page = request.number("per_page").unwrap_or(default).clamp(1, most);
    let total = items.len();
    let shown: Vec<Value> =
        items.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page).collect();
    let info = json!({
        "page": page,
        "per_page": per_page,
        "count": shown.len(),
        "total_count": total,
        "total_pages": total.div_ceil(per_page),
    });
    (shown, info)
}

/// One stretch of a list behind a cursor, and the cursor to what follows. The cursor is opaque to the client.
pub(super) fn after_cursor(
    items: Vec<Value>,
    request: &Request,
    limit: usize,
) -> (Vec<Value>, Option<String>) {
    let start = request.query("cursor").and_then(cursor_position).unwrap_or(0);
    let more = items.len() > start.saturating_add(limit);
    let shown = items.into_iter().skip(start).take(limit).collect();
    (shown, more.then(|| cursor_to(start + limit)))
}

fn cursor_to(position: usize) -> String {
    data_encoding::BASE64URL_NOPAD.encode(format!("after:{position}").as_bytes())
}

fn cursor_position(cursor: &str) -> Option<usize> {
    let bytes = data_encoding::BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix("after:")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_lead_through_the_whole_list() {
        for position in [0, 1, 100] {
            assert_eq!(cursor_position(&cursor_to(position)), Some(position));
        }
        assert_eq!(cursor_position("nonsense"), None);
    }
}
