use staunch_model::{Collected, Family, HotfixId, KbNumber, Severity};

use super::{Check, Outcome, Subject, Unseen};

const WDIGEST: &str = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\WDigest";

/// Update that made the value work before Windows 8.1.
const UPDATE: u32 = 2_871_997;

pub(super) const CHECK: Check = Check {
    id: "wdigest",
    title: "Passwords are not kept readable in memory for WDigest",
    severity: Severity::Important,
    remedy: "Set UseLogonCredential to 0 under SecurityProviders\\WDigest; before Windows 8.1 \
             install KB2871997 too",
    source: "KB2871997; Microsoft Security Advisory 2871997; Microsoft Security Baselines, \
             \"WDigest Authentication\"",
    reads: &[WDIGEST],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let family = subject.system.family;
    if family < Family::WindowsXp {
        return Ok(Outcome::not_applicable("this Windows has no WDigest"));
    }
    if family < Family::Windows7 {
        return Ok(Outcome::weak("this Windows keeps them whatever is set"));
    }
    Ok(match subject.number(WDIGEST, "UseLogonCredential")? {
        Some(0) if family >= Family::Windows81 || has_update(subject) => {
            Outcome::sound("UseLogonCredential is 0")
        }
        Some(0) => Outcome::undetermined(
            "UseLogonCredential is 0, which works with KB2871997 or an update that contains it, \
             and no list of updates names KB2871997",
        ),
        Some(value) => Outcome::weak(format!("UseLogonCredential is {value}")),
        None if family >= Family::Windows81 => {
            Outcome::sound("UseLogonCredential is not set, and this Windows then keeps none")
        }
        None => Outcome::weak("UseLogonCredential is not set, and this Windows then keeps them"),
    })
}

fn has_update(subject: &Subject<'_>) -> bool {
    let Collected::Known(hotfixes) = &subject.machine.hotfixes else { return false };
    let is_it =
        |id: &HotfixId| matches!(id, HotfixId::Kb(kb) if Some(*kb) == KbNumber::new(UPDATE));
    hotfixes.entries.iter().any(|hotfix| is_it(&hotfix.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::effective::tests::{WINDOWS_7, WINDOWS_81};
    use crate::check::outcome::tests::{SERVER_2003, WINDOWS_10, WINDOWS_2000, table};
    use staunch_machine::Memory;
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};
    use staunch_model::{Hotfix, HotfixList, MachineFacts, Support};

    #[test]
    fn before_windows_8_1_the_value_needs_an_update() {
        table(
            &CHECK,
            &[
                (WINDOWS_2000, |_| {}, NotApplicable, "this Windows has no WDigest"),
                (SERVER_2003, |_| {}, Weak, "this Windows keeps them whatever is set"),
                (
                    WINDOWS_7,
                    |_| {},
                    Weak,
                    "UseLogonCredential is not set, and this Windows then keeps them",
                ),
                (
                    WINDOWS_7,
                    |facts| _ = facts.set_u32(WDIGEST, "UseLogonCredential", 0),
                    Undetermined,
                    "UseLogonCredential is 0, which works with KB2871997 or an update that \
                     contains it, and no list of updates names KB2871997",
                ),
                (
                    WINDOWS_81,
                    |_| {},
                    Sound,
                    "UseLogonCredential is not set, and this Windows then keeps none",
                ),
                (
                    WINDOWS_10,
                    |facts| _ = facts.set_u32(WDIGEST, "UseLogonCredential", 1),
                    Weak,
                    "UseLogonCredential is 1",
                ),
            ],
        );
    }

    #[test]
    fn the_update_in_the_list_makes_the_value_count() {
        let mut facts = Memory::default();
        facts.set_u32(WDIGEST, "UseLogonCredential", 0);
        let entries =
            vec![Hotfix { id: HotfixId::Kb(KbNumber::new(UPDATE).unwrap()), installed_on: None }];
        let hotfixes = Collected::Known(HotfixList { entries, ..HotfixList::default() });
        let machine = MachineFacts { hotfixes, ..MachineFacts::default() };
        let (system, support) = (WINDOWS_7.parse().unwrap(), Support::default());
        let subject =
            Subject { facts: &facts, machine: &machine, system: &system, support: &support };
        assert_eq!(judge(&subject), Ok(Outcome::sound("UseLogonCredential is 0")));
    }
}
