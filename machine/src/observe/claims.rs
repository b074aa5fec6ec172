//! What the registry claims to be installed, outside the component store.

use staunch_model::{Collected, HotfixId};

use crate::inventory::hotfix_id;
use crate::{CURRENT_VERSION, Facts, RegistryKey};

/// Keys in which installers note updates by product and service pack; 32-bit ones have their own.
const UPDATES: [&str; 2] =
    [r"HKLM\SOFTWARE\Microsoft\Updates", r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Updates"];

/// Keys of what can be removed.
const UNINSTALL: [&str; 2] = [
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall",
];

/// Depth of the keys between the one of all products and that of an update:
/// `Microsoft .NET Framework 2.0\Service Pack 1\SP1\KB928365`.
const MAX_DEPTH: usize = 4;

/// What one place in the registry claims.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Claims {
    pub(super) found: Vec<Claim>,
    /// Keys that could not be read.
    pub(super) unread: Vec<String>,
    /// Keys that do not say whether they are in force.
    pub(super) unsaid: Vec<String>,
}

/// A claim that an update is installed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claim {
    pub(super) id: HotfixId,
    /// Day of the installation as it is written.
    pub(super) day: Option<String>,
}

/// Reads the key `HotFix`, of Windows NT 4.0 to Server 2003.
pub(super) fn hotfix_keys(facts: &dyn Facts) -> Collected<Claims> {
    let path = format!(r"{CURRENT_VERSION}\HotFix");
    facts.key(&path).map(|key| {
        let mut claims = Claims::default();
        for name in key.subkeys {
            let hotfix = facts.key(&format!(r"{path}\{name}"));
            match hotfix.known().map(|hotfix| (hotfix, hotfix.number("Installed"))) {
                Some((hotfix, Some(1))) => {
                    claims.add(hotfix_id(&name), hotfix, &["InstalledOn", "Installed On"]);
                }
                Some((_, Some(_))) => {}
                Some((_, None)) => claims.unsaid.push(format!(r"HotFix\{name}")),
                None => claims.unread.push(format!(r"HotFix\{name}")),
            }
        }
        claims
    })
}

/// Reads the keys of updates by product, of Windows 2000 to Server 2003 and of what is installed
/// by Windows Installer.
pub(super) fn product_updates(facts: &dyn Facts) -> Collected<Claims> {
    united(UPDATES.map(|root| {
        facts.key(root).map(|key| {
            let mut claims = Claims::default();
            add_updates(facts, root, key, &mut claims);
            claims
        })
    }))
}

fn add_updates(facts: &dyn Facts, root: &str, key: RegistryKey, claims: &mut Claims) {
    let mut waiting: Vec<(String, usize)> =
        key.subkeys.into_iter().map(|name| (format!(r"{root}\{name}"), 1)).collect();
    while let Some((path, depth)) = waiting.pop() {
        let Collected::Known(key) = facts.key(&path) else {
            claims.unread.push(path);
            continue;
        };
        let name = path.rsplit('\\').next().unwrap_or_default();
        match update_id(name) {
            Some(id) if is_in_force(&key) => claims.add(id, &key, &["InstalledDate"]),
            None if depth < MAX_DEPTH => {
                let below = key.subkeys.iter().map(|name| (format!(r"{path}\{name}"), depth + 1));
                waiting.extend(below);
            }
            Some(_) | None => {}
        }
    }
}

/// Reads the name of an update's key; those of .NET Framework 1.x and Visual Studio begin with M.
fn update_id(name: &str) -> Option<HotfixId> {
    let digits = name.strip_prefix('M').filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()));
    match hotfix_id(digits.unwrap_or(name)) {
        HotfixId::Other(_) => None,
        id => Some(id),
    }
}

fn is_in_force(key: &RegistryKey) -> bool {
    let replaced =
        key.text("ThisVersionInstalled").is_some_and(|text| !text.eq_ignore_ascii_case("Y"));
    !replaced && key.number("Installed").is_none_or(|installed| installed != 0)
}

/// Reads the keys of what can be removed, as far as they are named after updates: `KB958644` and
/// `{3C3901C5-3455-3E0A-A214-0B093A5070A6}.KB2468871`.
pub(super) fn uninstall_keys(facts: &dyn Facts) -> Collected<Claims> {
    united(UNINSTALL.map(|root| {
        facts.key(root).map(|key| {
            let mut claims = Claims::default();
            for name in key.subkeys {
                let patch = name.strip_prefix('{').and_then(|rest| rest.split_once("}."));
                let update = patch.map_or(&*name, |(_, update)| update);
                let is_named = update.starts_with(['K', 'k', 'Q', 'q']);
                let id = Some(hotfix_id(update)).filter(|id| matches!(id, HotfixId::Kb(_)));
                let Some(id) = id.filter(|_| is_named) else { continue };
                match facts.key(&format!(r"{root}\{name}")) {
                    Collected::Known(key) => claims.add(id, &key, &["InstallDate"]),
                    Collected::Absent | Collected::NotCollected => claims.unread.push(name),
                }
            }
            claims
        })
    }))
}

impl Claims {
    fn add(&mut self, id: HotfixId, key: &RegistryKey, days: &[&str]) {
        let day = days.iter().find_map(|name| key.text(name)).map(str::to_owned);
        self.found.push(Claim { id, day });
    }
}

/// Unites the claims of two views: collected when the first is, for the second may not exist.
fn united([native, other]: [Collected<Claims>; 2]) -> Collected<Claims> {
    match (native, other) {
        (Collected::NotCollected, _) => Collected::NotCollected,
        (Collected::Known(mut native), Collected::Known(other)) => {
            native.found.extend(other.found);
            native.unread.extend(other.unread);
            native.unsaid.extend(other.unsaid);
            Collected::Known(native)
        }
        (Collected::Absent, other @ Collected::Known(_)) => other,
        (native, _) => native,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Memory;

    fn listed(claims: Collected<Claims>) -> Vec<String> {
        let Collected::Known(claims) = claims else { panic!("claims: {claims:?}") };
        let mut found: Vec<String> = claims
            .found
            .into_iter()
            .map(|Claim { id, day }| day.map_or(id.to_string(), |day| format!("{id} {day}")))
            .chain(claims.unread.iter().map(|path| format!("unread {path}")))
            .chain(claims.unsaid.iter().map(|path| format!("unsaid {path}")))
            .collect();
        found.sort();
        found
    }

    #[test]
    fn a_hotfix_key_counts_when_it_says_that_it_is_installed() {
        let mut facts = Memory::default();
        let key = |name: &str| format!(r"{CURRENT_VERSION}\HotFix\{name}");
        assert_eq!(hotfix_keys(&facts), Collected::NotCollected);
        facts.collect_key(r"HKLM\SOFTWARE");
        assert_eq!(hotfix_keys(&facts), Collected::Absent);
        facts.set_u32(&key("Q299444"), "Installed", 1);
        facts.set_text(&key("Q299444"), "Installed On", "8/1/2001");
        facts.set_u32(&key("KB893803v2"), "Installed", 1);
        facts.set_u32(&key("KB834707"), "Installed", 0);
        facts.add_key(&key("Q147222"));
        assert_eq!(
            listed(hotfix_keys(&facts)),
            ["KB299444 8/1/2001", "KB893803", r"unsaid HotFix\Q147222"]
        );
    }

    #[test]
    fn updates_stand_below_products_and_service_packs() {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SOFTWARE");
        assert_eq!(product_updates(&facts), Collected::Absent);
        let [native, wow] = UPDATES;
        for (path, name, text) in [
            (r"Windows XP\SP3\KB873333", "InstalledDate", "3/4/2005"),
            (r"Windows XP\SP0\KB2510531-IE8", "Description", "Security Update"),
            (r"Windows Media Player\KB952069_WM9", "", ""),
            (r"Microsoft .NET Framework 2.0\Service Pack 1\SP1\KB928365", "", ""),
            (r"Microsoft .NET Framework 4.5\KB2840642", "ThisVersionInstalled", "Y"),
            (r"Microsoft .NET Framework 4.5\KB2737083", "ThisVersionInstalled", "N"),
            (r".NETFramework\1.1\M979906", "", ""),
            (r"Windows XP\SP3\KB873333\Filelist\0", "FileName", "KB999999"),
        ] {
            facts.set_text(&format!(r"{native}\{path}"), name, text);
        }
        facts.set_u32(&format!(r"{native}\.NETFramework\1.1\M886903"), "Installed", 0);
        let key = format!(r"{wow}\Microsoft .NET Framework 4 Client Profile\KB2468871");
        facts.set_text(&key, "ThisVersionInstalled", "Y");
        assert_eq!(
            listed(product_updates(&facts)),
            [
                "KB2468871",
                "KB2510531",
                "KB2840642",
                "KB873333 3/4/2005",
                "KB928365",
                "KB952069",
                "KB979906"
            ]
        );
    }

    #[test]
    fn keys_of_what_can_be_removed_are_named_after_updates_or_patches() {
        let mut facts = Memory::default();
        let root = UNINSTALL[0];
        facts.collect_key(root);
        for name in
            ["KB958644", "{3C3901C5-3455-3E0A-A214-0B093A5070A6}.KB2468871", "ie8", "123456"]
        {
            facts.set_text(&format!(r"{root}\{name}"), "InstallDate", "20081024");
        }
        assert_eq!(listed(uninstall_keys(&facts)), ["KB2468871 20081024", "KB958644 20081024"]);
    }
}
