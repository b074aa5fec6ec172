use staunch_model::Severity;

use super::iis::{self, APPLICATION_HOST, METABASE, SERVICE, SETUP, SYSTEM_ROOT, VIRTUAL_ROOTS};
use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "iis-virtual-folders",
    title: "The web server has no virtual folders MSADC and Scripts",
    severity: Severity::Important,
    remedy: "Remove the virtual folders MSADC and Scripts from every web site",
    source: "MBSA, check \"MSADC and Scripts Virtual Directories\"; MS99-025",
    reads: &[SERVICE, SETUP, VIRTUAL_ROOTS, METABASE, APPLICATION_HOST, SYSTEM_ROOT],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    match iis::installed(subject)? {
        Ok(server) => server.judge_folders(subject, &["MSADC", "Scripts"]),
        Err(none) => Ok(none),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::iis::tests::install;
    use crate::check::iis_configuration::tests::{APPLICATION_HOST as HOST, METABASE as BASE};
    use crate::check::outcome::tests::{NT4, SERVER_2003, SERVER_2019, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    #[test]
    fn either_folder_is_weak() {
        table(
            &CHECK,
            &[
                (NT4, |_| {}, NotApplicable, "IIS is not installed"),
                (
                    NT4,
                    |facts| {
                        install(facts, 4, "");
                        facts.set_text(VIRTUAL_ROOTS, "/Scripts,", r"C:\InetPub\scripts,,4");
                        facts.set_text(VIRTUAL_ROOTS, "/msadc,", r"C:\msadc,,5");
                        facts.set_text(VIRTUAL_ROOTS, "/,", r"C:\InetPub\wwwroot,,1");
                    },
                    Weak,
                    "there are the virtual folders /Scripts, /msadc",
                ),
                (
                    SERVER_2003,
                    |facts| install(facts, 6, BASE),
                    Weak,
                    "there are the virtual folders /Scripts",
                ),
                (
                    SERVER_2003,
                    |facts| _ = facts.set_u32(SERVICE, "Start", 2),
                    Undetermined,
                    r"HKLM\SOFTWARE\Microsoft\InetStp\MajorVersion does not tell which IIS it is",
                ),
                (
                    SERVER_2019,
                    |facts| install(facts, 10, HOST),
                    Weak,
                    "there are the virtual folders /MSADC",
                ),
                (
                    SERVER_2019,
                    |facts| install(facts, 10, "<configuration/>"),
                    Sound,
                    "there is no virtual folder /MSADC or /Scripts",
                ),
            ],
        );
    }
}
