//! The example folder is what its program writes.

use std::collections::BTreeMap;
use std::path::Path;

#[path = "../examples/packaging_line.rs"]
#[expect(dead_code, reason = "the example is a program of its own")]
mod packaging_line;

fn read(folder: &Path, below: &str, into: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            read(&entry.path(), &format!("{name}\\"), into);
        } else {
            into.insert(name, std::fs::read(entry.path()).expect("a file"));
        }
    }
}

#[test]
fn the_example_folder_is_what_its_program_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/packaging-line");
    let mut found = BTreeMap::new();
    read(&folder, "", &mut found);
    let made = packaging_line::installation().files();
    let names: Vec<&String> = made.keys().collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), names);
    for (name, bytes) in &made {
        assert!(found[name] == *bytes, "{name} differs");
    }
}
