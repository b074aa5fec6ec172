//! The web server of a machine, as checks ask for it.

use super::iis_configuration::Configuration;
use super::{Outcome, Subject, Unseen, seen};

pub(super) const SERVICE: &str = r"HKLM\SYSTEM\CurrentControlSet\Services\W3SVC";
pub(super) const SETUP: &str = r"HKLM\SOFTWARE\Microsoft\InetStp";
pub(super) const METABASE: &str = r"%SystemRoot%\system32\inetsrv\MetaBase.xml";
pub(super) const APPLICATION_HOST: &str =
    r"%SystemRoot%\system32\inetsrv\config\applicationHost.config";
pub(super) const SYSTEM_ROOT: &str = staunch_machine::CURRENT_VERSION;

/// Most bytes of a configuration that is read.
const MOST: usize = 16 << 20;

/// Version since which the settings stand in `MetaBase.xml`, and that since which they stand in
/// `applicationHost.config`.
const METABASE_XML: u64 = 6;
const CONFIGURATION_FILE: u64 = 7;

/// An installed IIS.
#[derive(Debug, Clone, Copy)]
pub(super) struct WebServer {
    /// Major version.
    pub(super) version: u64,
}

/// Finds the web server; the outcome is that of a machine without one.
pub(super) fn installed(subject: &Subject<'_>) -> Result<Result<WebServer, Outcome>, Unseen> {
    if !subject.has_service("W3SVC")? {
        return Ok(Err(Outcome::not_applicable("IIS is not installed")));
    }
    let version = subject.number(SETUP, "MajorVersion")?;
    let unclear =
        || Unseen::because(format!("{SETUP}\\MajorVersion does not tell which IIS it is"));
    Ok(Ok(WebServer { version: version.ok_or_else(unclear)? }))
}

/// Judges a switch of every place that states it; `good` is the state that it should have. `weak`
/// and `sound` describe a place in the one and the other state.
pub(super) fn judge_places(
    places: Vec<(String, bool)>,
    good: bool,
    weak: &str,
    sound: &str,
) -> Outcome {
    let details = places
        .into_iter()
        .map(|(place, is_on)| {
            let judged = if is_on == good { Outcome::sound(sound) } else { Outcome::weak(weak) };
            judged.about(format!("/{place}"))
        })
        .collect();
    Outcome::of_details(details, weak, &format!("{sound} everywhere"))
}

impl WebServer {
    /// Reads the settings.
    pub(super) fn configuration(self, subject: &Subject<'_>) -> Result<Configuration, Unseen> {
        let (file, read): (_, fn(&str) -> _) = match self.version {
            ..METABASE_XML => return Err(Unseen::because(self.unread())),
            METABASE_XML => (METABASE, Configuration::of_metabase),
            CONFIGURATION_FILE.. => (APPLICATION_HOST, Configuration::of_application_host),
        };
        let below = file.split_once('\\').map_or(file, |(_, below)| below);
        let path = subject.system_root()?.join(below);
        let path = path.map_err(|error| Unseen::because(error.to_string()))?;
        let bytes = seen(subject.facts.content(&path, MOST), &path.to_string())?;
        let bytes = bytes.ok_or_else(|| Unseen::because(format!("{path} is not there")))?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| Unseen::because(format!("{path}: expected UTF-8: {error}")))?;
        read(text).map_err(|error| Unseen::because(format!("{path}: {error}")))
    }

    /// Lists the names of folders right below the root of a site, and whether the list is whole.
    pub(super) fn virtual_folders(
        self,
        subject: &Subject<'_>,
    ) -> Result<(Vec<String>, bool), Unseen> {
        if self.version < METABASE_XML {
            // IIS keeps a copy of the ones of the default site for programs that know no metabase.
            let key = subject.key(VIRTUAL_ROOTS)?.unwrap_or_default();
            let name = |name: &str| {
                name.split(',').next().unwrap_or_default().trim_matches('/').to_owned()
            };
            return Ok((key.values.iter().map(|value| name(&value.name)).collect(), false));
        }
        let configuration = self.configuration(subject)?;
        let folders = configuration.folders.iter().filter_map(|(place, _)| {
            let mut names = place.split('/').filter(|name| !name.is_empty());
            let site = names.next()?;
            let is_number = site.bytes().all(|byte| byte.is_ascii_digit());
            let below: Vec<&str> = names.collect();
            match below.as_slice() {
                ["ROOT" | "Root" | "root", name] if is_number => Some((*name).to_owned()),
                [name] => Some((*name).to_owned()),
                _ => None,
            }
        });
        Ok((folders.collect(), true))
    }

    /// Says why the settings of a version before 6 cannot be read.
    pub(super) fn unread(self) -> String {
        format!("the settings of IIS {} stand in metabase.bin, which is not read", self.version)
    }

    /// Judges whether one of these virtual folders is there.
    pub(super) fn judge_folders(
        self,
        subject: &Subject<'_>,
        names: &[&str],
    ) -> Result<Outcome, Unseen> {
        let (folders, is_whole) = self.virtual_folders(subject)?;
        let found: Vec<String> = folders
            .into_iter()
            .filter(|folder| names.iter().any(|name| folder.eq_ignore_ascii_case(name)))
            .map(|folder| format!("/{folder}"))
            .collect();
        match (found.is_empty(), is_whole) {
            (false, _) => {
                Ok(Outcome::weak(format!("there are the virtual folders {}", found.join(", "))))
            }
            (true, true) => {
                Ok(Outcome::sound(format!("there is no virtual folder /{}", names.join(" or /"))))
            }
            (true, false) => Err(Unseen::because(self.unread())),
        }
    }
}

pub(super) const VIRTUAL_ROOTS: &str =
    r"HKLM\SYSTEM\CurrentControlSet\Services\W3SVC\Parameters\Virtual Roots";

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::check::Check;
    use crate::check::outcome::tests::{SERVER_2003, WINDOWS_2000, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Undetermined};

    /// What a check of settings answers where there are none that can be read.
    pub(in crate::check) fn without_settings(check: &Check) {
        table(
            check,
            &[
                (SERVER_2003, |_| {}, NotApplicable, "IIS is not installed"),
                (
                    WINDOWS_2000,
                    |facts| install(facts, 5, ""),
                    Undetermined,
                    "the settings of IIS 5 stand in metabase.bin, which is not read",
                ),
            ],
        );
    }

    /// Installs an IIS of this major version with the text of its settings.
    pub(in crate::check) fn install(facts: &mut Memory, version: u32, settings: &str) {
        facts.set_u32(SERVICE, "Start", 2).set_u32(SETUP, "MajorVersion", version);
        let file = match version {
            ..6 => return,
            6 => METABASE,
            7.. => APPLICATION_HOST,
        };
        let path = file.replace("%SystemRoot%", r"C:\WINDOWS");
        facts.add_text_file(path.parse().expect("a path"), settings);
    }
}
