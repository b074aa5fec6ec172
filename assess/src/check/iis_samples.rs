use staunch_model::{Severity, WinPath};

use super::iis::{self, SERVICE, SETUP, SYSTEM_ROOT};
use super::{Check, Outcome, Subject, Unseen, seen};

pub(super) const CHECK: Check = Check {
    id: "iis-samples",
    title: "The sample applications of the web server are not installed",
    severity: Severity::Important,
    remedy: "Delete the folders of the sample applications and the virtual folders that lead there",
    source: "MBSA, check \"IIS Sample Applications\"; TechNet, \"IIS 5.0 Baseline Security Checklist\"",
    reads: &[
        SERVICE,
        SETUP,
        SYSTEM_ROOT,
        r"%SystemDrive%\inetpub\iissamples",
        r"%SystemRoot%\help\iishelp",
        r"%ProgramFiles%\Common Files\System\msadc\Samples",
    ],
    judge: |subject| judge(subject).into(),
};

/// The last version that came with sample applications.
const LAST_WITH_SAMPLES: u64 = 5;

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let server = match iis::installed(subject)? {
        Ok(server) => server,
        Err(none) => return Ok(none),
    };
    if server.version > LAST_WITH_SAMPLES {
        return Ok(Outcome::not_applicable(format!(
            "IIS {} comes without sample applications",
            server.version
        )));
    }
    let details = folders(subject)?
        .into_iter()
        .map(|path| Outcome::from(sample(subject, &path)).about(path.to_string()))
        .collect();
    Ok(Outcome::of_details(
        details,
        "there are sample applications",
        "the folders of the sample applications are not there",
    ))
}

/// Names the folders that the setup of IIS puts samples into.
fn folders(subject: &Subject<'_>) -> Result<Vec<WinPath>, Unseen> {
    let path =
        |text: String| text.parse::<WinPath>().map_err(|error| Unseen::because(error.to_string()));
    let root = subject.system_root()?;
    let drive = root.drive();
    // Setup writes where the web sites lie, which need not be the drive of Windows.
    let sites = match subject.text(SETUP, "PathWWWRoot")? {
        Some(text) => path(text)?.parent(),
        None => path(format!(r"{drive}:\inetpub"))?,
    };
    let programs = format!(r"{drive}:\Program Files\Common Files\System\msadc\Samples");
    Ok(vec![
        path(format!(r"{sites}\iissamples"))?,
        path(format!(r"{root}\help\iishelp"))?,
        path(programs)?,
    ])
}

fn sample(subject: &Subject<'_>, path: &WinPath) -> Result<Outcome, Unseen> {
    Ok(match seen(subject.facts.folder(path), &path.to_string())? {
        Some(entries) if !entries.is_empty() => Outcome::weak("the folder is there"),
        Some(_) => Outcome::sound("the folder is empty"),
        None => Outcome::sound("the folder is not there"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::iis::tests::install;
    use crate::check::outcome::tests::{SERVER_2003, WINDOWS_2000, table};
    use staunch_machine::FileFacts;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    #[test]
    fn a_folder_with_samples_is_weak() {
        table(
            &CHECK,
            &[
                (WINDOWS_2000, |_| {}, NotApplicable, "IIS is not installed"),
                (
                    SERVER_2003,
                    |facts| install(facts, 6, ""),
                    NotApplicable,
                    "IIS 6 comes without sample applications",
                ),
                (
                    WINDOWS_2000,
                    |facts| {
                        install(facts, 5, "");
                        facts.collect_folder(r"C:\".parse().unwrap(), true);
                    },
                    Sound,
                    "the folders of the sample applications are not there",
                ),
                (
                    WINDOWS_2000,
                    |facts| {
                        install(facts, 5, "");
                        facts.set_text(SETUP, "PathWWWRoot", r"D:\inetpub\wwwroot");
                        facts.collect_folder(r"C:\".parse().unwrap(), true);
                        facts.collect_folder(r"D:\".parse().unwrap(), true);
                        let sample = r"D:\inetpub\iissamples\default\a.asp";
                        facts.add_file(sample.parse().unwrap(), FileFacts::default());
                    },
                    Weak,
                    r"there are sample applications: D:\inetpub\iissamples",
                ),
                (
                    WINDOWS_2000,
                    |facts| install(facts, 5, ""),
                    Undetermined,
                    "cannot be told for C:\\inetpub\\iissamples, C:\\WINDOWS\\help\\iishelp, \
                     C:\\Program Files\\Common Files\\System\\msadc\\Samples: \
                     C:\\inetpub\\iissamples was not collected",
                ),
            ],
        );
    }
}
