use staunch_machine::VolumeFacts;
use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen, seen};

pub(super) const CHECK: Check = Check {
    id: "file-systems",
    title: "Every volume has a file system with permissions",
    severity: Severity::Important,
    remedy: "Convert the volume: convert DRIVE: /fs:ntfs (exFAT: format it anew)",
    source: "MBSA, check \"File System\"; DISA STIG for Windows 10, \"Local volumes must be \
             formatted using NTFS\"",
    reads: &["volumes"],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let volumes = seen(subject.facts.volumes(), "the list of volumes")?.unwrap_or_default();
    if volumes.is_empty() {
        return Err(Unseen::because("no volume was seen"));
    }
    let fat_without_letter =
        volumes.iter().filter(|volume| is_fat(volume) && !has_letter(volume)).count();
    // Firmware of computers that came with Vista or later starts from a small FAT volume.
    let may_be_of_firmware = subject.system.family >= Family::WindowsVista;
    let details = volumes
        .iter()
        .map(|volume| {
            let name = volume.file_system.as_str();
            let judged = match kind(name) {
                Kind::Permissions => Outcome::sound(name),
                Kind::Medium => Outcome::not_applicable(format!("{name} is for media")),
                Kind::Open if has_letter(volume) || !may_be_of_firmware => {
                    Outcome::weak(format!("{name} has no permissions"))
                }
                Kind::Open if fat_without_letter == 1 => Outcome::not_applicable(format!(
                    "{name} without a drive letter is taken for the volume that the firmware \
                     starts from"
                )),
                Kind::Open => Outcome::undetermined(format!(
                    "{name} without a drive letter may be the volume that the firmware starts \
                     from"
                )),
                Kind::Unknown => {
                    Outcome::undetermined(format!("the file system {name:?} is not known"))
                }
            };
            judged.about(&volume.name)
        })
        .collect();
    Ok(Outcome::of_details(
        details,
        "volumes have no permissions",
        "every volume has a file system with permissions",
    ))
}

enum Kind {
    /// Keeps who may do what with each file.
    Permissions,
    Open,
    Medium,
    Unknown,
}

fn kind(name: &str) -> Kind {
    match name.to_ascii_uppercase().as_str() {
        "NTFS" | "REFS" | "CSVFS" => Kind::Permissions,
        "FAT" | "FAT12" | "FAT16" | "FAT32" | "EXFAT" => Kind::Open,
        "CDFS" | "UDF" => Kind::Medium,
        _ => Kind::Unknown,
    }
}

fn is_fat(volume: &VolumeFacts) -> bool {
    matches!(kind(&volume.file_system), Kind::Open)
}

fn has_letter(volume: &VolumeFacts) -> bool {
    volume.name.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{NT4, WINDOWS_10, XP, judge_on};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{self, Sound, Undetermined, Weak};
    use staunch_model::Collected;

    /// A system, names and file systems of its volumes, and what the check says.
    type Case = (&'static str, &'static [(&'static str, &'static str)], CheckVerdict, &'static str);

    #[test]
    fn fat_is_weak_but_for_the_volume_that_firmware_starts_from() {
        let cases: &[Case] = &[
            (XP, &[("C:", "NTFS")], Sound, "every volume has a file system with permissions"),
            (XP, &[("C:", "NTFS"), ("D:", "FAT32")], Weak, "volumes have no permissions: D:"),
            (NT4, &[("partition 1", "FAT16")], Weak, "volumes have no permissions: partition 1"),
            (
                WINDOWS_10,
                &[("partition 1", "FAT32"), ("C:", "NTFS")],
                Sound,
                "every volume has a file system with permissions",
            ),
            (
                WINDOWS_10,
                &[("partition 1", "FAT32"), ("partition 3", "exFAT"), ("C:", "NTFS")],
                Undetermined,
                "cannot be told for partition 1, partition 3: FAT32 without a drive letter may be \
                 the volume that the firmware starts from",
            ),
            (XP, &[("C:", "ext4")], Undetermined, "the file system \"ext4\" is not known"),
            (XP, &[], Undetermined, "no volume was seen"),
        ];
        for (system, volumes, verdict, found) in cases {
            let volume = |(name, file_system): &(&str, &str)| VolumeFacts {
                name: (*name).to_owned(),
                file_system: (*file_system).to_owned(),
            };
            let mut facts = Memory::default();
            facts.set_volumes(Collected::Known(volumes.iter().map(volume).collect()));
            let outcome = judge_on(&CHECK, system, &facts);
            assert_eq!((outcome.verdict, outcome.found.as_str()), (*verdict, *found), "{system}");
        }
        assert_eq!(judge_on(&CHECK, XP, &Memory::default()).verdict, Undetermined);
    }
}
