//! Files that the session manager moves or deletes at the next start.

use staunch_model::{Collected, WinPath};

use crate::Facts;

const SESSION_MANAGER: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager";

/// Lists of operations; the second one is done after the first.
const VALUES: [&str; 2] = ["PendingFileRenameOperations", "PendingFileRenameOperations2"];

/// A move or deletion that is done at the next start of Windows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingRename {
    pub from: WinPath,
    /// Where the file goes, in place of what is there; deleted without it.
    pub to: Option<WinPath>,
}

/// Lists what the session manager does with files at the next start, in its order.
///
/// Operations on anything but a path on a drive are left out.
///
/// Source: Microsoft, `MoveFileExW`, flag `MOVEFILE_DELAY_UNTIL_REBOOT`.
pub fn pending_renames(facts: &dyn Facts) -> Collected<Vec<PendingRename>> {
    facts.key(SESSION_MANAGER).map(|key| {
        let lists = VALUES.iter().filter_map(|name| key.value(name)?.texts());
        lists.flat_map(|texts| operations(&texts)).collect()
    })
}

/// Reads pairs; the empty second text of a deletion may be lost at the end of the list.
fn operations(texts: &[&str]) -> Vec<PendingRename> {
    texts
        .chunks(2)
        .filter_map(|pair| {
            let from = path(pair[0])?;
            match pair.get(1).filter(|to| !to.is_empty()) {
                Some(to) => Some(PendingRename { from, to: Some(path(to)?) }),
                None => Some(PendingRename { from, to: None }),
            }
        })
        .collect()
}

/// Reads a path without its marks: `!` allows to replace, `*1` numbers the operation.
fn path(text: &str) -> Option<WinPath> {
    let text = text.strip_prefix('!').unwrap_or(text);
    let text = match text.strip_prefix('*') {
        Some(numbered) => numbered.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => text,
    };
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Memory, RegistryData};

    fn observed(texts: &[&str]) -> Vec<String> {
        let mut facts = Memory::default();
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        facts.set(SESSION_MANAGER, VALUES[1], RegistryData::Texts(texts));
        let Collected::Known(renames) = pending_renames(&facts) else { panic!("a list") };
        let to = |to: Option<WinPath>| to.map_or("-".to_owned(), |to| to.to_string());
        renames.into_iter().map(|each| format!("{} > {}", each.from, to(each.to))).collect()
    }

    #[test]
    fn operations_are_pairs_of_paths_with_marks() {
        assert_eq!(
            observed(&[
                r"\??\C:\WINDOWS\system32\SET1A.tmp",
                r"!\??\C:\WINDOWS\system32\helpctr.exe",
                r"\??\C:\Temp\a.dll",
                "",
                r"*1\??\C:\Windows\System32\b.dll",
                r"*1\??\C:\Windows\System32\c.dll",
                r"\??\Volume{0b2c}\x",
                "",
                r"\??\C:\Temp\d.dll",
                r"\??\UNC\server\share\d.dll",
                r"\??\C:\Temp\last.dll",
            ]),
            [
                r"C:\WINDOWS\system32\SET1A.tmp > C:\WINDOWS\system32\helpctr.exe",
                r"C:\Temp\a.dll > -",
                r"C:\Windows\System32\b.dll > C:\Windows\System32\c.dll",
                r"C:\Temp\last.dll > -",
            ]
        );
    }

    #[test]
    fn no_list_is_an_empty_one_where_its_key_was_seen() {
        let mut facts = Memory::default();
        assert_eq!(pending_renames(&facts), Collected::NotCollected);
        facts.collect_key(r"HKLM\SYSTEM");
        facts.add_key(SESSION_MANAGER);
        assert_eq!(pending_renames(&facts), Collected::Known(vec![]));
    }
}
