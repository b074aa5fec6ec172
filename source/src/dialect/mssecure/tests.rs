use proptest::prelude::*;
use staunch_model::{
    FileAction, FileVersion, PackageRecord, PackageRef, Record, RegistryKind, Restart,
    StatedVersion, Unclaimed, WarningCode,
};

use crate::{ReadError, Statements, read_document};

/// A database with one bulletin of two patches, and entries that no patch refers to.
const DATABASE: &str = r#"<?xml version="1.0"?>
<BulletinDatastore DataVersion="1.0.1.148" LastDataUpdate="10/04/2001">
<Bulletins>
<Bulletin BulletinID="MS01-004" Title="Fragments " DatePosted="2001/01/29" DateRevised="2001/02/30">
<QNumbers><QNumber QNumber="Q285985 (IIS 5)"/><QNumber QNumber="q285985"/></QNumbers>
<Patches>
<Patch PatchName="frgvuli.exe " PatchLocationID="40" SBID="8" SQNumber="Q285985" NoReboot="1">
<AffectedProduct ProductID="16" FixedInSP="3">
<AffectedServicePack ServicePackID="74"/><AffectedServicePack ServicePackID="2"/>
</AffectedProduct>
<FileChgs><FileChg FileChangeID="500"/><FileChg FileChangeID="501"/></FileChgs>
<RegChgs><RegChg RegChangeID="600"/></RegChgs>
</Patch>
<Patch PatchName="placeholder" PatchLocationID="" SBID="0" SQNumber="" NoReboot="0">
<AffectedProduct ProductID="99" FixedInSP="0"/>
<FileChgs><FileChg FileChangeID="777"/><FileChg FileChangeID="502"/></FileChgs>
</Patch>
</Patches>
</Bulletin>
</Bulletins>
<Products><Product ProductID="16" Name="Server 4.0"/></Products>
<ServicePacks><ServicePack ServicePackID="74" Name="Gold"/>
<ServicePack ServicePackID="2" Name="Service Pack 2"/>
<ServicePack ServicePackID="3" Name="Service Pack 3"/></ServicePacks>
<RegKeys><RegKey RegKeyID="5" Name="Installed" Type="0x10001"><RegChanges>
<RegChange RegChangeID="600" RegChangeValue="1" CommandID="r" RegKeyID="199" LocationID="41"/>
<RegChange RegChangeID="601" RegChangeValue="" CommandID="" LocationID="41"/>
</RegChanges></RegKey></RegKeys>
<Files><File FileID="1" Name="ism.dll" LocationID="6"><FileChanges>
<FileChange FileChangeID="500" Date="2001/01/24" Version="5.0.2195.3194" Size="na" CommandID="e" Checksum="44634"/>
<FileChange FileChangeID="501" Date="" Version="na" Size="" CommandID="c" Checksum=""/>
<FileChange FileChangeID="777" Date="" Version="5.0" Size="v" CommandID="x" Checksum=""/>
<FileChange FileChangeID="777" Date="" Version="" Size="" CommandID="d" Checksum=""/>
</FileChanges></File></Files>
<Locations><Location LocationID="6" Path="%windir%\system32"/>
<Location LocationID="40" Path="http://example.com/frgvul"/>
<Location LocationID="41" Path="HKLM\SOFTWARE\Microsoft\Hotfix\Q285985"/></Locations>
<SupercededBys>
<SupercededBy SBID="8" Description="MS01-026"><SupercededBulletins>
<SupercededBulletin BulletinID="MS01-026"><SupercededPatches>
<SupercededPatch PatchName="Q293826.exe"/></SupercededPatches></SupercededBulletin>
<SupercededBulletin BulletinID="MS01-004"><SupercededPatches>
<SupercededPatch PatchName="FRGVULI.EXE"/></SupercededPatches></SupercededBulletin>
</SupercededBulletins></SupercededBy>
<SupercededBy SBID="9" Description="MS00-081 (NT4)"><SupercededBulletins/></SupercededBy>
</SupercededBys>
</BulletinDatastore>"#;

fn read(text: &str) -> Result<Statements, ReadError> {
    let mut statements = Statements::default();
    read_document("mssecure.xml", text.as_bytes(), &mut statements).map(|_| statements)
}

fn statements() -> Statements {
    read(DATABASE).expect("a readable database")
}

fn packages(statements: &Statements) -> Vec<&PackageRecord> {
    let records = statements.records.iter();
    records
        .filter_map(|record| match record {
            Record::Package(package) => Some(package),
            _ => None,
        })
        .collect()
}

fn refusal(text: &str) -> String {
    read(text).expect_err("an unreadable database").to_string()
}

#[test]
fn the_publication_is_named_by_the_version_of_its_data() {
    let statements = statements();
    let Some(Record::Publication(publication)) = statements.records.first() else {
        panic!("no publication")
    };
    assert_eq!(publication.id.as_str(), "mssecure/1.0.1.148");
    assert_eq!(publication.revised.map(|day| day.to_string()).as_deref(), Some("2001-10-04"));
}

#[test]
fn a_bulletin_has_its_articles_and_days() {
    let statements = statements();
    let Some(Record::Bulletin(bulletin)) = statements.records.get(1) else { panic!("no bulletin") };
    assert_eq!(bulletin.id.to_string(), "MS01-004");
    assert_eq!(bulletin.title, "Fragments");
    assert_eq!(bulletin.kbs.iter().map(|kb| kb.number()).collect::<Vec<_>>(), [285_985]);
    assert_eq!(bulletin.published.map(|day| day.to_string()).as_deref(), Some("2001-01-29"));
    assert_eq!((bulletin.revised, bulletin.provenance.line), (None, 4));
}

#[test]
fn a_package_has_everything_that_its_numbers_refer_to() {
    let statements = statements();
    let package = packages(&statements)[0];
    assert_eq!((&*package.name, package.provenance.line), ("frgvuli.exe", 7));
    assert_eq!(package.kb.map(|kb| kb.number()), Some(285_985));
    assert_eq!(package.origin.as_deref(), Some("http://example.com/frgvul"));
    assert_eq!(package.restart, Some(Restart::No));
    let product = &package.products[0];
    assert_eq!(&*product.product.name, "Server 4.0");
    assert_eq!(product.service_packs, ["Gold".into(), "Service Pack 2".into()]);
    assert_eq!(product.included_in.as_deref(), Some("Service Pack 3"));
    let [changed, plain] = package.files.as_slice() else { panic!("two files") };
    assert_eq!(
        (&*changed.name, changed.folder.as_deref()),
        ("ism.dll", Some(r"%windir%\system32"))
    );
    let version = StatedVersion::Number(FileVersion::new(5, 0, 2195, 3194));
    assert_eq!(changed.version, Some(version));
    assert_eq!((changed.checksum, changed.size), (Some(44_634), None));
    assert_eq!(changed.action, Some(FileAction::ChangeIfPresent));
    assert_eq!(plain.version, Some(StatedVersion::NotApplicable));
    let value = &package.registry[0];
    assert_eq!(value.key.as_deref(), Some(r"HKLM\SOFTWARE\Microsoft\Hotfix\Q285985"));
    assert_eq!((&*value.value, &value.kind), ("Installed", &RegistryKind::Number));
    assert_eq!(value.data.as_deref(), Some("1"));
}

#[test]
fn a_package_does_not_supersede_itself() {
    let statements = statements();
    let bulletin = "MS01-026".parse().expect("a bulletin");
    let successor = PackageRef { bulletin, package: Some("Q293826.exe".into()) };
    assert_eq!(packages(&statements)[0].superseded_by, [successor]);
}

#[test]
fn what_no_package_refers_to_is_passed_on_by_itself() {
    let statements = statements();
    let unclaimed: Vec<_> = statements
        .records
        .iter()
        .filter_map(|record| match record {
            Record::Unclaimed(unclaimed) => Some(unclaimed),
            _ => None,
        })
        .collect();
    let [
        Unclaimed::File(odd),
        Unclaimed::File(_),
        Unclaimed::Registry(value),
        Unclaimed::Successors(successors),
    ] = unclaimed.as_slice()
    else {
        panic!("{unclaimed:?}")
    };
    assert_eq!(odd.version, Some(StatedVersion::Other("5.0".into())));
    assert_eq!(odd.action, Some(FileAction::Unknown("x".into())));
    assert_eq!((value.data.as_deref(), value.provenance.line), (None, 27));
    let described = PackageRef { bulletin: "MS00-081".parse().expect("a bulletin"), package: None };
    assert_eq!(successors.packages, [described]);
}

#[test]
fn a_mark_that_is_not_set_says_nothing_about_restarts() {
    let statements = statements();
    let placeholder = packages(&statements)[1];
    assert_eq!((placeholder.restart, placeholder.kb, &placeholder.origin), (None, None, &None));
    assert_eq!((placeholder.products.len(), placeholder.files.len()), (0, 0));
}

#[test]
fn each_fault_is_named_with_its_line() {
    let warnings: Vec<_> = statements()
        .warnings
        .iter()
        .map(|warning| (warning.code, warning.provenance.line))
        .collect();
    let expected = [
        (WarningCode::BadDate, 4),
        (WarningCode::BadVersion, 32),
        (WarningCode::BadNumber, 32),
        (WarningCode::Duplicate, 33),
        (WarningCode::BadSupersedence, 45),
        (WarningCode::SelfReference, 7),
        (WarningCode::DanglingReference, 16),
        (WarningCode::DanglingReference, 16),
        (WarningCode::DanglingReference, 15),
    ];
    assert_eq!(warnings, expected);
}

#[test]
fn a_bulletin_without_an_identifier_is_left_out() {
    let text = DATABASE.replace("BulletinID=\"MS01-004\" Title", "BulletinID=\"MS1\" Title");
    let statements = read(&text).expect("a readable database");
    assert!(packages(&statements).is_empty());
    assert_eq!(statements.warnings[0].code, WarningCode::BadBulletinId);
}

#[test]
fn broken_databases_are_refused_with_line_expectation_and_finding() {
    assert_eq!(
        refusal("<BulletinDatastore/>"),
        "mssecure.xml, line 1: expected a DataVersion such as 1.0.1.148, found \"\""
    );
    let cut = &DATABASE[..DATABASE.find("</Bulletin>").expect("a bulletin")];
    assert_eq!(
        refusal(cut),
        "mssecure.xml, line 19: expected the end of 3 open elements, found the end of the document"
    );
    let many = format!("<BulletinDatastore{}/>", " a=\"\"".repeat(65));
    assert_eq!(
        refusal(&many),
        "mssecure.xml, line 1: expected an element of at most 64 attributes, found more"
    );
}

#[test]
fn a_long_name_is_kept_once_for_all_changes_of_the_file() {
    let change = "<FileChange FileChangeID=\"\"/>";
    let (name, changes) = ("x".repeat(1 << 20), change.repeat(20_000));
    let text = format!(
        "<BulletinDatastore DataVersion=\"1\"><Files><File Name=\"{name}\" LocationID=\"{name}\">\
         <FileChanges>{changes}</FileChanges></File></Files></BulletinDatastore>"
    );
    let statements = read(&text).expect("a readable database");
    assert_eq!(statements.records.len(), 1 + 20_000);
}

#[test]
fn articles_of_a_bulletin_are_bounded() {
    let numbers: String =
        (0..200).map(|n| format!("<QNumber QNumber=\"{}\"/>", 100_000 + n)).collect();
    let statements = read(&DATABASE.replace("<QNumbers>", &format!("<QNumbers>{numbers}")));
    let statements = statements.expect("a readable database");
    let Some(Record::Bulletin(bulletin)) = statements.records.get(1) else { panic!("no bulletin") };
    assert_eq!(bulletin.kbs.len(), 100);
}

#[test]
fn days_are_read_in_both_orders_and_nothing_else() {
    let day = |text| super::day(text).map(|day| day.to_string());
    assert_eq!(day("1998/06/01").as_deref(), Some("1998-06-01"));
    assert_eq!(day("10/04/2001").as_deref(), Some("2001-10-04"));
    assert_eq!(day("6/6/2001").as_deref(), Some("2001-06-06"));
    for text in ["", "10/04/01", "2001/13/01", "2001/1", "2001/1/1/1", "1/-1/2001", "+1/1/2001"] {
        assert_eq!(day(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_changed_database_never_panics(
        at in 0..DATABASE.len(),
        length in 0..60_usize,
        new in "[<>/\"= a-z0-9&;]{0,12}",
    ) {
        let mut bytes = DATABASE.as_bytes().to_vec();
        bytes.splice(at..(at + length).min(DATABASE.len()), new.bytes());
        let _ = read_document("mssecure.xml", &bytes, &mut Statements::default());
    }

    #[test]
    fn a_cut_database_is_always_an_error(at in 60..DATABASE.len()) {
        let bytes = &DATABASE.as_bytes()[..at];
        prop_assert!(read_document("mssecure.xml", bytes, &mut Statements::default()).is_err());
    }
}
