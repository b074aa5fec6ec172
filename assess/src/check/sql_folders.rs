use staunch_model::Severity;

use super::Check;
use super::sql_server;

pub(super) const CHECK: Check = Check {
    id: "sql-folder-permissions",
    title: "Only administrators and the service can change the folders of SQL Server",
    severity: Severity::Moderate,
    remedy: "See that the folders Binn and Data of each instance give rights to administrators and the \
             service alone: icacls FOLDER",
    source: "MBSA, check \"Folder Permissions\" of SQL Server",
    reads: sql_server::READS,
    judge: |subject| sql_server::left_open(subject, WHY).into(),
};

const WHY: &str = "permissions of folders are not read";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{SERVER_2019, WINDOWS_10, table};
    use crate::check::sql_server::tests::install;
    use staunch_model::CheckVerdict::{NotApplicable, Undetermined};

    #[test]
    fn permissions_are_left_open_where_there_is_an_instance() {
        table(
            &CHECK,
            &[
                (WINDOWS_10, |_| {}, NotApplicable, "SQL Server is not installed"),
                (SERVER_2019, |facts| install(facts, 1), Undetermined, WHY),
            ],
        );
    }
}
