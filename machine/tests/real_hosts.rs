//! Every host of the real inventories is read and identified.

use std::fmt::Write as _;
use std::fs;

use staunch_machine::{Inventory, InventoryError, group, merge, operating_system, read_inventory};
use staunch_model::{HotfixId, MachineFacts};

/// File; published system; edition; language; build; entries, those with a number, those with a
/// day, and the number that is stated when the list is cut.
const SYSTEMS: &str = "
10_1803_x64_education_en-us_systeminfo.txt; Windows 10 Version 1803 for x64-based Systems; Education; en-us; 10.0.17134; 5, 5, 0
10_1803_x64_enterprise_es-ar_20190307_systeminfo.txt; Windows 10 Version 1803 for x64-based Systems; Enterprise; es-ar; 10.0.17134; 6, 6, 0
10_1803_x64_pro_it_systeminfo.txt; Windows 10 Version 1803 for x64-based Systems; Pro; it; 10.0.17134; 10, 10, 0
10_1803_x64_proforworkstations_en-us_A_20190305_systeminfo.txt; Windows 10 Version 1803 for x64-based Systems; Pro for Workstations; en-us; 10.0.17134; 4, 4, 0
10_1803_x64_proforworkstations_en-us_systeminfo.txt; Windows 10 Version 1803 for x64-based Systems; Pro for Workstations; en-us; 10.0.17134; 0, 0, 0
10_1803_x86_enterprise_nl_systeminfo.txt; Windows 10 Version 1803 for 32-bit Systems; Enterprise; nl; 10.0.17134; 4, 4, 0
10_1809_x64_education_en-us_systeminfo.txt; Windows 10 Version 1809 for x64-based Systems; Education; en-us; 10.0.17763; 6, 6, 0
10_1809_x64_education_es_systeminfo.txt; Windows 10 Version 1809 for x64-based Systems; Education; es; 10.0.17763; 9, 9, 0
10_1809_x64_pro_en-us_20190307_systeminfo.txt; Windows 10 Version 1809 for x64-based Systems; Pro; en-us; 10.0.17763; 5, 5, 0
10_21H1_x64_enterprise_systeminfo.txt; Windows 10 Version 21H1 for x64-based Systems; Enterprise; en-us; 10.0.19043; 4, 4, 0
10_21H2_x64_pro_systeminfo.txt; Windows 10 Version 21H2 for x64-based Systems; Pro; en-us; 10.0.19044; 7, 7, 0
10_22H2_x64_enterprise_en-us_systeminfo.txt; Windows 10 Version 22H2 for x64-based Systems; Enterprise; zh-cn; 10.0.19045; 1, 1, 0
10_rtm_x64_pro_en-us_systeminfo.txt; Windows 10 Version 1507 for x64-based Systems; Pro; en-us; 10.0.10240; 2, 2, 0
11_21H2_x64_enterprise_systeminfo.txt; Windows 11 Version 21H2 for x64-based Systems; Enterprise; en-us; 10.0.22000; 4, 4, 0
11_22H2_x64_home-single-language_systeminfo.txt; Windows 11 Version 22H2 for x64-based Systems; Home Single Language; en-us; 10.0.22621; 1, 1, 0
11_23H2_x64_enterprise_systeminfo.txt; Windows 11 Version 23H2 for x64-based Systems; Enterprise; en-us; 10.0.22631; 4, 4, 0
7_sp1_x64_enterprise_en-us_20190305_systeminfo.txt; Windows 7 for x64-based Systems Service Pack 1; Enterprise; en-us; 6.1.7601; 245, 245, 0 of 273
7_sp1_x64_enterprise_en-us_A_systeminfo.txt; Windows 7 for x64-based Systems Service Pack 1; Enterprise; en-us; 6.1.7601; 219, 219, 0
7_sp1_x64_enterprise_en-us_B_systeminfo.txt; Windows 7 for x64-based Systems Service Pack 1; Enterprise; en-us; 6.1.7601; 245, 245, 0 of 271
7_sp1_x64_enterprise_fr_systeminfo_cmd.txt; Windows 7 for x64-based Systems Service Pack 1; Enterprise N; fr; 6.1.7601; 73, 73, 0
7_sp1_x64_enterprise_fr_systeminfo_powershell.txt; Windows 7 for x64-based Systems Service Pack 1; Enterprise N; fr; 6.1.7601; 93, 93, 0
7_sp1_x86_enterprise_en-us_systeminfo.txt; Windows 7 for 32-bit Systems Service Pack 1; Enterprise; en-us; 6.1.7601; 2, 2, 0
8.1_u1_x64_enterprise_en-us_systeminfo.txt; Windows 8.1 for x64-based Systems; Enterprise; en-us; 6.3.9600; 6, 6, 0
srv_2003_rtm_x86_standard_en-us_systeminfo.txt; Windows Server 2003; Standard; en-us; 5.2.3790; 3, 2, 0
srv_2003_sp1_x64_standard_en-us_systeminfo.txt; Windows Server 2003 x64 Edition Service Pack 1; Standard; en-us; 5.2.3790; 1, 1, 0
srv_2003r2_sp2_rtm_x64_standard_en-us_systeminfo.txt; Windows Server 2003 x64 Edition Service Pack 2; Standard; en-us; 5.2.3790; 1, 1, 0
srv_2003r2_sp2_x86_standard_en-us_systeminfo.txt; Windows Server 2003 Service Pack 2; Standard; en-us; 5.2.3790; 69, 68, 0 of 352
srv_2008_rtm_x86_standard_en-us_systeminfo.txt; Windows Server 2008 for 32-bit Systems; Standard; en-us; 6.0.6001; 1, 1, 0
srv_2008r2_sp1_x64_standard_en-us_systeminfo.txt; Windows Server 2008 R2 for x64-based Systems Service Pack 1; Standard; en-us; 6.1.7601; 2, 2, 0
srv_2016_1607_datacenter_en-us_systeminfo.txt; Windows Server 2016; Datacenter; en-us; 10.0.14393; 5, 5, 0
srv_2019_rtm_datacenter_en-us_systeminfo.txt; Windows Server 2019; Datacenter; en-us; 10.0.17763; 5, 5, 0
srv_2022_systeminfo.txt; Windows Server 2022; Standard; en-us; 10.0.20348; 3, 3, 0
vista_x64_sp0_systeminfo.txt; Windows Vista for x64-based Systems; Enterprise; en-us; 6.0.6000; 105, 104, 0
vista_x64_sp2_systeminfo.txt; Windows Vista for x64-based Systems Service Pack 2; Enterprise; en-us; 6.0.6002; 175, 174, 0
xp_rtm_x86_professional_en-us_systeminfo.txt; Windows XP; Professional; en-us; 5.1.2600; 3, 2, 0
xp_sp2_x86_systeminfo.txt; Windows XP Service Pack 2; Professional; en-us; 5.1.2600; 1, 1, 0
xp_sp3_x86_professional_en-us_systeminfo.txt; Windows XP Service Pack 3; Professional; en-us; 5.1.2600; 94, 93, 0 of 262
";

/// File; host; entries, those with a number, those with a day; first and last day.
const LISTS: &str = "
10_1803_x64_proforworkstations_en-us_A_20190305_qfe.txt; -; 4, 4, 4; 2019-03-02; 2019-03-02
10_1809_x64_pro_en-us_20190307_qfe.txt; -; 5, 5, 5; 2019-03-01; 2019-03-07
7_sp1_x64_enterprise_en-us_20190305_qfe.txt; -; 276, 276, 276; 2010-11-21; 2019-03-06
7_sp1_x64_enterprise_en-us_B_qfe.txt; WIN7SP1X64; 271, 271, 271; 2010-11-21; 2018-11-14
vista_x64_sp2_qfe.txt; WINVISTASP0X64; 175, 174, 175; 2019-03-21; 2019-03-21
xp_rtm_x86_professional_en-us_qfe.txt; WINXPSP0; 2, 2, 0; -; -
xp_sp2_x86_qfe.txt; WINXPSP2; 1, 1, 0; -; -
xp_sp3_x86_professional_en-us_qfe.txt; WINXPSP3; 135, 135, 127; 2016-12-31; 2016-12-31
";

/// Files of each machine; entries of the united list, those with a number, those with a day.
const MACHINES: &str = "
10_1803_x64_proforworkstations_en-us_A_20190305_qfe.txt + 10_1803_x64_proforworkstations_en-us_A_20190305_systeminfo.txt; 4, 4, 4
10_1809_x64_pro_en-us_20190307_qfe.txt + 10_1809_x64_pro_en-us_20190307_systeminfo.txt; 5, 5, 5
7_sp1_x64_enterprise_en-us_20190305_qfe.txt + 7_sp1_x64_enterprise_en-us_20190305_systeminfo.txt; 276, 276, 276
7_sp1_x64_enterprise_en-us_B_qfe.txt + 7_sp1_x64_enterprise_en-us_B_systeminfo.txt; 271, 271, 271
vista_x64_sp2_qfe.txt + vista_x64_sp2_systeminfo.txt; 175, 174, 175
xp_rtm_x86_professional_en-us_qfe.txt + xp_rtm_x86_professional_en-us_systeminfo.txt; 3, 2, 0
xp_sp2_x86_qfe.txt + xp_sp2_x86_systeminfo.txt; 1, 1, 0
xp_sp3_x86_professional_en-us_qfe.txt + xp_sp3_x86_professional_en-us_systeminfo.txt; 136, 135, 127
";

fn inventories(accepts: impl Fn(&str) -> bool) -> Option<Vec<Inventory>> {
    let Some(data) = staunch_testkit::shared_data() else {
        println!("skipped: the real inventories in ../shared/data are absent");
        return None;
    };
    let mut inventories = Vec::new();
    for file in fs::read_dir(data.join("wesng/validation")).expect("the folder is readable") {
        let path = file.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if accepts(&name) {
            let bytes = fs::read(&path).expect("the file is readable");
            inventories.push(read_inventory(&name, &bytes).unwrap_or_else(|e| panic!("{e:?}")));
        }
    }
    inventories.sort_by(|a, b| a.name.cmp(&b.name));
    Some(inventories)
}

fn counts(facts: &MachineFacts) -> String {
    let Some(list) = facts.hotfixes.known() else { return "not collected".to_owned() };
    let numbers = list.entries.iter().filter(|entry| matches!(entry.id, HotfixId::Kb(_)));
    let days = list.entries.iter().filter(|entry| entry.installed_on.is_some());
    let mut text = format!("{}, {}, {}", list.entries.len(), numbers.count(), days.count());
    if let Some(stated) = list.stated {
        write!(text, " of {stated}").expect("a string can be written");
    }
    text
}

fn known<T: ToString>(answer: &staunch_model::Collected<T>) -> String {
    answer.known().map_or_else(|| "-".to_owned(), ToString::to_string)
}

#[test]
fn every_system_is_identified() {
    let Some(inventories) = inventories(|name| name.contains("_systeminfo")) else { return };
    let mut table = String::from("\n");
    for inventory in inventories {
        let facts = &inventory.facts;
        let system = operating_system(facts).map_or_else(|e| e.to_string(), |s| s.to_string());
        let (edition, language) = (known(&facts.edition), known(&facts.language));
        let build = known(&facts.build);
        let counts = counts(facts);
        let row =
            [&inventory.name, &system, &edition, &language, &build, &counts].map(String::as_str);
        writeln!(table, "{}", row.join("; ")).expect("a string can be written");
    }
    assert_eq!(table, SYSTEMS);
}

#[test]
fn every_list_of_hotfixes_is_read() {
    let Some(inventories) = inventories(|name| name.ends_with("_qfe.txt")) else { return };
    let mut table = String::from("\n");
    for inventory in inventories {
        let facts = &inventory.facts;
        let days = || {
            let list = facts.hotfixes.known().into_iter();
            list.flat_map(|list| &list.entries).filter_map(|entry| entry.installed_on)
        };
        let day = |day: Option<staunch_model::Date>| day.map_or("-".to_owned(), |d| d.to_string());
        let (first, last) = (day(days().min()), day(days().max()));
        let (name, counts) = (known(&facts.name), counts(facts));
        writeln!(table, "{}; {name}; {counts}; {first}; {last}", inventory.name)
            .expect("a string can be written");
        assert_eq!(inventory.warnings, [], "{}", inventory.name);
    }
    assert_eq!(table, LISTS);
}

#[test]
fn files_of_one_machine_find_each_other_and_complete_cut_lists() {
    let Some(inventories) = inventories(|name| !name.ends_with("_updates.txt")) else { return };
    let machines = group(inventories.clone());
    let reversed = group(inventories.into_iter().rev().collect());
    assert_eq!(machines, reversed);
    let mut table = String::from("\n");
    for machine in machines {
        let names: Vec<String> = machine.iter().map(|file| file.name.clone()).collect();
        let is_pair = names.len() > 1;
        let (facts, warnings) = merge(machine).unwrap_or_else(|e| panic!("{names:?}: {e}"));
        operating_system(&facts).unwrap_or_else(|e| panic!("{names:?}: {e}"));
        if is_pair {
            writeln!(table, "{}; {}", names.join(" + "), counts(&facts))
                .expect("a string can be written");
            let completed = warnings.iter().any(|w| w.message.contains("is taken as complete"));
            let was_cut = warnings.iter().any(|w| w.message.contains("are stated"));
            assert_eq!(completed, was_cut, "{names:?}");
        }
    }
    assert_eq!(table, MACHINES);
}

#[test]
fn a_list_of_missing_updates_is_no_inventory() {
    let Some(data) = staunch_testkit::shared_data() else {
        println!("skipped: the real inventories in ../shared/data are absent");
        return;
    };
    let name = "10_1803_x64_proforworkstations_en-us_A_20190305_updates.txt";
    let bytes = fs::read(data.join("wesng/validation").join(name)).expect("the file is readable");
    assert!(matches!(
        read_inventory(name, &bytes),
        Err(InventoryError::Unrecognised { line: 1, .. })
    ));
}
