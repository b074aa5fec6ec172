use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate";
const AUTOMATIC: &str = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU";

pub(super) const CHECK: Check = Check {
    id: "update-source",
    title: "Updates are asked for over an encrypted connection",
    severity: Severity::Important,
    remedy: "Give the update server a certificate, and name it with https:// in WUServer and \
             WUStatusServer",
    source: "Microsoft Learn, \"Step 2 - Configure WSUS\"; CVE-2020-1013",
    reads: &[POLICY],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if subject.system.family == Family::WindowsNt4 {
        return Ok(Outcome::not_applicable("Windows NT 4.0 has no automatic updates"));
    }
    if subject.number(AUTOMATIC, "UseWUServer")? != Some(1) {
        return Ok(Outcome::not_applicable(
            "UseWUServer is not 1, so that updates come from no server of one's own",
        ));
    }
    let mut details = Vec::new();
    for name in ["WUServer", "UpdateServiceUrlAlternate"] {
        if let Some(address) = subject.text(POLICY, name)?.filter(|text| !text.trim().is_empty()) {
            details.push(judge_address(address.trim()).about(name));
        }
    }
    if details.is_empty() {
        return Ok(Outcome::undetermined("UseWUServer is 1, but WUServer names no server"));
    }
    Ok(Outcome::of_details(
        details,
        "updates are asked for over plain HTTP",
        "updates are asked for over HTTPS",
    ))
}

fn judge_address(address: &str) -> Outcome {
    let starts = |scheme: &str| {
        address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if starts("https://") {
        Outcome::sound(address)
    } else if starts("http://") {
        Outcome::weak(address)
    } else {
        Outcome::undetermined(format!("{address:?} is no address of a web server"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{NT4, WINDOWS_10, XP, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    fn server<'a>(facts: &'a mut Memory, address: &str) -> &'a mut Memory {
        facts.set_u32(AUTOMATIC, "UseWUServer", 1).set_text(POLICY, "WUServer", address)
    }

    #[test]
    fn the_address_counts_only_where_it_is_used() {
        table(
            &CHECK,
            &[
                (NT4, |_| {}, NotApplicable, "Windows NT 4.0 has no automatic updates"),
                (
                    XP,
                    |facts| _ = facts.set_text(POLICY, "WUServer", "http://updates"),
                    NotApplicable,
                    "UseWUServer is not 1, so that updates come from no server of one's own",
                ),
                (
                    XP,
                    |facts| _ = server(facts, "HTTP://updates:8530"),
                    Weak,
                    "updates are asked for over plain HTTP: WUServer",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = server(facts, "https://updates:8531"),
                    Sound,
                    "updates are asked for over HTTPS",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        server(facts, "https://updates:8531");
                        facts.set_text(POLICY, "UpdateServiceUrlAlternate", "http://localhost:1");
                    },
                    Weak,
                    "updates are asked for over plain HTTP: UpdateServiceUrlAlternate",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = server(facts, "updates"),
                    Undetermined,
                    "\"updates\" is no address of a web server",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = server(facts, " "),
                    Undetermined,
                    "UseWUServer is 1, but WUServer names no server",
                ),
            ],
        );
    }
}
