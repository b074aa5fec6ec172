//! Everything that a machine shows of one update: its files and keys beside what they have to be.

use std::collections::BTreeSet;

use staunch_machine::{Facts, RegistryKey};
use staunch_model::{
    Architecture, BulletinFact, BulletinId, Collected, Family, KbNumber, KeyState, OperatingSystem,
    Product, Verdict, Verification, VerifiedKey, Warning,
};

use crate::assessor::{AssessError, Assessor, Machine, Options, identity};
use crate::explain::everything;
use crate::files::is_named;

/// Keys below which Windows of any age records updates by their number.
const RECORDS: &[&str] = &[
    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\HotFix",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\Packages",
];

/// Values that say something of an update, where they are in its key.
const TELLING: &[&str] =
    &["Installed", "Description", "DisplayName", "InstalledDate", "CurrentState"];

impl Assessor {
    /// Compares an update with what is on the machine, file by file and key by key.
    ///
    /// # Errors
    /// As [`Assessor::assess`].
    pub fn verify(
        &self,
        machine: &Machine,
        options: &Options,
        kb: KbNumber,
    ) -> Result<Verification, AssessError> {
        let found = self.assess(machine, &everything(options))?;
        let judged = self.judge(machine, options)?;
        let files = judged.files.get(&kb).map(|say| say.files().to_vec()).unwrap_or_default();
        let bulletin = judged.candidates.find(kb).and_then(|candidate| candidate.bulletin);
        let keys = match &machine.seen {
            Some(seen) => self.keys(seen.as_ref(), machine, kb, bulletin)?,
            None => Vec::new(),
        };
        let mut warnings = machine.warnings.clone();
        let findings: Vec<_> = found.findings.into_iter().filter(|f| f.kb == kb).collect();
        let mut verdict = findings.iter().map(|finding| finding.verdict).min();
        if findings.is_empty() {
            let message = match (judged.later(kb), self.other_products(kb)?) {
                (Some(day), _) => {
                    format!("it was published on {day}, after the day of the question")
                }
                (None, Some(products)) => {
                    format!("it is not published for {}; it is for {products}", machine.system)
                }
                (None, None) => {
                    verdict = Some(Verdict::Undetermined);
                    "it is in no publication of the catalog, so nothing is known of it".to_owned()
                }
            };
            warnings.push(Warning { object: kb.to_string(), message });
        }
        Ok(Verification {
            schema: Verification::SCHEMA,
            machine: identity(machine),
            kb,
            files,
            keys,
            verdict: verdict.unwrap_or(Verdict::NotApplicable),
            findings,
            warnings,
        })
    }

    /// Looks for the keys that the bulletin names for the machine, and for the usual records.
    fn keys(
        &self,
        seen: &dyn Facts,
        machine: &Machine,
        kb: KbNumber,
        bulletin: Option<BulletinId>,
    ) -> Result<Vec<VerifiedKey>, AssessError> {
        let number = kb.number().to_string();
        let mut named = BTreeSet::new();
        if let Some(bulletin) =
            bulletin.map(|id| self.catalog().bulletin(id)).transpose()?.flatten()
        {
            for (fact, _) in &bulletin.facts {
                let BulletinFact::RegistryKey { platform, key } = fact else { continue };
                let product = Product::from_published_name(platform);
                let is_own =
                    product.platform().is_some_and(|named| is_named(named, &machine.system));
                if is_own && key.contains(&number) && is_for(key, &machine.system) {
                    named.extend(local(key));
                }
            }
        }
        let mut keys: Vec<VerifiedKey> = named
            .into_iter()
            .map(|path| {
                let (state, found) = match seen.key(&path) {
                    Collected::Known(key) => (KeyState::Present, telling(&key)),
                    Collected::Absent => (KeyState::Absent, None),
                    Collected::NotCollected => (KeyState::NotCollected, None),
                };
                VerifiedKey { path, found, state }
            })
            .collect();
        for record in RECORDS {
            let Collected::Known(above) = seen.key(record) else { continue };
            for name in above.subkeys.iter().filter(|name| is_of(name, &number)) {
                let path = format!("{record}\\{name}");
                if let Collected::Known(key) = seen.key(&path)
                    && keys.iter().all(|known| !known.path.eq_ignore_ascii_case(&path))
                {
                    keys.push(VerifiedKey { path, found: telling(&key), state: KeyState::Present });
                }
            }
        }
        Ok(keys)
    }
}

/// Shortens the root of a key; nothing for other roots and for placeholders.
fn local(key: &str) -> Option<String> {
    let path = key.strip_prefix("HKEY_LOCAL_MACHINE\\").or_else(|| key.strip_prefix("HKLM\\"))?;
    let is_path = !path.is_empty() && !path.contains(['<', '>', '*', '%', '{', '\t']);
    is_path.then(|| format!("HKLM\\{}", path.trim_end_matches('\\')))
}

/// Tells whether a key may be one of the system: a page can name those of two systems together.
///
/// Windows XP for x64 and version 2003 for Itanium go by names of their own or by the server's.
fn is_for(key: &str, system: &OperatingSystem) -> bool {
    let mut names = key.split('\\').skip_while(|name| !name.eq_ignore_ascii_case("Updates"));
    let Some(name) = names.nth(1) else { return true };
    let is_like_a_server = system.architecture != Architecture::X86;
    match Product::from_published_name(name).platform() {
        Some(named) => {
            let family = |family| match family {
                Family::Server2003R2 => Family::Server2003,
                Family::WindowsXp if is_like_a_server => Family::Server2003,
                other => other,
            };
            family(named.family) == family(system.family)
        }
        None => true,
    }
}

/// Tells whether a name has the number as a whole: `KB840374`, `Package_1_for_KB840374~31bf…`.
fn is_of(name: &str, number: &str) -> bool {
    let is_digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    name.match_indices(number).any(|(at, _)| {
        !is_digit(name[..at].chars().next_back())
            && !is_digit(name[at + number.len()..].chars().next())
    })
}

fn telling(key: &RegistryKey) -> Option<String> {
    let values: Vec<String> = TELLING
        .iter()
        .filter_map(|name| key.value(name).map(|data| format!("{name} = {data}")))
        .collect();
    (!values.is_empty()).then(|| values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_as_a_whole() {
        assert!(is_of("KB840374", "840374"));
        assert!(is_of("Package_1_for_KB840374~31bf3856ad364e35~x86~~6.0.1.0", "840374"));
        assert!(!is_of("KB8403741", "840374"));
        assert!(!is_of("Q1840374", "840374"));
    }

    #[test]
    fn a_key_of_another_system_is_not_looked_for() {
        for (name, system, expected) in [
            ("Windows XP", "Windows XP Service Pack 1", true),
            ("Windows Server 2003", "Windows XP Service Pack 1", false),
            ("Windows Server 2003", "Windows XP x64 Edition Service Pack 1", true),
            ("Windows Server 2003", "Windows Server 2003 R2", true),
            ("Windows XP Version 2003", "Windows XP x64 Edition Service Pack 1", true),
        ] {
            let key = format!(r"HKLM\SOFTWARE\Microsoft\Updates\{name}\SP1\KB840374\Filelist");
            let of: OperatingSystem = system.parse().expect("a system");
            assert_eq!(is_for(&key, &of), expected, "{name} on {system}");
        }
    }

    #[test]
    fn only_keys_of_the_machine_are_looked_for() {
        assert_eq!(
            local(
                r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Updates\Windows XP\SP2\KB840374\Filelist"
            ),
            Some(r"HKLM\SOFTWARE\Microsoft\Updates\Windows XP\SP2\KB840374\Filelist".to_owned())
        );
        assert_eq!(local(r"HKEY_CURRENT_USER\Software"), None);
        assert_eq!(local(r"HKEY_LOCAL_MACHINE\SOFTWARE\{guid}"), None);
    }
}
