use super::*;
use serde_json::json;

fn answer(http: u16, value: Value) -> Answer {
    let body = match Envelope::read(&value) {
        Some(envelope) => Body::Envelope { envelope, value },
        None => Body::Json(value),
    };
    Answer { http, body }
}

fn refused(http: u16, errors: Value) -> Answer {
    answer(http, json!({"success": false, "errors": errors, "messages": [], "result": null}))
}

fn one(http: u16, code: i64, message: &str) -> Answer {
    refused(http, json!([{"code": code, "message": message}]))
}

#[test]
fn a_success_counts_only_with_the_right_result() {
    let good = |result: Value| answer(200, json!({"success": true, "errors": [], "result": result}));
    let verify = |status: &str| good(json!({"id": "0".repeat(32), "status": status}));
    for (endpoint, answer, means) in [
        (UserVerify, verify("active"), Means::Active),
        (UserVerify, verify("Active"), Means::Active),
        (AccountVerify, verify("disabled"), Means::Disabled),
        (UserVerify, verify("expired"), Means::Expired),
        (UserVerify, verify("exposed"), Means::OtherStatus),
        (UserVerify, good(json!({})), Means::Nothing),
        (UserVerify, good(json!([])), Means::Nothing),
        (UserVerify, good(Value::Null), Means::Nothing),
        (UserVerify, answer(200, json!({"success": true})), Means::Nothing),
        (User, good(json!({"id": "u"})), Means::Accepted),
        (User, good(json!({"id": " "})), Means::Nothing),
        (User, good(json!({"status": "active"})), Means::Nothing),
        (Accounts, good(json!([])), Means::Accepted),
        (Zones, good(json!([{"id": "z"}])), Means::Accepted),
        (Accounts, good(json!({"status": "active"})), Means::Nothing),
    ] {
        assert_eq!(meaning(endpoint, &answer), means, "{endpoint:?} {answer:?}");
    }
}

#[test]
fn a_success_beside_a_failure_says_nothing() {
    let result = json!({"id": "0", "status": "active"});
    for strange in [
        answer(401, json!({"success": true, "errors": [], "result": result.clone()})),
        answer(200, json!({"success": false, "errors": [], "result": result.clone()})),
        answer(200, json!({"success": true, "errors": [{"code": 1000}], "result": result.clone()})),
        answer(201, json!({"success": true, "errors": [], "result": result})),
    ] {
        assert_eq!(meaning(UserVerify, &strange), Means::Nothing, "{strange:?}");
    }
}

#[test]
fn the_catalogue_of_errors() {
    for (endpoint, answer, means) in [
        (UserVerify, one(401, 1000, "Invalid API Token"), Means::Rejected),
        (UserVerify, one(403, 1000, "Invalid API Token"), Means::Rejected),
        (UserVerify, one(200, 1000, "Invalid API Token"), Means::Nothing),
        (UserVerify, one(401, 1000, "Something else"), Means::Nothing),
        (UserVerify, one(401, 1001, "Missing \"Authorization\" header"), Means::Nothing),
        (UserVerify, one(401, 10000, "Authentication error"), Means::Nothing),
        (UserVerify, one(403, 10000, "Forbidden"), Means::Nothing),
        (AccountVerify, one(401, 1000, "Invalid API Token"), Means::Nothing),
        (AccountVerify, one(403, 9109, "Invalid access token"), Means::Nothing),
        (AccountVerify, one(404, 7003, "Could not route to /accounts/x"), Means::Nothing),
        (Accounts, one(403, 9109, "Invalid access token"), Means::Rejected),
        (Zones, one(403, 9109, "Invalid access token"), Means::Rejected),
        (Zones, one(403, 9109, "Unauthorized to access requested resource"), Means::Denied),
        (Zones, one(403, 9109, "Something new"), Means::Nothing),
        (Zones, one(403, 9109, "Cannot use the access token from location: 192.0.2.1"), Means::Elsewhere),
        (UserVerify, one(401, 1000, "cannot use from this location"), Means::Elsewhere),
        (UserVerify, one(403, 9109, "allocation failed"), Means::Nothing),
        (Zones, one(403, 10000, "Forbidden"), Means::Denied),
        (Zones, one(401, 10000, "Authentication error"), Means::Nothing),
        (
            Accounts,
            one(400, 1001, "List accounts endpoint does not support account owned tokens."),
            Means::Nothing,
        ),
        (Accounts, one(400, 9106, "Authentication failed (status: 400)"), Means::Nothing),
        (UserVerify, one(400, 6003, "Invalid request headers"), Means::Malformed),
        (KeyOwner, one(403, 9103, "Unknown X-Auth-Key or X-Auth-Email"), Means::Nothing),
        (KeyOwner, one(403, 9109, "Invalid access token"), Means::Nothing),
        (KeyOwner, one(403, 10000, "Forbidden"), Means::Nothing),
    ] {
        assert_eq!(meaning(endpoint, &answer), means, "{endpoint:?} {answer:?}");
    }
}

#[test]
fn the_chain_tells_a_bad_email_from_a_bad_key() {
    let chained = |code: i64| {
        refused(
            400,
            json!([{"code": 6003, "message": "Invalid request headers", "error_chain": [{"code": code}]}]),
        )
    };
    assert_eq!(meaning(KeyOwner, &chained(6102)), Means::Nothing);
    assert_eq!(meaning(KeyOwner, &chained(6103)), Means::Malformed);
}

#[test]
fn a_rejection_with_anything_beside_it_is_none() {
    let rejection = json!({"code": 9109, "message": "Invalid access token"});
    for beside in [
        json!({"code": 10000, "message": "Authentication error"}),
        json!({"code": 9109, "message": "Cannot use the access token from location: 192.0.2.1"}),
        json!({"code": 1, "message": ""}),
    ] {
        for errors in [json!([rejection, beside]), json!([beside, rejection])] {
            let answer = refused(403, errors);
            assert_ne!(meaning(Zones, &answer), Means::Rejected, "{answer:?}");
        }
    }
}

#[test]
fn messages_explain_generic_errors() {
    let answer = answer(
        403,
        json!({"success": false, "errors": [{"code": 9109, "message": "Invalid access token"}],
            "messages": [{"code": 9109, "message": "Cannot use the access token from location: 192.0.2.1"}]}),
    );
    assert_eq!(meaning(Zones, &answer), Means::Elsewhere);
}

#[test]
fn r2_and_turnstile_speak_their_own_languages() {
    let xml = |http, root: &str, code: Option<&str>| Answer {
        http,
        body: Body::Xml(crate::cloudflare::Xml {
            root: root.into(),
            code: code.map(str::to_owned),
            message: None,
        }),
    };
    let codes = |codes: &[&str]| answer(200, json!({"success": false, "error-codes": codes}));
    for (endpoint, answer, means) in [
        (Buckets, xml(200, "ListAllMyBucketsResult", None), Means::Accepted),
        (Buckets, xml(200, "Whatever", None), Means::Nothing),
        (Buckets, xml(403, "Error", Some("AccessDenied")), Means::Denied),
        (Buckets, xml(401, "Error", Some("Unauthorized")), Means::Rejected),
        (Buckets, xml(403, "Error", Some("SignatureDoesNotMatch")), Means::Nothing),
        (Buckets, xml(403, "Error", Some("NotEntitled")), Means::Nothing),
        (Buckets, xml(400, "Error", Some("InvalidArgument")), Means::Malformed),
        (Siteverify, codes(&["invalid-input-response"]), Means::Accepted),
        (Siteverify, codes(&["invalid-input-secret"]), Means::Rejected),
        (Siteverify, codes(&["invalid-input-secret", "invalid-input-response"]), Means::Nothing),
        (Siteverify, codes(&["internal-error"]), Means::Nothing),
        (Siteverify, codes(&[]), Means::Nothing),
        (Siteverify, answer(200, json!({"success": true, "error-codes": []})), Means::Nothing),
    ] {
        assert_eq!(meaning(endpoint, &answer), means, "{endpoint:?} {answer:?}");
    }
}

#[test]
fn every_row_can_be_reached() {
    for (index, row) in TABLE.iter().enumerate() {
        let shadowed = TABLE[..index].iter().any(|earlier| {
            row.at.iter().all(|endpoint| earlier.at.contains(endpoint))
                && earlier.when.describe() == row.when.describe()
        });
        assert!(!shadowed, "row {index}: {}", row.when.describe());
    }
}

/// `docs/verification.md` holds the table between two marks; where they differ, the document is rewritten.
#[test]
fn the_document_holds_this_table() {
    const BEGIN: &str = "<!-- table: written by the test of src/verify/table.rs -->\n";
    const END: &str = "<!-- end of table -->";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/verification.md");
    let document = std::fs::read_to_string(path).expect("docs/verification.md is there");
    let (head, rest) = document.split_once(BEGIN).expect("the first mark is there");
    let (_, tail) = rest.split_once(END).expect("the second mark is there");
    let wanted = format!("{head}{BEGIN}{}{END}{tail}", as_markdown());
    if document != wanted {
        std::fs::write(path, wanted).expect("docs/verification.md can be written");
        panic!(
            "docs/verification.md was out of date and has been rewritten: look at the difference, commit it"
        );
    }
}

/// Every status, code and text of the catalogue but the rejections themselves, in every combination.
#[test]
fn no_answer_without_the_words_of_a_rejection_rejects() {
    let statuses = [200, 201, 204, 301, 400, 401, 403, 404, 405, 408, 409, 422, 429, 451, 500, 503, 522];
    let codes = [0, 971, 1000, 1001, 6003, 6111, 7000, 7003, 9103, 9106, 9107, 9109, 10000, 10001, 10013];
    let texts = [
        "",
        "Authentication error",
        "Forbidden",
        "Request timeout",
        "Unauthorized to access requested resource",
        "Valid user-level authentication not found",
        "Cannot use the access token from location: 192.0.2.1",
        "Max auth failures reached",
        "Please wait and consider throttling your request speed",
        "Unknown X-Auth-Key or X-Auth-Email",
        "Invalid request headers",
        "Invalid token",
        "Token revoked",
    ];
    for endpoint in Endpoint::ALL {
        for http in statuses {
            for code in codes {
                for text in texts {
                    let answer = one(http, code, text);
                    assert_ne!(
                        meaning(endpoint, &answer),
                        Means::Rejected,
                        "{endpoint:?} {http} {code} {text}"
                    );
                }
            }
        }
    }
}

#[test]
fn nothing_outside_the_status_of_a_refusal_rejects() {
    for endpoint in Endpoint::ALL {
        for http in (100..600).filter(|http| ![400, 401, 403].contains(http)) {
            for (code, text) in [(1000, "Invalid API Token"), (9109, "Invalid access token")] {
                let answer = one(http, code, text);
                assert_ne!(meaning(endpoint, &answer), Means::Rejected, "{endpoint:?} {http} {code}");
            }
        }
    }
}
