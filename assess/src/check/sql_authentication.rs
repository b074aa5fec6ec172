use staunch_model::Severity;

use super::sql_server::{self, Instance};
use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "sql-authentication",
    title: "SQL Server takes Windows accounts only",
    severity: Severity::Moderate,
    remedy: "Set the server to Windows authentication (LoginMode 1), or give sa and every other \
             login of the server's own a strong password",
    source: "MBSA, check \"SQL Server/MSDE Security Mode\"; CIS Microsoft SQL Server Benchmarks, \
             \"Server Authentication\"",
    reads: sql_server::READS,
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let instances = match sql_server::instances(subject)? {
        Ok(instances) => instances,
        Err(none) => return Ok(none),
    };
    let details = instances
        .iter()
        .map(|instance| Outcome::from(mode(subject, instance)).about(&instance.name))
        .collect();
    Ok(Outcome::of_details(
        details,
        "instances take logins of their own",
        "every instance takes Windows accounts only",
    ))
}

fn mode(subject: &Subject<'_>, instance: &Instance) -> Result<Outcome, Unseen> {
    Ok(match subject.number(&instance.key, "LoginMode")? {
        Some(1) => Outcome::sound("it takes Windows accounts only"),
        Some(2) => Outcome::weak("it takes logins of its own beside Windows accounts"),
        Some(0) => Outcome::weak("it takes logins of its own"),
        Some(other) => Outcome::undetermined(format!("LoginMode is {other}, which is not known")),
        None => Outcome::undetermined("LoginMode is not set"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{SERVER_2019, WINDOWS_2000, table};
    use crate::check::sql_server::tests::{NAMES, SQL_2000, install};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    #[test]
    fn mixed_authentication_is_weak() {
        table(
            &CHECK,
            &[
                (SERVER_2019, |_| {}, NotApplicable, "SQL Server is not installed"),
                (
                    SERVER_2019,
                    |facts| install(facts, 1),
                    Sound,
                    "every instance takes Windows accounts only",
                ),
                (
                    WINDOWS_2000,
                    |facts| {
                        install(facts, 2);
                        facts.set_u32(SQL_2000, "LoginMode", 0);
                    },
                    Weak,
                    "instances take logins of their own: SQLEXPRESS, MSSQLSERVER",
                ),
                (
                    SERVER_2019,
                    |facts| _ = facts.set_text(NAMES, "OWN", "MSSQL15.OWN"),
                    Undetermined,
                    "LoginMode is not set",
                ),
            ],
        );
    }
}
