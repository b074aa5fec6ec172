use staunch_model::{
    Architecture, Date, EditionClass, LifecycleRecord, Record, ServicePack, WarningCode,
};

use crate::{ReadError, Statements, read_document};

const OPENING: &str = "# Support dates\n\n[lifecycle]\nname = \"windows\"\nrevised = 2024-10-08\n";

fn read(products: &str) -> Statements {
    let mut statements = Statements::default();
    let text = format!("{OPENING}{products}");
    read_document("windows.toml", text.as_bytes(), &mut statements).expect("a publication");
    statements
}

fn lifecycles(statements: &Statements) -> Vec<&LifecycleRecord> {
    statements
        .records
        .iter()
        .filter_map(|record| match record {
            Record::Lifecycle(lifecycle) => Some(lifecycle),
            _ => None,
        })
        .collect()
}

#[test]
fn a_product_has_a_record_for_each_architecture_and_class_of_editions() {
    let statements = read(
        "[[product]]\nfamily = \"Windows 10\"\nrelease = \"1803\"\neditions = [\"Home\", \"Pro\"]\n\
         architectures = [\"x86\", \"x64\"]\npage = \"Windows 10 Home and Pro\"\n\
         support_end = 2019-11-12\n",
    );
    assert_eq!(statements.warnings, []);
    let found = lifecycles(&statements);
    let keys: Vec<_> = found.iter().map(|one| (one.architecture, one.editions)).collect();
    let (x86, x64) = (Some(Architecture::X86), Some(Architecture::X64));
    let (home, pro) = (Some(EditionClass::Home), Some(EditionClass::Pro));
    assert_eq!(keys, [(x86, home), (x86, pro), (x64, home), (x64, pro)]);
    assert_eq!(found[0].dates.support_end, Some(Date::constant(2019, 11, 12)));
    assert_eq!(found[0].dates.paid_end, None);
    assert_eq!(found[0].provenance.publication.as_str(), "lifecycle/windows");
    assert_eq!(found[0].provenance.line, 6);
}

#[test]
fn service_packs_belong_to_the_product_before_them() {
    let statements = read(
        "[[product]]\nfamily = \"Windows 7\"\n[[product.service_pack]]\nnumber = 1\n\
         released = 2011-02-22\nearlier_end = 2013-04-09\n[[product]]\nfamily = \"Windows 8\"\n",
    );
    let found = lifecycles(&statements);
    assert_eq!(found[0].service_packs[0].number, ServicePack(1));
    assert_eq!(found[0].service_packs[0].earlier_end, Some(Date::constant(2013, 4, 9)));
    assert_eq!(found[1].service_packs, []);
}

#[test]
fn faults_are_told_with_their_line_and_never_become_facts() {
    use WarningCode::{BadDate, BadNumber, Duplicate, UnknownProduct, Unreadable};
    let good = "family = \"Windows 7\"";
    for (product, code, line, kept) in [
        ("family = \"Windows 9\"", UnknownProduct, 7, 0),
        ("page = \"Windows 7\"", UnknownProduct, 6, 0),
        ("family = \"Windows 10\"\nrelease = \"1810\"", UnknownProduct, 6, 0),
        ("family = \"Windows 10\"", UnknownProduct, 6, 0),
        ("family = \"Windows 7\"\nrelease = 7", UnknownProduct, 8, 0),
        ("family = \"Windows 7\"\neditions = [\"Homely\"]", UnknownProduct, 8, 0),
        ("family = \"Windows 7\"\narchitectures = \"x86\"", UnknownProduct, 8, 0),
        ("family = \"Windows 7\"\nsupport_end = 2020", BadDate, 8, 1),
        ("family = \"Windows 7\"\nsupport_end = 2020-01-14T00:00:00", BadDate, 8, 1),
        (
            "family = \"Windows 7\"\nmainstream_end = 2020-01-14\nsupport_end = 2015-01-13",
            BadDate,
            6,
            0,
        ),
        ("family = \"Windows 7\"\nsuport_end = 2020-01-14", Unreadable, 8, 1),
        ("family = \"Windows 7\"\nservice_pack = 1", Unreadable, 8, 1),
        ("family = \"Windows 7\"\n[[product.service_pack]]\nnumber = 10", BadNumber, 8, 1),
        ("family = \"Windows 7\"\n[[product]]\nfamily = \"Windows 7\"", Duplicate, 8, 1),
    ] {
        let statements = read(&format!("[[product]]\n{product}\n"));
        let told: Vec<_> =
            statements.warnings.iter().map(|one| (one.code, one.provenance.line)).collect();
        assert_eq!(told, [(code, line)], "{product}");
        assert_eq!(lifecycles(&statements).len(), kept, "{product}");
    }
    assert_eq!(read(&format!("[[product]]\n{good}\n")).warnings, []);
}

#[test]
fn what_is_no_toml_is_refused_with_its_line() {
    let mut statements = Statements::default();
    let text = format!("{OPENING}[[product]\n");
    let error = read_document("windows.toml", text.as_bytes(), &mut statements).expect_err("no");
    assert!(matches!(error, ReadError::Malformed { line: 6, .. }), "{error}");
    let nested = format!("{OPENING}x = {}", "[".repeat(100_000));
    assert!(read_document("windows.toml", nested.as_bytes(), &mut statements).is_err());
    for other in ["[package]\nname = \"x\"\n", "", "family,release\n"] {
        let result = read_document("windows.toml", other.as_bytes(), &mut statements);
        assert!(matches!(result, Err(ReadError::Unrecognised { .. })), "{other:?}");
    }
}
