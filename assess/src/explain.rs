//! The chain of reasons behind one verdict.

use staunch_model::{
    Assessment, ExplainedUpdate, Explanation, Finding, KbNumber, Support, Verdict, VulnerabilityId,
};

use crate::assessor::{AssessError, Assessor, Machine, Options, identity};
use crate::verdict::list;

impl Assessor {
    /// Explains the verdict on one update.
    ///
    /// # Errors
    /// As [`Assessor::assess`].
    pub fn explain_update(
        &self,
        machine: &Machine,
        options: &Options,
        kb: KbNumber,
    ) -> Result<Explanation, AssessError> {
        let found = self.assess(machine, &everything(options))?;
        let findings: Vec<Finding> = found.findings.into_iter().filter(|f| f.kb == kb).collect();
        let answer = match findings.first() {
            Some(finding) => {
                format!("{kb} is {} on this machine.", words(finding.verdict))
            }
            None => match (self.judge(machine, options)?.later(kb), self.other_products(kb)?) {
                (Some(day), _) => {
                    format!("{kb} was published on {day}, after the day of the question.")
                }
                (None, None) => format!("{kb} is in no publication of the catalog."),
                (None, Some(products)) => {
                    format!("{kb} is not published for {}; it is for {products}.", machine.system)
                }
            },
        };
        self.explanation(machine, kb.to_string(), answer, found.support, findings)
    }

    /// Explains whether a vulnerability is open, through the updates that close it.
    ///
    /// # Errors
    /// As [`Assessor::assess`].
    pub fn explain_vulnerability(
        &self,
        machine: &Machine,
        options: &Options,
        id: VulnerabilityId,
    ) -> Result<Explanation, AssessError> {
        let found = self.assess(machine, &everything(options))?;
        let findings: Vec<Finding> = found
            .findings
            .into_iter()
            .filter(|f| f.cves.contains(&id) && f.verdict != Verdict::IncludedInServicePack)
            .collect();
        let with = |verdict: Verdict| {
            findings.iter().filter(move |f| f.verdict == verdict).map(|f| f.kb).collect::<Vec<_>>()
        };
        let (missing, open) = (with(Verdict::Missing), with(Verdict::Undetermined));
        let pending = with(Verdict::PendingReboot);
        let is_exposed = self.judge(machine, options)?.exposed.contains(&id);
        let is_foreign = findings.iter().all(|f| f.verdict == Verdict::NotApplicable);
        let answer = if findings.is_empty() {
            format!("No update in the catalog closes {id} on {}.", machine.system)
        } else if is_foreign {
            format!("{id} does not concern this machine: what it is in is not installed.")
        } else if !missing.is_empty() && is_exposed {
            format!("{id} is open on this machine: {} missing.", is_or_are(&missing))
        } else if !open.is_empty() {
            format!("Whether {id} is closed is not known: {} decide.", list(open.iter()))
        } else if !pending.is_empty() {
            format!("{id} is open until the next restart: {} waiting for it.", is_or_are(&pending))
        } else {
            format!("{id} is closed on this machine.")
        };
        self.explanation(machine, id.to_string(), answer, found.support, findings)
    }

    fn explanation(
        &self,
        machine: &Machine,
        subject: String,
        answer: String,
        support: Support,
        findings: Vec<Finding>,
    ) -> Result<Explanation, AssessError> {
        let judged = self.judge(machine, &Options::default())?;
        let catalog = self.catalog();
        let updates = findings
            .into_iter()
            .map(|finding| {
                let origins = judged
                    .candidates
                    .find(finding.kb)
                    .map(|candidate| candidate.origins.clone())
                    .unwrap_or_default();
                let mut publications = Vec::new();
                for origin in origins {
                    publications.extend(catalog.publications(origin)?);
                }
                publications.sort();
                publications.dedup();
                Ok(ExplainedUpdate {
                    kb: finding.kb,
                    bulletin: finding.bulletin,
                    title: finding.title,
                    product: finding.product,
                    date: finding.date,
                    verdict: finding.verdict,
                    evidence: finding.evidence,
                    publications,
                })
            })
            .collect::<Result<_, AssessError>>()?;
        Ok(Explanation {
            schema: Assessment::SCHEMA,
            subject,
            machine: identity(machine),
            support,
            answer,
            updates,
        })
    }

    /// Names the products that an update is published for; nothing where no publication has it.
    pub(crate) fn other_products(&self, kb: KbNumber) -> Result<Option<String>, AssessError> {
        let updates = self.catalog().updates_of_kb(kb)?;
        let products: Vec<String> =
            updates.iter().map(|update| update.product.to_string()).take(NAMED_PRODUCTS).collect();
        Ok((!products.is_empty()).then(|| list(products.iter())))
    }
}

const NAMED_PRODUCTS: usize = 4;

pub(crate) fn everything(options: &Options) -> Options {
    Options { all: true, vulnerabilities: Vec::new(), min_severity: None, ..options.clone() }
}

fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Missing => "missing",
        Verdict::Undetermined => "undetermined",
        Verdict::PendingReboot => "waiting for a restart",
        Verdict::Installed => "installed",
        Verdict::Superseded => "superseded by what is installed",
        Verdict::IncludedInServicePack => "included in the service pack",
        Verdict::NotApplicable => "not applicable",
    }
}

fn is_or_are(kbs: &[KbNumber]) -> String {
    let verb = if kbs.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", list(kbs.iter()))
}
