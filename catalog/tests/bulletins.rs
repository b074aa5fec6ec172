//! Bulletins in a catalog, from facts of pages and packages written here.

use std::sync::Arc;

use staunch_catalog::{Builder, Catalog, CatalogUpdate};
use staunch_model::{
    Architecture, BulletinFact, BulletinId, BulletinVersion, CveId, Date, FileVersion, KbNumber,
    LifecycleRecord, ManifestFile, OperatingSystem, PackageProduct, PackageRecord, PageFacts,
    ProductMention, Provenance, PublicationId, Record, Restart, ServicePack, ServicePackRecord,
    Severity, SupportDates,
};

const XP: &str = "Windows XP";
const XP_SP1: &str = "Windows XP Service Pack 1";

fn id() -> BulletinId {
    "MS03-010".parse().expect("an identifier")
}

fn kb(number: u32) -> KbNumber {
    KbNumber::new(number).expect("a number in range")
}

fn cve() -> CveId {
    "CVE-2003-0001".parse().expect("an identifier")
}

fn affected(product: &str) -> BulletinFact {
    BulletinFact::Affected { product: product.into(), kb: None }
}

fn file(revision: u16) -> BulletinFact {
    BulletinFact::File(ManifestFile {
        products: Some(XP.into()),
        name: "rpcrt4.dll".into(),
        architecture: Some(Architecture::X86),
        folder: Some("SP1".into()),
        target: None,
        version: Some(FileVersion::new(5, 1, 2600, revision)),
        size: Some(532_480),
        date: Some(Date::constant(2003, 7, 5)),
        minute: Some(17 * 60),
        checksum: None,
        language: None,
    })
}

fn page(language: &str, extra: &[BulletinFact]) -> Record {
    let mut facts = vec![
        BulletinFact::Severity(Severity::Critical),
        BulletinFact::Published(Date::constant(2003, 7, 16)),
        BulletinFact::Kb(kb(823_980)),
        BulletinFact::Vulnerability(cve()),
        BulletinFact::NeedsRestart { platform: XP.into(), restart: Restart::Yes },
    ];
    facts.extend_from_slice(extra);
    Record::Page(PageFacts {
        bulletin: id(),
        locale: Some(language.into()),
        version: Some(BulletinVersion::new(1, 0)),
        facts,
        provenance: place(&format!("{language}/MS03-010")),
    })
}

fn place(name: &str) -> Provenance {
    Provenance { publication: PublicationId::new("bulletin", name), line: 1 }
}

fn publication(language: &str) -> Record {
    Record::Publication(staunch_model::Publication {
        id: place(&format!("{language}/MS03-010")).publication,
        title: format!("MS03-010 ({language})"),
        revision: None,
        released: None,
        revised: None,
    })
}

/// Service packs of Windows XP: the first was out before the bulletin, the second was not.
fn service_packs() -> Record {
    let pack = |number, released| ServicePackRecord {
        number: ServicePack(number),
        released: Some(released),
        earlier_end: None,
    };
    Record::Lifecycle(LifecycleRecord {
        family: staunch_model::Family::WindowsXp,
        release: None,
        architecture: None,
        installation: None,
        editions: None,
        dates: SupportDates::default(),
        service_packs: vec![
            pack(1, Date::constant(2002, 9, 9)),
            pack(2, Date::constant(2004, 8, 25)),
        ],
        page: "Windows XP".to_owned(),
        provenance: place("lifecycle"),
    })
}

fn build(records: impl IntoIterator<Item = Record>) -> Catalog {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalog.sqlite");
    let mut builder = Builder::new();
    for language in ["de-de", "it-it", "ru-ru"] {
        builder.push(publication(language));
    }
    records.into_iter().for_each(|record| builder.push(record));
    builder.write(&path).expect("the catalog is written");
    Catalog::open(&path).expect("the catalog opens")
}

fn updates(catalog: &Catalog, system: &str) -> Vec<CatalogUpdate> {
    let system: OperatingSystem = system.parse().expect("an operating system");
    catalog.updates_for(&[system]).expect("the catalog answers")
}

#[test]
fn a_bulletin_reads_back_as_most_pages_state_it() {
    let catalog = build([
        page("de-de", &[affected(XP), file(1254)]),
        page("it-it", &[affected(XP), file(1254)]),
        page("ru-ru", &[affected(XP), file(1245), affected("Windows 2000")]),
    ]);
    let bulletin = catalog.bulletin(id()).expect("the catalog answers").expect("the bulletin");
    let facts: Vec<&BulletinFact> = bulletin.facts.iter().map(|(fact, _)| fact).collect();
    assert!(facts.contains(&&file(1254)) && facts.contains(&&affected(XP)));
    let disputed: Vec<&BulletinFact> = bulletin.disputed.iter().map(|(fact, _)| fact).collect();
    assert_eq!(disputed, [&affected("Windows 2000"), &file(1245)]);
    let (_, origin) = &bulletin.disputed[0];
    let names = catalog.publications(*origin).expect("the catalog answers");
    let names: Vec<&str> = names.iter().map(|one| one.publication.as_str()).collect();
    assert_eq!(names, ["bulletin/ru-ru/MS03-010"]);
    assert!(updates(&catalog, "Windows 2000").is_empty(), "what is disputed decides nothing");
}

#[test]
fn a_system_without_a_service_pack_stands_for_those_that_were_out() {
    let catalog = build([page("de-de", &[affected(XP)]), service_packs()]);
    for (system, count) in [(XP, 1), (XP_SP1, 1), ("Windows XP Service Pack 2", 0)] {
        assert_eq!(updates(&catalog, system).len(), count, "{system}");
    }
    let found = updates(&catalog, XP_SP1);
    assert_eq!((found[0].kb, found[0].bulletin), (kb(823_980), Some(id())));
    assert_eq!(found[0].restart, Some(Restart::Yes));
    assert_eq!(found[0].fixes.len(), 1);
}

#[test]
fn service_packs_that_are_told_apart_are_meant_alone() {
    let only_first = [affected(XP_SP1), BulletinFact::Unaffected { product: XP.into() }];
    let catalog = build([page("de-de", &only_first), service_packs()]);
    assert!(updates(&catalog, XP).is_empty());
    assert_eq!(updates(&catalog, XP_SP1).len(), 1);
}

#[test]
fn packages_add_their_products_and_what_contains_them() {
    let package = |bulletin: &str, name: &str, kb_number| PackageRecord {
        bulletin: bulletin.parse().expect("an identifier"),
        name: name.into(),
        kb: Some(kb(kb_number)),
        origin: None,
        products: vec![PackageProduct {
            product: ProductMention { name: "Windows 2000 Professional".into(), component: None },
            service_packs: vec!["Windows 2000 Service Pack 1".into()],
            included_in: Some("Windows 2000 Service Pack 2".into()),
        }],
        files: Vec::new(),
        registry: Vec::new(),
        superseded_by: Vec::new(),
        restart: None,
        provenance: place("mssecure"),
    };
    let mut older = package("MS00-052", "Q269049.exe", 269_049);
    older.superseded_by = vec![staunch_model::PackageRef {
        bulletin: "MS01-013".parse().expect("an identifier"),
        package: Some(Arc::from("Q285156.exe")),
    }];
    let newer = package("MS01-013", "Q285156.exe", 285_156);
    let catalog = build([Record::Package(older), Record::Package(newer)]);
    let found = updates(&catalog, "Windows 2000 Service Pack 1");
    let pairs: Vec<_> = found.iter().map(|one| (one.kb, one.supersedes.clone())).collect();
    assert_eq!(pairs, [(kb(269_049), vec![]), (kb(285_156), vec![kb(269_049)])]);
    let bulletin = catalog.bulletin("MS00-052".parse().expect("an identifier"));
    let bulletin = bulletin.expect("the catalog answers").expect("the bulletin");
    let is_part = |fact: &BulletinFact| {
        matches!(fact, BulletinFact::IncludedIn { product, .. }
            if &**product == "Windows 2000 Service Pack 2")
    };
    assert!(bulletin.facts.iter().any(|(fact, _)| is_part(fact)));
}
