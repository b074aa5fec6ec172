use staunch_machine::Account;
use staunch_model::Severity;

use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "password-expiration",
    title: "The passwords of local accounts expire",
    severity: Severity::Low,
    remedy: "Clear \"Password never expires\" for the accounts; where they serve programs, change \
             their passwords by a schedule of your own",
    source: "MBSA, check \"Password Expiration\"; DISA STIG for Windows 10, \"Accounts must be \
             configured to require password expiration\"",
    reads: &["local accounts"],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    let Some(accounts) = subject.accounts()? else {
        return Ok(Outcome::not_applicable("the machine has no local accounts"));
    };
    let details = accounts.iter().map(|account| expiry(account).about(&account.name)).collect();
    Ok(Outcome::of_details(
        details,
        "passwords never expire",
        "the password of every account that is enabled expires",
    ))
}

fn expiry(account: &Account) -> Outcome {
    if account.flags.is_disabled {
        Outcome::sound("the account is disabled")
    } else if account.flags.password_never_expires {
        Outcome::weak("the password never expires")
    } else {
        Outcome::sound("the password expires")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::account_passwords::tests::with;
    use crate::check::outcome::tests::verdicts;
    use staunch_machine::{AccountFlags, Memory};
    use staunch_model::{CheckVerdict, Collected};

    #[test]
    fn a_password_that_never_expires_is_weak_unless_the_account_is_disabled() {
        let never = AccountFlags { password_never_expires: true, ..AccountFlags::default() };
        let disabled = AccountFlags { is_disabled: true, ..never };
        verdicts(
            &CHECK,
            [
                (with(never, Collected::NotCollected), CheckVerdict::Weak),
                (with(disabled, Collected::NotCollected), CheckVerdict::Sound),
                (with(AccountFlags::default(), Collected::NotCollected), CheckVerdict::Sound),
                (Memory::default(), CheckVerdict::Undetermined),
            ],
        );
    }
}
