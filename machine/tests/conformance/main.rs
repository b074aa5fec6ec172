//! One installation gives the same answers however it is seen: as a folder, on disk images of
//! other writers, as collected facts, and as the system that runs.

mod letters;
#[cfg(all(windows, target_pointer_width = "64"))]
mod live;

use std::collections::BTreeMap;
use std::path::Path;

use staunch_format::disk::Format;
use staunch_format::disk::partition::Scheme;
use staunch_format::volume::FileSystem;
use staunch_machine::{Facts, Medium, Memory, Offline};
use staunch_model::{Collected, WinPath, fold_file_name};
use staunch_testkit::{Image, Installation, Release};

/// Roots of everything that is compared in the registry, but for those of users.
const ROOTS: &[&str] = &[
    r"HKLM\SOFTWARE",
    r"HKLM\SYSTEM\CurrentControlSet",
    r"HKLM\SYSTEM\Select",
    r"HKLM\SAM\SAM",
    r"HKLM\SECURITY\Policy",
    r"HKU\.DEFAULT",
];

/// Every answer by its question.
type Answers = BTreeMap<String, String>;

struct Questions<'f> {
    facts: &'f dyn Facts,
    answers: Answers,
    keys: usize,
    files: usize,
}

fn drive(facts: &dyn Facts) -> WinPath {
    let root = facts.system_root().known().cloned().expect("the folder of Windows");
    format!("{}:", root.drive()).parse().expect("a drive")
}

/// Asks for all keys below the roots, all files, and for what is not there.
fn ask(facts: &dyn Facts) -> Questions<'_> {
    let mut questions = Questions { facts, answers: Answers::new(), keys: 0, files: 0 };
    let users = facts.users();
    questions.add(&"users", &sorted(users.clone()));
    questions.add(&"accounts", &facts.accounts());
    let profiles = users.known().cloned().unwrap_or_default();
    let roots = ROOTS.iter().map(|root| (*root).to_owned());
    for root in roots.chain(profiles.iter().map(|name| format!("HKU\\{name}"))) {
        questions.ask_keys(&root);
        questions.add(&root.to_lowercase(), &facts.key(&root.to_lowercase()).known().is_some());
        let absent = format!("{root}\\No such key\\Below");
        questions.add(&absent, &facts.key(&absent));
    }
    let drive = drive(facts);
    questions.ask_files(&drive);
    for absent in ["No such file", "No such folder\\a.dll", "boot.ini\\a.dll"] {
        let absent = drive.join(absent).expect("a path");
        questions.add(&absent, &facts.file(&absent));
    }
    questions
}

fn sorted(names: Collected<Vec<String>>) -> Collected<Vec<String>> {
    names.map(|mut names| {
        names.sort();
        names
    })
}

impl Questions<'_> {
    fn add(&mut self, question: &dyn ToString, answer: &dyn std::fmt::Debug) {
        self.answers.insert(question.to_string(), format!("{answer:?}"));
    }

    fn ask_keys(&mut self, path: &str) {
        let mut paths = vec![path.to_owned()];
        while let Some(path) = paths.pop() {
            let answer = self.facts.key(&path);
            self.add(&path, &answer);
            let Collected::Known(key) = answer else { continue };
            self.keys += 1;
            for value in &key.values {
                let again = self.facts.value(&path, &value.name.to_uppercase());
                assert_eq!(again, Collected::Known(value.data.clone()), "{path} {}", value.name);
            }
            paths.extend(key.subkeys.iter().map(|name| format!("{path}\\{name}")));
        }
    }

    fn ask_files(&mut self, root: &WinPath) {
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            let mut entries = self.facts.folder(&folder).known().cloned().expect("a folder");
            // What NTFS keeps for itself is in no folder of files.
            entries.retain(|entry| folder != *root || !entry.name.starts_with('$'));
            entries.sort_by_key(|entry| entry.name.to_lowercase());
            self.add(&folder, &entries);
            for entry in entries {
                let path = folder.join(&entry.name).expect("a path");
                if entry.is_folder {
                    folders.push(path);
                    continue;
                }
                self.files += 1;
                let shouted: WinPath = fold_file_name(&path.to_string()).parse().expect("a path");
                let file = self.facts.file(&shouted);
                let content = self.facts.content(&path, 1 << 16).known().map(Vec::len);
                self.add(&path, &(file, content));
            }
        }
    }
}

fn assert_same(what: &str, expected: &Answers, found: &Answers) {
    for (question, answer) in expected {
        let other = found.get(question).map_or("no question", String::as_str);
        assert_eq!(other, answer, "{what}: {question}");
    }
    assert_eq!(found.len(), expected.len(), "{what}");
}

fn installation(release: Release) -> Installation {
    let older = release.executable([5, 0, 1, 2]);
    Installation::new(release)
        .file("%SystemRoot%\\system32\\drivers\\tcpip.sys", older)
        .file("Program Files\\Größe\\a long name with spaces.txt", "text")
        .user("alice", |key| {
            key.create("Software\\Example").set_u32("Number", 7);
        })
}

fn see(medium: &Medium) -> Offline {
    let found: Vec<String> =
        medium.installations().iter().map(|found| found.folder.clone()).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    medium.see(1).expect("an installation")
}

/// Sees an installation as a folder and returns its answers.
fn as_folder(installation: &Installation, folder: &Path) -> Answers {
    installation.write_tree(folder).expect("a folder of files");
    let medium = Medium::of_folder(folder).expect("a folder");
    let seen = see(&medium);
    let Questions { answers, keys, files, .. } = ask(&seen);
    assert_eq!(seen.warnings(), []);
    println!("{:?}: {keys} keys, {files} files", installation.release());
    assert!(keys > 100 && files > 20, "{keys} keys, {files} files");
    assert!(seen.accounts().known().is_some_and(|accounts| accounts.len() > 2));
    answers
}

#[test]
fn every_disk_image_answers_as_the_folder_does() {
    use FileSystem::{Fat16, Fat32, Ntfs};
    let temporary = tempfile::tempdir().expect("a folder");
    for (release, format, scheme, file_system) in [
        (Release::nt4(), Format::Raw, Scheme::Mbr, Fat16),
        (Release::windows_2000(4), Format::Qcow2, Scheme::Mbr, Ntfs),
        (Release::xp(2), Format::Vhd, Scheme::Mbr, Fat32),
        (Release::server_2003(2), Format::Vmdk, Scheme::Mbr, Ntfs),
        (Release::windows_7(1), Format::Vhdx, Scheme::Gpt, Ntfs),
        (Release::windows_10("22H2"), Format::Raw, Scheme::None, Ntfs),
        (Release::windows_11("23H2"), Format::Qcow2, Scheme::Gpt, Ntfs),
    ] {
        let installation = installation(release);
        let image = Image { format, scheme, file_system, size: 128 << 20 };
        let path = temporary.path().join("disk");
        let Some(()) = installation.write_image(&path, &image) else { return };
        let folder = tempfile::tempdir().expect("a folder");
        let expected = as_folder(&installation, folder.path());
        let medium = Medium::of_image(&path).expect("an image");
        let seen = see(&medium);
        let found = ask(&seen);
        assert_same(&format!("{image:?}"), &expected, &found.answers);
        assert_eq!(seen.warnings(), [], "{image:?}");
        let volumes = seen.volumes().known().cloned().expect("the volumes of a disk");
        let name = match file_system {
            Ntfs => "NTFS",
            Fat32 => "FAT32",
            _ => "FAT",
        };
        let listed: Vec<(&str, &str)> =
            volumes.iter().map(|v| (v.name.as_str(), v.file_system.as_str())).collect();
        assert_eq!(listed, [("C:", name)], "{image:?}");
    }
}

/// Collects everything that a walk of another source comes to.
fn collect(facts: &dyn Facts) -> Memory {
    let mut memory = Memory::default();
    let users = facts.users();
    let profiles = users.known().cloned().unwrap_or_default();
    let roots = ROOTS.iter().map(|root| (*root).to_owned());
    for root in roots.chain(profiles.iter().map(|name| format!("HKU\\{name}"))) {
        memory.collect_key(&root);
        let mut paths = vec![root];
        while let Some(path) = paths.pop() {
            let Collected::Known(key) = facts.key(&path) else { continue };
            memory.add_key(&path);
            for value in key.values {
                memory.set(&path, &value.name, value.data);
            }
            paths.extend(key.subkeys.iter().map(|name| format!("{path}\\{name}")));
        }
    }
    memory.set_users(users);
    let mut folders = vec![drive(facts)];
    memory.collect_folder(folders[0].clone(), true);
    while let Some(folder) = folders.pop() {
        for entry in facts.folder(&folder).known().cloned().expect("a folder") {
            let path = folder.join(&entry.name).expect("a path");
            match facts.file(&path) {
                Collected::Known(file) => {
                    memory.add_file(path, file);
                }
                _ => folders.push(path),
            }
        }
    }
    memory
}

#[test]
fn collected_facts_answer_as_the_folder_does() {
    for release in [Release::nt4(), Release::xp(1), Release::windows_10("22H2")] {
        let folder = tempfile::tempdir().expect("a folder");
        installation(release).write_tree(folder.path()).expect("a folder of files");
        let seen = see(&Medium::of_folder(folder.path()).expect("a folder"));
        let memory = collect(&seen);
        let text = serde_json::to_string(&memory).expect("facts are written");
        let memory: Memory = serde_json::from_str(&text).expect("facts");
        // Facts that were collected keep no order of subkeys, no empty folder and no content.
        let comparable = |facts: &dyn Facts| {
            let mut answers = Answers::new();
            let profiles = facts.users().known().cloned().unwrap_or_default();
            let roots = ROOTS.iter().map(|root| (*root).to_owned());
            for root in roots.chain(profiles.iter().map(|name| format!("HKU\\{name}"))) {
                let mut paths = vec![root];
                while let Some(path) = paths.pop() {
                    let answer = facts.key(&path).map(|mut key| {
                        key.subkeys.sort_by_key(|name| name.to_lowercase());
                        key
                    });
                    answers.insert(path.clone(), format!("{answer:?}"));
                    let Collected::Known(key) = answer else { continue };
                    paths.extend(key.subkeys.iter().map(|name| format!("{path}\\{name}")));
                }
            }
            let mut folders = vec![drive(facts)];
            while let Some(folder) = folders.pop() {
                for entry in facts.folder(&folder).known().cloned().unwrap_or_default() {
                    let path = folder.join(&entry.name).expect("a path");
                    if entry.is_folder {
                        folders.push(path);
                    } else {
                        answers.insert(path.to_string(), format!("{:?}", facts.file(&path)));
                    }
                }
            }
            answers
        };
        assert_same("memory", &comparable(&seen), &comparable(&memory));
    }
}
