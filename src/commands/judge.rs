//! The seam between finding and asking: a judgement for each finding.

use crate::cli::VerifyScope;
use crate::cloudflare::{Pace, Services};
use crate::commands::interrupt::Interrupt;
use crate::commands::settings::Settings;
use crate::commands::{CommandError, edge, line};
use crate::model::{Finding, Judgement, NotCheckedReason, UnknownReason, Verdict};
use crate::ui::{Progress, Showing, Talk};
use crate::verify::{Context, Judge, Mode, may_ask, not_asked};

/// Judges findings, or says why nobody is asked.
#[derive(Debug)]
pub struct Bench {
    plan: Plan,
    talk: Talk,
    progress: Showing,
}

#[derive(Debug)]
enum Plan {
    Silent(NotCheckedReason),
    Ask { services: Box<Services>, mode: Mode, pace: Pace },
}

impl Bench {
    /// Refuses a host that may not receive credentials before anything is read. Offline there is no client at
    /// all, so no host matters.
    pub fn prepare(settings: &Settings) -> Result<Self, CommandError> {
        let plan = match (settings.offline, settings.verify) {
            (true, _) => Plan::Silent(NotCheckedReason::Offline),
            (false, VerifyScope::None) => Plan::Silent(NotCheckedReason::TurnedOff),
            (false, VerifyScope::High) => ask(settings, Mode::High)?,
            (false, VerifyScope::All) => ask(settings, Mode::All)?,
        };
        Ok(Bench { plan, talk: settings.talk, progress: settings.progress })
    }

    /// One judgement a finding, in the same order. `others` may know an e-mail or an account that helps.
    pub fn judge(&self, findings: &[Finding], others: &[Finding], interrupt: &Interrupt) -> Vec<Judgement> {
        let (services, mode, pace) = match &self.plan {
            Plan::Silent(why) => return not_asked(findings, *why),
            Plan::Ask { services, mode, pace } => (services.as_ref().clone(), *mode, *pace),
        };
        if findings.iter().all(|finding| may_ask(finding, mode).is_err()) {
            return without_asking(findings, mode, UnknownReason::Interrupted);
        }
        let context = Context::gather(findings.iter().chain(others), edge::now());
        self.ask_all((services, pace), findings, mode, &context, interrupt).unwrap_or_else(|error| {
            self.talk.warn(&format!("nothing was verified: {error}"));
            without_asking(findings, mode, UnknownReason::Connect)
        })
    }

    fn ask_all(
        &self,
        (services, pace): (Services, Pace),
        findings: &[Finding],
        mode: Mode,
        context: &Context,
        interrupt: &Interrupt,
    ) -> Result<Vec<Judgement>, Box<dyn std::error::Error>> {
        let judge = Judge::new(line::client(services, pace)?);
        let runtime = line::runtime()?;
        let open = findings.iter().filter(|finding| may_ask(finding, mode).is_ok()).count();
        let _progress = Progress::judging(self.progress, open, judge.done());
        Ok(runtime.block_on(judge.judge(findings, mode, context, interrupt.raised())))
    }
}

fn ask(settings: &Settings, mode: Mode) -> Result<Plan, CommandError> {
    let services = line::services(settings)?;
    Ok(Plan::Ask { services: Box::new(services), mode, pace: settings.pace })
}

fn without_asking(findings: &[Finding], mode: Mode, why: UnknownReason) -> Vec<Judgement> {
    let judge = |finding| match may_ask(finding, mode) {
        Ok(()) => Judgement { verdict: Verdict::Unknown(why.clone()), asked: Vec::new() },
        Err(why) => Judgement::not_checked(why),
    };
    findings.iter().map(judge).collect()
}
