//! Real hives of Windows, observed; skipped where the shared data are not.

use staunch_format::hive::{Hive, Key, ValueKind};
use staunch_machine::{Memory, RegistryData, observe, pending_renames};
use staunch_model::{Architecture, Collected, MachineFacts, ServicePack};
use staunch_testkit::shared_data;

fn hive(name: &str) -> Option<Vec<u8>> {
    let Some(folder) = shared_data() else {
        println!("skipped: no shared data");
        return None;
    };
    let bytes = std::fs::read(folder.join("hives").join(name)).expect("a hive");
    Some(zstd::decode_all(&bytes[..]).expect("a compressed hive"))
}

const CONTROL: &str = r"HKLM\SYSTEM\CurrentControlSet\Control";

/// Loads a key and what lies below it.
fn load(facts: &mut Memory, key: &Key<'_>, path: &str) {
    facts.add_key(path);
    for value in key.values() {
        let value = value.expect("a value");
        let data = match value.kind() {
            ValueKind::Text => value.text().map(RegistryData::Text),
            ValueKind::ExpandText => value.text().map(RegistryData::ExpandableText),
            ValueKind::MultiText => value.texts().map(RegistryData::Texts),
            ValueKind::U32 => value.u32_value().map(RegistryData::U32),
            _ => value.data().map(|data| RegistryData::Binary(data.into_owned())),
        };
        // A number that is shorter than its type has no meaning here.
        if let Ok(data) = data {
            facts.set(path, &value.name().to_string(), data);
        }
    }
    for subkey in key.subkeys() {
        let subkey = subkey.expect("a key");
        load(facts, &subkey, &format!(r"{path}\{}", subkey.name()));
    }
}

/// Loads the settings of the current control set.
fn memory(bytes: &[u8]) -> Memory {
    let hive = Hive::new(bytes).expect("a hive");
    let root = hive.root().expect("a root");
    let select = root.path("Select").expect("a key").expect("Select");
    let current = select.value("Current").expect("a value").expect("Current");
    let current = current.u32_value().expect("a number");
    let control = format!(r"ControlSet{current:03}\Control");
    let control = root.path(&control).expect("a key").expect("Control");
    let mut facts = Memory::default();
    facts.collect_key(CONTROL);
    load(&mut facts, &control, CONTROL);
    facts
}

#[test]
fn hives_of_the_system_tell_what_needs_no_other_hive() {
    let temporary = r"C:\Users\master\AppData\Local\Temp\nsp9C0.tmp";
    let plugin = format!(r"{temporary}\nsProcess.dll");
    for (hive_name, name, pack, architecture, deleted) in [
        ("SYSTEM.zst", "WKS-WIN732BITA", 1, Architecture::X86, vec![]),
        ("SYSTEM_2.zst", "SENSEI", 0, Architecture::X64, vec![&*plugin, temporary]),
    ] {
        let Some(bytes) = hive(hive_name) else { return };
        let facts = memory(&bytes);
        let (machine, warnings) = observe(&facts);
        assert_eq!(warnings, []);
        let expected = MachineFacts {
            name: Collected::Known(name.to_owned()),
            service_pack: Collected::Known(ServicePack(pack)),
            architecture: Collected::Known(architecture),
            language: Collected::Known("en-us".to_owned()),
            ..MachineFacts::default()
        };
        assert_eq!(machine, expected);
        let Collected::Known(renames) = pending_renames(&facts) else { panic!("a list") };
        assert!(renames.iter().all(|rename| rename.to.is_none()), "{renames:?}");
        let found: Vec<String> = renames.iter().map(|rename| rename.from.to_string()).collect();
        assert_eq!(found, deleted);
    }
}
