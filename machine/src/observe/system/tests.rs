use super::*;
use crate::{Memory, RegistryData};

/// What a registry says, and what follows.
struct Case<'t> {
    build: &'t str,
    kind: &'t str,
    suites: &'t [&'t str],
    values: &'t [(&'t str, &'t str)],
    expected: &'t str,
}

fn case<'t>(build: &'t str, kind: &'t str, suites: &'t [&'t str], expected: &'t str) -> Case<'t> {
    Case { build, kind, suites, values: &[], expected }
}

fn named<'t>(
    build: &'t str,
    kind: &'t str,
    values: &'t [(&'t str, &'t str)],
    expected: &'t str,
) -> Case<'t> {
    Case { build, kind, suites: &[], values, expected }
}

fn observed(case: &Case<'_>) -> (String, Vec<String>) {
    let mut facts = Memory::default();
    facts.add_key(CURRENT_VERSION);
    for (name, text) in case.values {
        facts.set_text(CURRENT_VERSION, name, text);
    }
    if !case.kind.is_empty() {
        facts.set_text(PRODUCT_OPTIONS, "ProductType", case.kind);
    }
    if !case.suites.is_empty() {
        let suites = case.suites.iter().map(|suite| (*suite).to_owned()).collect();
        facts.set(PRODUCT_OPTIONS, "ProductSuite", RegistryData::Texts(suites));
    }
    described(&facts, case.build)
}

fn described(facts: &Memory, build: &str) -> (String, Vec<String>) {
    let mut machine = MachineFacts::default();
    let mut warnings = Vec::new();
    describe(facts, Some(build.parse().expect("a build")), &mut machine, &mut warnings);
    let words = [
        machine.family.known().map(ToString::to_string),
        machine.release.known().map(ToString::to_string),
        machine.edition.known().cloned(),
        machine.installation.known().map(ToString::to_string),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    (words.join(" | "), warnings.into_iter().map(|warning| warning.message).collect())
}

#[test]
fn every_windows_before_vista_is_told_by_version_kind_and_suites() {
    for case in [
        case("4.0.1381", "WinNT", &[], "Windows NT 4.0 | Workstation | client"),
        case("4.0.1381", "LanmanNT", &[""], "Windows NT 4.0 | Server | server"),
        case("4.0.1381", "ServerNT", &["Enterprise"], "Windows NT 4.0 | Enterprise | server"),
        case(
            "4.0.1381",
            "ServerNT",
            &["Terminal Server"],
            "Windows NT 4.0 | Terminal Server Edition | server",
        ),
        case("5.0.2195", "WinNT", &[], "Windows 2000 | Professional | client"),
        case("5.0.2195", "ServerNT", &["Terminal Server"], "Windows 2000 | Server | server"),
        case(
            "5.0.2195",
            "ServerNT",
            &["Enterprise", "Terminal Server"],
            "Windows 2000 | Advanced Server | server",
        ),
        case("5.1.2600", "WinNT", &["Terminal Server"], "Windows XP | Professional | client"),
        case("5.1.2600", "WinNT", &["Personal"], "Windows XP | Home | client"),
        case("5.2.3790", "WinNT", &[], "Windows XP | Professional | client"),
        case("5.2.3790", "ServerNT", &["Blade"], "Windows Server 2003 | Web | server"),
        case("5.2.3790", "LanmanNT", &["Enterprise"], "Windows Server 2003 | Enterprise | server"),
        named(
            "5.2.3790",
            "ServerNT",
            &[("ProductName", "Microsoft Windows Server 2003 R2")],
            "Windows Server 2003 R2 | Standard | server",
        ),
    ] {
        assert_eq!(observed(&case), (case.expected.to_owned(), Vec::new()), "{}", case.build);
    }
}

#[test]
fn editions_of_windows_xp_that_are_features_are_told_by_their_keys() {
    for (key, expected) in [
        (MEDIA_CENTER, "Windows XP | Media Center Edition | client"),
        (TABLET_PC, "Windows XP | Tablet PC Edition | client"),
    ] {
        let mut facts = Memory::default();
        facts.set_text(CURRENT_VERSION, "ProductName", "Microsoft Windows XP");
        facts.set_text(PRODUCT_OPTIONS, "ProductType", "WinNT");
        facts.set_u32(key, "Installed", 0);
        assert_eq!(described(&facts, "5.1.2600").0, "Windows XP | Professional | client");
        facts.set_u32(key, "Installed", 1);
        assert_eq!(described(&facts, "5.1.2600").0, expected);
    }
}

#[test]
fn every_windows_since_vista_is_told_by_build_and_name() {
    const CORE: (&str, &str) = ("InstallationType", "Server Core");
    const FULL: (&str, &str) = ("InstallationType", "Server");
    for case in [
        named(
            "6.0.6002",
            "WinNT",
            &[("ProductName", "Windows Vista (TM) Business"), ("EditionID", "Business")],
            "Windows Vista | Business | client",
        ),
        named(
            "6.0.6001",
            "ServerNT",
            &[
                ("ProductName", "Windows Server (R) 2008 Standard"),
                ("EditionID", "ServerStandardCore"),
            ],
            "Windows Server 2008 | Standard | server core",
        ),
        named(
            "6.1.7601",
            "LanmanNT",
            &[("ProductName", "Windows Server 2008 R2 Enterprise"), FULL],
            "Windows Server 2008 R2 | Enterprise | server",
        ),
        named("6.2.9200", "WinNT", &[("ProductName", "Windows RT")], "Windows RT | client"),
        named(
            "6.3.9600",
            "WinNT",
            &[("ProductName", "Windows 8.1"), ("EditionID", "Core")],
            "Windows 8.1 | Core | client",
        ),
        named(
            "6.3.9600",
            "ServerNT",
            &[("ProductName", "Windows Server 2012 R2 Datacenter"), CORE],
            "Windows Server 2012 R2 | Datacenter | server core",
        ),
        named(
            "10.0.17763",
            "WinNT",
            &[("ProductName", "Windows 10 Enterprise LTSC 2019"), ("EditionID", "EnterpriseS")],
            "Windows 10 | 1809 | Enterprise LTSC 2019 | client",
        ),
        named(
            "10.0.22631.3155",
            "WinNT",
            &[("ProductName", "Windows 10 Pro"), ("EditionID", "Professional")],
            "Windows 11 | 23H2 | Pro | client",
        ),
        named(
            "10.0.19045",
            "ServerNT",
            &[("ProductName", "Windows 10 Enterprise multi-session"), ("EditionID", "ServerRdsh")],
            "Windows 10 | 22H2 | Enterprise multi-session | client",
        ),
        named(
            "10.0.14393",
            "ServerNT",
            &[("ProductName", "Windows Server 2016 Standard"), FULL],
            "Windows Server 2016 | Standard | server",
        ),
        named(
            "10.0.17134",
            "ServerNT",
            &[("ProductName", "Windows Server Datacenter"), CORE],
            "Windows Server, version | 1803 | Datacenter | server core",
        ),
        named(
            "10.0.20348.1",
            "ServerNT",
            &[("ProductName", "Windows Server 2022 Datacenter"), FULL],
            "Windows Server 2022 | Datacenter | server",
        ),
        named(
            "10.0.25398",
            "ServerNT",
            &[("ProductName", "Windows Server 2022 Datacenter"), CORE],
            "Windows Server 2022, 23H2 Edition | Datacenter | server core",
        ),
        named(
            "10.0.26100",
            "ServerNT",
            &[("ProductName", "Windows Server 2025 Standard"), FULL],
            "Windows Server 2025 | Standard | server",
        ),
        // Kinds of products stand in a hive of their own, which may be missing.
        named(
            "10.0.17763",
            "",
            &[("ProductName", "Windows Server 2019 Standard"), FULL],
            "Windows Server 2019 | Standard | server",
        ),
    ] {
        assert_eq!(observed(&case), (case.expected.to_owned(), Vec::new()), "{}", case.build);
    }
}

#[test]
fn what_does_not_fit_is_told() {
    for (case, message) in [
        (
            named(
                "5.1.2600",
                "WinNT",
                &[("ProductName", "Windows 7 Ultimate")],
                "Windows XP | Professional | client",
            ),
            "ProductName says Windows 7, and build 5.1.2600 is Windows XP",
        ),
        (
            named("10.0.20348", "ServerNT", &[("EditionID", "ServerAzureStackHCICor")], ""),
            "build 10.0.20348 (without a product name) is of no family that is known",
        ),
        (
            named("6.1.7601", "", &[], ""),
            "build 6.1.7601 (without a product name): client or server is not stated",
        ),
        (
            named("6.1.7601", "Toaster", &[("InstallationType", "Client")], "Windows 7 | client"),
            "ProductType: expected WinNT, ServerNT or LanmanNT, found \"Toaster\"",
        ),
    ] {
        assert_eq!(observed(&case), (case.expected.to_owned(), vec![message.to_owned()]));
    }
}
