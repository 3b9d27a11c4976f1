use super::refusal::Refusal;
use serde_json::{Value, json};

/// One HTTP response, before it meets the wire.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub status: u16,
    pub content_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// `errors[0].code`, for the request log and the audit log.
    pub code: Option<i64>,
}

/// What a route gives: the reply, or one row of the error catalogue.
pub(crate) type Answer = Result<Reply, Refusal>;

impl Reply {
    /// A success in Cloudflare's envelope.
    pub fn result(result: Value) -> Reply {
        Reply::envelope(result, json!([]), None)
    }

    pub fn with_messages(result: Value, messages: Value) -> Reply {
        Reply::envelope(result, messages, None)
    }

    pub fn page(result: Value, info: Value) -> Reply {
        Reply::envelope(result, json!([]), Some(info))
    }

    fn envelope(result: Value, messages: Value, info: Option<Value>) -> Reply {
        let mut envelope = json!({"result": result, "success": true, "errors": [], "messages": messages});
        if let Some(info) = info {
            envelope["result_info"] = info;
        }
        Reply::json(200, &envelope)
    }

    pub fn json(status: u16, value: &Value) -> Reply {
        Reply::raw(status, "application/json", value.to_string().into_bytes())
    }

    pub fn raw(status: u16, content_type: &'static str, body: Vec<u8>) -> Reply {
        Reply { status, content_type, headers: Vec::new(), body, code: None }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Reply {
        let mut reply = Reply::json(refusal.status, &refusal.to_json());
        reply.code = Some(refusal.code);
        match refusal.retry_after {
            Some(seconds) => reply.header("Retry-After", seconds.to_string()),
            None => reply,
        }
    }
}
