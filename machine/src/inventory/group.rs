//! Many files to machines: which files speak of the same one.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::Inventory;

/// Longest NetBIOS name, to which some tools cut a host's name.
const NETBIOS_LENGTH: usize = 15;

/// Words in file names that tell what a file holds and not whose it is.
const KINDS: &[&str] = &[
    "systeminfo",
    "sysinfo",
    "qfe",
    "wmic",
    "hotfix",
    "hotfixes",
    "gethotfix",
    "get",
    "dism",
    "packages",
    "patches",
    "osquery",
    "os",
    "version",
    "osversion",
    "updates",
    "facts",
    "staunch",
    "inventory",
    "cmd",
    "powershell",
];

/// Sorts files into one group for each machine; the order of the files does not matter.
///
/// 1. Files with the same host name are one machine. Case, a domain behind the name and the cut
///    to 15 characters of NetBIOS make no difference.
/// 2. Two files of the same format that both name an operating system are two machines even
///    under the same host name: cloned hosts and repeated collections are not mixed. Further
///    files of that host join the one whose file name differs only by what the file holds:
///    `pc1_systeminfo.txt` and `pc1_qfe.txt`, or `pc1/systeminfo.txt` and `pc1/qfe.txt`.
/// 3. A file without a host name joins by its file name in the same way, or else the only machine
///    that there is. A file that could belong to several machines stays alone.
pub fn group(mut inventories: Vec<Inventory>) -> Vec<Vec<Inventory>> {
    inventories.sort_by(|a, b| (&a.name, a.format).cmp(&(&b.name, b.format)));
    // Files that name a system come first, so that the others find their machine; the longest
    // host names come first, so that cut ones find theirs.
    let length = |file: &Inventory| file.facts.name.known().map_or(0, String::len);
    inventories.sort_by_key(|file| (!names_system(file), Reverse(length(file))));
    let mut machines = Machines::default();
    for file in inventories {
        machines.add(file);
    }
    let mut machines = machines.files;
    for machine in &mut machines {
        machine.sort_by(|a, b| (&a.name, a.format).cmp(&(&b.name, b.format)));
    }
    machines.sort_by(|a, b| a[0].name.cmp(&b[0].name));
    machines
}

/// Folder and name of a file without the words that tell what it holds.
type Stem = (String, String);

/// The machines that are known so far, with the indexes by which files find them.
#[derive(Default)]
struct Machines {
    files: Vec<Vec<Inventory>>,
    by_host: HashMap<String, Vec<usize>>,
    by_stem: HashMap<Stem, Vec<usize>>,
    /// Groups that have a system or a host name.
    identified: Vec<usize>,
}

impl Machines {
    fn add(&mut self, file: Inventory) {
        let stem = stem(&file.name);
        let host = file.facts.name.known().cloned();
        let index = match self.machine_of(&file, &stem) {
            Some(index) => index,
            None => {
                self.files.push(Vec::new());
                let index = self.files.len() - 1;
                if names_system(&file) || host.is_some() {
                    self.identified.push(index);
                }
                index
            }
        };
        let of_host = host.map(|host| self.by_host.entry(host_key(&host)).or_default());
        let of_stem = self.by_stem.entry(stem).or_default();
        for indexes in of_host.into_iter().chain([of_stem]) {
            if !indexes.contains(&index) {
                indexes.push(index);
            }
        }
        self.files[index].push(file);
    }

    /// Finds the machine that a file belongs to among those that are known.
    fn machine_of(&self, file: &Inventory, stem: &Stem) -> Option<usize> {
        let sharing = self.by_stem.get(stem).map_or(&[][..], Vec::as_slice);
        let accepting = |indexes: &[usize]| -> Vec<usize> {
            indexes.iter().copied().filter(|index| accepts(&self.files[*index], file)).collect()
        };
        let host = file.facts.name.known();
        if let Some(host) = host {
            let of_host = self.by_host.get(&host_key(host)).map_or(&[][..], Vec::as_slice);
            let mut named = accepting(of_host);
            named.retain(|index| self.host(*index).is_some_and(|known| same_host(known, host)));
            if !named.is_empty() {
                let beside: Vec<usize> =
                    named.iter().copied().filter(|index| sharing.contains(index)).collect();
                return only(&beside).or_else(|| only(&named));
            }
        }
        // A machine whose own file has no host name takes it from a file that belongs to it.
        let is_open = |index: &usize| host.is_none() || self.host(*index).is_none();
        let mut beside = accepting(sharing);
        beside.retain(is_open);
        only(&beside).or_else(|| {
            let index = only(&self.identified)?;
            let joins = !names_system(file) && accepts(&self.files[index], file);
            (joins && is_open(&index)).then_some(index)
        })
    }

    fn host(&self, index: usize) -> Option<&String> {
        self.files[index].iter().find_map(|file| file.facts.name.known())
    }
}

fn only(indexes: &[usize]) -> Option<usize> {
    match indexes {
        [one] => Some(*one),
        _ => None,
    }
}

fn names_system(file: &Inventory) -> bool {
    file.facts.family.is_collected()
}

/// Tells whether a file can be of this machine: a second system of the same format cannot.
fn accepts(machine: &[Inventory], file: &Inventory) -> bool {
    !machine.iter().any(|of| names_system(of) && names_system(file) && of.format == file.format)
}

/// Returns what all names of one host have in common.
fn host_key(name: &str) -> String {
    let short = name.split('.').next().unwrap_or_default().to_lowercase();
    short.chars().take(NETBIOS_LENGTH).collect()
}

/// Tells whether two names are of one host.
pub(super) fn same_host(a: &str, b: &str) -> bool {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    if a == b {
        return true;
    }
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    let (first, second) = (short(&a), short(&b));
    let both_have_domains = a.contains('.') && b.contains('.');
    let is_cut =
        |cut: &str, whole: &str| cut.chars().count() == NETBIOS_LENGTH && whole.starts_with(cut);
    !both_have_domains && (first == second || is_cut(&first, &second) || is_cut(&second, &first))
}

/// Returns folder and file name without the words that tell what the file holds.
fn stem(name: &str) -> Stem {
    let split = name.rfind(['/', '\\']).map_or(0, |slash| slash + 1);
    let (folder, file) = name.split_at(split);
    let file = file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_lowercase();
    let mut words: Vec<&str> =
        file.split(['_', '-', '.', ' ']).filter(|word| !word.is_empty()).collect();
    while words.last().is_some_and(|word| KINDS.contains(word)) {
        words.pop();
    }
    let start = words.iter().take_while(|word| KINDS.contains(word)).count();
    (folder.to_owned(), words[start..].join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use staunch_model::{Collected, Family, MachineFacts};

    fn file(name: &str, host: &str, system: bool) -> Inventory {
        Inventory {
            name: name.to_owned(),
            format: if system { "systeminfo" } else { "wmic qfe" },
            facts: MachineFacts {
                name: match host {
                    "" => Collected::NotCollected,
                    host => Collected::Known(host.to_owned()),
                },
                family: if system {
                    Collected::Known(Family::Windows7)
                } else {
                    Collected::NotCollected
                },
                ..MachineFacts::default()
            },
            seen: None,
            warnings: Vec::new(),
        }
    }

    fn grouped(files: &[(&str, &str, bool)]) -> Vec<Vec<String>> {
        let names = |files: Vec<Inventory>| -> Vec<Vec<String>> {
            let machines = group(files);
            machines
                .into_iter()
                .map(|machine| machine.into_iter().map(|file| file.name).collect())
                .collect()
        };
        let files: Vec<Inventory> =
            files.iter().map(|(name, host, system)| file(name, host, *system)).collect();
        let forward = names(files.clone());
        assert_eq!(forward, names(files.into_iter().rev().collect()));
        forward
    }

    #[test]
    fn files_of_one_host_are_one_machine() {
        assert_eq!(
            grouped(&[
                ("a.txt", "Workstation-Berlin-7", true),
                ("b.txt", "WORKSTATION-BER", false),
                ("c.txt", "workstation-berlin-7.example.org", false),
                ("d.txt", "OTHER", true),
            ]),
            [vec!["a.txt", "b.txt", "c.txt"], vec!["d.txt"]]
        );
    }

    #[test]
    fn two_systems_of_one_name_stay_apart_and_file_names_decide() {
        assert_eq!(
            grouped(&[
                ("x/pc_A_systeminfo.txt", "PC", true),
                ("x/pc_B_systeminfo.txt", "PC", true),
                ("x/pc_B_qfe.txt", "PC", false),
                ("x/pc_C_qfe.txt", "PC", false),
            ]),
            [
                vec!["x/pc_A_systeminfo.txt"],
                vec!["x/pc_B_qfe.txt", "x/pc_B_systeminfo.txt"],
                vec!["x/pc_C_qfe.txt"],
            ]
        );
    }

    #[test]
    fn a_file_without_a_host_joins_by_its_name_or_the_only_machine() {
        assert_eq!(
            grouped(&[("systeminfo.txt", "PC", true), ("kbs.txt", "", false)]),
            [["kbs.txt", "systeminfo.txt"]]
        );
        assert_eq!(
            grouped(&[
                ("a/systeminfo.txt", "A", true),
                ("b/systeminfo.txt", "B", true),
                ("b/qfe.txt", "", false)
            ]),
            [vec!["a/systeminfo.txt"], vec!["b/qfe.txt", "b/systeminfo.txt"]]
        );
        assert_eq!(
            grouped(&[("s1.txt", "A", true), ("s2.txt", "B", true), ("kbs.txt", "", false)]),
            [["kbs.txt"], ["s1.txt"], ["s2.txt"]]
        );
        assert_eq!(grouped(&[("s.txt", "", true), ("q.txt", "PC", false)]), [["q.txt", "s.txt"]]);
    }

    #[test]
    fn names_of_one_host_are_recognised() {
        assert!(same_host("DESKTOP-1", "desktop-1"));
        assert!(same_host("pc", "PC.example.org"));
        assert!(!same_host("pc.a.org", "pc.b.org"));
        assert!(!same_host("production-serv1", "production-serv2"));
        assert!(!same_host("pc", "pc1"));
    }
}
