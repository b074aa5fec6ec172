//! Transaction logs of both formats, made by hand for a small hive.

use std::borrow::Cow;

use staunch_format::hive::{Hive, LogOutcome, Tree, Unused, Version, replay};

const TIME: u64 = 127_420_128_000_000_000;

fn tree(text: &str) -> Tree {
    let mut tree = Tree::new(Version::V1_5, TIME);
    tree.set_name("\\Windows\\System32\\config\\SOFTWARE");
    tree.root_mut().create("Microsoft").set_text("State", text);
    tree
}

fn put(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

fn seal(bytes: &mut [u8]) {
    let words = bytes[..508].as_chunks::<4>().0;
    let sum = words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word));
    put(bytes, 508, sum);
}

/// A hive whose write, from one sequence number to another, did not end.
fn dirty(primary: u32, secondary: u32) -> Vec<u8> {
    let mut bytes = tree("before").to_bytes().expect("a hive that fits");
    put(&mut bytes, 4, primary);
    put(&mut bytes, 8, secondary);
    seal(&mut bytes);
    bytes
}

/// The base block of a log.
fn head(kind: u32, sequence: u32) -> Vec<u8> {
    let mut log = tree("after").to_bytes().expect("a hive that fits")[..512].to_vec();
    put(&mut log, 4, sequence);
    put(&mut log, 8, sequence);
    put(&mut log, 28, kind);
    seal(&mut log);
    log
}

/// A log of the old format with all pages of the hive after the write.
fn old_log(sequence: u32, text: &str) -> Vec<u8> {
    let after = tree(text).to_bytes().expect("a hive that fits");
    let bins = &after[4096..];
    let mut log = head(1, sequence);
    let mut vector = b"DIRT".to_vec();
    vector.resize(4 + bins.len() / 4096, 0xFF);
    vector.resize(512, 0);
    log.extend(vector);
    log.extend(bins);
    log
}

/// Marvin32, written apart from the reader's own.
fn marvin(bytes: &[u8]) -> u64 {
    let (mut a, mut b) = (0x7A4E_55C5_u32, 0x82EF_4D88_u32);
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(4) + 4, 0);
    for word in padded.as_chunks::<4>().0 {
        a = a.wrapping_add(u32::from_le_bytes(*word));
        b ^= a;
        a = a.rotate_left(20).wrapping_add(b);
        b = b.rotate_left(9) ^ a;
        a = a.rotate_left(27).wrapping_add(b);
        b = b.rotate_left(19);
    }
    u64::from(b) << 32 | u64::from(a)
}

/// A log of the new format; every entry writes the first page of the hive with its text.
fn new_log(first: u32, texts: &[&str]) -> Vec<u8> {
    let mut log = head(6, first);
    for (sequence, text) in (first..).zip(texts) {
        let after = tree(text).to_bytes().expect("a hive that fits");
        let mut entry = vec![0; 40];
        entry[..4].copy_from_slice(b"HvLE");
        put(&mut entry, 12, sequence);
        put(&mut entry, 16, (after.len() - 4096) as u32);
        put(&mut entry, 20, 1);
        entry.extend([0u32.to_le_bytes(), 4096u32.to_le_bytes()].concat());
        entry.extend(&after[4096..8192]);
        entry.resize(entry.len().next_multiple_of(512), 0);
        let length = entry.len() as u32;
        put(&mut entry, 4, length);
        let hash = marvin(&entry[40..]);
        entry[24..32].copy_from_slice(&hash.to_le_bytes());
        let hash = marvin(&entry[..32]);
        entry[32..40].copy_from_slice(&hash.to_le_bytes());
        log.extend(entry);
    }
    log
}

/// Replays logs, and returns the text that the hive then holds and what was done with each log.
fn state(hive: &[u8], logs: &[&[u8]]) -> (String, Vec<LogOutcome>) {
    let (bytes, report) = replay(hive, logs).expect("a sound base block");
    let applied = report.logs.iter().any(|log| !matches!(log, LogOutcome::Unused(_)));
    assert_eq!(matches!(bytes, Cow::Owned(_)), applied);
    let hive = Hive::new(&bytes).expect("a hive");
    assert_eq!(hive.is_dirty(), report.is_incomplete());
    let text = || {
        let value = hive.root()?.subkey("Microsoft")?.expect("the key").value("State")?;
        value.expect("the value").text()
    };
    (text().expect("a sound hive"), report.logs)
}

fn entries(first: u32, last: u32) -> LogOutcome {
    let pages = (last - first + 1) as usize;
    LogOutcome::EntriesApplied { first_sequence: first, last_sequence: last, pages, stopped: None }
}

#[test]
fn a_clean_hive_is_left_alone() {
    let clean = tree("before").to_bytes().unwrap();
    let (text, logs) = state(&clean, &[&new_log(1, &["after"])]);
    assert_eq!((text.as_str(), logs), ("before", vec![LogOutcome::Unused(Unused::HiveClean)]));
}

#[test]
fn an_old_log_is_applied_when_its_time_and_number_fit() {
    let (text, logs) = state(&dirty(8, 7), &[&[], &old_log(8, "after")]);
    assert_eq!(text, "after");
    assert_eq!(logs[0], LogOutcome::Unused(Unused::Empty));
    assert_eq!(logs[1], LogOutcome::PagesApplied { sequence: 8, pages: 8, stopped: None });

    let (text, logs) = state(&dirty(8, 7), &[&old_log(6, "after")]);
    assert_eq!(text, "before");
    assert_eq!(logs, [LogOutcome::Unused(Unused::Outdated { log: 6, hive: 7 })]);

    let mut other = old_log(8, "after");
    other[12] ^= 0x10;
    seal(&mut other);
    let (text, logs) = state(&dirty(9, 7), &[&other]);
    assert_eq!(text, "before");
    assert!(matches!(logs[0], LogOutcome::Unused(Unused::OtherHive(_))), "{logs:?}");

    let whole = old_log(8, "after");
    let (text, logs) = state(&dirty(8, 7), &[&whole[..whole.len() - 1]]);
    assert_eq!(text, "before");
    assert!(matches!(logs[0], LogOutcome::Unused(Unused::Damaged(_))), "{logs:?}");
}

#[test]
fn an_old_log_stops_at_an_invalid_bin() {
    let mut log = old_log(8, "after");
    log[1024] = b'x';
    let (bytes, report) = replay(&dirty(8, 7), &[&log]).map(|(b, r)| (b.into_owned(), r)).unwrap();
    let LogOutcome::PagesApplied { pages: 0, stopped: Some(fault), .. } = &report.logs[0] else {
        panic!("{:?}", report.logs)
    };
    assert!(fault.to_string().contains("expected \"hbin\", found \"xbin\""), "{fault}");
    assert!(Hive::new(&bytes).unwrap().root().is_ok());
}

#[test]
fn entries_of_two_logs_are_applied_in_the_order_of_their_numbers() {
    let (early, late) = (new_log(7, &["a", "b"]), new_log(9, &["c"]));
    for logs in [[&early[..], &late], [&late, &early]] {
        let (text, mut outcomes) = state(&dirty(8, 7), &logs);
        outcomes
            .sort_by_key(|log| matches!(log, LogOutcome::EntriesApplied { first_sequence: 9, .. }));
        assert_eq!((text.as_str(), outcomes), ("c", vec![entries(7, 8), entries(9, 9)]));
    }
    let (text, logs) = state(&dirty(10, 9), &[&early, &late]);
    assert_eq!(text, "c");
    assert_eq!(logs, [LogOutcome::Unused(Unused::Outdated { log: 7, hive: 9 }), entries(9, 9)]);
    let (text, logs) = state(&dirty(8, 7), &[&early, &new_log(12, &["c"])]);
    assert_eq!(text, "b");
    assert_eq!(logs, [entries(7, 8), LogOutcome::Unused(Unused::Gap { expected: 9, found: 12 })]);
}

#[test]
fn a_changed_entry_and_those_behind_it_are_not_applied() {
    let mut log = new_log(7, &["a", "b", "c"]);
    let second = 512 + (log.len() - 512) / 3;
    log[second + 600] ^= 1;
    let (text, logs) = state(&dirty(8, 7), &[&log]);
    assert_eq!(text, "a");
    let LogOutcome::EntriesApplied { last_sequence: 7, stopped: Some(fault), .. } = &logs[0] else {
        panic!("{logs:?}")
    };
    assert!(fault.to_string().contains("expected hash"), "{fault}");
}

#[test]
fn a_damaged_base_block_comes_from_the_latest_log() {
    let mut hive = dirty(8, 7);
    hive[..4].fill(0);
    assert!(replay(&hive, &[]).is_err());
    let (early, late) = (new_log(7, &["a"]), new_log(8, &["b"]));
    let (text, logs) = state(&hive, &[&early, &late]);
    assert_eq!(
        (text.as_str(), logs),
        ("b", vec![LogOutcome::Unused(Unused::OtherLog), entries(8, 8)])
    );
    let (text, _) = state(&hive, &[&old_log(8, "after")]);
    assert_eq!(text, "after");
}

#[test]
fn a_log_of_another_hive_is_refused() {
    let mut other = new_log(7, &["a"]);
    let name: Vec<u8> = "SYSTEM\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
    other[48..48 + name.len()].copy_from_slice(&name);
    seal(&mut other);
    let (text, logs) = state(&dirty(8, 7), &[&other]);
    assert_eq!(text, "before");
    let LogOutcome::Unused(Unused::OtherHive(fault)) = &logs[0] else { panic!("{logs:?}") };
    assert!(fault.to_string().ends_with("expected software, found system"), "{fault}");
}
