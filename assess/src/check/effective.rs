//! Which of several places of a setting counts, and what decides between defaults.

use std::fmt;

use staunch_machine::CURRENT_VERSION;
use staunch_model::Family;

use super::{ServiceStart, Subject, Unseen};

/// What a check reads that asks for the edition or for the folder of Windows.
pub(super) const VERSION_VALUES: &str = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\";

/// First build of Windows 11 version 24H2 and of Server 2025.
pub(super) const BUILD_24H2: u32 = 26_100;

/// A number that counts, with its name and whether policy sets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) number: u64,
    name: &'static str,
    is_policy: bool,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = if self.is_policy { " by policy" } else { "" };
        write!(f, "{} is {}{by}", self.name, self.number)
    }
}

impl Subject<'_> {
    /// Returns the number under a name in the first of these keys that has it; the key of group
    /// policy stands first.
    pub(super) fn setting(
        &self,
        name: &'static str,
        keys: &[&str],
    ) -> Result<Option<Setting>, Unseen> {
        for key in keys {
            if let Some(number) = self.number(key, name)? {
                let is_policy = key.contains(r"\Policies\Microsoft\");
                return Ok(Some(Setting { number, name, is_policy }));
            }
        }
        Ok(None)
    }

    /// Tells whether a service is known not to run. One that cannot be seen counts as running, so
    /// that its settings decide.
    pub(super) fn is_off(&self, service: &str) -> bool {
        matches!(self.service(service), Ok(None | Some(ServiceStart::Disabled)))
    }

    /// Returns the build, the collected one before the one that the name of the system implies.
    pub(super) fn build(&self) -> Result<u32, Unseen> {
        let known = self.machine.build.known().map(|build| build.build());
        known.or_else(|| self.system.build()).ok_or_else(|| Unseen::object("the build of Windows"))
    }

    /// Returns the identifier of the edition: `Professional`, `Core`, `ServerStandard`.
    pub(super) fn edition(&self) -> Result<String, Unseen> {
        let missing = || Unseen::because(format!("{CURRENT_VERSION}\\EditionID is not there"));
        self.text(CURRENT_VERSION, "EditionID")?.ok_or_else(missing)
    }

    /// Tells whether the machine is a domain controller, which no system for clients is.
    pub(super) fn controls_a_domain(&self) -> Result<bool, Unseen> {
        let family = self.system.family;
        if family >= Family::WindowsXp && !family.is_server() {
            return Ok(false);
        }
        self.is_domain_controller()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use staunch_machine::Memory;
    use staunch_model::{MachineFacts, Support};

    pub(in crate::check) const VISTA: &str = "Windows Vista for x64-based Systems Service Pack 2";
    pub(in crate::check) const WINDOWS_7: &str = "Windows 7 for x64-based Systems Service Pack 1";
    pub(in crate::check) const WINDOWS_81: &str = "Windows 8.1 for x64-based Systems";
    pub(in crate::check) const WINDOWS_11: &str = "Windows 11 Version 24H2 for x64-based Systems";
    pub(in crate::check) const SERVER_2008: &str =
        "Windows Server 2008 for x64-based Systems Service Pack 2";
    pub(in crate::check) const SERVER_2012_R2: &str = "Windows Server 2012 R2";
    pub(in crate::check) const SERVER_2022: &str = "Windows Server 2022";
    pub(in crate::check) const SERVER_2025: &str = "Windows Server 2025";

    #[test]
    fn policy_counts_before_the_machine_s_own_value_and_unseen_policy_decides_nothing() {
        const POLICY: &str = r"HKLM\SOFTWARE\Policies\Microsoft\A";
        const LOCAL: &str = r"HKLM\SYSTEM\CurrentControlSet\A";
        let said = |facts: &Memory| {
            let machine = MachineFacts::default();
            let system = SERVER_2022.parse().expect("a system");
            let support = Support::default();
            let subject = Subject { facts, machine: &machine, system: &system, support: &support };
            let setting = subject.setting("X", &[POLICY, LOCAL]);
            setting.map(|found| found.map(|setting| setting.to_string()))
        };
        let mut facts = Memory::default();
        facts.set_u32(LOCAL, "X", 1);
        assert!(said(&facts).is_err());
        facts.collect_key(r"HKLM\SOFTWARE");
        assert_eq!(said(&facts), Ok(Some("X is 1".to_owned())));
        facts.set_u32(POLICY, "X", 0);
        assert_eq!(said(&facts), Ok(Some("X is 0 by policy".to_owned())));
    }
}
