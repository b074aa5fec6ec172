//! Hives that are built, edited, written, read again, and damaged.

use proptest::prelude::*;
use staunch_format::hive::{Hive, Key, Tree, ValueKind, Version, Visit};

/// 2004-10-12 00:00 UTC.
const TIME: u64 = 127_420_128_000_000_000;

fn small() -> Tree {
    let mut tree = Tree::new(Version::V1_5, TIME);
    let run = tree.root_mut().create("Microsoft\\Windows\\CurrentVersion\\Run");
    run.set_text("Übung", "grün").set_u32("Four", 0x0102_0304).set_u64("Eight", 8);
    run.set_texts("Pending", &["a", "", "b"]).set_class("class").set_last_written(5);
    run.set("Large", ValueKind::Binary, vec![7; 40_000]).set("", ValueKind::Unknown(77), [1, 2, 3]);
    tree.root_mut().create("Журнал").set("Big", ValueKind::U32BigEndian, [0, 0, 1, 0]);
    tree
}

#[test]
fn what_is_built_is_found_without_regard_to_case() {
    for version in [Version::V1_3, Version::V1_5] {
        let mut tree = small();
        tree.set_version(version);
        let bytes = tree.to_bytes().unwrap();
        let hive = Hive::new(&bytes).unwrap();
        assert_eq!(hive.faults().collect::<Vec<_>>(), []);
        let root = hive.root().unwrap();
        let run = root.path("MICROSOFT\\windows\\CurrentVersion\\RUN").unwrap().unwrap();
        assert_eq!((run.last_written(), run.depth()), (5, 4));
        assert_eq!(run.class().unwrap().unwrap().to_string(), "class");
        let value = |name| run.value(name).unwrap().unwrap();
        assert_eq!(value("üBUNG").text().unwrap(), "grün");
        assert_eq!(value("four").u32_value().unwrap(), 0x0102_0304);
        assert_eq!(value("EIGHT").u64_value().unwrap(), 8);
        assert_eq!(value("pending").texts().unwrap(), ["a", "", "b"]);
        assert_eq!(*value("large").data().unwrap(), [7; 40_000]);
        assert_eq!(value("").kind(), ValueKind::Unknown(77));
        assert_eq!(*value("").data().unwrap(), [1, 2, 3]);
        let journal = root.subkey("журнал").unwrap().unwrap();
        assert_eq!(journal.value("big").unwrap().unwrap().u32_value().unwrap(), 256);
        assert!(root.subkey("Microsof").unwrap().is_none());
        assert!(value("four").text().unwrap_err().to_string().ends_with("found REG_DWORD"));
    }
}

#[test]
fn edits_reach_the_written_hive_and_leave_the_rest() {
    let bytes = small().to_bytes().unwrap();
    let mut tree = Tree::load(&Hive::new(&bytes).unwrap()).unwrap();
    assert_eq!(tree, small());
    let run = tree.root_mut().path_mut("microsoft\\windows\\currentversion\\run").unwrap();
    assert!(run.remove_value("FOUR") && !run.remove_value("FOUR"));
    run.set_text("übung", "rot");
    assert!(tree.root_mut().remove("журнал") && !tree.root_mut().remove("журнал"));
    let bytes = tree.to_bytes().unwrap();
    let hive = Hive::new(&bytes).unwrap();
    assert_eq!(Tree::load(&hive).unwrap(), tree);
    let run =
        hive.root().unwrap().path("Microsoft\\Windows\\CurrentVersion\\Run").unwrap().unwrap();
    assert_eq!(run.value_count(), 5);
    assert_eq!(run.value("Übung").unwrap().unwrap().text().unwrap(), "rot");
    assert!(run.security().unwrap().is_some());
    assert_eq!(hive.root().unwrap().subkey_count(), 1);
}

#[test]
fn thousands_of_subkeys_are_divided_and_all_found() {
    let mut tree = Tree::new(Version::V1_5, TIME);
    for number in 0..2500 {
        tree.root_mut().create(&format!("Package_{number}"));
    }
    let bytes = tree.to_bytes().unwrap();
    let root = Hive::new(&bytes).unwrap().root().unwrap();
    assert_eq!(root.subkeys().filter(Result::is_ok).count(), 2500);
    for number in [0, 499, 500, 2499] {
        assert!(root.subkey(&format!("package_{number}")).unwrap().is_some(), "{number}");
    }
}

/// Returns where the cell of a key stands in the file.
fn cell(key: &Key<'_>) -> usize {
    4096 + key.offset() as usize + 4
}

fn put(bytes: &mut [u8], at: usize, number: u32) {
    bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
}

#[test]
fn a_key_that_leads_back_to_the_root_is_told_and_walked_once() {
    let mut tree = Tree::new(Version::V1_5, TIME);
    tree.root_mut().create("A\\B");
    let mut bytes = tree.to_bytes().unwrap();
    let root = Hive::new(&bytes).unwrap().root().unwrap();
    let (top, below) = (root.offset(), cell(&root.path("A").unwrap().unwrap()));
    let list = 4096 + u32::from_le_bytes(*bytes[below + 28..].first_chunk().unwrap()) as usize;
    put(&mut bytes, list + 8, top);
    let hive = Hive::new(&bytes).unwrap();
    let visits: Vec<_> = hive.walk().collect();
    assert_eq!(visits.iter().filter(|visit| visit.is_ok()).count(), 2);
    let fault = visits[2].as_ref().unwrap_err().to_string();
    assert!(fault.ends_with("expected a key of its own, found a key that was visited before"));
    // Whoever follows the links by hand comes to the limit of depth.
    let mut key = hive.root().unwrap();
    let mut steps = 0;
    let fault = loop {
        match key.subkeys().next().unwrap() {
            Ok(next) => key = next,
            Err(fault) => break fault.to_string(),
        }
        steps += 1;
    };
    assert_eq!(steps, 512);
    assert!(fault.ends_with("expected at most 512 levels of keys, found 513"), "{fault}");
}

#[test]
fn one_damaged_key_hides_only_itself() {
    let mut tree = Tree::new(Version::V1_5, TIME);
    for name in ["A", "B", "C"] {
        tree.root_mut().create(name);
    }
    let mut bytes = tree.to_bytes().unwrap();
    let at = cell(&Hive::new(&bytes).unwrap().root().unwrap().subkey("B").unwrap().unwrap());
    bytes[at] = b'x';
    let hive = Hive::new(&bytes).unwrap();
    let root = hive.root().unwrap();
    assert_eq!(root.subkeys().filter(Result::is_ok).count(), 2);
    assert!(root.subkey("C").unwrap().is_some());
    let fault = root.subkey("B").unwrap_err().to_string();
    assert_eq!(fault, format!("nk cell at offset {at:#x}: expected \"nk\", found \"xk\""));
    assert_eq!(Tree::load(&hive).unwrap_err().to_string(), fault);
}

#[test]
fn a_truncated_hive_is_read_as_far_as_it_goes_and_says_so() {
    let bytes = small().to_bytes().unwrap();
    let hive = Hive::new(&bytes[..8192]).unwrap();
    let fault = hive.faults().next().unwrap().to_string();
    assert_eq!(fault, format!("hive at offset 0x0: expected {} bytes, found 8192", bytes.len()));
    // The root stands first, the list of its subkeys in a bin that is missing.
    let visits: Vec<_> = hive.walk().collect();
    assert!(matches!(visits[0], Ok(Visit::Key(_))));
    assert!(visits[1].as_ref().unwrap_err().to_string().starts_with("subkeys list at offset"));
    assert!(Tree::load(&hive).is_err());
}

#[test]
fn a_hive_of_windows_nt_3_1_has_wider_cells_and_wide_names() {
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    let node = |name: &str, numbers: &[(usize, u32)]| {
        let mut node = vec![0; 76];
        node[..2].copy_from_slice(b"nk");
        for at in [28, 40, 44, 48] {
            put(&mut node, at, u32::MAX);
        }
        numbers.iter().for_each(|(at, number)| put(&mut node, *at, *number));
        // The flag of a compressed name has no meaning yet.
        node[2] = 0x20;
        node[72] = 2 * name.len() as u8;
        node.extend(wide(name));
        node
    };
    let mut value = b"vk\x02\0\x04\0\0\x80\x07\0\0\0\x04\0\0\0\x01\0\0\0".to_vec();
    value.extend(wide("N"));
    let cells = [
        (0x20, node("R", &[(20, 1), (28, 0x140)])),
        (0xA0, node("Key", &[(36, 1), (40, 0x160)])),
        (0x120, value),
        (0x140, b"li\x01\0\xA0\0\0\0".to_vec()),
        (0x160, 0x120u32.to_le_bytes().to_vec()),
    ];
    let mut bytes = Tree::new(Version::V1_3, TIME).to_bytes().unwrap();
    put(&mut bytes, 24, 1);
    bytes[4096 + 32..].fill(0);
    for (offset, content) in cells {
        let at = 4096 + offset;
        put(&mut bytes, at, (content.len() as u32 + 8).next_multiple_of(16).wrapping_neg());
        bytes[at + 8..at + 8 + content.len()].copy_from_slice(&content);
    }
    let hive = Hive::new(&bytes).unwrap();
    assert_eq!(hive.base_block().version, Version::V1_1);
    let key = hive.root().unwrap().subkey("KEY").unwrap().unwrap();
    assert_eq!(key.name().to_string(), "Key");
    let value = key.value("n").unwrap().unwrap();
    assert_eq!((value.flags(), value.u32_value().unwrap()), (0, 7));
    assert_eq!(hive.walk().filter(Result::is_ok).count(), 3);
}

/// Reads everything that can be read, and counts it.
fn read_all(bytes: &[u8]) -> usize {
    let Ok(hive) = Hive::new(bytes) else { return 0 };
    let mut count = hive.faults().count();
    for visit in hive.walk() {
        count += 1;
        match visit {
            Ok(Visit::Key(key)) => {
                let _ = (key.class(), key.security(), key.name().to_string());
            }
            Ok(Visit::Value(value)) => {
                let _ = (value.data(), value.text(), value.texts(), value.name().to_string());
            }
            Err(_) => {}
        }
    }
    count
}

/// A key with up to four values and three subkeys, as names and data to be set.
#[derive(Debug, Clone)]
struct Model {
    path: String,
    values: Vec<(String, u32, Vec<u8>)>,
    ticks: u64,
}

fn model() -> impl Strategy<Value = Vec<Model>> {
    let name = "[a-zA-Zäß€Ж𝄞 ]{1,12}";
    let path = proptest::collection::vec(name, 1..4).prop_map(|names| names.join("\\"));
    let bytes = proptest::collection::vec(any::<u8>(), 0..40);
    let value = (name, 0..20u32, bytes);
    let values = proptest::collection::vec(value, 0..4);
    let key = (path, values, any::<u64>());
    let key = key.prop_map(|(path, values, ticks)| Model { path, values, ticks });
    proptest::collection::vec(key, 0..20)
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(keys in model(), late in any::<bool>()) {
        let mut tree = Tree::new(if late { Version::V1_5 } else { Version::V1_3 }, TIME);
        for Model { path, values, ticks } in keys {
            let key = tree.root_mut().create(&path).set_last_written(ticks);
            for (name, kind, bytes) in values {
                key.set(&name, ValueKind::from(kind), bytes);
            }
        }
        let bytes = tree.to_bytes().unwrap();
        let hive = Hive::new(&bytes).unwrap();
        prop_assert_eq!(hive.faults().count(), 0);
        let loaded = Tree::load(&hive).unwrap();
        prop_assert_eq!(&loaded, &tree);
        prop_assert_eq!(loaded.to_bytes().unwrap(), bytes);
    }

    #[test]
    fn changed_bytes_never_panic(changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..60)) {
        let mut bytes = small().to_bytes().unwrap();
        let length = bytes.len();
        for (at, byte) in changes {
            // The first bin holds most of the cells.
            let at = if at % 2 == 0 { 4096 + usize::from(at) % 4096 } else { usize::from(at) % length };
            bytes[at] = byte;
        }
        let count = read_all(&bytes);
        prop_assert!(count <= length);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..5000)) {
        read_all(&bytes);
    }
}
