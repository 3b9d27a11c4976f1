use super::super::reply::Reply;

/// The answers of R2 that are not a success (CLOUDFLARE.md 2.7).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum S3Error {
    NoAuthorization,
    WrongIdLength(usize),
    Unauthorized,
    SignatureDoesNotMatch,
    AccessDenied,
    NotEntitled,
    ExpiredRequest,
    NoSuchBucket,
    NoSuchKey,
    MethodNotAllowed,
}

impl S3Error {
    fn parts(&self) -> (u16, &'static str, String) {
        let fixed = |status, code, words: &str| (status, code, words.to_owned());
        match self {
            S3Error::NoAuthorization => fixed(400, "InvalidArgument", "Authorization"),
            S3Error::WrongIdLength(length) => {
                let words = format!("Credential access key has length {length}, should be 32");
                (400, "InvalidArgument", words)
            }
            S3Error::Unauthorized => fixed(401, "Unauthorized", "Unauthorized"),
            S3Error::SignatureDoesNotMatch => fixed(
                403,
                "SignatureDoesNotMatch",
                "The request signature we calculated does not match the signature you provided.",
            ),
            S3Error::AccessDenied => fixed(403, "AccessDenied", "Access Denied"),
            S3Error::NotEntitled => {
                fixed(403, "NotEntitled", "Please enable R2 through the Cloudflare Dashboard.")
            }
            S3Error::ExpiredRequest => fixed(400, "ExpiredRequest", "Request has expired"),
            S3Error::NoSuchBucket => fixed(404, "NoSuchBucket", "The specified bucket does not exist."),
            S3Error::NoSuchKey => fixed(404, "NoSuchKey", "The specified key does not exist."),
            S3Error::MethodNotAllowed => {
                fixed(405, "MethodNotAllowed", "The drill plays lists, GET and PUT only.")
            }
        }
    }
}

impl From<S3Error> for Reply {
    fn from(error: S3Error) -> Reply {
        let (status, code, message) = error.parts();
        xml(status, &format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
    }
}

pub(super) fn xml(status: u16, body: &str) -> Reply {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{body}");
    Reply::raw(status, "application/xml", text.into_bytes())
}
