//! Settings that make a machine weak whatever updates it has.
//!
//! Each check stands in a file of its own with what it reads, how grave it is, what to do and which
//! document asks for it. Passwords are never tried: what the stored flags and lengths say is all.

mod account_passwords;
mod administrators;
mod always_install_elevated;
mod anonymous_access;
mod auditing;
mod autologon;
mod automatic_updates;
mod autorun;
mod bitlocker;
mod cached_logons;
mod credential_guard;
mod credssp_oracle;
mod defender;
mod effective;
mod file_systems;
mod guest_account;
mod ie_enhanced_security;
mod iis;
mod iis_admin_password;
mod iis_configuration;
mod iis_logging;
mod iis_on_domain_controller;
mod iis_parent_paths;
mod iis_samples;
mod iis_virtual_folders;
mod incomplete_updates;
mod insecure_guest_logons;
mod internet_zones;
mod kernel_dma;
mod llmnr;
mod lm_compatibility;
mod lm_hashes;
mod local_account_token_filter;
mod lsa_protection;
mod macro_security;
mod netbios;
mod netlogon_secure_channel;
mod outcome;
mod password_expiration;
mod point_and_print;
mod powershell2;
mod powershell_logging;
mod rdp_encryption;
mod rdp_nla;
mod reading;
#[cfg(test)]
mod recorder;
mod remote_desktop;
mod remote_registry;
mod schannel;
mod secure_boot;
mod security_descriptor;
mod servicing_month;
mod shares;
mod smb1;
mod smb1_client;
mod smb_signing_client;
mod smb_signing_server;
mod sql_authentication;
mod sql_folders;
mod sql_on_domain_controller;
mod sql_roles;
mod sql_server;
mod sql_service_accounts;
#[cfg(test)]
mod tests;
mod uac;
mod uac_consent;
mod unnecessary_services;
mod unquoted_service_paths;
mod update_source;
mod wdigest;
mod windows_firewall;
mod windows_version;
mod winrm;

use staunch_machine::Facts;
use staunch_model::{CheckFinding, MachineFacts, OperatingSystem, Severity, Support};

use outcome::Outcome;
use reading::{ServiceStart, Unseen, seen};

/// One check.
#[derive(Debug)]
pub struct Check {
    /// Stable name: `smb1`.
    pub id: &'static str,
    /// What is checked, as a sentence without an end.
    pub title: &'static str,
    /// How grave it is where the setting is weak.
    pub severity: Severity,
    /// What to do where the setting is weak.
    pub remedy: &'static str,
    /// Document that asks for the setting.
    pub source: &'static str,
    /// Keys and files that are read, with all below them: `*` stands for any name, and
    /// `%SystemRoot%` for the folder that Windows is installed in. A key with `\` at its end is
    /// read without what lies below it. Beside them stand `local accounts`, `profiles`, `volumes`
    /// and `support dates`.
    pub reads: &'static [&'static str],
    judge: fn(&Subject<'_>) -> Outcome,
}

/// What is checked.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub facts: &'a dyn Facts,
    pub machine: &'a MachineFacts,
    pub system: &'a OperatingSystem,
    /// How long the system is supported.
    pub support: &'a Support,
}

/// Every check, in the order of reports.
pub const CHECKS: &[&Check] = &[
    // What MBSA looked at.
    &account_passwords::CHECK,
    &administrators::CHECK,
    &anonymous_access::CHECK,
    &auditing::CHECK,
    &autologon::CHECK,
    &automatic_updates::CHECK,
    &file_systems::CHECK,
    &guest_account::CHECK,
    &ie_enhanced_security::CHECK,
    &iis_admin_password::CHECK,
    &iis_logging::CHECK,
    &iis_on_domain_controller::CHECK,
    &iis_parent_paths::CHECK,
    &iis_samples::CHECK,
    &iis_virtual_folders::CHECK,
    &incomplete_updates::CHECK,
    &internet_zones::CHECK,
    &macro_security::CHECK,
    &password_expiration::CHECK,
    &shares::CHECK,
    &sql_authentication::CHECK,
    &sql_folders::CHECK,
    &sql_on_domain_controller::CHECK,
    &sql_roles::CHECK,
    &sql_service_accounts::CHECK,
    &unnecessary_services::CHECK,
    &windows_firewall::CHECK,
    &windows_version::CHECK,
    // What came after it.
    &always_install_elevated::CHECK,
    &autorun::CHECK,
    &bitlocker::CHECK,
    &cached_logons::CHECK,
    &credential_guard::CHECK,
    &credssp_oracle::CHECK,
    &defender::CHECK,
    &insecure_guest_logons::CHECK,
    &kernel_dma::CHECK,
    &llmnr::CHECK,
    &lm_compatibility::CHECK,
    &lm_hashes::CHECK,
    &local_account_token_filter::CHECK,
    &lsa_protection::CHECK,
    &netbios::CHECK,
    &netlogon_secure_channel::CHECK,
    &point_and_print::CHECK,
    &powershell2::CHECK,
    &powershell_logging::CHECK,
    &rdp_encryption::CHECK,
    &rdp_nla::CHECK,
    &remote_registry::CHECK,
    &schannel::CHECK,
    &secure_boot::CHECK,
    &smb1::CHECK,
    &smb1_client::CHECK,
    &smb_signing_client::CHECK,
    &smb_signing_server::CHECK,
    &uac::CHECK,
    &uac_consent::CHECK,
    &unquoted_service_paths::CHECK,
    &update_source::CHECK,
    &wdigest::CHECK,
    &winrm::CHECK,
];

/// Makes every check.
pub fn check_all(subject: &Subject<'_>) -> Vec<CheckFinding> {
    CHECKS.iter().map(|check| check.finding(subject)).collect()
}

impl Check {
    fn finding(&self, subject: &Subject<'_>) -> CheckFinding {
        let Outcome { verdict, found, details } = (self.judge)(subject);
        CheckFinding {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            severity: self.severity,
            verdict,
            found,
            details,
            remedy: self.remedy.to_owned(),
            source: self.source.to_owned(),
        }
    }
}
