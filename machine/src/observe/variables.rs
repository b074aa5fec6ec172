//! Paths with variables of the system, as services and file tables write them.

use staunch_model::WinPath;

use crate::Facts;

const CURRENT_VERSION: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion";

/// Variables with the value that holds each.
const PROGRAM_FOLDERS: &[(&str, &str)] = &[
    ("programfiles", "ProgramFilesDir"),
    ("programw6432", "ProgramFilesDir"),
    ("programfiles(x86)", "ProgramFilesDir (x86)"),
    ("commonprogramfiles", "CommonFilesDir"),
    ("commonprogramw6432", "CommonFilesDir"),
    ("commonprogramfiles(x86)", "CommonFilesDir (x86)"),
];

/// Replaces the variables of a path by what they stand for on the machine; `\SystemRoot` at its
/// beginning counts as one. Nothing is returned for an unknown variable, for one whose value was
/// not collected, and for what is no path on a drive.
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
    let text = facts.text(CURRENT_VERSION, value).known().cloned()?;
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
}
