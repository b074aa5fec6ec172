use staunch_model::Severity;

use super::iis::SERVICE;
use super::reading::PRODUCT_OPTIONS;
use super::{Check, Outcome, Subject, Unseen};

pub(super) const CHECK: Check = Check {
    id: "iis-on-domain-controller",
    title: "A domain controller is no web server",
    severity: Severity::Important,
    remedy: "Move the web sites to another machine and remove IIS from the domain controller",
    source: "MBSA, check \"Domain Controller Test\" of IIS; DISA STIG for Active Directory Domain, \
             \"Domain controllers must be dedicated machines\"",
    reads: &[SERVICE, PRODUCT_OPTIONS],
    judge: |subject| judge(subject).into(),
};

fn judge(subject: &Subject<'_>) -> Result<Outcome, Unseen> {
    if !subject.has_service("W3SVC")? {
        return Ok(Outcome::not_applicable("IIS is not installed"));
    }
    Ok(match subject.is_domain_controller()? {
        true => Outcome::weak("IIS is installed, and the machine is a domain controller"),
        false => Outcome::sound("IIS is installed, and the machine is no domain controller"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::outcome::tests::{NT4, SERVER_2003, SERVER_2019, table};
    use staunch_model::CheckVerdict::{NotApplicable, Sound, Undetermined, Weak};

    #[test]
    fn only_both_together_are_weak() {
        table(
            &CHECK,
            &[
                (SERVER_2019, |_| {}, NotApplicable, "IIS is not installed"),
                (
                    NT4,
                    |facts| {
                        facts.set_u32(SERVICE, "Start", 2);
                        facts.set_text(PRODUCT_OPTIONS, "ProductType", "LanmanNT");
                    },
                    Weak,
                    "IIS is installed, and the machine is a domain controller",
                ),
                (
                    SERVER_2003,
                    |facts| {
                        facts.set_u32(SERVICE, "Start", 2);
                        facts.set_text(PRODUCT_OPTIONS, "ProductType", "ServerNT");
                    },
                    Sound,
                    "IIS is installed, and the machine is no domain controller",
                ),
                (
                    SERVER_2003,
                    |facts| _ = facts.set_u32(SERVICE, "Start", 2),
                    Undetermined,
                    r"HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions\ProductType is not there",
                ),
            ],
        );
    }
}
