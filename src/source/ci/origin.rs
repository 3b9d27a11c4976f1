//! Run, job and step, as far as names and paths tell.

use super::Format;
use crate::model::{CiOrigin, Provenance, SourceKind};
use std::sync::Arc;

/// The place of lines of one step.
pub fn place(
    provenance: &Arc<Provenance>,
    format: Format,
    step: Option<&str>,
    time: Option<String>,
) -> Arc<Provenance> {
    let mut place = provenance.as_ref().clone();
    let told = told(&names(provenance), format, provenance.inside.len());
    place.source = SourceKind::Ci;
    place.ci = Some(Box::new(CiOrigin {
        provider: format.provider().to_owned(),
        run: told.run,
        job: told.job,
        step: told.step.or_else(|| step.map(str::to_owned)),
        time,
    }));
    Arc::new(place)
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    run: Option<String>,
    job: Option<String>,
    step: Option<String>,
}

/// All names on the way, the file's path first and then the members' paths.
fn names(provenance: &Provenance) -> Vec<String> {
    let path = provenance.path.as_ref().map(|path| path.to_string_lossy().into_owned());
    let ways = path.iter().chain(&provenance.inside);
    let names = ways.flat_map(|way| way.split(['/', '\\']).map(str::to_owned).collect::<Vec<_>>());
    names.filter(|name| !name.is_empty()).collect()
}

fn told(names: &[String], format: Format, members: usize) -> Told {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match format {
        Format::GithubActions | Format::AzurePipelines => runner(&names, members > 0),
        Format::Jenkins => jenkins(&names),
        Format::DockerJson => docker(&names),
        Format::Kubernetes => kubernetes(&names),
        Format::Gitlab
        | Format::Buildkite
        | Format::DockerBuild
        | Format::TerraformText
        | Format::Circleci
        | Format::WorkersBuilds
        | Format::Pages
        | Format::TerraformJson => Told::default(),
    }
}

/// `1_build.txt` is a job, `build/3_deploy.txt` a step of one; the archive is named after the run.
fn runner(names: &[&str], is_in_archive: bool) -> Told {
    let Some((file, directories)) = names.split_last() else { return Told::default() };
    let run = directories.iter().rev().find_map(|name| run_number(name));
    let Some(stem) = file.strip_suffix(".txt") else { return Told { run, ..Told::default() } };
    let numbered =
        stem.split_once('_').filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let parent = directories.last().filter(|name| !looks_like_root(name, is_in_archive));
    match (parent, numbered) {
        (Some(job), Some((_, step))) => {
            Told { run, job: Some((*job).to_owned()), step: Some(step.to_owned()) }
        }
        (Some(job), None) if stem == "system" => {
            Told { run, job: Some((*job).to_owned()), step: Some(stem.to_owned()) }
        }
        (None, Some((_, job))) => Told { run, job: Some(job.to_owned()), step: None },
        (Some(_) | None, None) => Told { run, ..Told::default() },
    }
}

/// `logs_14325.zip`
fn run_number(name: &str) -> Option<String> {
    let digits = name.strip_prefix("logs_")?.trim_end_matches(".zip");
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.to_owned())
}

/// An archive's own name, or a directory that it was unpacked to, is no job.
fn looks_like_root(name: &str, is_in_archive: bool) -> bool {
    let is_archive = [".zip", ".tar", ".gz", ".tgz"].iter().any(|ending| name.ends_with(ending));
    is_archive || (!is_in_archive && name.to_ascii_lowercase().contains("log"))
}

/// `jobs/<job>/builds/<number>/log`, folders and branches being jobs in jobs.
fn jenkins(names: &[&str]) -> Told {
    let Some(builds) = names.iter().rposition(|name| *name == "builds") else { return Told::default() };
    let jobs = names[..builds].iter().enumerate().filter(|(at, _)| {
        at.checked_sub(1).is_some_and(|before| matches!(names[before], "jobs" | "branches"))
    });
    let job = jobs.map(|(_, name)| *name).collect::<Vec<_>>().join("/");
    Told {
        run: names.get(builds + 1).map(|name| (*name).to_owned()),
        job: (!job.is_empty()).then_some(job),
        step: None,
    }
}

/// `containers/<id>/<id>-json.log`
fn docker(names: &[&str]) -> Told {
    let id = names.last().and_then(|name| name.split_once("-json.log")).map(|(id, _)| id);
    Told { job: id.map(str::to_owned), ..Told::default() }
}

/// `pods/<namespace>_<pod>_<uid>/<container>/0.log` or `containers/<pod>_<namespace>_<container>-<id>.log`
fn kubernetes(names: &[&str]) -> Told {
    let [.., pod, container, _] = names else { return Told::default() };
    let parts: Vec<&str> = pod.split('_').collect();
    if let [_, pod, _] = parts.as_slice() {
        return Told { run: None, job: Some((*pod).to_owned()), step: Some((*container).to_owned()) };
    }
    let file = names.last().and_then(|name| name.strip_suffix(".log")).unwrap_or_default();
    let parts: Vec<&str> = file.splitn(3, '_').collect();
    let [pod, _, container] = parts.as_slice() else { return Told::default() };
    let container = container.rsplit_once('-').map_or(*container, |(name, _)| name);
    Told { run: None, job: Some((*pod).to_owned()), step: Some(container.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_run_job_and_step() {
        let table = [
            (Format::GithubActions, "logs_14325.zip!1_build.txt", "14325 build -"),
            (
                Format::GithubActions,
                "logs_14325.zip!build (18, x)/3_deploy.txt",
                "14325 build (18, x) deploy",
            ),
            (Format::GithubActions, "a/logs_7/build/3_Run npm ci.txt", "7 build Run npm ci"),
            (Format::GithubActions, "logs.zip!build/system.txt", "- build system"),
            (Format::GithubActions, "a/logs/1_build.txt", "- build -"),
            (Format::GithubActions, "job.log", "- - -"),
            (Format::Jenkins, "/v/jobs/team/jobs/shop/branches/main/builds/12/log", "12 team/shop/main -"),
            (Format::DockerJson, "/var/lib/docker/containers/f0/f0-json.log", "- f0 -"),
            (Format::Kubernetes, "/var/log/pods/web_shop-1_0f/app/0.log", "- shop-1 app"),
            (Format::Kubernetes, "/var/log/containers/shop-1_web_app-00ff.log", "- shop-1 app"),
            (Format::Gitlab, "trace.log", "- - -"),
        ];
        for (format, path, want) in table {
            let (path, inside) = path.split_once('!').unwrap_or((path, ""));
            let mut provenance = Provenance::file(path);
            provenance.inside.extend((!inside.is_empty()).then(|| inside.to_owned()));
            let told = told(&names(&provenance), format, provenance.inside.len());
            let got = [told.run, told.job, told.step].map(|word| word.unwrap_or_else(|| "-".to_owned()));
            assert_eq!(got.join(" "), want, "{path}");
        }
    }
}
