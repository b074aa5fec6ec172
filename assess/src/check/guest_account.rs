use staunch_model::{Collected, Severity};

use super::{Check, Outcome, Subject};

/// Relative identifier of the guest on every Windows.
const GUEST: u32 = 501;

pub(super) const CHECK: Check = Check {
    id: "guest-account",
    title: "The guest account is disabled",
    severity: Severity::Important,
    remedy: "Disable the guest account: net user guest /active:no",
    source: "MBSA, check \"Guest Account\"; CIS Benchmarks, \"Accounts: Guest account status\"",
    reads: &["local accounts"],
    judge,
};

fn judge(subject: &Subject<'_>) -> Outcome {
    let accounts = match subject.facts.accounts() {
        Collected::Known(accounts) => accounts,
        Collected::Absent => return Outcome::not_applicable("the machine has no local accounts"),
        Collected::NotCollected => return Outcome::unseen("the list of local accounts"),
    };
    match accounts.iter().find(|account| account.rid == GUEST) {
        Some(guest) if guest.flags.is_disabled => {
            Outcome::sound(format!("the guest account {} is disabled", guest.name))
        }
        Some(guest) => Outcome::weak(format!("the guest account {} is enabled", guest.name)),
        None => Outcome::sound("there is no guest account"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{judge_on, verdicts};
    use staunch_machine::{Account, AccountFlags, Memory};
    use staunch_model::CheckVerdict;

    fn with(accounts: Collected<Vec<Account>>) -> Memory {
        let mut facts = Memory::default();
        facts.set_accounts(accounts);
        facts
    }

    fn guest(is_disabled: bool) -> Vec<Account> {
        let flags = AccountFlags { is_disabled, ..AccountFlags::default() };
        vec![Account { name: "Gast".into(), rid: GUEST, flags, ..Account::default() }]
    }

    #[test]
    fn an_enabled_guest_is_weak_under_any_name() {
        verdicts(
            &CHECK,
            [
                (with(Collected::Known(guest(false))), CheckVerdict::Weak),
                (with(Collected::Known(guest(true))), CheckVerdict::Sound),
                (with(Collected::Known(Vec::new())), CheckVerdict::Sound),
                (with(Collected::NotCollected), CheckVerdict::Undetermined),
            ],
        );
        let outcome =
            judge_on(&CHECK, "Windows XP Service Pack 3", &with(Collected::Known(guest(false))));
        assert_eq!(outcome.found, "the guest account Gast is enabled");
    }
}
