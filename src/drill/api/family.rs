use serde_json::{Value, json};

/// A collection and its members: `GET`, `POST` on the path; `GET`, `PUT`, `PATCH`, `DELETE` on a member.
#[derive(Debug)]
pub(crate) struct Family {
    /// Below its account or zone.
    pub path: &'static str,
    pub ids: Ids,
    pub paging: Paging,
    pub read: &'static [&'static str],
    pub write: &'static [&'static str],
    pub product: &'static str,
    pub kind: &'static str,
    /// Error code of a member that is not there.
    pub missing: i64,
    /// Secrets made at creation, shown in that one answer.
    pub once: &'static [&'static str],
    /// Fields that are taken and never given back.
    pub never: &'static [&'static str],
    /// What a new member has beside what its maker said.
    pub defaults: fn() -> Value,
    /// How version 1 of the audit log calls a change, where the sheet knows.
    pub v1: Option<V1Words>,
}

impl Family {
    /// Readable and writable with the same permission groups.
    pub const fn new(
        path: &'static str,
        ids: Ids,
        paging: Paging,
        stems: &'static [&'static str],
        product: &'static str,
        kind: &'static str,
    ) -> Family {
        Family {
            path,
            ids,
            paging,
            read: stems,
            write: stems,
            product,
            kind,
            missing: 1003,
            once: &[],
            never: &[],
            defaults: nothing,
            v1: None,
        }
    }

    pub const fn read(self, read: &'static [&'static str]) -> Family {
        Family { read, ..self }
    }

    pub const fn missing(self, missing: i64) -> Family {
        Family { missing, ..self }
    }

    pub const fn once(self, once: &'static [&'static str]) -> Family {
        Family { once, ..self }
    }

    pub const fn never(self, never: &'static [&'static str]) -> Family {
        Family { never, ..self }
    }

    pub const fn defaults(self, defaults: fn() -> Value) -> Family {
        Family { defaults, ..self }
    }

    pub const fn v1(self, words: V1Words) -> Family {
        Family { v1: Some(words), ..self }
    }
}

fn nothing() -> Value {
    json!({})
}

/// Where the identifier of a new member comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ids {
    /// 32 hex digits in this field.
    Hex(&'static str),
    Uuid(&'static str),
    Number,
    /// The caller chooses: this field of the body, or the path.
    Named(&'static str),
}

impl Ids {
    pub fn field(self) -> &'static str {
        match self {
            Ids::Hex(field) | Ids::Uuid(field) | Ids::Named(field) => field,
            Ids::Number => "id",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paging {
    /// `page` and `per_page`.
    Numbered,
    /// Everything at once.
    Single,
    /// `limit` and `cursor`, the cursor in `result_info.cursor`.
    Cursor,
    /// `{"result":{"<name>":[…]}}`, cursor in `result_info.cursor`.
    Nested(&'static str),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct V1Words {
    pub create: &'static str,
    pub update: &'static str,
    pub delete: &'static str,
    pub resource_type: &'static str,
}

/// A single object at a path (`GET`, `PUT`, `PATCH`, `POST`, `DELETE`), or, in the list of actions, a `POST`
/// that does something and has no object of its own.
#[derive(Debug)]
pub(crate) struct Single {
    pub path: &'static str,
    pub stems: &'static [&'static str],
    pub product: &'static str,
    pub kind: &'static str,
}

impl Single {
    pub const fn new(
        path: &'static str,
        stems: &'static [&'static str],
        product: &'static str,
        kind: &'static str,
    ) -> Single {
        Single { path, stems, product, kind }
    }
}
