//! Behaviour of the whole reader: bad input, several files, order.

use super::*;
use proptest::prelude::*;
use staunch_model::{Collected, HotfixId, OsBuild};

const HEAD: &str = "Host Name: PC\nOS Name: Microsoft Windows 10 Pro\n\
                    OS Version: 10.0.17763 N/A Build 17763\nSystem Type: x64-based PC\n\
                    System Locale: en-us;English (United States)\n";

fn systeminfo(numbers: &[u32]) -> String {
    let entries: String = numbers
        .iter()
        .enumerate()
        .map(|(index, number)| format!("    [{:02}]: KB{number}\n", index + 1))
        .collect();
    format!("{HEAD}Hotfix(s): {} Hotfix(s) Installed.\n{entries}", numbers.len())
}

fn table(host: &str, numbers: &[u32]) -> String {
    let rows: String =
        numbers.iter().map(|number| format!("{host:<12}KB{number:<9}3/2/2019\n")).collect();
    format!("{:<12}{:<11}InstalledOn\n{rows}", "CSName", "HotFixID")
}

fn read(name: &str, text: &str) -> Inventory {
    read_inventory(name, text.as_bytes()).unwrap_or_else(|error| panic!("{error:?}"))
}

fn refused(bytes: &[u8]) -> String {
    chain(&read_inventory("pc.txt", bytes).expect_err("the file is refused"))
}

fn chain(error: &dyn std::error::Error) -> String {
    let source = error.source().map(|source| format!(": {}", chain(source)));
    format!("{error}{}", source.unwrap_or_default())
}

#[test]
fn bad_files_are_refused_with_object_place_and_reason() {
    assert_eq!(refused(b""), "pc.txt: expected an inventory, found an empty file");
    assert_eq!(refused(b" \r\n\r\n"), "pc.txt: expected an inventory, found an empty file");
    assert_eq!(
        refused(b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00"),
        "pc.txt: expected text at byte offset 6, found the binary value 0x01"
    );
    assert_eq!(
        refused(b"\nKB4487017: an update\n"),
        "pc.txt: line 2: expected the output of staunch facts, registry export, osquery, MBSA, Get-HotFix, wmic qfe, \
         dism /get-packages, systeminfo, found \"KB4487017: an update\" (read as UTF-8)"
    );
    let long = [HEAD.as_bytes(), &vec![b'x'; MAX_LINE + 1]].concat();
    assert_eq!(refused(&long), "pc.txt: line 6: expected at most 1048576 bytes, found 1048577");
    assert_eq!(
        refused("a:b\n".repeat(MAX_LINES).as_bytes()),
        "pc.txt: expected at most 200000 lines, found 200001"
    );
    let values = format!("[{}{{\"hotfix_id\":1}}]", "{},".repeat(300_000));
    assert!(refused(values.as_bytes()).contains("expected at most 500000 JSON values"));
    let large = vec![b'\n'; MAX_SIZE + 1];
    assert_eq!(refused(&large), "pc.txt: expected at most 67108864 bytes, found 67108865");
    let json = r#"[{"hotfix_id": "KB4487017","#;
    assert!(refused(json.as_bytes()).starts_with("pc.txt as osquery: expected JSON rows"));
    let nested = format!(r#"{{"hotfix_id": {}"#, "[".repeat(100_000));
    assert!(refused(nested.as_bytes()).contains("recursion limit"));
}

#[test]
fn two_machines_in_one_file_are_refused() {
    let other = systeminfo(&[4_487_018]).replace("17763", "19045");
    let both = systeminfo(&[4_487_017]) + &other;
    assert_eq!(
        refused(both.as_bytes()),
        "pc.txt as systeminfo: line 10: expected one machine, found \"10.0.19045 N/A Build 19045\" \
         after \"10.0.17763 N/A Build 17763\""
    );
    let both = table("PC1", &[4_487_017]) + "PC2         KB4487018  3/2/2019\n";
    assert_eq!(
        refused(both.as_bytes()),
        "pc.txt as wmic qfe: line 3: expected one machine, found \"PC2\" after \"PC1\""
    );
}

#[test]
fn a_text_that_ends_early_is_read_as_far_as_it_goes() {
    let whole = systeminfo(&[4_487_017, 4_487_018, 4_487_019]);
    let part = &whole[..whole.len() - 20];
    let inventory = read("pc.txt", part);
    let list = inventory.facts.hotfixes.known().expect("a list");
    assert_eq!((list.entries.len(), list.stated, list.is_truncated()), (2, Some(3), true));
    assert_eq!(inventory.warnings.len(), 1);
    let inventory = read("pc.txt", HEAD);
    assert_eq!(inventory.facts.hotfixes, Collected::NotCollected);
    let utf16: Vec<u8> = whole.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let inventory = read_inventory("pc.txt", &utf16[..utf16.len() - 1]).expect("an inventory");
    assert!(inventory.warnings.iter().any(|w| w.message.contains("within a character")));
}

#[test]
fn a_cut_list_is_completed_by_a_full_one_and_only_then() {
    let cut = systeminfo(&[4_487_017, 4_487_018]).replace(": 2 Hot", ": 5 Hot");
    let full = table("PC", &[4_487_017, 4_487_018, 4_487_019]);
    let older = table("PC", &[4_487_017]);
    let stated = |texts: [&str; 2]| {
        let parts = vec![read("a.txt", texts[0]), read("b.txt", texts[1])];
        let (facts, warnings) = merge(parts).expect("one machine");
        let list = facts.hotfixes.known().cloned().expect("a list");
        (list.stated, list.entries.len(), warnings.len())
    };
    assert_eq!(stated([&cut, &full]), (None, 3, 2));
    assert_eq!(stated([&full, &cut]), (None, 3, 2));
    assert_eq!(stated([&cut, &older]), (Some(5), 2, 1));
}

#[test]
fn a_list_of_what_was_looked_for_completes_nothing() {
    let report = |name: &str, kb: u32, installed: bool| {
        let update = format!("<UpdateData KBID='{kb}' IsInstalled='{installed}'/>");
        read(name, &format!("<SecScan Machine='pc'>{update}</SecScan>"))
    };
    let cut = systeminfo(&[4_487_017]).replace("1 Hotfix(s)", "4 Hotfix(s)");
    let parts = vec![read("a.txt", &cut), report("b.mba", 4_487_017, true)];
    let (facts, _) = merge(parts).expect("one machine");
    let list = facts.hotfixes.known().expect("a list");
    assert!(list.is_truncated() && !list.selective);
    let full = table("pc", &[4_487_017]);
    let parts = vec![read("c.txt", &full), report("d.mba", 4_487_017, false)];
    let (facts, warnings) = merge(parts).expect("one machine");
    assert!(!facts.hotfixes.known().expect("a list").selective);
    assert_eq!(
        warnings[0].message,
        "says that KB4487017 is not installed, and another list has it (0 more)"
    );
}

#[test]
fn contradictions_name_both_files_and_both_values() {
    let merged = |a: &str, b: &str| {
        let error = merge(vec![read("b.txt", b), read("a.txt", a)]).expect_err("a contradiction");
        error.to_string()
    };
    assert_eq!(
        merged(&systeminfo(&[]), &table("OTHER", &[4_487_017])),
        "host name: expected \"PC\" as in a.txt, found \"OTHER\" in b.txt"
    );
    let x86 = HEAD.replace("x64-based", "X86-based");
    assert_eq!(
        merged(HEAD, &x86),
        "architecture: expected \"x64\" as in a.txt, found \"x86\" in b.txt"
    );
    let newer = HEAD.replace("17763", "19045");
    assert_eq!(
        merged(HEAD, &newer),
        "build: expected \"10.0.17763\" as in a.txt, found \"10.0.19045\" in b.txt"
    );
    assert_eq!(merge(Vec::new()), Err(MergeError::Nothing));
}

#[test]
fn a_rollup_gives_the_revision_that_its_own_file_cannot_place() {
    let packages = "Package Identity : Package_for_RollupFix~31bf3856ad364e35~amd64~~19041.1586.1.7\n\
                    State : Installed\nRelease Type : Security Update\nInstall Time : 3/8/2022 7:20 PM\n";
    let packages = read("dism.txt", packages);
    assert_eq!(packages.facts.build, Collected::NotCollected);
    let system = read("systeminfo.txt", &HEAD.replace("17763", "19045"));
    let (facts, _) = merge(vec![packages, system]).expect("one machine");
    assert_eq!(facts.build, Collected::Known(OsBuild::new(10, 0, 19045, Some(1586))));
}

#[test]
fn a_rollup_of_windows_7_that_names_no_update_leaves_the_list_open() {
    let packages = "Image Version: 6.1.7601.24545\n\
                    Package Identity : Package_for_RollupFix~31bf3856ad364e35~amd64~~7601.24545.1.8\n\
                    State : Installed\n";
    let packages = read("dism.txt", packages);
    let is_open = |facts: &MachineFacts| facts.hotfixes.known().expect("a list").unread;
    assert!(is_open(&packages.facts));
    assert_eq!(packages.warnings.len(), 1);
    let other = read("wmic.txt", &table("PC", &[4_534_310]));
    let (facts, _) = merge(vec![packages, other]).expect("one machine");
    assert!(!is_open(&facts), "another list names it");
}

/// Beginnings of every format, for inputs that reach past the recognition.
fn seeds() -> impl Strategy<Value = Vec<u8>> {
    let seeds = vec![
        systeminfo(&[4_487_017, 4_487_018]),
        table("PC", &[4_487_017]),
        "Node,CSName,HotFixID,InstalledOn\nPC,PC,KB4487017,3/2/2019\n".to_owned(),
        "HotFixID=KB4487017\r\r\nInstalledOn=3/2/2019\r\r\n".to_owned(),
        "HotFixID  InstalledOn\n--------  -----------\nKB4487017 3/2/2019\n".to_owned(),
        "HotFixID : KB4487017\nInstalledOn : 02.03.2019 00:00:00\n".to_owned(),
        r#"[{"HotFixID":"KB4487017","InstalledOn":{"value":"\/Date(1551484800000)\/"}}]"#
            .to_owned(),
        r#"{"patches":[{"hotfix_id":"KB4487017","installed_on":"01d4dfd0fb4eb361"}]}"#.to_owned(),
        r#"{"staunch_facts":1,"hotfixes":["KB4487017"],"build":"10.0.17763"}"#.to_owned(),
        "Image Version: 10.0.17763.1\nVersion: 10.0.17763.316\nPackage Identity : \
         Package_for_KB4487017~31bf3856ad364e35~amd64~~10.0.1.0\nState : Installed\n"
            .to_owned(),
        "\"Host Name\",\"OS Version\"\n\"PC\",\"10.0.17763 N/A Build 17763\"\n".to_owned(),
    ];
    proptest::sample::select(seeds).prop_map(String::into_bytes)
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        let _ = read_inventory("any", &bytes);
    }

    #[test]
    fn damaged_inventories_never_panic(
        mut bytes in seeds(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..6),
        end in any::<proptest::sample::Index>(),
        wide: bool,
    ) {
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(end.index(bytes.len()) + 1);
        if wide {
            bytes = bytes.into_iter().flat_map(|byte| [byte, 0]).collect();
        }
        if let Ok(inventory) = read_inventory("any", &bytes) {
            let _ = crate::operating_system(&inventory.facts);
            let machines = group(vec![inventory.clone(), read("pc.txt", HEAD), inventory]);
            prop_assert_eq!(machines.iter().map(Vec::len).sum::<usize>(), 3);
            for machine in machines {
                let _ = merge(machine);
            }
        }
    }

    #[test]
    fn the_order_of_entries_and_files_does_not_matter(
        numbers in proptest::collection::btree_set(2_000_000u32..5_999_999, 0..20),
        others in proptest::collection::btree_set(2_000_000u32..5_999_999, 1..20),
        shuffle in any::<u64>(),
    ) {
        let ordered: Vec<u32> = numbers.iter().copied().collect();
        let mut shuffled = ordered.clone();
        shuffled.sort_by_key(|number| u64::from(*number).wrapping_mul(shuffle | 1));
        let others: Vec<u32> = others.into_iter().collect();
        let reversed: Vec<u32> = others.iter().rev().copied().collect();
        let forward = merge(vec![
            read("a.txt", &systeminfo(&ordered)),
            read("b.txt", &table("pc", &others)),
        ]);
        let backward = merge(vec![
            read("b.txt", &table("pc", &reversed)),
            read("a.txt", &systeminfo(&shuffled)),
        ]);
        prop_assert_eq!(&forward, &backward);
        let (facts, _) = forward.expect("one machine");
        let all: std::collections::BTreeSet<u32> = numbers.into_iter().chain(others).collect();
        let found: Vec<u32> = facts
            .hotfixes
            .known()
            .into_iter()
            .flat_map(|list| &list.entries)
            .filter_map(|entry| match &entry.id {
                HotfixId::Kb(kb) => Some(kb.number()),
                HotfixId::Other(_) => None,
            })
            .collect();
        prop_assert_eq!(found, all.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn facts_come_back_from_their_file(
        numbers in proptest::collection::vec(2_000_000u32..5_999_999, 0..9),
        others in proptest::collection::vec(2_000_000u32..5_999_999, 1..9),
    ) {
        let parts =
            vec![read("a.txt", &systeminfo(&numbers)), read("b.txt", &table("pc", &others))];
        let (facts, _) = merge(parts).expect("one machine");
        let again = read("facts.json", &facts_json(&facts, None));
        prop_assert_eq!(again.format, "staunch facts");
        prop_assert_eq!(again.facts, facts);
    }
}

#[test]
fn exports_of_parts_of_one_registry_are_one_machine() {
    let export = |keys: &str| format!("Windows Registry Editor Version 5.00\r\n\r\n{keys}");
    let windows = export(
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\r\n\
         \"CurrentVersion\"=\"5.1\"\r\n\"CurrentBuildNumber\"=\"2600\"\r\n\
         \"CSDVersion\"=\"Service Pack 2\"\r\n",
    );
    let updates =
        export("[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates\\Windows XP\\SP3\\KB835732]\r\n");
    let computer = export(
        "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\r\n\
         \"ComputerName\"=\"PLANT7\"\r\n",
    );
    let parts = vec![read("a.reg", &windows), read("b.reg", &updates), read("c.reg", &computer)];
    let [machine] = &group(parts)[..] else { panic!("one machine") };
    let seen = seen_in(machine).expect("one installation").expect("a registry");
    let seen: &dyn crate::Facts = &*seen;
    let key = r"HKLM\SOFTWARE\Microsoft\Updates\Windows XP\SP3\KB835732";
    assert!(seen.key(key).known().is_some());
    let (facts, _) = merge(machine.clone()).expect("one machine");
    assert_eq!(facts.name, Collected::Known("PLANT7".to_owned()));
    assert_eq!(facts.build, Collected::Known("5.1.2600".parse().expect("a build")));

    // An export is everything below its first key, so that the second one says that there is more.
    let before = read("old.reg", &export("[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates]\r\n"));
    assert_eq!(
        seen_in(&[before, read("b.reg", &updates)]).expect_err("two days").to_string(),
        format!("{key}: expected one answer, found different ones in old.reg and b.reg")
    );
}

#[test]
fn an_installation_that_a_file_carries_is_observed_under_what_the_file_states() {
    let text = r#"{"staunch_facts": 1, "name": "KIOSK", "seen": {
        "registry": {"keys": {
            "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion": [
                {"name": "CurrentVersion", "data": {"type": "text", "data": "5.1"}},
                {"name": "CurrentBuildNumber", "data": {"type": "text", "data": "2600"}},
                {"name": "CSDVersion", "data": {"type": "text", "data": "Service Pack 3"}}],
            "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName": [
                {"name": "ComputerName", "data": {"type": "text", "data": "OTHER"}}]}}}}"#;
    let carried = read("kiosk.json", text);
    assert_eq!(carried.facts.name, Collected::Known("KIOSK".to_owned()), "stated");
    assert_eq!(carried.facts.build, Collected::Known("5.1.2600".parse().expect("a build")));
    assert!(carried.seen.is_some());
    let again = read("kiosk.json", &facts_json(&carried.facts, carried.seen.as_deref()));
    assert_eq!(again, carried);
    let hotfixes = read("kiosk_qfe.txt", &table("KIOSK", &[873_333]));
    let parts = vec![hotfixes, carried.clone()];
    assert!(seen_in(&parts).expect("one installation").is_some());
    let [machine] = &group(parts)[..] else { panic!("one machine") };
    assert_eq!(machine.len(), 2);
    let other = read("b.json", &text.replace("Service Pack 3", "Service Pack 2"));
    assert_eq!(
        seen_in(&[carried.clone(), other]).expect_err("two installations").to_string(),
        r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion: expected one answer, found different ones in kiosk.json and b.json"
    );
    let again = Inventory { name: "b.json".to_owned(), ..carried.clone() };
    assert_eq!(seen_in(&[carried.clone(), again]).expect("one installation"), carried.seen);
    for unknown in [
        r#""seen": {"registy": {}}"#,
        r#""seen": {"registry": {"key": {}}}"#,
        r#""seen": {"files": {"files": {"C:\\a.dll": {"verzion": "1.2"}}}}"#,
        r#""seen": {"files": {"files": {"a.dll": {}}}}"#,
        r#""seen": {"accounts": [{"name": "A", "rid": 500, "flag": {}}]}"#,
    ] {
        let message = refused(format!("{{\"staunch_facts\": 1, {unknown}}}").as_bytes());
        assert!(message.contains("the facts that are documented"), "{message}");
    }
}
