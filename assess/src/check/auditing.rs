use staunch_machine::RegistryData;
use staunch_model::{Family, Severity};

use super::{Check, Outcome, Subject, Unseen};

const POLICY: &str = r"HKLM\SECURITY\Policy\PolAdtEv";

pub(super) const CHECK: Check = Check {
    id: "auditing",
    title: "Logons are audited, those that fail too",
    severity: Severity::Low,
    remedy: "Audit success and failure of logon events: auditpol /set /subcategory:Logon \
             /success:enable /failure:enable, or the audit policy of the machine",
    source: "MBSA, check \"Auditing\"; KB246120; CIS Benchmarks, \"Audit Logon\"",
    reads: &[POLICY],
    judge: |subject| judge(subject).into(),
};

/// What is audited of one kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Audited {
    success: bool,
    failure: bool,
}

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let bytes = match subject.value(POLICY, "")? {
        Some(RegistryData::Binary(bytes)) => bytes,
        Some(_) => return Err(Unseen::because(format!("{POLICY} is not binary"))),
        None => return Err(Unseen::because(format!("{POLICY} has no value"))),
    };
    let audited = match subject.system.family {
        Family::WindowsNt4
        | Family::Windows2000
        | Family::WindowsXp
        | Family::Server2003
        | Family::Server2003R2 => by_category(&bytes),
        _ => by_subcategory(&bytes),
    };
    let strange = || {
        Unseen::because(format!("{POLICY} has a layout that is not known: {} bytes", bytes.len()))
    };
    Ok(match audited.ok_or_else(strange)? {
        Audited { success: true, failure: true } => {
            Outcome::sound("logons are audited, and those that fail too")
        }
        Audited { success: true, failure: false } => {
            Outcome::weak("logons are audited, but not those that fail")
        }
        Audited { success: false, failure: true } => {
            Outcome::weak("logons that fail are audited, but not those that succeed")
        }
        Audited { success: false, failure: false } => Outcome::weak("logons are not audited"),
    })
}

/// Reads the policy up to Server 2003: whether it is on, a number for each category, and how many
/// there are: seven in NT 4.0, nine later. Logon events are the second.
///
/// Source: KB246120, "How to Determine Audit Policies from the Registry".
fn by_category(bytes: &[u8]) -> Option<Audited> {
    let (words, rest) = bytes.as_chunks::<4>();
    let words: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
    let (is_on, rest_of_words) = words.split_first()?;
    let (count, categories) = rest_of_words.split_last()?;
    let fits = rest.is_empty()
        && matches!(categories.len(), 7 | 9)
        && usize::try_from(*count).ok()? == categories.len()
        && categories.iter().all(|category| *category <= 3);
    // The flag is one byte; those behind it are left as they were in memory.
    let is_on = is_on & 0xff != 0;
    fits.then(|| audited(if is_on { categories[1] } else { 0 }))
}

/// Offset of the first subcategory, and that of logons behind the five of the system.
const SUBCATEGORIES: usize = 12;
const LOGON: usize = SUBCATEGORIES + 5 * 2;

/// Reads the policy since Vista: a 16-bit number for each subcategory behind a head of 12 bytes.
///
/// The first subcategories are the same in every version, and only they are read. Each number is
/// checked to be one that the policy can hold.
///
/// Source: tables of the value's layouts in forensic literature; Microsoft has published none.
fn by_subcategory(bytes: &[u8]) -> Option<Audited> {
    // Vista has fifty subcategories, and no version has seventy.
    if !(SUBCATEGORIES + 50 * 2..SUBCATEGORIES + 80 * 2).contains(&bytes.len()) {
        return None;
    }
    let (numbers, _) = bytes[SUBCATEGORIES..SUBCATEGORIES + 50 * 2].as_chunks::<2>();
    let numbers: Vec<u16> = numbers.iter().map(|number| u16::from_le_bytes(*number)).collect();
    let logon = numbers[(LOGON - SUBCATEGORIES) / 2];
    numbers.iter().all(|number| *number <= 3).then(|| audited(logon.into()))
}

fn audited(bits: u32) -> Audited {
    Audited { success: bits & 1 != 0, failure: bits & 2 != 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{NT4, WINDOWS_10, XP, judge_on};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{self, Sound, Undetermined, Weak};

    fn old(is_on: u32, categories: &[u32]) -> Vec<u8> {
        let count = u32::try_from(categories.len()).unwrap();
        [&[is_on], categories, &[count]].concat().into_iter().flat_map(u32::to_le_bytes).collect()
    }

    fn new(logon: u16) -> Vec<u8> {
        let mut numbers = vec![0x100, 0, 9, 0, 0, 0, 1, 0, 3, 0, 3, logon];
        numbers.resize(6 + 59, 0);
        numbers.into_iter().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn both_layouts_are_read_and_others_are_not_guessed_at() {
        let cases: &[(&str, Vec<u8>, CheckVerdict, &str)] = &[
            (
                NT4,
                old(1, &[0, 3, 0, 0, 0, 0, 0]),
                Sound,
                "logons are audited, and those that fail too",
            ),
            (
                XP,
                old(1, &[0, 1, 0, 0, 0, 0, 0, 0, 0]),
                Weak,
                "logons are audited, but not those that fail",
            ),
            (
                XP,
                old(1, &[0, 2, 0, 0, 0, 0, 0, 0, 0]),
                Weak,
                "logons that fail are audited, but not those that succeed",
            ),
            (XP, old(0, &[3; 9]), Weak, "logons are not audited"),
            (XP, old(0x7700, &[3; 9]), Weak, "logons are not audited"),
            (
                XP,
                old(1, &[0; 8]),
                Undetermined,
                r"HKLM\SECURITY\Policy\PolAdtEv has a layout that is not known: 40 bytes",
            ),
            (
                XP,
                old(1, &[7; 9]),
                Undetermined,
                r"HKLM\SECURITY\Policy\PolAdtEv has a layout that is not known: 44 bytes",
            ),
            (WINDOWS_10, new(1), Weak, "logons are audited, but not those that fail"),
            (WINDOWS_10, new(3), Sound, "logons are audited, and those that fail too"),
            (
                WINDOWS_10,
                new(4),
                Undetermined,
                r"HKLM\SECURITY\Policy\PolAdtEv has a layout that is not known: 130 bytes",
            ),
            (
                WINDOWS_10,
                Vec::new(),
                Undetermined,
                r"HKLM\SECURITY\Policy\PolAdtEv has a layout that is not known: 0 bytes",
            ),
        ];
        for (system, bytes, verdict, found) in cases {
            let mut facts = Memory::default();
            facts.set(POLICY, "", RegistryData::Binary(bytes.clone()));
            facts.collect_key(r"HKLM\SECURITY");
            let outcome = judge_on(&CHECK, system, &facts);
            assert_eq!((outcome.verdict, outcome.found.as_str()), (*verdict, *found), "{system}");
        }
        assert_eq!(judge_on(&CHECK, XP, &Memory::default()).verdict, Undetermined);
    }
}
