use staunch_model::Severity;

use super::iis::{self, APPLICATION_HOST, METABASE, SERVICE, SETUP, SYSTEM_ROOT};
use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "iis-logging",
    title: "The web server logs requests",
    severity: Severity::Low,
    remedy: "Turn logging on for every web site, and install the feature HTTP Logging",
    source: "MBSA, check \"IIS Logging Enabled\"; CIS Microsoft IIS 10 Benchmark, \"IIS Logging \
             Recommendations\"",
    reads: &[SERVICE, SETUP, METABASE, APPLICATION_HOST, SYSTEM_ROOT],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let server = match iis::installed(subject)? {
        Ok(server) => server,
        Err(none) => return Ok(none),
    };
    let configuration = server.configuration(subject)?;
    if configuration.has_logging_module == Some(false) {
        return Ok(Outcome::weak("the module that writes logs is not loaded"));
    }
    // Where no place says so, requests are logged since IIS 6.
    let (weak, sound) = ("requests are not logged", "requests are logged");
    Ok(iis::judge_places(configuration.logging, true, weak, sound))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::iis::tests::{install, without_settings};
    use crate::check::iis_configuration::tests::{APPLICATION_HOST as HOST, METABASE as BASE};
    use crate::check::outcome::tests::{SERVER_2003, SERVER_2019, table};
    use staunch_model::CheckVerdict::{Sound, Weak};

    #[test]
    fn a_place_without_a_log_is_weak() {
        without_settings(&CHECK);
        table(
            &CHECK,
            &[
                (SERVER_2003, |facts| install(facts, 6, BASE), Weak, "requests are not logged: /1"),
                (
                    SERVER_2003,
                    |facts| install(facts, 6, "<configuration/>"),
                    Sound,
                    "requests are logged everywhere",
                ),
                (
                    SERVER_2019,
                    |facts| install(facts, 10, HOST),
                    Weak,
                    "requests are not logged: /Default Web Site",
                ),
                (
                    SERVER_2019,
                    |facts| install(facts, 10, "<configuration/>"),
                    Weak,
                    "the module that writes logs is not loaded",
                ),
            ],
        );
    }
}
