use super::super::company::Cast;

/// The log of one job on GitHub Actions (SURFACES.md 2.1). The job's own secret is masked; the debugging
/// script takes the token from `deploy/.env`, which the masker never heard of.
pub(super) fn text(cast: &Cast) -> String {
    let token = cast.leaked.value.expose();
    let account = &cast.production;
    let lines = [
        "##[group]Run npx wrangler deploy".to_owned(),
        "\u{1b}[36;1mnpx wrangler deploy\u{1b}[0m".to_owned(),
        "shell: /usr/bin/bash -e {0}".to_owned(),
        "env:".to_owned(),
        "  CLOUDFLARE_API_TOKEN: ***".to_owned(),
        format!("  CLOUDFLARE_ACCOUNT_ID: {account}"),
        "##[endgroup]".to_owned(),
        " \u{26c5}\u{fe0f} wrangler 4.125.0".to_owned(),
        "\u{1b}[31m✘ [ERROR]\u{1b}[0m A request to the Cloudflare API (/workers/scripts/shop) failed."
            .to_owned(),
        "##[group]Run ./ci/debug.sh".to_owned(),
        "+ source deploy/.env".to_owned(),
        "+ curl -sv https://api.cloudflare.com/client/v4/user/tokens/verify".to_owned(),
        "> GET /client/v4/user/tokens/verify HTTP/2".to_owned(),
        "> host: api.cloudflare.com".to_owned(),
        format!("> authorization: Bearer {token}"),
        "< HTTP/2 200".to_owned(),
        "##[endgroup]".to_owned(),
    ];
    let start = cast.leaked_at;
    let stamped = lines.iter().zip(0_i64..).map(|(line, second)| {
        let time = start.checked_add(jiff::SignedDuration::from_secs(second)).unwrap_or(start);
        format!("{} {line}\n", time.strftime("%Y-%m-%dT%H:%M:%S.0000000Z"))
    });
    stamped.collect()
}
