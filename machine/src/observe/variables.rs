//! Paths with variables of the system, as services and file tables write them.

use staunch_model::{Collected, WinPath};

use crate::Facts;

const CURRENT_VERSION: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion";

const COMMON_FILES: &str = "CommonFilesDir";

/// Variables with the value that holds each; bulletins write the names of the values too.
const PROGRAM_FOLDERS: &[(&str, &str)] = &[
    ("programfiles", PROGRAM_FILES),
    ("programfilesdir", PROGRAM_FILES),
    ("programw6432", PROGRAM_FILES),
    ("programfiles(x86)", "ProgramFilesDir (x86)"),
    ("commonprogramfiles", COMMON_FILES),
    ("commonfilesdir", COMMON_FILES),
    ("commonprogramw6432", COMMON_FILES),
    ("commonprogramfiles(x86)", "CommonFilesDir (x86)"),
];

const PROGRAM_FILES: &str = "ProgramFilesDir";

/// Replaces the variables of a path by what they stand for on the machine; `\SystemRoot` at its
/// beginning counts as one. Program folders that the registry does not name are those that Windows
/// has by itself. Nothing is returned for an unknown variable, for one whose value was not
/// collected, and for what is no path on a drive.
pub fn expand(facts: &dyn Facts, text: &str) -> Option<WinPath> {
    let text = text.trim();
    let head = text.get(..SYSTEM_ROOT.len()).filter(|head| head.eq_ignore_ascii_case(SYSTEM_ROOT));
    match head {
        Some(head) => format!("{}\\{}", system(facts, "systemroot")?, &text[head.len()..]),
        None => replaced(text, |name| system(facts, name).or_else(|| programs(facts, name)))?,
    }
    .parse()
    .ok()
}

const SYSTEM_ROOT: &str = r"\SystemRoot\";

/// Replaces what stands between percent signs; each name is in lower case.
fn replaced(text: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        let (name, behind) = after.split_once('%')?;
        expanded.push_str(before);
        expanded.push_str(&value(&name.to_ascii_lowercase())?);
        rest = behind;
    }
    expanded.push_str(rest);
    Some(expanded)
}

fn system(facts: &dyn Facts, name: &str) -> Option<String> {
    let root = facts.system_root().known().cloned()?;
    match name {
        "windir" | "systemroot" => Some(root.to_string()),
        "systemdrive" => Some(format!("{}:", root.drive())),
        _ => None,
    }
}

/// Program folders, which may be written with the variables of the system themselves.
fn programs(facts: &dyn Facts, name: &str) -> Option<String> {
    let (_, value) = PROGRAM_FOLDERS.iter().find(|(variable, _)| *variable == name)?;
    let text = match (facts.text(CURRENT_VERSION, value), *value) {
        (Collected::Known(text), _) => text,
        (Collected::Absent, PROGRAM_FILES) => r"%SystemDrive%\Program Files".to_owned(),
        (Collected::Absent, COMMON_FILES) => {
            return Some(format!(r"{}\Common Files", programs(facts, "programfiles")?));
        }
        (Collected::Absent | Collected::NotCollected, _) => return None,
    };
    replaced(&text, |name| system(facts, name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Memory, RegistryData};

    #[test]
    fn variables_stand_for_folders_of_the_machine() {
        let mut facts = Memory::default();
        facts.set_text(crate::CURRENT_VERSION, "SystemRoot", r"D:\WINNT");
        facts.set_text(CURRENT_VERSION, "ProgramFilesDir", r"D:\Programme");
        let x86 = RegistryData::ExpandableText(r"%SystemDrive%\Programme (x86)".to_owned());
        facts.set(CURRENT_VERSION, "ProgramFilesDir (x86)", x86);
        facts.set_text(CURRENT_VERSION, "CommonFilesDir", r"%ProgramFiles%\Common Files");
        for (text, expected) in [
            (r"%windir%\system32\a.dll", Some(r"D:\WINNT\system32\a.dll")),
            (r"%SYSTEMROOT%\b.dll", Some(r"D:\WINNT\b.dll")),
            (r"\systemroot\System32\drivers\c.sys", Some(r"D:\WINNT\System32\drivers\c.sys")),
            (r"%SystemDrive%\boot.ini", Some(r"D:\boot.ini")),
            (r"%ProgramFiles%\d.exe", Some(r"D:\Programme\d.exe")),
            (r"%ProgramFiles(x86)%\e.exe", Some(r"D:\Programme (x86)\e.exe")),
            (r"C:\plain.exe", Some(r"C:\plain.exe")),
            (r"%windir%\..\a.dll", None),
            (r"%CommonProgramFiles%\f.dll", None),
            (r"%CommonProgramFiles(x86)%\f.dll", None),
            (r"%temp%\g.dll", None),
            (r"C:\100%\h.dll", None),
            ("é", None),
        ] {
            let path = expand(&facts, text).map(|path| path.to_string());
            assert_eq!(path.as_deref(), expected, "{text}");
        }
        assert_eq!(expand(&Memory::default(), r"%windir%\a.dll"), None);
    }

    #[test]
    fn program_folders_without_a_value_are_those_of_windows() {
        let mut facts = Memory::default();
        facts.set_text(crate::CURRENT_VERSION, "SystemRoot", r"D:\WINNT");
        let path = |facts: &Memory, text| expand(facts, text).map(|path| path.to_string());
        assert_eq!(path(&facts, r"%ProgramFiles%\a.exe"), None);
        facts.set_text(CURRENT_VERSION, "ProductId", "1");
        for (text, expected) in [
            (r"%ProgramFiles%\a.exe", Some(r"D:\Program Files\a.exe")),
            ("%programfilesdir%", Some(r"D:\Program Files")),
            (r"%CommonFilesDir%\b.dll", Some(r"D:\Program Files\Common Files\b.dll")),
            (r"%ProgramFiles(x86)%\c.exe", None),
        ] {
            assert_eq!(path(&facts, text).as_deref(), expected, "{text}");
        }
    }
}
