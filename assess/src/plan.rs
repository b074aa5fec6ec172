//! The least set of updates, in the order of installing.

use std::collections::BTreeSet;

use staunch_model::{
    Assessment, Date, Family, Finding, KbNumber, Plan, PlanStep, Restart, Series, Verdict,
    VulnerabilityId,
};

use crate::assessor::{AssessError, Assessor, Machine, Options, identity};

impl Assessor {
    /// Plans what to install on one machine so that every exposed vulnerability is closed.
    ///
    /// # Errors
    /// As [`Assessor::assess`].
    pub fn plan(&self, machine: &Machine, options: &Options) -> Result<Plan, AssessError> {
        let whole = self.assess(machine, &Options { all: true, ..options.clone() })?;
        let mut open: BTreeSet<VulnerabilityId> = self.judge(machine, options)?.exposed;
        let mut offered: Vec<_> = whole.findings.iter().filter(|f| f.offered).collect();
        offered.sort_by_key(|finding| finding.install_order());
        let steps: Vec<PlanStep> = offered
            .into_iter()
            .map(|finding| PlanStep {
                kb: finding.kb,
                title: finding.title.clone(),
                series: finding.series,
                severity: finding.severity,
                restart: finding.restart,
                closes: finding.cves.iter().copied().filter(|id| open.remove(id)).collect(),
                replaces: replaced_by(&whole, finding.kb),
                reason: reason(finding, machine.system.family),
            })
            .collect();
        let reboots = reboots(&steps, options.as_of);
        Ok(Plan {
            schema: Assessment::SCHEMA,
            machine: identity(machine),
            support: whole.support,
            reboots,
            steps,
            exploited: whole.summary.exploited.clone(),
            left_open: open.into_iter().collect(),
        })
    }
}

/// Day since which updates are signed with SHA-2 alone; KB4472027 has it.
const SHA2_ALONE: Date = Date::constant(2019, 8, 13);

/// Counts the restarts: one at the end, and one before what is signed with SHA-2 alone.
fn reboots(steps: &[PlanStep], as_of: Option<Date>) -> usize {
    let signing = steps.iter().position(|step| step.kb == KbNumber::SHA2_SIGNING);
    let signing = signing.filter(|_| as_of.is_none_or(|day| day >= SHA2_ALONE));
    let (first, last) = steps.split_at(signing.map_or(0, |at| at + 1));
    let restarts = |steps: &&[PlanStep]| steps.iter().any(|step| step.restart != Some(Restart::No));
    [first, last].iter().filter(|steps| restarts(steps)).count()
}

fn reason(finding: &Finding, family: Family) -> String {
    if finding.kb == KbNumber::SHA2_SIGNING {
        let stack = match family {
            Family::Server2008 => "KB4493730 of April 2019",
            _ => "KB4490628 of March 2019",
        };
        return format!(
            "updates since August 2019 need it, a restart after it, and the servicing stack {stack}"
        );
    }
    let reason = match finding.series {
        Series::ServicingStack => "the servicing stack comes first: later updates may need it",
        Series::Cumulative | Series::MonthlyRollup => "it contains most of what is missing",
        Series::NetRollup => "it contains the fixes for the .NET Framework",
        _ => "nothing else that is offered contains it",
    };
    reason.to_owned()
}

fn replaced_by(whole: &Assessment, kb: KbNumber) -> Vec<KbNumber> {
    let replaced = |f: &&Finding| f.verdict == Verdict::Missing && f.represented_by == Some(kb);
    whole.findings.iter().filter(replaced).map(|finding| finding.kb).collect()
}
