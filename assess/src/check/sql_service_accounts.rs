use staunch_model::{Collected, Severity};

use super::sql_server::{self, Instance};
use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "sql-service-accounts",
    title: "SQL Server runs under an account that is no administrator",
    severity: Severity::Important,
    remedy: "Let the service of the instance run under a virtual or managed service account, with \
             SQL Server Configuration Manager",
    source: "MBSA, check \"SQL Server/MSDE Service Accounts\"; CIS Microsoft SQL Server \
             Benchmarks, \"Ensure the SQL Server's MSSQL Service Account is Not an Administrator\"",
    reads: &[
        sql_server::READS[0],
        sql_server::READS[1],
        sql_server::READS[2],
        sql_server::READS[3],
        r"HKLM\SYSTEM\CurrentControlSet\Services\MSSQL*",
        "local accounts",
    ],
    judge: |subject| judge(subject).into(),
};

/// Accounts that come with Windows and may do little, by what precedes the backslash.
const RESTRICTED: &[(&str, &[&str])] = &[
    ("NT AUTHORITY", &["NetworkService", "NETWORK SERVICE", "LocalService", "LOCAL SERVICE"]),
    ("NT SERVICE", &[]),
];

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let instances = match sql_server::instances(subject)? {
        Ok(instances) => instances,
        Err(none) => return Ok(none),
    };
    let details = instances
        .iter()
        .map(|instance| Outcome::from(account(subject, instance)).about(&instance.name))
        .collect();
    Ok(Outcome::of_details(
        details,
        "instances run with all rights",
        "no instance runs under an administrator",
    ))
}

fn account(subject: &Subject<'_>, instance: &Instance) -> Result<Outcome, Unseen> {
    let service = instance.service();
    let unclear = || Unseen::because(format!("{service} does not tell the account"));
    let name = subject.text(&service, "ObjectName")?.ok_or_else(unclear)?;
    if name.eq_ignore_ascii_case("LocalSystem") || name.eq_ignore_ascii_case(r"NT AUTHORITY\SYSTEM")
    {
        return Ok(Outcome::weak("it runs under LocalSystem"));
    }
    let (domain, own) = name.rsplit_once('\\').unwrap_or((".", &name));
    let is_restricted = RESTRICTED.iter().any(|(of, names)| {
        domain.eq_ignore_ascii_case(of)
            && (names.is_empty() || names.iter().any(|name| own.eq_ignore_ascii_case(name)))
    });
    if is_restricted {
        return Ok(Outcome::sound(format!("it runs under {name}")));
    }
    let machine = subject.machine.name.known().map(String::as_str);
    let is_local =
        domain == "." || machine.is_some_and(|machine| domain.eq_ignore_ascii_case(machine));
    let accounts = match is_local {
        true => subject.accounts()?.unwrap_or_default(),
        false => Vec::new(),
    };
    let known = accounts.iter().find(|account| account.name.eq_ignore_ascii_case(own));
    Ok(match known.map(|account| &account.is_administrator) {
        Some(Collected::Known(true)) => {
            Outcome::weak(format!("it runs under {name}, an administrator"))
        }
        Some(Collected::Known(false) | Collected::Absent) => {
            Outcome::sound(format!("it runs under {name}"))
        }
        Some(Collected::NotCollected) | None => Outcome::undetermined(format!(
            "it runs under {name}, and whether that is an administrator was not seen"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{SERVER_2019, table};
    use crate::check::sql_server::tests::install;
    use staunch_machine::{Account, Memory};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    fn run_as(facts: &mut Memory, account: &str) {
        install(facts, 1);
        let service = r"HKLM\SYSTEM\CurrentControlSet\Services\MSSQL$SQLEXPRESS";
        facts.set_text(service, "ObjectName", account);
        let local = |name: &str, is_administrator| Account {
            name: name.to_owned(),
            is_administrator: Collected::Known(is_administrator),
            ..Account::default()
        };
        facts.set_accounts(Collected::Known(vec![local("chief", true), local("sql", false)]));
    }

    #[test]
    fn an_account_with_all_rights_is_weak() {
        const WEAK: &str = "instances run with all rights: SQLEXPRESS";
        const SOUND: &str = "no instance runs under an administrator";
        table(
            &CHECK,
            &[
                (SERVER_2019, |_| {}, NotApplicable, "SQL Server is not installed"),
                (SERVER_2019, |facts| run_as(facts, "LocalSystem"), Weak, WEAK),
                (SERVER_2019, |facts| run_as(facts, r".\Chief"), Weak, WEAK),
                (SERVER_2019, |facts| run_as(facts, r".\sql"), Sound, SOUND),
                (SERVER_2019, |facts| run_as(facts, r"NT Service\MSSQL$SQLEXPRESS"), Sound, SOUND),
                (SERVER_2019, |facts| run_as(facts, r"NT AUTHORITY\NetworkService"), Sound, SOUND),
                (
                    SERVER_2019,
                    |facts| run_as(facts, r"CORP\sql"),
                    Undetermined,
                    r"it runs under CORP\sql, and whether that is an administrator was not seen",
                ),
                (
                    SERVER_2019,
                    |facts| install(facts, 1),
                    Undetermined,
                    r"HKLM\SYSTEM\CurrentControlSet\Services\MSSQL$SQLEXPRESS does not tell the account",
                ),
            ],
        );
    }
}
