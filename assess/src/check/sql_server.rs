//! The instances of SQL Server on a machine, as checks ask for them.

use staunch_machine::RegistryKey;
use staunch_model::Architecture;

use super::{Outcome, Subject, Unseen};
use crate::service::SERVICES;

/// What is read to find instances.
pub(super) const READS: &[&str] = &[
    r"HKLM\SOFTWARE\Microsoft\Microsoft SQL Server",
    r"HKLM\SOFTWARE\Microsoft\MSSQLServer\MSSQLServer",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Microsoft SQL Server",
    r"HKLM\SOFTWARE\Wow6432Node\Microsoft\MSSQLServer\MSSQLServer",
];

const DEFAULT: &str = "MSSQLSERVER";

/// An instance of SQL Server.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Instance {
    /// Its name; the default instance is `MSSQLSERVER`.
    pub(super) name: String,
    /// Key with its settings.
    pub(super) key: String,
}

impl Instance {
    /// Returns the key of its service.
    pub(super) fn service(&self) -> String {
        match self.name.eq_ignore_ascii_case(DEFAULT) {
            true => format!("{SERVICES}\\{DEFAULT}"),
            false => format!("{SERVICES}\\MSSQL${}", self.name),
        }
    }
}

/// Lists the instances; the outcome is that of a machine without any.
pub(super) fn instances(subject: &Subject<'_>) -> Result<Result<Vec<Instance>, Outcome>, Unseen> {
    let mut found = Vec::new();
    collect(subject, r"HKLM\SOFTWARE\Microsoft", &mut found)?;
    // A 32-bit SQL Server on a 64-bit Windows has its settings apart.
    if !matches!(subject.system.architecture, Architecture::X86 | Architecture::Arm) {
        collect(subject, r"HKLM\SOFTWARE\Wow6432Node\Microsoft", &mut found)?;
    }
    Ok(match found.is_empty() {
        true => Err(Outcome::not_applicable("SQL Server is not installed")),
        false => Ok(found),
    })
}

/// Leaves every instance to be asked by hand, and says why.
pub(super) fn left_open(subject: &Subject<'_>, why: &str) -> Result<Outcome, Unseen> {
    let instances = match instances(subject)? {
        Ok(instances) => instances,
        Err(none) => return Ok(none),
    };
    let details =
        instances.iter().map(|instance| Outcome::undetermined(why).about(&instance.name)).collect();
    Ok(Outcome { details, ..Outcome::undetermined(why) })
}

fn collect(subject: &Subject<'_>, root: &str, found: &mut Vec<Instance>) -> Result<(), Unseen> {
    let server = format!("{root}\\Microsoft SQL Server");
    let mut add = |name: &str, key: String| {
        if !found.iter().any(|known| known.name.eq_ignore_ascii_case(name)) {
            found.push(Instance { name: name.to_owned(), key });
        }
    };
    // Since SQL Server 2005 a list leads from names to keys.
    let names = subject.key(&format!("{server}\\Instance Names\\SQL"))?.unwrap_or_default();
    for value in &names.values {
        let strange = || Unseen::because(format!("the key of instance {} is no text", value.name));
        let id = value.data.text().ok_or_else(strange)?;
        add(&value.name, format!("{server}\\{id}\\MSSQLServer"));
    }
    // Before, the default instance had a key of its own, and the others one with their name.
    let key = format!("{root}\\MSSQLServer\\MSSQLServer");
    if subject.key(&key)?.as_ref().is_some_and(has_settings) {
        add(DEFAULT, key);
    }
    let listed = subject.key(&server)?.unwrap_or_default();
    for name in &listed.subkeys {
        let key = format!("{server}\\{name}\\MSSQLServer");
        // Keys of newer instances are known under their names already.
        let is_known = names.values.iter().any(|value| value.data.text() == Some(name));
        if !is_known && subject.key(&key)?.as_ref().is_some_and(has_settings) {
            add(name, key);
        }
    }
    Ok(())
}

fn has_settings(key: &RegistryKey) -> bool {
    key.value("LoginMode").is_some()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use staunch_machine::{Facts, Memory};
    use staunch_model::{MachineFacts, Support};

    pub(in crate::check) const NAMES: &str =
        r"HKLM\SOFTWARE\Microsoft\Microsoft SQL Server\Instance Names\SQL";
    pub(in crate::check) const EXPRESS: &str =
        r"HKLM\SOFTWARE\Microsoft\Microsoft SQL Server\MSSQL10.SQLEXPRESS\MSSQLServer";
    pub(in crate::check) const SQL_2000: &str = r"HKLM\SOFTWARE\Microsoft\MSSQLServer\MSSQLServer";

    /// Adds an instance that is called `SQLEXPRESS`.
    pub(in crate::check) fn install(facts: &mut Memory, login_mode: u32) {
        facts.set_text(NAMES, "SQLEXPRESS", "MSSQL10.SQLEXPRESS");
        facts.set_u32(EXPRESS, "LoginMode", login_mode);
    }

    #[test]
    fn instances_of_every_age_are_found_once() {
        let mut facts = crate::check::outcome::tests::bare();
        install(&mut facts, 1);
        facts.set_u32(SQL_2000, "LoginMode", 2);
        let old = r"HKLM\SOFTWARE\Microsoft\Microsoft SQL Server\OLD\MSSQLServer";
        facts.set_u32(old, "LoginMode", 2);
        facts.add_key(r"HKLM\SOFTWARE\Microsoft\Microsoft SQL Server\100\Tools");
        let system = "Windows Server 2003 x64 Edition".parse().expect("a system");
        let subject = Subject {
            facts: &facts as &dyn Facts,
            machine: &MachineFacts::default(),
            system: &system,
            support: &Support::default(),
        };
        let found = instances(&subject).expect("all was collected").expect("there are some");
        let named: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.service())).collect();
        let services = r"HKLM\SYSTEM\CurrentControlSet\Services";
        assert_eq!(
            named,
            [
                ("SQLEXPRESS", format!(r"{services}\MSSQL$SQLEXPRESS")),
                ("MSSQLSERVER", format!(r"{services}\MSSQLSERVER")),
                ("OLD", format!(r"{services}\MSSQL$OLD")),
            ]
        );
        assert_eq!(found[2].key, old);
    }
}
