//! Accounts of the hive SAM: whatever its values hold, they are accounts or none.
//!
//! The first four bytes are the lengths of the values F and V; C follows them.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use staunch_machine::{Memory, RegistryData, accounts_in_sam};

fuzz_target!(|bytes: &[u8]| -> Corpus {
    let Some((&[a, b, c, d], rest)) = bytes.split_first_chunk::<4>() else {
        return Corpus::Reject;
    };
    let (fixed, variable) = (u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d]));
    let Some((fixed, rest)) = rest.split_at_checked(fixed.into()) else { return Corpus::Reject };
    let Some((variable, members)) = rest.split_at_checked(variable.into()) else {
        return Corpus::Reject;
    };
    let mut facts = Memory::default();
    facts.collect_key(r"HKLM\SAM");
    for (key, name, value) in [
        (r"HKLM\SAM\SAM\Domains\Account\Users\000001F4", "F", fixed),
        (r"HKLM\SAM\SAM\Domains\Account\Users\000001F4", "V", variable),
        (r"HKLM\SAM\SAM\Domains\Account", "V", variable),
        (r"HKLM\SAM\SAM\Domains\Builtin\Aliases\00000220", "C", members),
    ] {
        facts.set(key, name, RegistryData::Binary(value.to_vec()));
    }
    let accounts = accounts_in_sam(&facts);
    let accounts = accounts.known().expect("the key of accounts is there");
    assert!(accounts.iter().all(|account| account.rid == 500));
    Corpus::Keep
});
