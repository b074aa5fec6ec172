//! The hives SAM and SECURITY: accounts, groups and audit policy. They hold no password and no
//! hash: where one would stand, there are as many zeros.

use staunch_format::hive::{Tree, TreeKey, ValueKind};

use super::account::{Account, Password, flag};
use super::release::Release;
use super::system::wide;

/// Domain part of the security identifiers of the computer's accounts.
const DOMAIN: [u32; 3] = [1_004_336_348, 1_177_238_915, 682_003_330];

/// Number of parts in a `V` value of an account, each with a descriptor of 12 bytes.
const PARTS: usize = 17;

/// Days in 100-ns ticks.
const DAY: u64 = 864_000_000_000;

/// Self-relative security descriptor that says nothing.
const DESCRIPTOR: [u8; 20] = [1, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

const NEVER: u64 = 0x7FFF_FFFF_FFFF_FFFF;

/// Makes SAM without an account.
pub(super) fn sam(release: &Release) -> Tree {
    let mut tree = Tree::new(release.hive_version(), release.ticks());
    tree.set_name("\\SystemRoot\\System32\\Config\\SAM");
    let domains = tree.root_mut().create("SAM\\Domains");
    domains.create("Builtin\\Aliases\\Names");
    let account = domains.create("Account");
    account.set("F", ValueKind::Binary, policy(release.ticks()));
    // The identifier of the domain stands last. Its place counts from behind the header, and its
    // length leaves four bytes out.
    let mut value = vec![0; 0x40];
    put(&mut value, 0x3C, &20_u32.to_le_bytes());
    value.extend(sid(None));
    account.set("V", ValueKind::Binary, value);
    account.create("Users\\Names");
    tree
}

/// Makes SECURITY.
pub(super) fn security(release: &Release) -> Tree {
    let mut tree = Tree::new(release.hive_version(), release.ticks());
    tree.set_name("emRoot\\System32\\Config\\SECURITY");
    let policy = tree.root_mut().create("Policy");
    policy.create("PolAcDmS").set("", ValueKind::None, sid(None));
    policy.create("PolAdtEv").set("", ValueKind::None, audit_policy(release));
    tree
}

/// Makes the audit policy. Nothing is audited before Windows Server 2003, and there logons are on
/// servers; since Windows Vista they are everywhere, on servers those that fail too.
///
/// Source: Microsoft, Q246120; Microsoft Learn, "Audit logon events" and "Audit Logon". Since Windows
/// Vista only the places of logons and logoffs are known to matter to what reads it here.
fn audit_policy(release: &Release) -> Vec<u8> {
    let is_server = !release.is_client();
    if release.is_since(6, 0) {
        let subcategories = match release.version() {
            [6, 0, ..] => 50,
            [6, 1, ..] => 53,
            _ => 59,
        };
        let mut policy = vec![0; 12 + 2 * subcategories];
        policy[0] = 1;
        policy[22] = if is_server { 3 } else { 1 };
        policy[24] = 1;
        return policy;
    }
    // Whether anything is audited, a number for each category, and their count.
    let mut words = vec![0; if release.is_since(5, 0) { 10 } else { 8 }];
    if release.is_since(5, 2) && is_server {
        // Logon events, and those of accounts.
        (words[0], words[2], words[9]) = (1, 1, 1);
    }
    words.push(words.len() as u32 - 1);
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// Writes an account, and the groups as they are with all accounts.
pub(super) fn write(tree: &mut Tree, release: &Release, account: &Account, all: &[Account]) {
    let domains = tree.root_mut().create("SAM\\Domains");
    let users = domains.create("Account\\Users");
    let name = users.create("Names").create(account.name());
    name.set("", ValueKind::from(account.number), []);
    let user = users.create(&format!("{:08X}", account.number));
    user.set("F", ValueKind::Binary, fixed(account));
    user.set("V", ValueKind::Binary, variable(account, release));

    let aliases = domains.create("Builtin\\Aliases");
    let members = |is_member: &dyn Fn(&Account) -> bool| -> Vec<u32> {
        all.iter().filter(|account| is_member(account)).map(|account| account.number).collect()
    };
    let users = |account: &Account| !account.is_guest() && account.number != 500;
    let words = release.words();
    let groups = [
        (0x220, words.administrators, members(&|account| account.is_administrator)),
        (0x221, words.users, members(&users)),
        (0x222, words.guests, members(&Account::is_guest)),
    ];
    for (number, name, members) in &groups {
        alias(aliases, *number, name, members);
    }
    // Which groups an account is in, the other way round; the type tells how many.
    let [a, b, c] = DOMAIN;
    let domain = format!("Members\\S-1-5-21-{a}-{b}-{c}");
    aliases.remove(&domain);
    for account in all {
        let of = groups.iter().filter(|(_, _, members)| members.contains(&account.number));
        let of: Vec<u32> = of.map(|(number, _, _)| *number).collect();
        if !of.is_empty() {
            let key = aliases.create(&domain).create(&format!("{:08X}", account.number));
            let kind = ValueKind::from(of.len() as u32);
            key.set("", kind, of.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<_>>());
        }
    }
}

/// Writes a group: its name, a comment and the identifiers of its members.
fn alias(aliases: &mut TreeKey, number: u32, name: &str, members: &[u32]) {
    aliases.create("Names").create(name).set("", ValueKind::from(number), []);
    let (descriptor, name, comment) = (DESCRIPTOR.to_vec(), units(name), units(""));
    let members: Vec<Vec<u8>> = members.iter().map(|number| sid(Some(*number))).collect();
    let mut value = number.to_le_bytes().to_vec();
    let mut at = 0;
    // The descriptor with its revision, the texts, the members with their number.
    let places = [
        (descriptor.len(), 0x1_0002),
        (name.len(), 0),
        (comment.len(), 0),
        (members.len() * 28, members.len()),
    ];
    for (length, count) in places {
        for number in [at, length, count] {
            value.extend((number as u32).to_le_bytes());
        }
        at += length;
    }
    for part in [descriptor, name, comment].iter().chain(&members) {
        value.extend(part);
    }
    aliases.create(&format!("{number:08X}")).set("C", ValueKind::Binary, value);
}

/// Returns the binary form of the identifier of the domain, or of an account of it.
pub(super) fn sid(account: Option<u32>) -> Vec<u8> {
    let parts = [21].into_iter().chain(DOMAIN).chain(account);
    let mut bytes = vec![1, 4 + u8::from(account.is_some()), 0, 0, 0, 0, 0, 5];
    bytes.extend(parts.flat_map(u32::to_le_bytes));
    bytes
}

/// Returns the text of the identifier of an account.
pub(super) fn sid_text(account: u32) -> String {
    let [a, b, c] = DOMAIN;
    format!("S-1-5-21-{a}-{b}-{c}-{account}")
}

/// Makes the policy for passwords as setup leaves it: they last 42 days, may be of any length, and
/// no number of wrong ones locks an account.
fn policy(ticks: u64) -> Vec<u8> {
    let mut bytes = vec![0; 0xF0];
    put(&mut bytes, 0, &[2, 0, 1, 0]);
    put(&mut bytes, 0x08, &ticks.to_le_bytes());
    put(&mut bytes, 0x18, &(42 * DAY).wrapping_neg().to_le_bytes());
    put(&mut bytes, 0x28, &NEVER.wrapping_add(1).to_le_bytes());
    for at in [0x30, 0x38] {
        put(&mut bytes, at, &(DAY / 48).wrapping_neg().to_le_bytes());
    }
    put(&mut bytes, 0x48, &1100_u32.to_le_bytes());
    bytes
}

/// Makes the part of an account that has a fixed length.
fn fixed(account: &Account) -> Vec<u8> {
    let mut bytes = vec![0; 0x50];
    put(&mut bytes, 0, &[2, 0, 1, 0]);
    put(&mut bytes, 0x08, &account.last_logon.to_le_bytes());
    put(&mut bytes, 0x18, &account.password_set.to_le_bytes());
    put(&mut bytes, 0x20, &NEVER.to_le_bytes());
    put(&mut bytes, 0x30, &account.number.to_le_bytes());
    put(&mut bytes, 0x34, &513_u32.to_le_bytes());
    put(&mut bytes, 0x38, &(account.flags | flag::NORMAL).to_le_bytes());
    put(&mut bytes, 0x42, &u16::from(account.last_logon > 0).to_le_bytes());
    bytes
}

/// Makes the part of an account that holds texts and the places of the hashes.
fn variable(account: &Account, release: &Release) -> Vec<u8> {
    let is_set = account.password == Password::Set;
    let hash = match hash_lengths(release) {
        (_, set) if is_set => set,
        (blank, _) => blank,
    };
    // Windows Vista and later keep no LAN Manager hash.
    let lan_manager = if release.is_since(6, 0) { hash_lengths(release).0 } else { hash };
    let mut parts: [Vec<u8>; PARTS] = Default::default();
    parts[0] = DESCRIPTOR.to_vec();
    parts[1] = units(account.name());
    parts[2] = units(&account.full_name);
    parts[3] = units(&account.comment);
    // A week of hours in which one may log on.
    parts[11] = [vec![0; 4], vec![0xFF; 21]].concat();
    parts[13] = hash_place(lan_manager);
    parts[14] = hash_place(hash);
    let mut bytes = Vec::new();
    let mut at = 0_u32;
    for part in &parts {
        bytes.extend(at.to_le_bytes());
        bytes.extend((part.len() as u32).to_le_bytes());
        bytes.extend([0; 4]);
        at += part.len().next_multiple_of(4) as u32;
    }
    for part in parts {
        bytes.extend(part);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes
}

/// Returns the lengths in bytes of what is kept for a blank password and for another one.
///
/// Windows NT 4.0 keeps the bare hash, Windows 2000 and later a header before it, and Windows 10
/// 1607 and later a longer header with a salt.
fn hash_lengths(release: &Release) -> (usize, usize) {
    match release.build().number {
        14_393.. => (24, 56),
        2195.. => (4, 20),
        _ => (0, 16),
    }
}

fn hash_place(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    match length {
        4 | 20 => put(&mut bytes, 0, &[1, 0, 1, 0]),
        24.. => {
            put(&mut bytes, 0, &[1, 0, 2, 0]);
            put(&mut bytes, 4, &(length as u32 - 24).to_le_bytes());
        }
        _ => {}
    }
    bytes
}

fn units(text: &str) -> Vec<u8> {
    let mut bytes = wide(text);
    bytes.truncate(bytes.len() - 2);
    bytes
}

fn put(bytes: &mut [u8], at: usize, field: &[u8]) {
    bytes[at..at + field.len()].copy_from_slice(field);
}
