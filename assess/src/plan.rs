//! The least set of updates, in the order of installing.

use std::collections::BTreeSet;

use staunch_model::{
    Assessment, KbNumber, Plan, PlanStep, Restart, Series, Verdict, VulnerabilityId,
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
        offered.sort_by_key(|finding| (finding.series.install_rank(), finding.date, finding.kb));
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
                reason: reason(finding.series).to_owned(),
            })
            .collect();
        let restarts = steps.iter().any(|step| step.restart != Some(Restart::No));
        Ok(Plan {
            schema: Assessment::SCHEMA,
            machine: identity(machine),
            support: whole.support,
            reboots: usize::from(restarts),
            steps,
            exploited: whole.summary.exploited.clone(),
            left_open: open.into_iter().collect(),
        })
    }
}

fn reason(series: Series) -> &'static str {
    match series {
        Series::ServicingStack => "the servicing stack comes first: later updates may need it",
        Series::Cumulative | Series::MonthlyRollup => "it contains most of what is missing",
        Series::NetRollup => "it contains the fixes for the .NET Framework",
        _ => "nothing else that is offered contains it",
    }
}

fn replaced_by(whole: &Assessment, kb: KbNumber) -> Vec<KbNumber> {
    let replaced =
        |f: &&staunch_model::Finding| f.verdict == Verdict::Missing && f.represented_by == Some(kb);
    whole.findings.iter().filter(replaced).map(|finding| finding.kb).collect()
}
