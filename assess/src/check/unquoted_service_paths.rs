use staunch_machine::{RegistryData, RegistryKey};
use staunch_model::{CheckDetail, Severity};

use super::{Check, Outcome, Subject, Unseen};
use crate::service::SERVICES;

const FOLDERS: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion";

/// Bits of a service's type that say that it is a program and no driver.
const PROGRAM: u64 = 0x30;

/// Endings of what can be started.
const ENDINGS: &[&str] = &[".exe", ".com", ".bat", ".cmd"];

/// Variables of folders whose names may have spaces, and the values that say the names.
const VARIABLES: &[(&str, &str)] = &[
    ("%programfiles%", "ProgramFilesDir"),
    ("%programw6432%", "ProgramFilesDir"),
    ("%programfiles(x86)%", "ProgramFilesDir (x86)"),
    ("%commonprogramfiles%", "CommonFilesDir"),
    ("%commonprogramw6432%", "CommonFilesDir"),
    ("%commonprogramfiles(x86)%", "CommonFilesDir (x86)"),
];

pub(super) const CHECK: Check = Check {
    id: "unquoted-service-paths",
    title: "Paths of services with spaces stand in quotes",
    severity: Severity::Moderate,
    remedy: "Put the program's path in each ImagePath in quotes",
    source: "CWE-428, \"Unquoted Search Path or Element\"; Microsoft Learn, \"CreateProcessA \
             function\", security remarks",
    reads: &[
        r"HKLM\SYSTEM\CurrentControlSet\Services\",
        r"HKLM\SYSTEM\CurrentControlSet\Services\*\",
        r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\",
    ],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let Some(services) = subject.key(SERVICES)? else {
        return Ok(Outcome::not_applicable("there are no services"));
    };
    let mut details = Vec::new();
    for name in services.subkeys {
        details.extend(service(subject, name));
    }
    Ok(Outcome::of_details(
        details,
        "paths with spaces stand without quotes",
        "no service's path with spaces stands without quotes",
    ))
}

/// Says of a service what keeps its path from being sound, and nothing where it is sound.
fn service(subject: &Subject<'_>, name: String) -> Option<CheckDetail> {
    let key = match subject.key(&format!("{SERVICES}\\{name}")) {
        Ok(key) => key?,
        Err(unseen) => return Some(Outcome::from(unseen).about(name)),
    };
    if key.number("Type").is_none_or(|kind| kind & PROGRAM == 0) {
        return None;
    }
    let path = match path(subject, &key) {
        Ok(path) => path?,
        Err(unseen) => return Some(Outcome::from(unseen).about(name)),
    };
    match program(&path) {
        Program::Sound => None,
        Program::Unclear => {
            let why = format!("where the program ends cannot be told: {path}");
            Some(Outcome::undetermined(why).about(name))
        }
        Program::HasSpaces(program) => {
            let when = match key.number("Start") {
                Some(4) => " (disabled)",
                _ => "",
            };
            Some(Outcome::weak(format!("{program}{when}")).about(name))
        }
    }
}

/// Returns the command line of a service with those variables replaced that may bring spaces.
fn path(subject: &Subject<'_>, key: &RegistryKey) -> Result<Option<String>, Unseen> {
    let (text, is_expandable) = match key.value("ImagePath") {
        Some(RegistryData::Text(text)) => (text, false),
        Some(RegistryData::ExpandableText(text)) => (text, true),
        Some(_) => return Err(Unseen::because("ImagePath is no text")),
        None => return Ok(None),
    };
    let text = text.trim();
    if !is_expandable || !text.starts_with('%') {
        return Ok(Some(text.to_owned()));
    }
    let starts = |(variable, _): &&(&str, &str)| {
        text.get(..variable.len()).is_some_and(|start| start.eq_ignore_ascii_case(variable))
    };
    let Some((variable, value)) = VARIABLES.iter().find(starts) else {
        return Ok(Some(text.to_owned()));
    };
    let folder = subject.text(FOLDERS, value)?;
    let missing = || Unseen::because(format!("{FOLDERS}\\{value} is not there: {text}"));
    Ok(Some(folder.ok_or_else(missing)? + &text[variable.len()..]))
}

/// What a command line says of the program that it starts.
#[derive(Debug, PartialEq, Eq)]
enum Program<'a> {
    Sound,
    HasSpaces(&'a str),
    Unclear,
}

fn program(command: &str) -> Program<'_> {
    if command.starts_with('"') || !command.contains(' ') {
        return Program::Sound;
    }
    let folded = command.to_ascii_lowercase();
    let ends = ENDINGS
        .iter()
        .flat_map(|ending| folded.match_indices(ending).map(|(at, ending)| at + ending.len()));
    let is_end = |end: &usize| folded[*end..].chars().next().is_none_or(char::is_whitespace);
    match ends.filter(is_end).min() {
        Some(end) if command[..end].contains(' ') => Program::HasSpaces(&command[..end]),
        Some(_) => Program::Sound,
        // A separator after the first space belongs to an argument or to the program.
        None if command.split(' ').skip(1).any(|word| word.contains('\\')) => Program::Unclear,
        None => Program::Sound,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, judge_on, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    fn add(facts: &mut Memory, name: &str, kind: u32, path: RegistryData) {
        let key = format!("{SERVICES}\\{name}");
        facts.set_u32(&key, "Type", kind).set(&key, "ImagePath", path);
    }

    fn text(path: &str) -> RegistryData {
        RegistryData::Text(path.to_owned())
    }

    #[test]
    fn a_program_ends_where_its_ending_does() {
        let spaced = |path: &'static str| Program::HasSpaces(path);
        for (command, expected) in [
            (r"C:\Windows\system32\svchost.exe -k netsvcs -p", Program::Sound),
            (r#""C:\Program Files\A\a.exe" /b"#, Program::Sound),
            (r"C:\Program Files\A\a.exe /b", spaced(r"C:\Program Files\A\a.exe")),
            (r"C:\Program Files\A.exe.d\B b\c.EXE", spaced(r"C:\Program Files\A.exe.d\B b\c.EXE")),
            (r"C:\A\a.exe C:\Program Files\b.exe", Program::Sound),
            (r"C:\Windows\system32\lsass", Program::Sound),
            (r"C:\Windows\system32\a -b", Program::Sound),
            (r"C:\Program Files\A\service", Program::Unclear),
            (r"C:\Übung eins\ß.exe", spaced(r"C:\Übung eins\ß.exe")),
            ("", Program::Sound),
        ] {
            assert_eq!(program(command), expected, "{command}");
        }
    }

    #[test]
    fn drivers_and_quoted_paths_are_passed_over() {
        const SAFE: &str = "no service's path with spaces stands without quotes";
        let bare = r"\SystemRoot\My Drivers\a.sys";
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SYSTEM");
        assert_eq!(judge_on(&CHECK, WINDOWS_10, &facts).verdict, NotApplicable);
        add(&mut facts, "Driver", 1, text(bare));
        add(&mut facts, "Quoted", 0x10, text(r#""C:\Program Files\A\a.exe" -b"#));
        facts.add_key(&format!("{SERVICES}\\Empty"));
        let outcome = judge_on(&CHECK, WINDOWS_10, &facts);
        assert_eq!((outcome.verdict, outcome.found.as_str()), (Sound, SAFE));
        add(&mut facts, "Bare", 0x110, text(r"C:\Program Files\A\a.exe -b"));
        facts.set_u32(&format!("{SERVICES}\\Bare"), "Start", 4);
        let outcome = judge_on(&CHECK, WINDOWS_10, &facts);
        assert_eq!(outcome.found, "paths with spaces stand without quotes: Bare");
        assert_eq!(outcome.details[0].found, r"C:\Program Files\A\a.exe (disabled)");
    }

    #[test]
    fn variables_bring_spaces() {
        const PATH: &str = r"%ProgramFiles%\A\a.exe";
        table(
            &CHECK,
            &[
                (
                    WINDOWS_10,
                    |facts| add(facts, "A", 0x10, RegistryData::ExpandableText(PATH.into())),
                    Undetermined,
                    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\ProgramFilesDir is not there: %ProgramFiles%\A\a.exe",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        add(facts, "A", 0x10, RegistryData::ExpandableText(PATH.into()));
                        facts.set_text(FOLDERS, "ProgramFilesDir", r"C:\Program Files");
                    },
                    Weak,
                    "paths with spaces stand without quotes: A",
                ),
                (
                    WINDOWS_10,
                    |facts| {
                        add(facts, "A", 0x10, RegistryData::ExpandableText(PATH.into()));
                        facts.set_text(FOLDERS, "ProgramFilesDir", r"C:\Programme");
                    },
                    Sound,
                    "no service's path with spaces stands without quotes",
                ),
            ],
        );
    }
}
