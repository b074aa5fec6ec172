//! Local accounts out of the hive SAM.
//!
//! Passwords are never looked at: whether one is blank is told by the lengths of its entries.
//!
//! Source: the layout of the values F, V and C that public tools for forensics and password
//! resets document.

use staunch_model::Collected;

use crate::{Account, AccountFlags, Facts, RegistryKey};

const DOMAIN: &str = r"HKLM\SAM\SAM\Domains\Account";
/// Alias of the administrators, by its relative identifier 544.
const ADMINISTRATORS: &str = r"HKLM\SAM\SAM\Domains\Builtin\Aliases\00000220";

/// Length in bytes of the table in front of what the value V holds.
const V_HEADER: usize = 0xcc;
/// Length in bytes of the table in front of what the value C holds.
const C_HEADER: usize = 0x34;

/// Accounts that stand for machines and domains rather than for people.
const TRUST: u16 = 0x0040 | 0x0080 | 0x0100;

/// Lists the accounts that the hive SAM has; those that cannot be read are left out.
pub fn accounts_in_sam(facts: &dyn Facts) -> Collected<Vec<Account>> {
    let users = format!(r"{DOMAIN}\Users");
    let key = match facts.key(&users) {
        Collected::Known(key) => key,
        Collected::Absent => return Collected::Absent,
        Collected::NotCollected => return Collected::NotCollected,
    };
    let administrators = administrators(facts);
    let domain = facts.key(DOMAIN).known().and_then(domain_of);
    let accounts = key.subkeys.iter().filter_map(|name| {
        let rid = u32::from_str_radix(name, 16).ok().filter(|_| name.len() == 8)?;
        let key = facts.key(&format!(r"{users}\{name}"));
        let mut account = account(rid, key.known()?)?;
        account.is_administrator = match (&administrators, domain) {
            (Some(members), Some(domain)) => Collected::Known(members.contains(&(domain, rid))),
            _ => Collected::NotCollected,
        };
        Some(account)
    });
    Collected::Known(accounts.collect())
}

fn account(rid: u32, key: &RegistryKey) -> Option<Account> {
    let fixed = key.value("F")?.binary()?;
    let variable = key.value("V")?.binary()?;
    let bits = u16_at(fixed, 0x38)?;
    if u32_at(fixed, 0x30)? != rid || bits & TRUST != 0 {
        return None;
    }
    Some(Account {
        name: name(variable)?,
        rid,
        flags: AccountFlags {
            is_disabled: bits & 0x0001 != 0,
            needs_no_password: bits & 0x0004 != 0,
            password_never_expires: bits & 0x0200 != 0,
            is_locked_out: bits & 0x0400 != 0,
        },
        has_blank_password: blank(u32_at(variable, 0xa0)?, u32_at(variable, 0xac)?),
        is_administrator: Collected::NotCollected,
    })
}

fn name(variable: &[u8]) -> Option<String> {
    let start = V_HEADER.checked_add(u32_at(variable, 0x0c)? as usize)?;
    let length = u32_at(variable, 0x10)? as usize;
    let bytes = variable.get(start..start.checked_add(length)?)?;
    let units = bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let name = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(name.collect())
}

/// Tells by the lengths of both entries whether there is a password. An entry is a header of 4 or,
/// with the newer cipher, of 24 bytes, and a hash behind it.
fn blank(old: u32, new: u32) -> Collected<bool> {
    let has_hash = |length| match length {
        0 | 4 | 24 => Some(false),
        16 | 20 | 56 => Some(true),
        _ => None,
    };
    match (has_hash(old), has_hash(new)) {
        (_, Some(true)) | (Some(true), _) => Collected::Known(false),
        (Some(false), Some(false)) => Collected::Known(true),
        _ => Collected::NotCollected,
    }
}

/// Identifier of a domain of accounts: the three numbers behind `S-1-5-21`.
type Domain = [u32; 3];

/// Reads the identifier of the machine, at the end of the domain's value V.
fn domain_of(key: &RegistryKey) -> Option<Domain> {
    let value = key.value("V")?.binary()?;
    let at = value.len().checked_sub(12)?;
    Some([u32_at(value, at)?, u32_at(value, at + 4)?, u32_at(value, at + 8)?])
}

/// Reads the direct members of the administrators that are accounts of any domain.
fn administrators(facts: &dyn Facts) -> Option<Vec<(Domain, u32)>> {
    let key = facts.key(ADMINISTRATORS);
    let value = key.known()?.value("C")?.binary()?.to_vec();
    let start = C_HEADER.checked_add(u32_at(&value, 0x28)? as usize)?;
    let count = u32_at(&value, 0x30)?;
    let mut rest = value.get(start..)?;
    let mut members = Vec::new();
    for _ in 0..count {
        // A revision, the number of parts, and an authority of six bytes stand before the parts.
        let (revision, parts) = (*rest.first()?, usize::from(*rest.get(1)?));
        let length = 8 + 4 * parts;
        let identifier = rest.get(..length).filter(|_| revision == 1 && parts <= 15)?;
        if let (5, Some(21)) = (parts, u32_at(identifier, 8)) {
            let part = |index: usize| u32_at(identifier, 8 + 4 * index);
            members.push(([part(1)?, part(2)?, part(3)?], part(4)?));
        }
        rest = &rest[length..];
    }
    Some(members)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|field| u16::from_le_bytes(*field))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|field| u32::from_le_bytes(*field))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Memory, RegistryData};
    use proptest::prelude::*;

    const MACHINE: Domain = [111, 222, 333];

    fn user(facts: &mut Memory, rid: u32, name: &str, bits: u16, lengths: [u32; 2]) {
        let key = format!(r"{DOMAIN}\Users\{rid:08X}");
        let mut fixed = vec![0; 0x50];
        fixed[0x30..0x34].copy_from_slice(&rid.to_le_bytes());
        fixed[0x38..0x3a].copy_from_slice(&bits.to_le_bytes());
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut variable = vec![0; V_HEADER];
        variable[0x0c..0x10].copy_from_slice(&4_u32.to_le_bytes());
        variable[0x10..0x14].copy_from_slice(&(name.len() as u32).to_le_bytes());
        variable[0xa0..0xa4].copy_from_slice(&lengths[0].to_le_bytes());
        variable[0xac..0xb0].copy_from_slice(&lengths[1].to_le_bytes());
        variable.extend([0; 4]);
        variable.extend(name);
        facts.set(&key, "F", RegistryData::Binary(fixed));
        facts.set(&key, "V", RegistryData::Binary(variable));
    }

    fn members(identifiers: &[&[u32]]) -> RegistryData {
        let mut value = vec![0; C_HEADER];
        value[0x28..0x2c].copy_from_slice(&8_u32.to_le_bytes());
        value[0x30..0x34].copy_from_slice(&(identifiers.len() as u32).to_le_bytes());
        value.extend([0; 8]);
        for parts in identifiers {
            value.extend([1, parts.len() as u8, 0, 0, 0, 0, 0, 5]);
            value.extend(parts.iter().flat_map(|part| part.to_le_bytes()));
        }
        RegistryData::Binary(value)
    }

    fn machine() -> Memory {
        let mut facts = Memory::default();
        facts.collect_key(r"HKLM\SAM");
        facts.add_key(&format!(r"{DOMAIN}\Users\Names"));
        let end = MACHINE.iter().flat_map(|part| part.to_le_bytes());
        let value = [0_u8; 20].into_iter().chain(end).collect();
        facts.set(DOMAIN, "V", RegistryData::Binary(value));
        user(&mut facts, 500, "Administrator", 0x0210, [4, 20]);
        user(&mut facts, 501, "Gast", 0x0215, [4, 4]);
        user(&mut facts, 1003, "Zoë", 0x0410, [24, 56]);
        user(&mut facts, 1004, "HOST$", 0x0090, [4, 20]);
        user(&mut facts, 1005, "Kiosk", 0x0010, [24, 24]);
        user(&mut facts, 1006, "Odd", 0x0010, [4, 99]);
        facts
    }

    fn found(facts: &Memory) -> Vec<String> {
        let Collected::Known(accounts) = accounts_in_sam(facts) else { panic!("accounts") };
        accounts.into_iter().map(|account| words(&account)).collect()
    }

    fn words(account: &Account) -> String {
        let mut words = format!("{} {}", account.rid, account.name);
        let flags = account.flags;
        for (is_set, word) in [
            (flags.is_disabled, "disabled"),
            (flags.is_locked_out, "locked"),
            (flags.needs_no_password, "optional"),
            (flags.password_never_expires, "forever"),
            (account.has_blank_password == Collected::Known(true), "blank"),
            (account.has_blank_password == Collected::NotCollected, "unknown"),
            (account.is_administrator == Collected::Known(true), "administrator"),
            (account.is_administrator == Collected::NotCollected, "member?"),
        ] {
            if is_set {
                words.push(' ');
                words.push_str(word);
            }
        }
        words
    }

    #[test]
    fn accounts_have_names_flags_and_passwords_or_none() {
        let mut facts = machine();
        let [a, b, c] = MACHINE;
        let list =
            members(&[&[21, a, b, c, 500], &[21, 9, 9, 9, 1003], &[18], &[21, a, b, c, 1005]]);
        facts.set(ADMINISTRATORS, "C", list);
        assert_eq!(
            found(&facts),
            [
                "500 Administrator forever administrator",
                "501 Gast disabled optional forever blank",
                "1003 Zoë locked",
                "1005 Kiosk blank administrator",
                "1006 Odd unknown",
            ]
        );
    }

    #[test]
    fn members_that_cannot_be_read_are_not_collected() {
        let mut facts = machine();
        assert_eq!(found(&facts)[0], "500 Administrator forever member?");
        let RegistryData::Binary(mut list) = members(&[&[18], &[19]]) else { unreachable!() };
        list.truncate(list.len() - 1);
        facts.set(ADMINISTRATORS, "C", RegistryData::Binary(list));
        assert_eq!(found(&facts)[0], "500 Administrator forever member?");
        assert_eq!(accounts_in_sam(&Memory::default()), Collected::NotCollected);
    }

    proptest! {
        #[test]
        fn any_values_are_accounts_or_none(f: Vec<u8>, v: Vec<u8>, c: Vec<u8>) {
            let mut facts = Memory::default();
            let key = format!(r"{DOMAIN}\Users\000001F4");
            facts.collect_key(r"HKLM\SAM");
            facts.set(&key, "F", RegistryData::Binary(f));
            facts.set(&key, "V", RegistryData::Binary(v.clone()));
            facts.set(DOMAIN, "V", RegistryData::Binary(v));
            facts.set(ADMINISTRATORS, "C", RegistryData::Binary(c));
            let _ = accounts_in_sam(&facts);
        }
    }
}
