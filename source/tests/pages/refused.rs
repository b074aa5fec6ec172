//! What is no page, and what is one although little of it can be read.

use staunch_model::PageFile;
use staunch_source::read_page;

#[test]
fn texts_that_are_no_bulletin_are_refused() {
    for text in [
        "",
        "\u{feff}\r\n \n",
        "\0\0\0\0",
        "# Notes\n\nAll is well.\n",
        "# Notes\n\nMS04-015 and CVE-2004-0199 are known.\n",
        "# Notes\n\nKB840374 is installed.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
        "---\nTitle: 'Notes'\nms:mtpsurl: 'https://technet.microsoft.com/de-DE/library/x'\n---\n\nx\n",
    ] {
        let error = read_page("notes.md", text.as_bytes()).expect_err(text);
        assert!(error.to_string().starts_with("notes.md, line 1: expected a bulletin page"));
    }
    assert!(read_page("notes.md", b"MS04-015\n\xff").is_err());
}

#[test]
fn one_mark_of_a_bulletin_is_enough() {
    for (path, text, is_only_title) in [
        ("ms04-015.md", "Text\n", true),
        ("x.md", "Microsoft Security Bulletin MS04-015\n====\n", true),
        ("x.md", "---\nTOCTitle: 'MS04-015'\n", true),
        ("x.md", "| a.dll | 5.1.2600.1515 | 15-Apr-2004 | 90,384 |\n|---|---|---|---|\n", false),
        ("x.md", "KB840374 closes CVE-2004-0199.\n\n### Title (840374)\n", false),
    ] {
        let page = read_page(path, text.as_bytes()).expect(text);
        let is_told = page.warnings.iter().any(|warning| warning.code == "only-title");
        assert_eq!(is_told, is_only_title, "{text}");
    }
}

#[test]
fn a_page_without_a_lexicon_yields_what_needs_no_words() {
    let text = "---\nTitle: 'x'\nms:mtpsurl: 'https://technet.microsoft.com/sv-SE/library/ms04-015'\n\
                ---\n\nMicrosoft Säkerhetsbulletin MS04-015 - Viktig\n====\n\nSårbarhet i Hjälp (840374)\n\
                ----\n\nCAN-2004-0199\n\n**Filinformation**\n\n```\n15-Apr-2004 06:03 5.2.3790.161 \
                782,848 Helpctr.exe x86 RTMGDR\n```\n\n\
                HKEY\\_LOCAL\\_MACHINE\\\\SOFTWARE\\\\Microsoft\\\\Updates\\\\KB840374\n\n\
                -   V1.1 (2004-05-12): x\n";
    let page = read_page("x.md", text.as_bytes()).expect("a page");
    assert_eq!(page.id.map(|id| id.to_string()).as_deref(), Some("MS04-015"));
    assert_eq!(page.locale.as_deref(), Some("sv-se"));
    assert_eq!(page.kbs.iter().map(ToString::to_string).collect::<Vec<_>>(), ["KB840374"]);
    assert_eq!(page.cves.iter().map(ToString::to_string).collect::<Vec<_>>(), ["CVE-2004-0199"]);
    assert_eq!(page.revisions[0].version.as_deref(), Some("1.1"));
    let names = |files: &[PageFile]| files.iter().map(|file| file.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&page.files), ["Helpctr.exe"]);
    let keys = page.platforms.iter().flat_map(|platform| &platform.registry_keys);
    assert_eq!(
        keys.collect::<Vec<_>>(),
        ["HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates\\KB840374"]
    );
    let warnings: Vec<_> = page.warnings.iter().map(|warning| warning.code.as_str()).collect();
    assert_eq!(warnings, ["no-lexicon"]);
}
