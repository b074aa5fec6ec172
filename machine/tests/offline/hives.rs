//! Hives that are dirty, cut, damaged or missing.

use staunch_machine::{CURRENT_VERSION, Facts};
use staunch_model::Collected;

use crate::world::{CONFIG, World, bytes, old_log, put, software, system};

fn messages(facts: &dyn Facts) -> Vec<String> {
    facts.warnings().into_iter().map(|w| format!("{}: {}", w.object, w.message)).collect()
}

const SOFTWARE: &str = r"C:\WINDOWS\system32\config\SOFTWARE";

#[test]
fn a_dirty_hive_is_completed_from_its_log() {
    let world = World::new();
    let mut before = bytes(&software("before"));
    put(&mut before, 4, 8);
    put(&mut before, 8, 7);
    let after = bytes(&software("after"));
    world.write(&format!("{CONFIG}/SOFTWARE"), &before);
    let product = |world: &World| {
        let seen = world.see();
        let name = seen.text(CURRENT_VERSION, "ProductName").known().cloned().expect("a name");
        (name, messages(&seen), seen.lacks_last_writes())
    };
    let (stale, told, lacks) = product(&world);
    assert_eq!((stale.as_str(), lacks), ("before", true));
    let lost = "the last write did not end, and no log makes up for it: what was written last \
                may be missing";
    assert_eq!(told, [format!("{SOFTWARE}: {lost}")]);

    world.write(&format!("{CONFIG}/software.log"), old_log(&after, 8));
    let (replayed, told, lacks) = product(&world);
    assert_eq!((replayed.as_str(), lacks), ("after", false));
    let pages = (after.len() - 4096) / 512;
    assert_eq!(told, [format!("{SOFTWARE}: {pages} pages were replayed from SOFTWARE.LOG")]);
}

#[test]
fn what_a_cut_hive_lacks_is_not_absent() {
    let world = World::new();
    let mut tree = software("Microsoft Windows XP");
    for number in 0..2000 {
        tree.root_mut().create(&format!("Filler\\{number:04}")).set_u32("a", number);
    }
    let whole = bytes(&tree);
    world.write(&format!("{CONFIG}/SOFTWARE"), &whole[..whole.len() / 2]);
    let seen = world.see();
    assert_eq!(seen.key(r"HKLM\SOFTWARE\Filler\1999"), Collected::NotCollected);
    let told = messages(&seen);
    let expected = format!(
        "{SOFTWARE}: hive at offset 0x0: expected {} bytes, found {}",
        whole.len(),
        whole.len() / 2
    );
    assert_eq!(told[0], expected);
    assert!(told.len() > 1, "{told:?}");
}

#[test]
fn a_damaged_value_hides_no_other() {
    let world = World::new();
    let mut hive = bytes(&software("Microsoft Windows XP"));
    let at = hive.windows(10).position(|part| part == b"CSDVersion").unwrap() - 20;
    assert_eq!(&hive[at..at + 2], b"vk");
    hive[at] = b'x';
    world.write(&format!("{CONFIG}/SOFTWARE"), hive);
    let seen = world.see();
    let product = seen.text(CURRENT_VERSION, "ProductName");
    assert_eq!(product, Collected::Known("Microsoft Windows XP".into()));
    assert_eq!(seen.text(CURRENT_VERSION, "CSDVersion"), Collected::NotCollected);
    assert_eq!(seen.text(CURRENT_VERSION, "Other"), Collected::NotCollected);
    assert_eq!(seen.key(CURRENT_VERSION), Collected::NotCollected);
    assert_eq!(seen.key(&format!("{CURRENT_VERSION}\\None")), Collected::Absent);
    assert_eq!(messages(&seen).len(), 1, "{:?}", messages(&seen));
}

#[test]
fn hives_that_are_none_are_told_once() {
    for content in [&b"hello"[..], &[0; 8192], b""] {
        let world = World::new();
        world.write(&format!("{CONFIG}/SAM"), content);
        let seen = world.see();
        assert_eq!(seen.key(r"HKLM\SAM\SAM"), Collected::NotCollected);
        assert_eq!(seen.key(r"HKLM\SAM\SAM\Domains"), Collected::NotCollected);
        let told = messages(&seen);
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].starts_with(r"C:\WINDOWS\system32\config\SAM: base block"), "{told:?}");
    }
}

#[test]
fn a_control_set_that_is_not_there_is_not_taken() {
    let name = r"HKLM\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName";
    for (current, default, expected, told) in [
        (2, 1, Collected::Known("PC".to_owned()), None),
        (
            7,
            1,
            Collected::Known("OLD".to_owned()),
            Some("Current names no control set; Default is taken"),
        ),
        (
            7,
            9,
            Collected::NotCollected,
            Some("no control set is named; what is in it is not known"),
        ),
    ] {
        let world = World::new();
        let mut tree = system();
        let select = tree.root_mut().create("Select");
        select.set_u32("Current", current).set_u32("Default", default).set_u32("LastKnownGood", 0);
        world.write(&format!("{CONFIG}/SYSTEM"), bytes(&tree));
        let seen = world.see();
        assert_eq!(seen.text(name, "ComputerName"), expected);
        let warnings = seen.warnings();
        assert_eq!(warnings.first().map(|w| w.message.as_str()), told);
    }
}

#[test]
fn hives_of_the_first_windows_nt_answer() {
    let world = World::new();
    let mut tree = software("Windows NT");
    tree.set_version(staunch_format::hive::Version::V1_2);
    world.write(&format!("{CONFIG}/SOFTWARE"), bytes(&tree));
    let product = world.see().text(CURRENT_VERSION, "ProductName");
    assert_eq!(product, Collected::Known("Windows NT".into()));
}
