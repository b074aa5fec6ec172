//! What a file says of itself.

use staunch_format::pe::{self, Executable, Machine};
use staunch_format::{ReadAt, ReadAtError};
use staunch_model::{Architecture, Collected};

use super::Warnings;
use crate::facts::FileFacts;

/// Reads the facts of a file by its content; `name` is what warnings call it.
pub(crate) fn facts(name: &str, content: &dyn ReadAt, warnings: &Warnings) -> FileFacts {
    let size = Collected::Known(content.len());
    match read(content) {
        Ok(Some(executable)) => {
            for fault in &executable.warnings {
                warnings.add(&name, fault);
            }
            FileFacts { size, ..of_executable(&executable) }
        }
        Ok(None) => FileFacts {
            size,
            version: Collected::Absent,
            version_text: Collected::Absent,
            architecture: Collected::Absent,
            language: Collected::Absent,
        },
        Err(error) => {
            warnings.add_error(&name, &error);
            FileFacts { size, ..FileFacts::default() }
        }
    }
}

fn read(content: &dyn ReadAt) -> Result<Option<Executable>, ReadAtError> {
    let mut magic = [0; 2];
    if content.len() < 2 {
        return Ok(None);
    }
    content.read_at(0, &mut magic)?;
    if magic != *b"MZ" {
        return Ok(None);
    }
    pe::read(content).map(Some)
}

fn of_executable(executable: &Executable) -> FileFacts {
    let version = executable.version();
    let translation = version.and_then(|version| version.translations.first());
    let language = version.map(|version| version.language).filter(|language| *language != 0);
    // What a damaged resource would have said is not known.
    let none = |is_damaged: bool| is_damaged && version.is_none();
    let is_damaged = none(!executable.warnings.is_empty());
    FileFacts {
        size: Collected::NotCollected,
        version: answer(version.and_then(|v| v.fixed).map(|fixed| fixed.file), is_damaged),
        version_text: answer(
            version.and_then(|version| version.file_version_text()).map(str::to_owned),
            is_damaged,
        ),
        architecture: answer(architecture(executable.machine), false),
        language: answer(language.or(translation.map(|t| t.language)), is_damaged),
    }
}

fn answer<T>(value: Option<T>, is_damaged: bool) -> Collected<T> {
    match value {
        Some(value) => Collected::Known(value),
        None if is_damaged => Collected::NotCollected,
        None => Collected::Absent,
    }
}

fn architecture(machine: Machine) -> Option<Architecture> {
    match machine {
        Machine::I386 => Some(Architecture::X86),
        Machine::Amd64 => Some(Architecture::X64),
        Machine::Ia64 => Some(Architecture::Ia64),
        Machine::Arm => Some(Architecture::Arm),
        Machine::Arm64 => Some(Architecture::Arm64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use staunch_testkit::{ExecutableLayout, VersionedExecutable};

    #[test]
    fn files_say_what_they_are() {
        let warnings = Warnings::default();
        let library = VersionedExecutable::new(ExecutableLayout::Pe32Plus, [6, 1, 7601, 17514])
            .translation(0x0407, 1200)
            .string("FileVersion", "6.1.7601.17514 (win7sp1_rtm.101119-1850)")
            .build();
        let file = facts("a.dll", &&library[..], &warnings);
        assert_eq!(file.size, Collected::Known(library.len() as u64));
        assert_eq!(file.version.known().unwrap().to_string(), "6.1.7601.17514");
        let text = "6.1.7601.17514 (win7sp1_rtm.101119-1850)";
        assert_eq!(file.version_text.known().unwrap(), text);
        assert_eq!(file.architecture, Collected::Known(Architecture::X64));
        assert_eq!(file.language, Collected::Known(0x0407));

        let text = facts("a.txt", &&b"hello"[..], &warnings);
        assert_eq!((text.size, text.version), (Collected::Known(5), Collected::Absent));
        assert_eq!(warnings.all(), []);

        // Cut within the version resource: nothing is known of it.
        let cut = facts("cut.dll", &&library[..library.len() - 40], &warnings);
        assert_eq!(cut.version, Collected::NotCollected);
        assert_eq!(warnings.all().len(), 1, "{:?}", warnings.all());
    }
}
