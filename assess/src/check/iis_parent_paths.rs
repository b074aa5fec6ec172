use staunch_model::Severity;

use super::iis::{self, APPLICATION_HOST, METABASE, SERVICE, SETUP, SYSTEM_ROOT};
use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "iis-parent-paths",
    title: "Scripts of the web server cannot name folders above their own",
    severity: Severity::Moderate,
    remedy: "Turn parent paths off for every web site: AspEnableParentPaths, since IIS 7 \
             enableParentPaths, is false",
    source: "MBSA, check \"Parent Paths\"; KB184717",
    reads: &[SERVICE, SETUP, METABASE, APPLICATION_HOST, SYSTEM_ROOT],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let server = match iis::installed(subject)? {
        Ok(server) => server,
        Err(none) => return Ok(none),
    };
    // Where no place says so, parent paths are off since IIS 6.
    let places = server.configuration(subject)?.parent_paths;
    Ok(iis::judge_places(places, false, "parent paths are on", "parent paths are off"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::iis::tests::{install, without_settings};
    use crate::check::iis_configuration::tests::{APPLICATION_HOST as HOST, METABASE as BASE};
    use crate::check::outcome::tests::{SERVER_2003, SERVER_2019, table};
    use staunch_model::CheckVerdict::{Sound, Weak};

    #[test]
    fn a_place_with_parent_paths_is_weak() {
        without_settings(&CHECK);
        table(
            &CHECK,
            &[
                (
                    SERVER_2003,
                    |facts| install(facts, 6, BASE),
                    Weak,
                    "parent paths are on: /1/ROOT",
                ),
                (
                    SERVER_2019,
                    |facts| install(facts, 10, HOST),
                    Weak,
                    "parent paths are on: /Default Web Site/old",
                ),
                (
                    SERVER_2019,
                    |facts| install(facts, 10, "<configuration/>"),
                    Sound,
                    "parent paths are off everywhere",
                ),
            ],
        );
    }
}
