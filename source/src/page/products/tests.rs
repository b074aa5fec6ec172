//! Whole pages, made up and hand-checked.

use proptest::prelude::*;

use super::*;

pub(super) fn read_page(path: &str, text: &str) -> BulletinPage {
    let page = Page::new(path, text);
    let mut out = BulletinPage::default();
    read(&page, &mut out);
    out
}

fn products(list: &[PageProduct]) -> Vec<String> {
    list.iter()
        .map(|product| {
            let mut text = product.canonical.clone().unwrap_or(format!("? {}", product.name));
            if let Some(download) = &product.download {
                text = format!("{text} <{}", &download[..8]);
            }
            if let Some(kb) = product.kb {
                text = format!("{text} {kb}");
            }
            text
        })
        .collect()
}

fn matrix(page: &BulletinPage) -> Vec<String> {
    page.matrix
        .iter()
        .map(|rating| {
            format!(
                "{} | {} | {} | {}",
                rating.cve.map_or("-".to_owned(), |cve| cve.to_string()),
                rating.product,
                rating.impact.map_or("-".to_owned(), |impact| impact.to_string()),
                rating.severity.map_or("-".to_owned(), |severity| severity.to_string()),
            )
        })
        .collect()
}

fn supersedes(page: &BulletinPage) -> Vec<String> {
    page.supersedes
        .iter()
        .map(|entry| {
            format!(
                "{} {} | {} | {}",
                entry.bulletin.map_or("-".to_owned(), |bulletin| bulletin.to_string()),
                entry.kb.map_or("-".to_owned(), |kb| kb.to_string()),
                entry.product.as_deref().unwrap_or("all"),
                if entry.replaced { "replaced" } else { "kept" },
            )
        })
        .collect()
}

fn codes(page: &BulletinPage) -> Vec<&str> {
    page.warnings.iter().map(|warning| warning.code.as_str()).collect()
}

fn canonical(name: &str) -> String {
    let names: Vec<String> = name::readings(name)
        .iter()
        .map(|reading| reading.canonical.clone().unwrap_or_else(|| "?".to_owned()))
        .collect();
    names.join(" + ")
}

#[test]
fn names_in_every_language_have_their_canonical_form() {
    for (name, expected) in [
        (
            "Microsoft Windows 2000 Service Pack 3 e Windows 2000 Service Pack 4",
            "Windows 2000 Service Pack 3 + Windows 2000 Service Pack 4",
        ),
        (
            "Windows XP 64-Bit Edition Service Pack 1 (Itanium)",
            "Windows XP for Itanium-based Systems Service Pack 1",
        ),
        ("Microsoft Windows XP Gold, Service Pack 1", "Windows XP + Windows XP Service Pack 1"),
        (
            "Windows XP Gold, Service Pack 1 und Service Pack 2",
            "Windows XP + Windows XP Service Pack 1 + Windows XP Service Pack 2",
        ),
        ("Windows Server 2003 RTM", "Windows Server 2003"),
        ("Windows XP 64-Bit Edition Version 2003", "Windows XP 64-Bit Edition Version 2003"),
        (
            "Microsoft Windows Server 2003 64-Bit 版",
            "Windows Server 2003 for Itanium-based Systems",
        ),
        (
            "Windows Server 2003 mit SP1 für Itanium-basierte Systeme",
            "Windows Server 2003 for Itanium-based Systems Service Pack 1",
        ),
        ("Microsoft Windows NT® Workstation 4.0 Service Pack 6a", "Windows NT 4.0 Service Pack 6"),
        (
            "Microsoft Windows NT 4.0 Server, Terminal Server Edition",
            "Windows NT 4.0 Terminal Server Edition",
        ),
        (
            "Windows XP с пакетом обновления 2 (SP2) или 3 (SP3)",
            "Windows XP Service Pack 2 + Windows XP Service Pack 3",
        ),
        (
            "Windows Server 2003 SP2(Itanium 기반 시스템용)",
            "Windows Server 2003 for Itanium-based Systems Service Pack 2",
        ),
        (
            "x64 tabanlı Sistemler için Windows 7 ve x64 tabanlı Sistemler için Windows 7 Service Pack 1",
            "Windows 7 for x64-based Systems + Windows 7 for x64-based Systems Service Pack 1",
        ),
        ("適用於 32 位元系統的 Windows 10 1511 版", "Windows 10 Version 1511 for 32-bit Systems"),
        (
            "Windows Server 2012 R2 (instalación Server Core)",
            "Windows Server 2012 R2 (Server Core installation)",
        ),
        (
            "Windows Vista x64 Edition und Windows Vista x64 Edition Service Pack 1",
            "Windows Vista for x64-based Systems + Windows Vista for x64-based Systems Service Pack 1",
        ),
        (
            "Microsoft Windows 98、Microsoft Windows 98 Second Edition (SE) 和 Microsoft Windows Millennium Edition (ME)",
            "Windows 98 + Windows 98 Second Edition + Windows Millennium Edition",
        ),
        (
            "Internet Explorer 6 Service Pack 1 op Microsoft Windows 2000 Service Pack 4 of op Microsoft Windows XP Service Pack 1",
            "Internet Explorer 6 Service Pack 1 on Windows 2000 Service Pack 4 + \
             Internet Explorer 6 Service Pack 1 on Windows XP Service Pack 1",
        ),
        (
            "Windows 2000 Service Pack 4 上的 Microsoft Internet Explorer 5.01 Service Pack 4",
            "Internet Explorer 5.01 Service Pack 4 on Windows 2000 Service Pack 4",
        ),
        ("Microsoft Office 2003 서비스 팩 3", "Office 2003 Service Pack 3"),
        (
            "Microsoft Windows 2000 Service Pack 3 または 4",
            "Windows 2000 Service Pack 3 + Windows 2000 Service Pack 4",
        ),
        (
            "Microsoft Windows XP Service Pack 未適用または Service Pack 1",
            "Windows XP + Windows XP Service Pack 1",
        ),
        (
            "Windows Server 2012 R2（服务器核心安装）",
            "Windows Server 2012 R2 (Server Core installation)",
        ),
        (
            "Microsoft XML Core Services 3.0, 適用於 Itanium 型系統的 Windows Server 2003 SP2",
            "XML Core Services 3.0 on Windows Server 2003 for Itanium-based Systems Service Pack 2",
        ),
        (
            "Windows Media Center, Windows 8.1 para sistemas baseados em x64",
            "Windows Media Center on Windows 8.1 for x64-based Systems",
        ),
        ("Windows XP Embedded", "?"),
        ("Windows XP Service Pack 9", "?"),
        ("Windows NT 3.51", "Windows NT 3.51"),
        ("Liste der Produkte", "?"),
    ] {
        assert_eq!(canonical(name), expected, "{name}");
    }
}

#[test]
fn a_list_under_labels_is_read_with_its_downloads() {
    let page = read_page(
        "de-de/x.md",
        "**Betroffene Software:**\n\n\
         -   Microsoft Windows XP Service Pack 2 – [Update herunterladen]\
         (http://x/details.aspx?familyid=ae32474a-cb72-4044-b97f-a2bad2cd5d97)\n\n\
         **Nicht betroffene Software:**\n\n\
         -   Windows XP Service Pack 2\n-   Windows XP Service Pack 9\n\n\
         Die Software in dieser Liste wurde getestet.\n\n-   Windows Vista\n",
    );
    assert_eq!(products(&page.products.affected), ["Windows XP Service Pack 2 <ae32474a"]);
    assert_eq!(
        products(&page.products.unaffected),
        ["Windows XP Service Pack 2", "? Windows XP Service Pack 9"]
    );
    assert_eq!(codes(&page), ["impossible-service-pack", "product-in-both"]);
    assert_eq!(page.warnings.iter().map(|warning| warning.line).collect::<Vec<_>>(), [8, 7]);
}

#[test]
fn a_reference_table_gives_products_and_what_is_replaced() {
    let page = read_page(
        "de-de/x.md",
        "| Betriebssystem | Komponente | Maximale Sicherheitsauswirkung | Ersetzte Updates |\n\
         |---|---|---|---|\n\
         | Windows Vista<sup>[1]</sup> | [Internet Explorer 7](http://x)  (3139914) | DoS | \
         2957689 in [MS14-035](http://x) |\n\
         | Windows XP Service Pack 3 | Nicht anwendbar | DoS | Keine |\n\
         | Windows XP Service Pack 2 | | DoS | Nicht anwendbar |\n",
    );
    assert_eq!(
        products(&page.products.affected),
        [
            "Internet Explorer 7 on Windows Vista for 32-bit Systems KB3139914",
            "Windows XP Service Pack 3",
            "Windows XP Service Pack 2",
        ]
    );
    assert_eq!(
        supersedes(&page),
        [
            "MS14-035 KB2957689 | Internet Explorer 7 - Windows Vista | replaced",
            "- - | Windows XP Service Pack 3 | kept",
        ]
    );
}

#[test]
fn a_page_of_the_last_layout_gives_all_from_one_table() {
    let page = read_page(
        "de-de/x.md",
        "<table>\n<tr><td>**Betriebssystem**</td><td>[A – CVE-2016-0143](http://x)</td>\
         <td>B – CVE-2016-0145</td><td>**Ersetzte Updates&#42;**</td></tr>\n\
         <tr><td colspan=\"4\">**Windows Vista**</td></tr>\n\
         <tr><td>[Windows Vista Service Pack 2](http://x)  \n(3145739)</td>\
         <td>**Hoch**   \nErhöhung von Berechtigungen</td><td>Nicht anwendbar</td>\
         <td>3139852 in [MS16-034](http://x)</td></tr>\n</table>\n",
    );
    assert_eq!(
        products(&page.products.affected),
        ["Windows Vista for 32-bit Systems Service Pack 2 KB3145739"]
    );
    assert_eq!(
        matrix(&page),
        ["CVE-2016-0143 | Windows Vista Service Pack 2 | Elevation of Privilege | Important"]
    );
    assert_eq!(supersedes(&page), ["MS16-034 KB3139852 | Windows Vista Service Pack 2 | replaced"]);
}

#[test]
fn vulnerabilities_in_rows_leave_the_aggregate_out_and_warn_of_unread_cells() {
    let page = read_page(
        "en-us/x.md",
        "| Vulnerability Identifiers | Impact of Vulnerability | Windows XP | Windows 2000 |\n\
         |---|---|---|---|\n\
         | A - [CAN-2004-0199](http://x) | Spoofing | Important | None |\n\
         | B - CVE-2004-0200 | Spoofing | Extreme | Low |\n\
         | **Aggregate Severity of All Vulnerabilities** | | Critical | Low |\n",
    );
    assert_eq!(
        matrix(&page),
        [
            "CVE-2004-0199 | Windows XP | Spoofing | Important",
            "CVE-2004-0200 | Windows 2000 | Spoofing | Low",
        ]
    );
    assert_eq!(codes(&page), ["bad-severity"]);
    assert_eq!(page.warnings[0].line, 4);
}

#[test]
fn a_page_without_lexicon_gives_what_needs_no_words() {
    let page = read_page(
        "xx-xx/x.md",
        "| Zorp | Blub | Quux |\n|---|---|---|\n\
         | [Windows XP Service Pack 2](http://x/?familyid=ae32474a-cb72-4044-b97f-a2bad2cd5d97) | \
         Frob | MS06-040 |\n",
    );
    assert_eq!(products(&page.products.affected), ["Windows XP Service Pack 2 <ae32474a"]);
    assert_eq!(supersedes(&page), ["MS06-040 - | Windows XP Service Pack 2 | replaced"]);
}

#[test]
fn sentences_name_what_is_replaced_where_and_denials_name_nothing() {
    let page = read_page(
        "en-us/x.md",
        "**Security Update Replacement:** This update replaces MS03-027 on Windows XP. \
         This update does not replace MS03-028 on Windows 2000.\n",
    );
    assert_eq!(supersedes(&page), ["MS03-027 - | Windows XP | replaced"]);
}

#[test]
fn a_word_that_answers_alone_denies_within_a_sentence() {
    for (locale, sentence) in [
        ("en-us", "There is no update in MS03-028 that it stands for"),
        ("es-es", "Esta actualización no reemplaza a MS03-028"),
        ("pt-br", "Esta atualização não substitui o MS03-028"),
        ("hu-hu", "A frissítés nem váltja fel ezt: MS03-028"),
        ("pl-pl", "Aktualizacja nie zastępuje MS03-028"),
    ] {
        let words = Words::new(crate::page::lexicon::Lexicon::of(locale));
        let mut out = Vec::new();
        assert!(!supersedes::prose(sentence, words, &mut out), "{locale}: {out:?}");
    }
}

/// A page with a part of each kind.
const WHOLE: &str = "**Affected Software:**\n\n-   Windows XP (SP1, SP2) – [x](http://x?familyid=\
    ae32474a-cb72-4044-b97f-a2bad2cd5d97)\n\n**What updates does this release replace?**\nMS03-026\n\n\
    | Bulletin ID | Windows XP |\n|---|---|\n| MS04-012 | Replaced |\n\n<table><tr><th>Affected \
    Software</th><th>CVE-2010-0001</th><th>Aggregate Severity Rating</th></tr><tr><td>Windows 7\
    <sup>[1]</sup></td><td>Critical<br/>影響</td><td>Low</td></tr></table>";

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "[ -~\u{a0}-\u{17f}\u{3040}-\u{30ff}\n|*<>\\[\\]()]{0,400}") {
        read_page("ja-jp/x.md", &text);
        name::readings(&text);
    }

    #[test]
    fn a_cut_page_never_panics(from in 0_usize..700, length in 0_usize..700) {
        let page: String = WHOLE.chars().skip(from).take(length).collect();
        read_page("en-us/x.md", &page);
    }

    #[test]
    fn shuffled_names_never_panic(words in proptest::collection::vec(
        prop_oneof![
            Just("Windows"), Just("XP"), Just("Server 2003"), Just("NT"), Just("98"), Just("SP2"),
            Just("64-Bit"), Just("("), Just("\u{ff09}"), Just("обновления 2"), Just("上的"), Just("6a"),
            Just("Internet Explorer 6"), Just(","), Just("Microsoft"), Just("x64"), Just("Service Pack"),
        ],
        0..14,
    )) {
        let name = words.join(" ");
        prop_assert!(!name::readings(&name).is_empty());
    }
}

#[test]
fn text_before_a_list_names_its_component() {
    let page = read_page(
        "cs-cz/ms06-033.md",
        "**Software obsahující tuto chybu:**\n\nRozhraní .NET Framework 2.0 pro následující \
         systémy: - [stáhnout](https://x/)\n\n-   Microsoft Windows 2000 Service Pack 4\n",
    );
    assert_eq!(
        products(&page.products.affected),
        [".NET Framework 2.0 on Windows 2000 Service Pack 4"]
    );
}

#[test]
fn a_cell_of_several_products_is_one_row_each() {
    let page = read_page(
        "de-de/ms12-070.md",
        "<table><tr><th>Betriebssystem</th><th>Komponente</th>\
         <th>Maximale Sicherheitsauswirkung</th><th>Bewertung des Gesamtschweregrads</th>\
         <th>Ersetzte Updates</th></tr>\n<tr><td>Windows XP Service Pack 3</td>\
         <td>Microsoft .NET Framework 2.0<br />\n(KB1000001)<br />\n\
         Microsoft .NET Framework 4<br />\n(KB1000002)</td><td>Remotecodeausführung</td>\
         <td>Hoch</td><td>KB900001 in MS11-049 wird durch KB1000001 ersetzt<br />\n\
         Kein Update durch KB1000002 ersetzt</td></tr></table>\n",
    );
    assert_eq!(
        products(&page.products.affected),
        [
            ".NET Framework 2.0 on Windows XP Service Pack 3 KB1000001",
            ".NET Framework 4 on Windows XP Service Pack 3 KB1000002",
        ]
    );
    assert_eq!(
        supersedes(&page),
        [
            "MS11-049 KB900001 | Microsoft .NET Framework 2.0 - Windows XP Service Pack 3 | replaced",
            "- - | Microsoft .NET Framework 4 - Windows XP Service Pack 3 | kept",
        ]
    );
}

#[test]
fn a_title_is_rated_under_its_identifier() {
    let page = read_page(
        "ja-jp/ms02-066.md",
        "| | Internet Explorer 6 |\n|---|---|\n| XML Object | 緊急 |\n\
         | この更新により排除されるすべての脆弱性の総合的な深刻度 | 重要 |\n\n\
         -   XML Object: CAN-2003-0817\n-   Other: CAN-2003-0818\n",
    );
    assert_eq!(matrix(&page), ["CVE-2003-0817 | Internet Explorer 6 | - | Critical"]);
}
