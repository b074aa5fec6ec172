//! One file for each machine in a folder.

use std::collections::BTreeSet;

/// Longest name of a file before its ending, in characters.
const LONGEST: usize = 80;

/// Names that Windows gives to devices, whatever ending follows them.
const DEVICES: &[&str] = &["aux", "con", "nul", "prn"];

/// Names of files that no two machines share.
#[derive(Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    /// Makes the name of a machine's file; nothing of a hostile name leads out of the folder.
    pub(crate) fn of(&mut self, machine: Option<&str>, ending: &str) -> String {
        let safe = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
        let mut stem: String =
            machine.unwrap_or_default().chars().take(LONGEST).map(safe).collect();
        if stem.is_empty() {
            stem.push_str("machine");
        }
        let lower = stem.to_lowercase();
        let is_port = lower.len() == 4 && (lower.starts_with("com") || lower.starts_with("lpt"));
        if is_port || DEVICES.contains(&lower.as_str()) {
            stem.push('_');
        }
        let mut name = format!("{stem}.{ending}");
        let mut number = 2;
        while !self.0.insert(name.to_lowercase()) {
            name = format!("{stem}-{number}.{ending}");
            number += 1;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe_and_differ() {
        let mut names = Names::default();
        for (machine, expected) in [
            (Some("PC-07"), "PC-07.mba"),
            (Some("pc-07"), "pc-07-2.mba"),
            (Some("../../etc/passwd"), "______etc_passwd.mba"),
            (Some("C:\\x"), "C__x.mba"),
            (Some("会議室"), "会議室.mba"),
            (Some("con"), "con_.mba"),
            (Some("LPT1"), "LPT1_.mba"),
            (Some(""), "machine.mba"),
            (None, "machine-2.mba"),
        ] {
            assert_eq!(names.of(machine, "mba"), expected);
        }
    }
}
