use staunch_model::Severity;

use super::reading::PRODUCT_OPTIONS;
use super::sql_server;
use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "sql-on-domain-controller",
    title: "A domain controller is no database server",
    severity: Severity::Important,
    remedy: "Move the databases to another machine and remove SQL Server from the domain controller",
    source: "MBSA, check \"SQL Server/MSDE on Domain Controller\"; Microsoft Learn, \"Security \
             considerations for a SQL Server installation\"",
    reads: &[
        sql_server::READS[0],
        sql_server::READS[1],
        sql_server::READS[2],
        sql_server::READS[3],
        PRODUCT_OPTIONS,
    ],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if let Err(none) = sql_server::instances(subject)? {
        return Ok(none);
    }
    Ok(match subject.is_domain_controller()? {
        true => Outcome::weak("SQL Server is installed, and the machine is a domain controller"),
        false => Outcome::sound("SQL Server is installed, and the machine is no domain controller"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{SERVER_2003, table};
    use crate::check::sql_server::tests::install;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Weak};

    #[test]
    fn only_both_together_are_weak() {
        table(
            &CHECK,
            &[
                (SERVER_2003, |_| {}, NotApplicable, "SQL Server is not installed"),
                (
                    SERVER_2003,
                    |facts| {
                        install(facts, 1);
                        facts.set_text(PRODUCT_OPTIONS, "ProductType", "LanmanNT");
                    },
                    Weak,
                    "SQL Server is installed, and the machine is a domain controller",
                ),
                (
                    SERVER_2003,
                    |facts| {
                        install(facts, 1);
                        facts.set_text(PRODUCT_OPTIONS, "ProductType", "ServerNT");
                    },
                    Sound,
                    "SQL Server is installed, and the machine is no domain controller",
                ),
            ],
        );
    }
}
