use staunch_model::Severity;

use super::iis::{self, APPLICATION_HOST, METABASE, SERVICE, SETUP, SYSTEM_ROOT, VIRTUAL_ROOTS};
use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "iis-admin-password",
    title: "Passwords cannot be changed over the web server's folder IISADMPWD",
    severity: Severity::Important,
    remedy: "Remove the virtual folder IISADMPWD from every web site",
    source: "MBSA, check \"IISADMPWD Virtual Directory\"; TechNet, \"IIS 5.0 Baseline Security Checklist\"",
    reads: &[SERVICE, SETUP, VIRTUAL_ROOTS, METABASE, APPLICATION_HOST, SYSTEM_ROOT],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    match iis::installed(subject)? {
        Ok(server) => server.judge_folders(subject, &["IISADMPWD"]),
        Err(none) => Ok(none),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::iis::tests::install;
    use crate::check::iis_configuration::tests::APPLICATION_HOST as HOST;
    use crate::check::outcome::tests::{SERVER_2003, SERVER_2019, WINDOWS_2000, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    #[test]
    fn the_virtual_folder_is_looked_for_where_it_can_be_seen() {
        table(
            &CHECK,
            &[
                (WINDOWS_2000, |_| {}, NotApplicable, "IIS is not installed"),
                (
                    WINDOWS_2000,
                    |facts| {
                        install(facts, 5, "");
                        facts.set_text(VIRTUAL_ROOTS, "/IISADMPWD", r"C:\iisadmpwd,,217");
                    },
                    Weak,
                    "there are the virtual folders /IISADMPWD",
                ),
                (
                    WINDOWS_2000,
                    |facts| install(facts, 5, ""),
                    Undetermined,
                    "the settings of IIS 5 stand in metabase.bin, which is not read",
                ),
                (
                    SERVER_2003,
                    |facts| {
                        let text = r#"<configuration><IIsWebVirtualDir Path="C:\iisadmpwd"
                            Location="/LM/W3SVC/1/ROOT/IisAdmPwd"/></configuration>"#;
                        install(facts, 6, text);
                    },
                    Weak,
                    "there are the virtual folders /IisAdmPwd",
                ),
                (
                    SERVER_2019,
                    |facts| install(facts, 10, HOST),
                    Sound,
                    "there is no virtual folder /IISADMPWD",
                ),
                (
                    SERVER_2019,
                    |facts| install(facts, 10, "<configuration>"),
                    Undetermined,
                    "C:\\WINDOWS\\system32\\inetsrv\\config\\applicationHost.config: expected the \
                     end of every element, found the end of the file",
                ),
            ],
        );
    }
}
