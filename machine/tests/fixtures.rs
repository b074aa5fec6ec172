//! Every fixture is read to the facts that it was written with.

use std::fs;
use std::path::{Path, PathBuf};

use staunch_machine::{Inventory, operating_system, read_inventory};
use staunch_model::MachineFacts;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/machine")
}

fn read(name: &str) -> Inventory {
    let bytes = fs::read(folder().join(name)).expect("the fixture is readable");
    read_inventory(name, &bytes).unwrap_or_else(|error| panic!("{error:?}"))
}

fn message(name: &str) -> String {
    let bytes = fs::read(folder().join(name)).expect("the fixture is readable");
    chain(&read_inventory(name, &bytes).expect_err("the fixture is refused"))
}

fn chain(error: &dyn std::error::Error) -> String {
    let source = error.source().map(|source| format!(": {}", chain(source)));
    format!("{error}{}", source.unwrap_or_default())
}

fn hotfixes(facts: &MachineFacts) -> String {
    let list = facts.hotfixes.known().expect("a list of hotfixes");
    let mut text: Vec<String> = list
        .entries
        .iter()
        .map(|entry| match entry.installed_on {
            Some(day) => format!("{} {day}", entry.id),
            None => entry.id.to_string(),
        })
        .collect();
    text.extend(list.pending.iter().map(|kb| format!("pending {kb}")));
    text.extend(list.not_installed.iter().map(|kb| format!("not {kb}")));
    text.extend(list.selective.then(|| "selective".to_owned()));
    text.extend(list.unread.then(|| "unread".to_owned()));
    text.extend(list.stated.map(|stated| format!("stated {stated}")));
    text.join(", ")
}

fn known<T: ToString>(answer: &staunch_model::Collected<T>) -> String {
    answer.known().map_or_else(|| "-".to_owned(), ToString::to_string)
}

#[test]
fn systeminfo_is_read_in_every_language() {
    let cases = [
        (
            "german_cp850.txt",
            "WERKSTATT-07",
            "Windows 10 Version 22H2 for x64-based Systems",
            "Pro",
            "de",
            "KB5020372, KB5020872, KB5022834",
        ),
        (
            "russian_cp866.txt",
            "БУХ-ПК",
            "Windows 10 Version 1809 for x64-based Systems",
            "Enterprise",
            "ru",
            "KB4465065, KB4470788, KB4482887, KB4486553",
        ),
        (
            "japanese_cp932.txt",
            "JIMU-PC",
            "Windows 11 Version 23H2 for x64-based Systems",
            "Pro",
            "ja",
            "KB5031354, KB5031592",
        ),
        (
            "chinese_cp936.txt",
            "BANGONG-01",
            "Windows 7 for 32-bit Systems Service Pack 1",
            "Professional",
            "zh-cn",
            "KB976902, KB2534111, KB4474419",
        ),
        (
            "traditional_chinese_cp950.txt",
            "BANGONG-02",
            "Windows 8.1 for x64-based Systems",
            "Pro",
            "zh-tw",
            "KB2919355, KB2919442",
        ),
        (
            "korean_cp949.txt",
            "SAMUSIL",
            "Windows 10 Version 1909 for x64-based Systems",
            "Pro",
            "ko",
            "KB4552931, KB4560960",
        ),
        (
            "hungarian_xp_cp852.txt",
            "IRODA",
            "Windows XP Service Pack 3",
            "Professional",
            "hu",
            "KB147222, KB898461, KB2510531, File 1",
        ),
        (
            "turkish_cp857.txt",
            "MUHASEBE",
            "Windows 10 Version 21H2 for x64-based Systems",
            "Home Single Language",
            "tr",
            "KB5011487, KB5012117",
        ),
        (
            "arabic_cp720.txt",
            "MAKTAB",
            "Windows 10 Version 1903 for x64-based Systems",
            "Enterprise",
            "ar-sa",
            "",
        ),
        (
            "english_arm64.csv",
            "SURFACE",
            "Windows 11 Version 24H2 for ARM64-based Systems",
            "Home",
            "en-us",
            "KB5043080, KB5043937, KB5044284",
        ),
        (
            "english_cut.txt",
            "CUTOFF",
            "Windows Server 2012 R2",
            "Standard",
            "en-us",
            "KB2894856, KB2919355, stated 6",
        ),
    ];
    for (file, name, system, edition, language, list) in cases {
        let inventory = read(&format!("systeminfo/{file}"));
        let facts = &inventory.facts;
        assert_eq!(inventory.format, "systeminfo", "{file}");
        assert_eq!(known(&facts.name), name, "{file}");
        let found = operating_system(facts).map(|system| system.to_string());
        assert_eq!(found.as_deref(), Ok(system), "{file}");
        assert_eq!(known(&facts.edition), edition, "{file}");
        assert_eq!(known(&facts.language), language, "{file}");
        assert_eq!(hotfixes(facts), list, "{file}");
        assert_eq!(inventory.warnings.is_empty(), !list.contains("stated"), "{file}");
    }
}

#[test]
fn wmic_is_read_in_every_layout() {
    let list = "KB4474419 2019-04-05, KB4489880 2019-03-13, \
                {7A068575-C5DB-43D9-BE20-3895D0C69B17} 2019-03-21";
    for file in ["table_utf16.txt", "list.txt", "table.csv"] {
        let inventory = read(&format!("wmic/{file}"));
        assert_eq!(inventory.format, "wmic qfe", "{file}");
        assert_eq!(known(&inventory.facts.name), "WERKSTATT", "{file}");
        assert_eq!(hotfixes(&inventory.facts), list, "{file}");
        assert_eq!(inventory.warnings, [], "{file}");
    }
    let shifted = read("wmic/table_columns_shifted.txt");
    assert_eq!(hotfixes(&shifted.facts), "KB4489880 2019-03-13");
    let first = read("wmic/first_start.txt");
    assert_eq!(known(&first.facts.name), "IRODA");
    assert_eq!(hotfixes(&first.facts), "KB147222, KB2115168 2016-12-31");
}

#[test]
fn get_hotfix_is_read_in_every_layout() {
    for (file, name, list, warnings) in [
        ("table.txt", "SRV-PARIS", "KB4470788 2019-03-01, KB4480056, KB4486553 2019-03-02", 1),
        ("list.txt", "-", "KB4470788 2019-03-13, KB4486553 2019-03-02", 0),
        ("export.csv", "SRV-PARIS", "KB4470788 2019-03-13, KB4486553 2019-03-02", 0),
        ("convert.json", "SRV-PARIS", "KB4470788 2019-03-13, KB4486553 2019-03-02", 0),
    ] {
        let inventory = read(&format!("get-hotfix/{file}"));
        assert_eq!(inventory.format, "Get-HotFix", "{file}");
        assert_eq!(known(&inventory.facts.name), name, "{file}");
        assert_eq!(hotfixes(&inventory.facts), list, "{file}");
        assert_eq!(inventory.warnings.len(), warnings, "{file}: {:?}", inventory.warnings);
    }
}

#[test]
fn dism_gives_packages_build_and_revision() {
    let german = read("dism/german.txt");
    assert_eq!(known(&german.facts.build), "10.0.17763.316");
    assert_eq!(
        operating_system(&german.facts).map(|system| system.to_string()).as_deref(),
        Ok("Windows 10 Version 1809 for x64-based Systems")
    );
    assert_eq!(known(&german.facts.language), "de-de");
    assert_eq!(
        hotfixes(&german.facts),
        "KB4465065 2019-01-14, KB4486553 2019-03-02, \
         Package_for_RollupFix 17763.316.1.5 2019-03-02, pending KB4487038"
    );
    let table = read("dism/english_table.txt");
    assert_eq!(known(&table.facts.build), "10.0.19044.1586");
    assert_eq!(known(&table.facts.release), "21H2");
    assert_eq!(
        hotfixes(&table.facts),
        "KB5003791 2021-11-16, \
         Package_for_RollupFix 19041.1586.1.7 2022-03-08, pending KB5011487"
    );
    assert_eq!(table.warnings.len(), 2, "one pending, one to be removed");
}

#[test]
fn osquery_is_read_from_rows_at_any_depth() {
    let server = read("osquery/two_tables.json");
    assert_eq!(known(&server.facts.name), "SRV-OSLO");
    assert_eq!(known(&server.facts.build), "10.0.17763.316");
    assert_eq!(
        operating_system(&server.facts).map(|system| system.to_string()).as_deref(),
        Ok("Windows Server 2019 (Server Core installation)")
    );
    assert_eq!(hotfixes(&server.facts), "KB4470788 2019-03-13, KB4486553 2019-03-02");
    let wrapped = read("osquery/wrapped.json");
    assert_eq!(
        operating_system(&wrapped.facts).map(|system| system.to_string()).as_deref(),
        Ok("Windows 11 Version 22H2 for ARM64-based Systems")
    );
    assert_eq!(hotfixes(&wrapped.facts), "");
    assert_eq!(
        message("osquery/linux.json"),
        "osquery/linux.json as osquery: line 1: expected the platform windows, found \"ubuntu\""
    );
}

#[test]
fn reports_of_mbsa_tell_what_they_looked_for() {
    let second = read("mbsa/version_2.mba");
    assert_eq!((known(&second.facts.name), second.format), ("PC-11".to_owned(), "MBSA"));
    assert_eq!(hotfixes(&second.facts), "KB835732, pending KB841873, not KB840374, selective");
    assert!(second.warnings.is_empty(), "{:?}", second.warnings);
    let error = operating_system(&second.facts).expect_err("the report names no system");
    assert_eq!(
        error.to_string(),
        "operating system of PC-11: not known: family (from systeminfo, or osquery's os_version); \
         architecture (from systeminfo, dism /online /get-packages, or osquery's os_version)"
    );
    let first = read("mbsa/version_1.xml");
    assert_eq!(known(&first.facts.name), "NT-3");
    assert_eq!(hotfixes(&first.facts), "not KB823980, not KB824105, selective");
    assert_eq!(first.warnings.len(), 1, "one update could not be confirmed");
}

#[test]
fn facts_are_read_with_everything_left_out_that_is_not_known() {
    let kiosk = read("facts/short.json");
    assert_eq!(
        operating_system(&kiosk.facts).map(|system| system.to_string()).as_deref(),
        Ok("Windows 10 Version 1809 for x64-based Systems")
    );
    assert_eq!(hotfixes(&kiosk.facts), "KB4470788 2019-03-13, KB4486553");
    assert_eq!(kiosk.facts.components.flash_player, staunch_model::Collected::Absent);
    assert_eq!(kiosk.facts.components.internet_explorer, staunch_model::Collected::NotCollected);
    let misspelt = message("facts/misspelt.json");
    assert!(misspelt.contains("unknown field `architekture`"), "{misspelt}");
    assert!(misspelt.contains("line 4 column 16"), "{misspelt}");
}

#[test]
fn exports_of_the_registry_are_seen_as_machines() {
    use staunch_machine::Facts;
    let nt4 = read("registry-export/nt4_evidence.txt");
    let system = operating_system(&nt4.facts).expect("a system").to_string();
    assert_eq!(system, "Windows NT 4.0 Service Pack 6");
    assert_eq!(hotfixes(&nt4.facts), "KB299444");
    assert_eq!(known(&nt4.facts.name), "EMPFANG");
    assert_eq!(known(&nt4.facts.language), "de-de");
    assert!(nt4.warnings.is_empty(), "{:?}", nt4.warnings);
    let seen = nt4.seen.expect("the installation");
    let file = |path: &str| seen.file(&path.parse().expect("a path"));
    let ole = file(r"C:\WINNT\system32\ole32.dll");
    let ole = ole.known().expect("the file");
    assert_eq!((known(&ole.size), known(&ole.version)), ("714512".to_owned(), "-".to_owned()));
    assert!(file(r"C:\WINNT\system32\other.dll").is_collected());
    assert!(!file(r"C:\WINNT\system32\drivers\a.sys").is_collected());
    let xp = read("registry-export/xp_updates.reg");
    assert!(!xp.facts.hotfixes.is_collected(), "which Windows it is was not collected");
    assert!(xp.seen.is_some());
}
