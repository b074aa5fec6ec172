use staunch_machine::Account;
use staunch_model::{Collected, Severity};

use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "account-passwords",
    title: "Every local account that is enabled needs a password and has one",
    severity: Severity::Critical,
    remedy: "Give the accounts a password or disable them, and let every account need one: \
             net user NAME /passwordreq:yes",
    source: "MBSA, check \"Local Account Password Test\"; DISA STIG for Windows 10, \
             \"Accounts must be configured to require passwords\"",
    reads: &["local accounts"],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let Some(accounts) = subject.accounts()? else {
        return Ok(Outcome::not_applicable("the machine has no local accounts"));
    };
    let details = accounts.iter().map(|account| password(account).about(&account.name)).collect();
    Ok(Outcome::of_details(
        details,
        "accounts can be used without a password",
        "every account that is enabled needs a password and has one",
    ))
}

fn password(account: &Account) -> Outcome {
    match (&account.has_blank_password, account.flags.needs_no_password) {
        _ if account.flags.is_disabled => Outcome::sound("the account is disabled"),
        (Collected::Known(true), _) => Outcome::weak("the password is empty"),
        (_, true) => Outcome::weak("the account is allowed to have no password"),
        (Collected::Known(false), false) => Outcome::sound("the password is not empty"),
        (Collected::Absent | Collected::NotCollected, false) => {
            Outcome::unseen("whether the password is empty")
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::check::outcome::tests::verdicts;
    use staunch_machine::{AccountFlags, Memory};
    use staunch_model::CheckVerdict;

    /// Makes facts with one account that no guest or administrator is.
    pub(in crate::check) fn with(
        flags: AccountFlags,
        has_blank_password: Collected<bool>,
    ) -> Memory {
        let account = Account {
            name: "anna".into(),
            rid: 1001,
            flags,
            has_blank_password,
            ..Account::default()
        };
        let mut facts = Memory::default();
        facts.set_accounts(Collected::Known(vec![account]));
        facts
    }

    #[test]
    fn an_account_without_a_password_is_weak_unless_it_is_disabled() {
        let plain = AccountFlags::default();
        let disabled = AccountFlags { is_disabled: true, ..plain };
        let free = AccountFlags { needs_no_password: true, ..plain };
        let mut none = Memory::default();
        none.set_accounts(Collected::Absent);
        verdicts(
            &CHECK,
            [
                (with(plain, Collected::Known(true)), CheckVerdict::Weak),
                (with(plain, Collected::Known(false)), CheckVerdict::Sound),
                (with(plain, Collected::NotCollected), CheckVerdict::Undetermined),
                (with(free, Collected::Known(false)), CheckVerdict::Weak),
                (with(free, Collected::NotCollected), CheckVerdict::Weak),
                (with(disabled, Collected::Known(true)), CheckVerdict::Sound),
                (none, CheckVerdict::NotApplicable),
                (Memory::default(), CheckVerdict::Undetermined),
            ],
        );
    }
}
