use staunch_machine::Account;
use staunch_model::{Collected, Severity};

use super::{Check, Outcome, Subject, Unseen};

/// As many as are needed: one to work with, one for when that one is lost.
const MOST: usize = 2;

pub(super) const CHECK: Check = Check {
    id: "administrators",
    title: "No more than two local accounts are administrators",
    severity: Severity::Moderate,
    remedy: "Take accounts that need no such rights out of the group Administrators",
    source: "MBSA, check \"Administrators\"",
    reads: &["local accounts"],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let Some(accounts) = subject.accounts()? else {
        return Ok(Outcome::not_applicable("the machine has no local accounts"));
    };
    let details: Vec<_> = accounts
        .iter()
        .filter_map(|account| Some(standing(account)?.about(&account.name)))
        .collect();
    let enabled = accounts.iter().filter(|account| !account.flags.is_disabled);
    let (mut count, mut unknown) = (0, 0);
    for account in enabled {
        match account.is_administrator {
            Collected::Known(true) => count += 1,
            Collected::Known(false) | Collected::Absent => {}
            Collected::NotCollected => unknown += 1,
        }
    }
    let said = match count {
        1 => "1 enabled local account is an administrator".to_owned(),
        _ => format!("{count} enabled local accounts are administrators"),
    };
    let said = format!("{said}; members from a domain are not counted");
    let outcome = match (count, unknown) {
        (more, _) if more > MOST => Outcome::weak(said),
        (less, unknown) if less + unknown > MOST => {
            Outcome::unseen(&format!("whether {unknown} enabled local accounts are administrators"))
        }
        _ => Outcome::sound(said),
    };
    Ok(Outcome { details, ..outcome })
}

/// Says what is known of an account that is or may be an administrator.
fn standing(account: &Account) -> Option<Outcome> {
    match account.is_administrator {
        Collected::Known(true) if account.flags.is_disabled => {
            Some(Outcome::sound("an administrator, and disabled"))
        }
        // One alone is no fault: the count is what is judged.
        Collected::Known(true) => Some(Outcome::sound("an administrator")),
        Collected::Known(false) | Collected::Absent => None,
        Collected::NotCollected => Some(Outcome::unseen("whether it is an administrator")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{WINDOWS_10, judge_on};
    use staunch_machine::{AccountFlags, Memory};
    use staunch_model::CheckVerdict;

    #[test]
    fn three_enabled_administrators_are_one_too_many() {
        const YES: Collected<bool> = Collected::Known(true);
        const NO: Collected<bool> = Collected::Known(false);
        const MAYBE: Collected<bool> = Collected::NotCollected;
        for (accounts, verdict, found) in [
            (
                &[(YES, false), (YES, false), (NO, false)][..],
                CheckVerdict::Sound,
                "2 enabled local accounts are administrators; members from a domain are not \
                 counted",
            ),
            (
                &[(YES, false), (YES, false), (YES, true)],
                CheckVerdict::Sound,
                "2 enabled local accounts are administrators; members from a domain are not \
                 counted",
            ),
            (
                &[(YES, false), (YES, false), (YES, false), (MAYBE, false)],
                CheckVerdict::Weak,
                "3 enabled local accounts are administrators; members from a domain are not \
                 counted",
            ),
            (
                &[(YES, false), (MAYBE, false), (MAYBE, false)],
                CheckVerdict::Undetermined,
                "whether 2 enabled local accounts are administrators was not collected",
            ),
            (
                &[(YES, false), (MAYBE, false)],
                CheckVerdict::Sound,
                "1 enabled local account is an administrator; members from a domain are not \
                 counted",
            ),
        ] {
            let accounts = accounts.iter().map(|(is_administrator, is_disabled)| Account {
                is_administrator: is_administrator.clone(),
                flags: AccountFlags { is_disabled: *is_disabled, ..AccountFlags::default() },
                ..Account::default()
            });
            let mut facts = Memory::default();
            facts.set_accounts(Collected::Known(accounts.collect()));
            let outcome = judge_on(&CHECK, WINDOWS_10, &facts);
            assert_eq!((outcome.verdict, outcome.found.as_str()), (verdict, found));
        }
        let blind = judge_on(&CHECK, WINDOWS_10, &Memory::default());
        assert_eq!(blind.verdict, CheckVerdict::Undetermined);
    }
}
