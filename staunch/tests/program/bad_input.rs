//! Whatever is given, there is one clear error, its exit code, and nothing half-written.

use std::fs;
use std::path::PathBuf;

use crate::command::{staunch, workspace};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path: PathBuf = self.0.path().join(name);
        fs::write(&path, content).expect("the file is written");
        path.to_str().expect("a path in UTF-8").to_owned()
    }
}

/// Runs the program and returns its exit code and its error lines.
fn fails(arguments: &[&str]) -> (Option<i32>, String) {
    let output = staunch(arguments);
    assert!(output.stdout.is_empty(), "{arguments:?} printed an answer");
    (output.status.code(), String::from_utf8(output.stderr).expect("errors in UTF-8"))
}

#[test]
fn files_that_are_no_inventory_are_named_with_what_was_expected() {
    let folder = Folder::new();
    let long_line = vec![b'x'; 3 << 20];
    let files = [
        folder.file("empty.txt", ""),
        folder.file("prose.txt", "Dear administrator,\nthe machine is fine.\n"),
        folder.file("binary.bin", [0_u8, 159, 146, 150, 0, 1, 2, 3, 255, 254, 0, 0]),
        folder.file("line.txt", long_line),
        folder.file("cut.json", "{\"staunch_facts\": 1, \"family\": \"Windows 7\""),
        folder.0.path().join("absent.txt").to_str().expect("a path").to_owned(),
        folder.0.path().to_str().expect("a path").to_owned(),
    ];
    for file in &files {
        let (exit, errors) = fails(&["scan", file]);
        assert_eq!(exit, Some(3), "{file}: {errors}");
        assert_eq!(errors.matches("error:").count(), 1, "{file}: {errors}");
        assert!(errors.contains(file.as_str()), "{file}: {errors}");
    }
}

#[cfg(not(windows))]
#[test]
fn a_format_that_a_report_is_not_written_in_makes_no_sense() {
    let disk = workspace("examples/packaging-line");
    let disk = disk.to_str().expect("a path in UTF-8");
    for (arguments, expected) in [
        (["plan", disk, "--format", "sarif"], "plans are written as text, json"),
        (["verify", "KB835732", disk, "--format=csv"], "verifications are written as text, json"),
        (["explain", "KB835732", disk, "--format=html"], "explanations are written as text, json"),
    ] {
        let (exit, message) = fails(&arguments);
        assert_eq!(exit, Some(2), "{message}");
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn the_machine_itself_is_seen_on_windows_only() {
    for arguments in
        [&["scan", "--live"][..], &["plan", "--live"], &["verify", "KB840374", "--live"]]
    {
        let (exit, errors) = fails(arguments);
        assert_eq!(exit, Some(3), "{errors}");
        assert!(errors.starts_with("error: --live: expected staunch for Windows"), "{errors}");
        assert!(errors.contains("hint:"), "{errors}");
    }
}

#[test]
fn files_that_are_no_bulletin_are_refused() {
    let folder = Folder::new();
    let readme = workspace("README.md").to_str().expect("a path").to_owned();
    let files = [
        readme,
        folder.file("empty.md", ""),
        folder.file("blank.md", "\u{feff} \r\n\n"),
        folder.file("binary.md", [0_u8, 159, 146, 150, 0, 1, 2, 3, 255, 254, 0, 0]),
        folder.file("nul.md", [0_u8; 4096]),
        folder.file(
            "notes.md",
            "# Notes\n\nCVE-2019-0708 is bad, see MS12-020.\n\n| a | b |\n|-|-|\n",
        ),
    ];
    for file in &files {
        for arguments in [["bulletin", "read", "--json", file], ["bulletin", "compare", file, file]]
        {
            let (exit, errors) = fails(&arguments);
            assert_eq!(exit, Some(3), "{file}: {errors}");
            assert_eq!(errors.matches("error:").count(), 1, "{file}: {errors}");
            assert!(errors.contains(file.as_str()), "{file}: {errors}");
        }
    }
}

#[test]
fn a_list_without_a_machine_says_what_is_not_known() {
    let folder = Folder::new();
    let list =
        folder.file("list.csv", "\"HotFixID\",\"InstalledOn\"\n\"KB4487017\",\"3/2/2019\"\n");
    let (exit, errors) = fails(&["scan", &list]);
    assert_eq!(exit, Some(5), "{errors}");
    assert!(errors.contains("family") && errors.contains("systeminfo"), "{errors}");
}

#[test]
fn contradicting_files_of_one_machine_are_an_error() {
    let folder = Folder::new();
    let facts = |build: &str| {
        format!(
            "{{\"staunch_facts\": 1, \"name\": \"PC\", \"family\": \"Windows 10\", \
             \"release\": \"1803\", \"architecture\": \"x64\", \"build\": \"{build}\"}}"
        )
    };
    let one = folder.file("pc_systeminfo.json", facts("10.0.17134.5"));
    let list = folder.file(
        "pc_list.csv",
        "\"CSName\",\"HotFixID\",\"InstalledOn\"\n\"OTHER\",\"KB4487017\",\"3/2/2019\"\n",
    );
    let (exit, errors) = fails(&["scan", &list]);
    assert_eq!(exit, Some(5), "{errors}");
    let output = staunch(&["scan", &one, &list]);
    assert_eq!(output.status.code(), Some(5), "the list belongs to another machine");
}

#[test]
fn a_bad_file_among_good_ones_is_told_and_the_others_are_answered() {
    let folder = Folder::new();
    let bad = folder.file("bad.txt", "nothing of use");
    let good = workspace("examples/reception-pc/systeminfo.txt");
    let output = staunch(&["scan", "--json", good.to_str().expect("a path"), &bad]);
    assert_eq!(output.status.code(), Some(3));
    assert!(!output.stdout.is_empty());
}

#[test]
fn a_file_that_is_no_catalog_is_refused() {
    let folder = Folder::new();
    let other = folder.file("notes.sqlite", b"SQLite format 3\0 but not really");
    let example = workspace("examples/reception-pc/systeminfo.txt");
    let (exit, errors) = fails(&["scan", "--catalog", &other, example.to_str().expect("a path")]);
    assert_eq!(exit, Some(4), "{errors}");
    assert!(errors.contains("notes.sqlite"), "{errors}");
}

#[test]
fn a_bad_publication_leaves_no_catalog_behind() {
    let folder = Folder::new();
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>\
                <cvrf:cvrfdoc xmlns:cvrf=\"http://www.icasi.org/CVRF/schema/cvrf/1.1\">&b;</cvrf:cvrfdoc>";
    let cut = "<cvrf:cvrfdoc xmlns:cvrf=\"http://www.icasi.org/CVRF/schema/cvrf/1.1\"><cvrf:Doc";
    for (name, content) in [("bomb.xml", bomb), ("cut.xml", cut), ("empty.xml", "")] {
        let source = folder.file(name, content);
        let target = folder.0.path().join("catalog.sqlite");
        let target_text = target.to_str().expect("a path");
        let (exit, errors) = fails(&["catalog", "build", "-o", target_text, &source]);
        assert_eq!(exit, Some(3), "{name}: {errors}");
        assert!(errors.contains(name), "{name}: {errors}");
        assert!(!target.exists(), "{name} left a file behind");
    }
}

#[test]
fn names_that_nothing_has_are_told() {
    let (exit, errors) = fails(&["catalog", "show", "KB99999999"]);
    assert_eq!(exit, Some(3), "{errors}");
    let (exit, errors) = fails(&["catalog", "show", "hello"]);
    assert_eq!(exit, Some(3), "{errors}");
    assert!(errors.contains("hint:"), "{errors}");
    let example = workspace("examples/reception-pc/systeminfo.txt");
    let (exit, _) = fails(&["explain", "nonsense", example.to_str().expect("a path")]);
    assert_eq!(exit, Some(2));
}
