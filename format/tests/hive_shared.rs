//! Published hives, read in full and compared with what hivex says of them.

mod listing;

use std::io::Read;

use listing::{Counts, Listing, list};
use sha2::{Digest, Sha256};
use staunch_format::hive::{Hive, Tree, Version};
use staunch_testkit::{Hivex, shared_data};

/// Name, keys, values, bytes of data, and the beginning of the digest of the listing.
const HIVES: &[(&str, u64, u64, u64, &str)] = &[
    ("BCD", 132, 103, 5209, "874ede4e08c72ee1"),
    ("NTUSER.DAT", 1812, 4094, 276_160, "84fb18c18439cf51"),
    ("SYSTEM", 30756, 73456, 4_633_361, "4ec988e246773ef8"),
    ("SYSTEM_2", 20015, 49779, 2_641_798, "fa35841595dc2737"),
    ("amcache.hve", 2105, 17539, 909_574, "dd7d76a0aa0bb186"),
];

/// Returns a published hive, or nothing, and says so, where the data are absent.
fn published(name: &str) -> Option<Vec<u8>> {
    let Some(folder) = shared_data() else {
        println!("skipped: no published data for {name}");
        return None;
    };
    let file = std::fs::File::open(folder.join("hives").join(format!("{name}.zst")))
        .expect("a readable published hive");
    let mut decoder = zstd::Decoder::new(file).expect("a readable published hive");
    decoder.window_log_max(27).expect("a readable published hive");
    let mut bytes = Vec::new();
    decoder.read_to_end(&mut bytes).expect("a readable published hive");
    Some(bytes)
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Shows where two listings differ first; all of them is too long to show.
fn assert_same(name: &str, ours: &str, theirs: &str) {
    if digest(ours) == digest(theirs) {
        return;
    }
    let Some((a, b)) = ours.lines().zip(theirs.lines()).find(|(a, b)| a != b) else {
        panic!("{name}: one listing is longer than the other");
    };
    let at = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let part = |line: &str| line.get(at..line.len().min(at + 40)).map(str::to_owned);
    panic!(
        "{name}: after {:?} and {at} characters ours says {:?} and hivex {:?}, of {} and {}",
        a.get(..40),
        part(a),
        part(b),
        a.len(),
        b.len()
    );
}

/// Replaces the sum of bytes, which is there for measuring only.
fn without_sum(listing: &str) -> String {
    match listing.rfind(" sum ") {
        Some(at) => format!("{} sum 0\n", &listing[..at]),
        None => listing.to_owned(),
    }
}

#[test]
fn published_hives_are_read_in_full_as_hivex_reads_them() {
    let hivex = Hivex::build();
    for (name, keys, values, bytes, expected) in HIVES {
        let Some(content) = published(name) else { continue };
        let hive = Hive::new(&content).unwrap();
        assert_eq!(hive.faults().collect::<Vec<_>>(), [], "{name}");
        let Listing { text, counts, faults } = list(&hive);
        assert_eq!(faults, [], "{name}");
        assert_eq!(counts, Counts { keys: *keys, values: *values, bytes: *bytes }, "{name}");
        let digest = digest(&text);
        println!("{name}: {keys} keys, {values} values, {bytes} bytes, listing {digest}");
        if let Some(hivex) = &hivex {
            let (theirs, failures) = hivex.list(&content);
            assert_eq!(failures, "", "{name}");
            assert_same(name, &text, &without_sum(&theirs));
        }
        assert!(digest.starts_with(expected), "{name}: {digest}");
    }
}

#[test]
fn a_published_hive_written_again_is_the_same_for_us_and_for_hivex() {
    let hivex = Hivex::build();
    for (name, ..) in HIVES {
        let Some(mut content) = published(name) else { continue };
        end_write(&mut content);
        let tree = Tree::load(&Hive::new(&content).unwrap()).unwrap();
        for version in [Version::V1_3, Version::V1_5] {
            let mut tree = tree.clone();
            tree.set_version(version);
            let written = tree.to_bytes().unwrap();
            let hive = Hive::new(&written).unwrap();
            assert_eq!(hive.faults().collect::<Vec<_>>(), [], "{name}");
            assert_eq!(Tree::load(&hive).unwrap(), tree, "{name} {version}");
            let Some(hivex) = &hivex else { continue };
            let (theirs, failures) = hivex.list(&written);
            assert_eq!(failures, "", "{name} {version}");
            assert_same(&format!("{name} {version}"), &list(&hive).text, &without_sum(&theirs));
            let Some(xml) = hivex.program("hivexml", &[], &written) else { continue };
            assert!(xml.status.success(), "{name}: {}", String::from_utf8_lossy(&xml.stderr));
            let nodes = String::from_utf8_lossy(&xml.stdout).matches("<node ").count();
            assert_eq!(nodes as u64, list(&hive).counts.keys, "{name} {version}");
        }
    }
}

/// Makes a dirty hive clean as it stands: two of the published ones lack their logs.
fn end_write(hive: &mut [u8]) {
    hive.copy_within(4..8, 8);
    let words = hive[..508].as_chunks::<4>().0;
    let sum = words.iter().fold(0, |sum, word| sum ^ u32::from_le_bytes(*word));
    hive[508..512].copy_from_slice(&sum.to_le_bytes());
}
