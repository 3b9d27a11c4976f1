//! Which log is this? By the shape of its first lines.

use super::marks;
use memchr::{memchr, memmem};

/// How a log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    GithubActions,
    AzurePipelines,
    Gitlab,
    Buildkite,
    Jenkins,
    /// `docker build --progress=plain`.
    DockerBuild,
    /// The json-file driver: a line a record, cut at 16 KiB.
    DockerJson,
    /// The container runtime interface: `time stream P|F text`.
    Kubernetes,
    /// What Terraform prints.
    TerraformText,
    Circleci,
    WorkersBuilds,
    Pages,
    /// State and plan as JSON.
    TerraformJson,
}

impl Format {
    /// `provider` in every output (CONTRACT section 4).
    pub fn provider(self) -> &'static str {
        match self {
            Format::GithubActions => "github-actions",
            Format::AzurePipelines => "azure-pipelines",
            Format::Gitlab => "gitlab",
            Format::Buildkite => "buildkite",
            Format::Jenkins => "jenkins",
            Format::DockerBuild | Format::DockerJson => "docker",
            Format::Kubernetes => "kubernetes",
            Format::TerraformText | Format::TerraformJson => "terraform",
            Format::Circleci => "circleci",
            Format::WorkersBuilds => "workers-builds",
            Format::Pages => "pages",
        }
    }

    /// One JSON value rather than lines.
    pub fn is_document(self) -> bool {
        match self {
            Format::Circleci | Format::WorkersBuilds | Format::Pages | Format::TerraformJson => true,
            Format::GithubActions
            | Format::AzurePipelines
            | Format::Gitlab
            | Format::Buildkite
            | Format::Jenkins
            | Format::DockerBuild
            | Format::DockerJson
            | Format::Kubernetes
            | Format::TerraformText => false,
        }
    }
}

/// As much of a file as is looked at.
const HEAD: usize = 8 << 10;

/// The format of a log that starts with `head` and is named `name`; `None` for everything else.
///
/// Asked for every chunk of a scan, so ordinary text is sent away by its first bytes.
pub fn detect(head: &[u8], name: &str) -> Option<Format> {
    let head = &head[..head.len().min(HEAD)];
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let has = |words: &[u8]| memmem::find(head, words).is_some();
    match *head.first()? {
        b'{' | b'[' => json(head, &has),
        b'0'..=b'9' => stamped(head, &has),
        b'#' => docker_build(head).then_some(Format::DockerBuild),
        _ => None,
    }
    .or_else(|| marked(head, name, &has))
}

fn json(head: &[u8], has: &dyn Fn(&[u8]) -> bool) -> Option<Format> {
    let starts = |words: &[u8]| head.starts_with(words);
    if starts(b"{\"log\":\"") && has(b"\"stream\":\"") && has(b"\"time\":\"") {
        return Some(Format::DockerJson);
    }
    if head[0] == b'[' && has(b"\"message\"") && has(b"\"time\"") && has(b"\"type\"") && has(b"\"truncated\"")
    {
        return Some(Format::Circleci);
    }
    if has(b"\"lines\"") && has(b"[[") && (has(b"\"cursor\"") || has(b"\"truncated\"")) {
        return Some(Format::WorkersBuilds);
    }
    if has(b"\"data\"") && has(b"\"ts\"") && has(b"\"line\"") {
        return Some(Format::Pages);
    }
    let is_terraform = has(b"\"terraform_version\"") && (has(b"\"version\"") || has(b"\"format_version\""));
    is_terraform.then_some(Format::TerraformJson)
}

/// Logs with a time before every line.
fn stamped(head: &[u8], has: &dyn Fn(&[u8]) -> bool) -> Option<Format> {
    let first = &head[..memchr(b'\n', head).unwrap_or(head.len())];
    let stamp = marks::timestamp(first)?;
    let rest = &first[stamp.len..];
    if marks::gitlab_stream(rest).is_some() && stamp.digits == 6 {
        return Some(Format::Gitlab);
    }
    if marks::kubernetes_stream(rest).is_some() {
        return Some(Format::Kubernetes);
    }
    // Seven digits are the ticks of .NET, in which both runners are written; few other programs print them.
    if stamp.digits != 7 || !stamp.is_utc || !matches!(rest.first(), Some(b' ') | None) {
        return None;
    }
    let is_azure = has(b"##[section]") || has(b"##vso[") || has(b"Async Command Start");
    Some(if is_azure { Format::AzurePipelines } else { Format::GithubActions })
}

fn docker_build(head: &[u8]) -> bool {
    let mut lines = head.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let is_step = |line: &[u8]| marks::docker_step(line).is_some();
    let first = lines.next().is_some_and(|line| is_step(line) && line.contains(&b'['));
    first && lines.take(5).all(|line| is_step(line) || !line.starts_with(b"#"))
}

/// Logs with marks of their own somewhere in the first lines.
fn marked(head: &[u8], name: &str, has: &dyn Fn(&[u8]) -> bool) -> Option<Format> {
    if head.starts_with(b"Running with gitlab-runner ") {
        return Some(Format::Gitlab);
    }
    if head.starts_with(b"Started by ")
        && (has(b"\n[Pipeline] ") || has(b"\nBuilding ") || has(b"\nRunning "))
    {
        return Some(Format::Jenkins);
    }
    if memchr(0x1b, head).is_some() {
        if has(b"\x1b_bk;t=") {
            return Some(Format::Buildkite);
        }
        if has(b"section_start:") || has(b"Running with gitlab-runner ") {
            return Some(Format::Gitlab);
        }
        if has(b"\x1b[8mha:") {
            return Some(Format::Jenkins);
        }
    }
    let file_name = name.rsplit('/').next().unwrap_or(name);
    let may_be_output =
        !file_name.contains('.') || LOG_NAMES.iter().any(|ending| file_name.ends_with(ending));
    let is_terraform = may_be_output && has(b" will perform the following action");
    is_terraform.then_some(Format::TerraformText)
}

/// How files are named that hold what a program printed.
const LOG_NAMES: [&str; 4] = [".log", ".txt", ".out", ".tfplan.txt"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_known_by_their_first_lines() {
        let table: [(&[u8], Option<Format>); 26] = [
            (b"2025-04-07T12:57:33.2904078Z ##[group]Run x\n", Some(Format::GithubActions)),
            (b"\xef\xbb\xbf2025-04-07T12:57:33.2904078Z Current runner\n", Some(Format::GithubActions)),
            (b"2025-04-07T12:57:33.2904078Z ##[section]Starting: x\n", Some(Format::AzurePipelines)),
            (b"2025-04-07T12:57:33.290407Z 00O Running with\n", Some(Format::Gitlab)),
            (b"2025-04-07T12:57:33.290407Z 00O+continued\n", Some(Format::Gitlab)),
            (b"Running with gitlab-runner 17\n", Some(Format::Gitlab)),
            (b"\x1b[0Ksection_start:1:x\r\x1b[0KGetting\n", Some(Format::Gitlab)),
            (b"2025-04-07T12:57:33.290407800Z stdout F x\n", Some(Format::Kubernetes)),
            (b"2025-04-07T12:57:33.290407800+02:00 stderr P x\n", Some(Format::Kubernetes)),
            (b"\x1b_bk;t=1744030653290\x07~~~ Running\r\n", Some(Format::Buildkite)),
            (b"Started by user x\n[Pipeline] Start of Pipeline\n", Some(Format::Jenkins)),
            (b"Started by user \x1b[8mha:////4AAA\x1b[0mx\n", Some(Format::Jenkins)),
            (b"#1 [internal] load build definition\n#1 DONE 0.0s\n", Some(Format::DockerBuild)),
            (b"{\"log\":\"x\\n\",\"stream\":\"stdout\",\"time\":\"2025\"}\n", Some(Format::DockerJson)),
            (
                b"[{\"message\":\"x\",\"time\":\"2025\",\"type\":\"out\",\"truncated\":false}]",
                Some(Format::Circleci),
            ),
            (b"{\"result\":{\"cursor\":\"\",\"lines\":[[1744030653,\"x\"]]}}", Some(Format::WorkersBuilds)),
            (b"{\"result\":{\"total\":1,\"data\":[{\"ts\":\"2025\",\"line\":\"x\"}]}}", Some(Format::Pages)),
            (b"{\n \"version\": 4,\n \"terraform_version\": \"1.9.0\"", Some(Format::TerraformJson)),
            (b"\nTerraform will perform the following actions:\n", Some(Format::TerraformText)),
            (b"2025-04-07T12:57:33.290Z INFO started\n", None),
            (b"2025-04-07 12:57:33 started\n", None),
            (b"# A heading\n", None),
            (b"#!/bin/sh\n", None),
            (b"{\"name\":\"x\",\"version\":\"1\"}", None),
            (b"plain text\n", None),
            (b"", None),
        ];
        for (head, want) in table {
            assert_eq!(detect(head, "job.log"), want, "{}", String::from_utf8_lossy(head));
        }
    }
}
