use staunch_model::Severity;

use super::Check;
use super::sql_server;

pub(super) const CHECK: Check = Check {
    id: "sql-roles",
    title: "Few logins are sysadmin, and the guest has no access to databases",
    severity: Severity::Moderate,
    remedy: "Ask each instance (sp_helpsrvrolemember 'sysadmin', and HAS_DBACCESS as guest) and take \
             away what nobody needs",
    source: "MBSA, checks \"SQL Server/MSDE Sysadmins\" and \"Guest Account\" of SQL Server",
    reads: sql_server::READS,
    judge: |subject| sql_server::left_open(subject, WHY).into(),
};

const WHY: &str =
    "who is sysadmin and where the guest has access stands in the databases, which are not read";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{SERVER_2019, WINDOWS_10, table};
    use crate::check::sql_server::tests::install;
    use staunch_model::CheckVerdict::{NotApplicable, Undetermined};

    #[test]
    fn roles_are_left_open_where_there_is_an_instance() {
        table(
            &CHECK,
            &[
                (WINDOWS_10, |_| {}, NotApplicable, "SQL Server is not installed"),
                (SERVER_2019, |facts| install(facts, 1), Undetermined, WHY),
            ],
        );
    }
}
