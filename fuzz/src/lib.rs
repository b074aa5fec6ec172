//! What the fuzz targets share: the properties that hold for any input of one kind.

use std::ops::ControlFlow;

use libfuzzer_sys::Corpus;
use staunch_assess::{Subject, check_all};
use staunch_format::volume::{Volume, resolve::resolve};
use staunch_machine::{
    CURRENT_VERSION, InventoryError, Memory, RegistryData, facts_json, read_inventory,
};
use staunch_model::{MachineFacts, Support};
use staunch_source::{ReadError, Statements, read_document, read_page};

/// Reads a document by a name that one dialect recognises.
///
/// Reading is deterministic, and every statement stands on a line of the document.
pub fn document(name: &str, bytes: &[u8]) -> Corpus {
    let mut statements = Statements::default();
    let result = read_document(name, bytes, &mut statements);
    if matches!(result, Err(ReadError::Unrecognised { .. })) {
        return Corpus::Reject;
    }
    let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
    for record in &statements.records {
        let Some(provenance) = record.provenance() else { continue };
        assert!((1..=lines).contains(&(provenance.line as usize)), "{record:?} of {lines} lines");
    }
    let mut again = Statements::default();
    let second = read_document(name, bytes, &mut again);
    assert_eq!(statements, again);
    assert_eq!(result.is_ok(), second.is_ok());
    Corpus::Keep
}

/// Reads a bulletin page; the first byte chooses the language, the rest is the page.
///
/// Reading is deterministic, and every fact with a line stands on a line of the page.
pub fn page(bytes: &[u8]) -> Corpus {
    const LOCALES: [&str; 16] = [
        "cs-cz", "de-de", "en-us", "es-es", "hu-hu", "it-it", "ja-jp", "ko-kr", "nl-nl", "pl-pl",
        "pt-br", "pt-pt", "ru-ru", "tr-tr", "zh-cn", "zh-tw",
    ];
    let Some((choice, text)) = bytes.split_first() else { return Corpus::Reject };
    let path = format!("{}/ms04-015.md", LOCALES[usize::from(*choice) % LOCALES.len()]);
    let Ok(page) = read_page(&path, text) else { return Corpus::Reject };
    let lines = text.iter().filter(|byte| **byte == b'\n').count() + 1;
    for line in page.files.iter().map(|file| file.line) {
        assert!((1..=lines).contains(&(line as usize)), "line {line} of {lines}");
    }
    assert_eq!(read_page(&path, text).ok(), Some(page));
    Corpus::Keep
}

/// Reads a workbook; reading is deterministic, and every statement stands on a row.
pub fn workbook(bytes: &[u8]) -> Corpus {
    const ROWS: u32 = 1 << 20;
    let mut statements = Statements::default();
    let result = read_document("BulletinSearch.xlsx", bytes, &mut statements);
    if matches!(result, Err(ReadError::Unrecognised { .. })) {
        return Corpus::Reject;
    }
    for provenance in statements.records.iter().filter_map(|record| record.provenance()) {
        assert!((1..=ROWS).contains(&provenance.line), "{provenance:?}");
    }
    let mut again = Statements::default();
    let second = read_document("BulletinSearch.xlsx", bytes, &mut again);
    assert_eq!(statements, again);
    assert_eq!(result.is_ok(), second.is_ok());
    Corpus::Keep
}

/// Reads an inventory that is in one format, or damaged.
///
/// What was read is written as a facts file that says the same.
pub fn inventory(format: &str, bytes: &[u8]) -> Corpus {
    let inventory = match read_inventory("input", bytes) {
        Ok(inventory) if inventory.format == format => inventory,
        Err(InventoryError::Read { format: found, .. }) if found == format => return Corpus::Keep,
        Err(InventoryError::NoText { .. }) => return Corpus::Keep,
        Ok(_) | Err(_) => return Corpus::Reject,
    };
    let written = facts_json(&inventory.facts, inventory.seen.as_deref());
    let again = read_inventory("written", written.as_bytes()).expect("a facts file is read");
    assert_eq!(again.facts, inventory.facts, "{written}");
    assert_eq!(again.seen, inventory.seen, "{written}");
    Corpus::Keep
}

/// Checks the settings of a machine one of whose stored structures the bytes are.
///
/// The first byte chooses the system and the structure. Checking is deterministic, and whatever is
/// found, each check says something.
pub fn settings(bytes: &[u8]) -> Corpus {
    const SYSTEMS: [&str; 2] = ["Windows Server 2003 Service Pack 1", "Windows Server 2019"];
    let Some((choice, content)) = bytes.split_first() else { return Corpus::Reject };
    let system = SYSTEMS[usize::from(*choice & 1)];
    let mut facts = Memory::default();
    facts.collect_key(r"HKLM\SYSTEM\CurrentControlSet").collect_key(r"HKLM\SOFTWARE");
    facts.set_text(CURRENT_VERSION, "SystemRoot", r"C:\WINDOWS");
    let services = r"HKLM\SYSTEM\CurrentControlSet\Services";
    match choice >> 1 {
        0 => {
            let shares = format!(r"{services}\LanmanServer\Shares");
            facts.set_text(&shares, "share", "Type=0");
            let stored = RegistryData::Binary(content.to_vec());
            facts.set(&format!(r"{shares}\Security"), "share", stored);
        }
        1 => {
            let stored = RegistryData::Binary(content.to_vec());
            facts.set(r"HKLM\SECURITY\Policy\PolAdtEv", "", stored);
        }
        2 => {
            facts.add_key(&format!(r"{services}\W3SVC"));
            let (version, file) = match system {
                "Windows Server 2019" => (10, r"config\applicationHost.config"),
                _ => (6, "MetaBase.xml"),
            };
            facts.set_u32(r"HKLM\SOFTWARE\Microsoft\InetStp", "MajorVersion", version);
            let path = format!(r"C:\WINDOWS\system32\inetsrv\{file}");
            let path = path.parse().expect("a path of ours");
            facts.add_text_file(path, &String::from_utf8_lossy(content));
        }
        _ => return Corpus::Reject,
    }
    let subject = Subject {
        facts: &facts,
        machine: &MachineFacts::default(),
        system: &system.parse().expect("a name of ours"),
        support: &Support::default(),
    };
    let findings = check_all(&subject);
    assert!(findings.iter().all(|finding| !finding.found.is_empty()));
    assert_eq!(findings, check_all(&subject));
    Corpus::Keep
}

/// Reads all of a volume that can be read with bounded effort.
pub fn explore(volume: &dyn Volume) {
    let mut folders = vec![(0, volume.root())];
    let mut left = 500;
    while let Some((depth, folder)) = folders.pop() {
        let mut entries = vec![];
        // A fault is a fine answer here; what counts is that there is one.
        let _ = volume.list(folder, &mut |entry| {
            entries.extend(entry);
            if entries.len() < left { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        left -= entries.len().min(left);
        for entry in entries {
            let _ = volume.lookup(folder, &entry.name.to_string());
            let _ = volume.metadata(entry.file);
            if let Ok(content) = volume.open(entry.file, "") {
                let mut bytes = vec![0; content.len().min(70_000) as usize];
                let _ = content.read_at(0, &mut bytes);
                let _ = content.read_at(content.len() - bytes.len() as u64, &mut bytes);
            }
            if entry.is_directory && depth < 8 {
                folders.push((depth + 1, entry.file));
            }
        }
    }
    let _ = resolve(volume, 'C', &["d", "d", "f"]);
}
