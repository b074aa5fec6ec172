//! French: no published page is in this language but for one that calls itself Italian, so that a page
//! written for this project holds its words together.

use staunch_model::{BulletinPage, Impact, Severity};
use staunch_source::read_page;

const PAGE: &str = include_str!("../../../fixtures/source/layouts/input/french.md");

fn read() -> BulletinPage {
    read_page("fr-fr/ms05-994.md", PAGE.as_bytes()).expect("a page")
}

#[test]
fn the_head_of_a_french_page_is_read() {
    let page = read();
    assert_eq!(
        (page.severity, page.impact),
        (Some(Severity::Important), Some(Impact::ElevationOfPrivilege))
    );
    let day = |text: &str| text.parse().ok();
    assert_eq!((page.published, page.updated), (day("2005-10-11"), day("2005-12-14")));
    let revisions: Vec<String> = page
        .revisions
        .iter()
        .map(|one| {
            format!("{} {}", one.version.as_deref().expect("a version"), one.date.expect("a day"))
        })
        .collect();
    assert_eq!(revisions, ["1.0 2005-10-11", "1.1 2005-12-14"]);
    assert_eq!(page.warnings, []);
}

#[test]
fn the_products_of_a_french_page_are_read() {
    let page = read();
    let names = |products: &[staunch_model::PageProduct]| -> Vec<String> {
        products.iter().filter_map(|product| product.canonical.clone()).collect()
    };
    assert_eq!(
        names(&page.products.affected),
        [
            "Windows 2000 Service Pack 4",
            "Windows XP Service Pack 1",
            "Windows XP Service Pack 2",
            "Windows Server 2003 for Itanium-based Systems",
        ]
    );
    assert_eq!(names(&page.products.unaffected), ["Windows 98 Second Edition"]);
    assert_eq!(page.supersedes[0].bulletin.map(|id| id.to_string()).as_deref(), Some("MS04-995"));
}

#[test]
fn the_deployment_of_a_french_page_is_read() {
    let page = read();
    let [platform] = page.platforms.as_slice() else { panic!("{:?}", page.platforms) };
    assert_eq!(platform.product, "Windows XP (toutes versions)");
    assert_eq!(platform.included_in.as_deref(), Some("Windows XP Service Pack 3"));
    assert_eq!(platform.restart.as_deref(), Some("Vous devez redémarrer votre ordinateur."));
    assert!(platform.removal.as_deref().is_some_and(|text| text.contains("Spuninst.exe")));
    assert_eq!(platform.commands, ["WindowsXP-kb990994-x86-fra /quiet"]);
    assert_eq!(
        platform.registry_keys,
        [r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Updates\Windows XP\SP3\KB990994\Filelist"]
    );
    let [file] = page.files.as_slice() else { panic!("{:?}", page.files) };
    assert_eq!((file.name.as_str(), file.size), ("Invente.dll", Some(68_096)));
    assert_eq!(file.date, "2005-08-29".parse().ok());
}
