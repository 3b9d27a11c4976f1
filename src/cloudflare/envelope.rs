//! What Cloudflare wraps its JSON answers in, read leniently (CLOUDFLARE.md 6).
//!
//! The schema promises more than the service keeps: `messages` or `result` may be missing, `code` may be
//! missing or a string, and the telling error may sit in an `error_chain` that no schema mentions.

use serde_json::Value;

/// One entry of `errors` or `messages`, with the chain behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// 0 where there is none.
    pub code: i64,
    pub message: String,
    /// Names the endpoint whose permission is missing, on answers since 2026-08-21.
    pub documentation_url: Option<String>,
    pub chain: Vec<Notice>,
}

/// `result_info`: every style of pagination the API has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageInfo {
    pub page: Option<u64>,
    pub per_page: Option<u64>,
    pub total_pages: Option<u64>,
    pub total_count: Option<u64>,
    /// `cursors.after`, or `cursor`; never empty.
    pub cursor: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    pub success: bool,
    pub errors: Vec<Notice>,
    pub messages: Vec<Notice>,
    pub page: PageInfo,
}

impl Envelope {
    /// `None` for JSON that is not an envelope: OAuth and GraphQL answers, a captive portal.
    pub fn read(value: &Value) -> Option<Envelope> {
        Some(Envelope {
            success: value.get("success")?.as_bool()?,
            errors: notices(value.get("errors")),
            messages: notices(value.get("messages")),
            page: PageInfo::read(value.get("result_info")),
        })
    }

    /// Errors with everything in their chains, outermost first.
    pub fn all_errors(&self) -> Vec<&Notice> {
        let mut flat = Vec::new();
        for error in &self.errors {
            error.flatten_into(&mut flat);
        }
        flat
    }

    /// The number to show a person: of the first error, else of the first message.
    pub fn code(&self) -> Option<i64> {
        self.errors.first().or(self.messages.first()).map(|notice| notice.code)
    }
}

impl Notice {
    fn read(value: &Value) -> Notice {
        if let Value::String(message) = value {
            return Notice { message: message.clone(), ..Notice::default() };
        }
        Notice {
            code: value.get("code").and_then(number).unwrap_or(0),
            message: text(value.get("message")).unwrap_or_default(),
            documentation_url: text(value.get("documentation_url")),
            chain: notices(value.get("error_chain")),
        }
    }

    fn flatten_into<'a>(&'a self, flat: &mut Vec<&'a Notice>) {
        flat.push(self);
        for deeper in &self.chain {
            deeper.flatten_into(flat);
        }
    }
}

impl PageInfo {
    fn read(value: Option<&Value>) -> PageInfo {
        let Some(value) = value else { return PageInfo::default() };
        let count = |name: &str| value.get(name).and_then(Value::as_u64);
        let after = value.get("cursors").and_then(|cursors| text(cursors.get("after")));
        PageInfo {
            page: count("page"),
            per_page: count("per_page"),
            total_pages: count("total_pages"),
            total_count: count("total_count"),
            cursor: after.or_else(|| text(value.get("cursor"))).filter(|cursor| !cursor.is_empty()),
        }
    }
}

fn notices(value: Option<&Value>) -> Vec<Notice> {
    match value {
        Some(Value::Array(items)) => items.iter().map(Notice::read).collect(),
        Some(single @ (Value::Object(_) | Value::String(_))) => vec![Notice::read(single)],
        Some(Value::Null | Value::Bool(_) | Value::Number(_)) | None => Vec::new(),
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_chain_is_walked() {
        let envelope = Envelope::read(&json!({
            "success": false, "result": null,
            "errors": [{"code": 6003, "message": "Invalid request headers",
                "error_chain": [{"code": 6111, "message": "Invalid format for Authorization header",
                    "error_chain": [{"code": 1, "message": "deeper"}]}]}],
        }))
        .unwrap();
        let codes: Vec<i64> = envelope.all_errors().iter().map(|notice| notice.code).collect();
        assert_eq!(codes, [6003, 6111, 1]);
        assert_eq!(envelope.code(), Some(6003));
    }

    #[test]
    fn missing_and_misshapen_parts_are_forgiven() {
        for (value, code) in [
            (json!({"success": false, "errors": null}), None),
            (json!({"success": false, "errors": [{"message": "no code"}]}), Some(0)),
            (json!({"success": false, "errors": [{"code": "9109"}]}), Some(9109)),
            (json!({"success": false, "errors": {"code": 971}}), Some(971)),
            (json!({"success": false, "errors": ["plain words"]}), Some(0)),
            (json!({"success": true, "messages": [{"code": 10000}]}), Some(10000)),
        ] {
            assert_eq!(Envelope::read(&value).unwrap().code(), code, "{value}");
        }
    }

    #[test]
    fn other_json_is_no_envelope() {
        for value in [json!({"error": "invalid_grant"}), json!([]), json!("ok"), json!({"success": "yes"})] {
            assert_eq!(Envelope::read(&value), None, "{value}");
        }
    }

    #[test]
    fn every_style_of_pagination_is_read() {
        let page = |info: Value| Envelope::read(&json!({"success": true, "result_info": info})).unwrap().page;
        assert_eq!(page(json!({"page": 1, "per_page": 50, "total_pages": 3})).total_pages, Some(3));
        assert_eq!(page(json!({"cursors": {"after": "abc"}})).cursor.as_deref(), Some("abc"));
        assert_eq!(page(json!({"cursor": "def"})).cursor.as_deref(), Some("def"));
        assert_eq!(page(json!({"cursor": ""})).cursor, None);
        assert_eq!(page(json!({"cursors": {}})).cursor, None);
    }
}
