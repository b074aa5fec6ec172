//! Version resources of executables made for the test, and of real ones where they are installed.

use proptest::prelude::*;
use staunch_format::pe::{self, Layout, Machine, Translation};
use staunch_model::FileVersion;
use staunch_testkit::{ExecutableLayout, VersionedExecutable};

#[test]
fn numbers_and_texts_of_every_layout_are_both_given() {
    let cases = [
        (ExecutableLayout::Ne, Layout::Ne, Machine::I286, 1252),
        (ExecutableLayout::Pe32, Layout::Pe32, Machine::I386, 1200),
        (ExecutableLayout::Pe32Plus, Layout::Pe32Plus, Machine::Amd64, 1200),
    ];
    for (made, layout, machine, code_page) in cases {
        // The trap: a rebuilt file whose texts were left behind.
        let file = VersionedExecutable::new(made, [5, 1, 2600, 3520])
            .product([6, 0, 2900, 3520])
            .string("CompanyName", "Example")
            .string("Comments", "")
            .string("FileVersion", "5.1.2600.2180 (xpsp_sp2_rtm.040803-2158)")
            .build();
        let read = pe::read(&file.as_slice()).unwrap();
        assert_eq!(
            (read.layout, read.machine, read.warnings.as_slice()),
            (layout, machine, &[][..])
        );
        let version = read.version().unwrap();
        let fixed = version.fixed.unwrap();
        assert_eq!(fixed.file, FileVersion::new(5, 1, 2600, 3520));
        assert_eq!(fixed.product, FileVersion::new(6, 0, 2900, 3520));
        let text = "5.1.2600.2180 (xpsp_sp2_rtm.040803-2158)";
        assert_eq!(version.file_version_text(), Some(text));
        let translation = Translation { language: 0x0409, code_page };
        assert_eq!(version.translations, [translation]);
        assert_eq!(version.tables.len(), 1);
        assert_eq!(version.tables[0].translation, Some(translation));
        let strings: Vec<(&str, &str)> =
            version.tables[0].strings.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(strings, [("CompanyName", "Example"), ("Comments", ""), ("FileVersion", text)]);
        assert_eq!(version.language, if made == ExecutableLayout::Ne { 0 } else { 0x0409 });
    }
}

#[test]
fn texts_of_16_bit_files_are_in_their_code_page() {
    let file = VersionedExecutable::new(ExecutableLayout::Ne, [3, 10, 0, 103])
        .translation(0x0419, 1251)
        .string_bytes("FileVersion", b"3.10 \xe2\xe5\xf0\xf1\xe8\xff")
        .build();
    let read = pe::read(&file.as_slice()).unwrap();
    assert_eq!(read.version().unwrap().file_version_text(), Some("3.10 версия"));
}

#[test]
fn machines_are_named() {
    for (number, name) in [(0x200, "ia64"), (0xaa64, "arm64"), (0x184, "alpha"), (0x9999, "0x9999")]
    {
        let file = VersionedExecutable::new(ExecutableLayout::Pe32Plus, [1, 2, 3, 4])
            .machine(number)
            .build();
        assert_eq!(pe::read(&file.as_slice()).unwrap().machine.to_string(), name);
    }
}

#[test]
fn what_is_no_executable_is_refused_and_damaged_resources_are_warned_of() {
    let file = VersionedExecutable::new(ExecutableLayout::Pe32, [1, 2, 3, 4]).build();
    let error = |bytes: &[u8]| pe::read(&bytes).unwrap_err().to_string();
    assert_eq!(error(b"MZ"), "DOS header at offset 0x0: expected 64 bytes, found 2");
    assert_eq!(error(&[b'x'; 64]), "DOS header at offset 0x0: expected MZ, found xx");
    let cut = pe::read(&&file[..file.len() - 20]).unwrap();
    assert_eq!((cut.versions.len(), cut.warnings.len()), (0, 1));
    let mut other = file.clone();
    let at = other.windows(4).position(|four| four == [0xbd, 0x04, 0xef, 0xfe]).unwrap();
    other[at] = 0;
    let read = pe::read(&other.as_slice()).unwrap();
    let warning = format!(
        "version resource at offset {at:#x}: expected fixed versions with signature 0xfeef04bd, \
         found others"
    );
    assert_eq!(read.warnings[0].to_string(), warning);
}

#[test]
fn libraries_of_wine_have_a_version_each() {
    let mut read = 0;
    for folder in ["/usr/lib/x86_64-linux-gnu/wine/x86_64-windows", "/usr/lib/wine"] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "dll") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let executable = pe::read(&bytes.as_slice()).unwrap();
            assert_eq!(executable.warnings, [], "{path:?}");
            let Some(version) = executable.version() else { continue };
            let text = version.file_version_text().unwrap_or_default();
            let fixed = version.fixed.unwrap().file.to_string();
            // Some of Wine's own resource files state a shorter text.
            let numbers: String =
                text.trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            assert!(!numbers.is_empty(), "{path:?}: {text:?} beside {fixed}");
            read += 1;
        }
    }
    if read == 0 {
        println!("skipped: no libraries of Wine");
    } else {
        println!("{read} libraries of Wine read");
    }
}

proptest! {
    #[test]
    fn flipped_bytes_never_panic(
        which in 0..3_usize,
        flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<prop::sample::Index>(),
    ) {
        let layouts = [ExecutableLayout::Ne, ExecutableLayout::Pe32, ExecutableLayout::Pe32Plus];
        let mut file = VersionedExecutable::new(layouts[which], [5, 0, 2195, 1])
            .string("FileVersion", "5.00.2195.1")
            .string("ProductName", "Example")
            .build();
        for (index, value) in flips {
            let at = index.index(file.len());
            file[at] = value;
        }
        let _ = pe::read(&file.as_slice());
        let _ = pe::read(&&file[..cut.index(file.len())]);
    }
}
