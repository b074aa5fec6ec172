//! How facts of bulletins stand in the file: one row each, in columns that all kinds share.
//!
//! docs/catalog.md lists the kinds with what their columns mean.

use std::sync::Arc;

use staunch_model::{
    BulletinFact, CveId, Impact, KbNumber, ManifestFile, Restart, Severity, WorkaroundKind,
};

use crate::value::{day, day_number};

/// A fact that is no file, as the values of its row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FactRow {
    pub(crate) kind: u8,
    pub(crate) product: Option<Arc<str>>,
    pub(crate) vulnerability: Option<CveId>,
    pub(crate) number: Option<i64>,
    pub(crate) text: Option<Arc<str>>,
}

/// A fact on its way into the file.
pub(crate) enum Stored<'f> {
    Row(FactRow),
    File(&'f ManifestFile),
}

/// Separates the parts of a registry value in a text.
const SEPARATOR: char = '\t';

/// Kinds of workarounds by their numbers, from one.
const WORKAROUNDS: &[WorkaroundKind] = &[
    WorkaroundKind::Registry,
    WorkaroundKind::Ports,
    WorkaroundKind::Service,
    WorkaroundKind::Policy,
    WorkaroundKind::AccessControl,
    WorkaroundKind::KillBit,
    WorkaroundKind::Other,
];

/// Returns what a fact is stored as.
pub(crate) fn stored(fact: &BulletinFact) -> Stored<'_> {
    let row = |product: Option<&Arc<str>>, vulnerability, number, text: Option<&Arc<str>>| {
        Stored::Row(FactRow {
            kind: kind(fact),
            product: product.cloned(),
            vulnerability,
            number,
            text: text.cloned(),
        })
    };
    let number = |kb: &Option<KbNumber>| kb.map(|kb| i64::from(kb.number()));
    match fact {
        BulletinFact::Severity(severity) => row(None, None, Some(*severity as i64), None),
        BulletinFact::Impact(impact) => row(None, None, Some(*impact as i64), None),
        BulletinFact::Published(date) => row(None, None, Some(day_number(*date)), None),
        BulletinFact::Revision { version, date } => {
            row(None, None, Some(day_number(*date)), Some(&version.to_string().into()))
        }
        BulletinFact::Kb(kb) => row(None, None, Some(kb.number().into()), None),
        BulletinFact::Vulnerability(cve) => row(None, Some(*cve), None, None),
        BulletinFact::Disclosed { cve, is_so } | BulletinFact::Exploited { cve, is_so } => {
            row(None, Some(*cve), Some((*is_so).into()), None)
        }
        BulletinFact::Affected { product, kb } => row(Some(product), None, number(kb), None),
        BulletinFact::Download { product, family } => row(Some(product), None, None, Some(family)),
        BulletinFact::Unaffected { product } => row(Some(product), None, None, None),
        BulletinFact::Rating { product, cve, severity } => {
            row(Some(product), *cve, Some(*severity as i64), None)
        }
        BulletinFact::RatedImpact { product, cve, impact } => {
            row(Some(product), *cve, Some(*impact as i64), None)
        }
        BulletinFact::Supersedes { product, bulletin, kb } => {
            let bulletin = bulletin.map(|bulletin| bulletin.to_string().into());
            row(product.as_ref(), None, number(kb), bulletin.as_ref())
        }
        BulletinFact::SupersedesNothing { product } => row(product.as_ref(), None, None, None),
        BulletinFact::Prerequisite { platform, product: text }
        | BulletinFact::IncludedIn { platform, product: text }
        | BulletinFact::Switch { platform, switch: text }
        | BulletinFact::Command { platform, command: text }
        | BulletinFact::RemovalTool { platform, tool: text }
        | BulletinFact::RegistryKey { platform, key: text }
        | BulletinFact::Package { platform, name: text } => {
            row(Some(platform), None, None, Some(text))
        }
        BulletinFact::NeedsRestart { platform, restart } => {
            row(Some(platform), None, Some(*restart as i64), None)
        }
        BulletinFact::Removable { platform, is_so } => {
            row(Some(platform), None, Some((*is_so).into()), None)
        }
        BulletinFact::RegistryValue { platform, key, value, data } => {
            let text = format!("{key}{SEPARATOR}{value}{SEPARATOR}{data}");
            row(Some(platform), None, None, Some(&text.into()))
        }
        BulletinFact::Workaround { cve, kind, object } => {
            let at = WORKAROUNDS.iter().position(|known| known == kind);
            row(None, *cve, at.and_then(|at| i64::try_from(at + 1).ok()), Some(object))
        }
        BulletinFact::File(file) => Stored::File(file),
    }
}

impl FactRow {
    /// Returns the fact; nothing where the row is not as [`stored`] writes it.
    pub(crate) fn fact(self) -> Option<BulletinFact> {
        let Self { kind, product, vulnerability, number, text } = self;
        let small = || u8::try_from(number?).ok();
        let date = || day(number?);
        let is_so = || match number? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        };
        let kb = || match number {
            None => Some(None),
            Some(number) => KbNumber::new(u32::try_from(number).ok()?).map(Some),
        };
        Some(match kind {
            1 => BulletinFact::Severity(Severity::from_number(small()?)?),
            2 => BulletinFact::Impact(Impact::from_number(small()?)?),
            3 => BulletinFact::Published(date()?),
            4 => BulletinFact::Revision { version: text?.parse().ok()?, date: date()? },
            5 => BulletinFact::Kb(kb()??),
            6 => BulletinFact::Vulnerability(vulnerability?),
            7 => BulletinFact::Disclosed { cve: vulnerability?, is_so: is_so()? },
            8 => BulletinFact::Exploited { cve: vulnerability?, is_so: is_so()? },
            9 => BulletinFact::Affected { product: product?, kb: kb()? },
            10 => BulletinFact::Unaffected { product: product? },
            11 => {
                let severity = Severity::from_number(small()?)?;
                BulletinFact::Rating { product: product?, cve: vulnerability, severity }
            }
            12 => {
                let impact = Impact::from_number(small()?)?;
                BulletinFact::RatedImpact { product: product?, cve: vulnerability, impact }
            }
            13 => {
                let bulletin = match text {
                    Some(text) => Some(text.parse().ok()?),
                    None => None,
                };
                BulletinFact::Supersedes { product, bulletin, kb: kb()? }
            }
            14 => BulletinFact::SupersedesNothing { product },
            15 => BulletinFact::Prerequisite { platform: product?, product: text? },
            16 => BulletinFact::IncludedIn { platform: product?, product: text? },
            17 => BulletinFact::Switch { platform: product?, switch: text? },
            18 => BulletinFact::Command { platform: product?, command: text? },
            19 => {
                let restart = Restart::from_number(small()?)?;
                BulletinFact::NeedsRestart { platform: product?, restart }
            }
            20 => BulletinFact::Removable { platform: product?, is_so: is_so()? },
            21 => BulletinFact::RemovalTool { platform: product?, tool: text? },
            22 => BulletinFact::RegistryKey { platform: product?, key: text? },
            24 => {
                let kind = *WORKAROUNDS.get(usize::from(small()?).checked_sub(1)?)?;
                BulletinFact::Workaround { cve: vulnerability, kind, object: text? }
            }
            25 => {
                let text = text?;
                let mut parts = text.splitn(3, SEPARATOR).map(Arc::from);
                let (key, value, data) = (parts.next()?, parts.next()?, parts.next()?);
                BulletinFact::RegistryValue { platform: product?, key, value, data }
            }
            27 => BulletinFact::Download { product: product?, family: text? },
            26 => BulletinFact::Package { platform: product?, name: text? },
            _ => return None,
        })
    }
}

/// Numbers the kinds of facts.
pub(crate) fn kind(fact: &BulletinFact) -> u8 {
    match fact {
        BulletinFact::Severity(_) => 1,
        BulletinFact::Impact(_) => 2,
        BulletinFact::Published(_) => 3,
        BulletinFact::Revision { .. } => 4,
        BulletinFact::Kb(_) => 5,
        BulletinFact::Vulnerability(_) => 6,
        BulletinFact::Disclosed { .. } => 7,
        BulletinFact::Exploited { .. } => 8,
        BulletinFact::Affected { .. } => 9,
        BulletinFact::Unaffected { .. } => 10,
        BulletinFact::Rating { .. } => 11,
        BulletinFact::RatedImpact { .. } => 12,
        BulletinFact::Supersedes { .. } => 13,
        BulletinFact::SupersedesNothing { .. } => 14,
        BulletinFact::Prerequisite { .. } => 15,
        BulletinFact::IncludedIn { .. } => 16,
        BulletinFact::Switch { .. } => 17,
        BulletinFact::Command { .. } => 18,
        BulletinFact::NeedsRestart { .. } => 19,
        BulletinFact::Removable { .. } => 20,
        BulletinFact::RemovalTool { .. } => 21,
        BulletinFact::RegistryKey { .. } => 22,
        BulletinFact::File(_) => 23,
        BulletinFact::Workaround { .. } => 24,
        BulletinFact::RegistryValue { .. } => 25,
        BulletinFact::Package { .. } => 26,
        BulletinFact::Download { .. } => 27,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use staunch_model::BulletinVersion;

    #[test]
    fn facts_read_back_from_their_rows() {
        let name = || Arc::from("Windows XP Service Pack 1");
        let cve: CveId = "CVE-2004-0199".parse().unwrap();
        let kb = KbNumber::new(840374);
        for fact in [
            BulletinFact::Severity(Severity::Important),
            BulletinFact::Published(date(2004, 5, 11)),
            BulletinFact::Revision { version: BulletinVersion::new(1, 1), date: date(2004, 5, 13) },
            BulletinFact::Exploited { cve, is_so: false },
            BulletinFact::Affected { product: name(), kb },
            BulletinFact::Affected { product: name(), kb: None },
            BulletinFact::Download { product: name(), family: "a-b".into() },
            BulletinFact::Rating { product: name(), cve: None, severity: Severity::Low },
            BulletinFact::Supersedes { product: None, bulletin: "MS03-044".parse().ok(), kb: None },
            BulletinFact::SupersedesNothing { product: None },
            BulletinFact::IncludedIn { platform: name(), product: name() },
            BulletinFact::NeedsRestart { platform: name(), restart: Restart::Maybe },
            BulletinFact::RegistryValue {
                platform: name(),
                key: "HKLM\\SOFTWARE".into(),
                value: "Installed".into(),
                data: "".into(),
            },
            BulletinFact::Workaround {
                cve: Some(cve),
                kind: WorkaroundKind::KillBit,
                object: "{0}".into(),
            },
        ] {
            let Stored::Row(row) = stored(&fact) else { panic!("{fact:?} is no file") };
            assert_eq!(row.fact(), Some(fact));
        }
    }

    #[test]
    fn rows_of_other_programs_are_refused() {
        for (kind, number) in [(1, Some(9)), (1, None), (7, Some(1)), (24, Some(0)), (99, None)] {
            assert_eq!(FactRow { kind, number, ..FactRow::default() }.fact(), None, "{kind}");
        }
    }
}
