use proptest::prelude::*;
use staunch_model::{BulletinPage, Impact, Severity};

use crate::page::Page;

const PAGE: &str = "---
TOCTitle: 'MS04-029'
Title: 'Microsoft Security Bulletin MS04-029 - 重要'
ms:mtpsurl: 'https://technet.microsoft.com/zh-TW/library/ms04-029(v=Security.10)'
---

Microsoft Security Bulletin MS04-029 - 重要
===========================================

RPC Runtime 程式庫中的弱點可能會導致資訊洩露與拒絕服務 (873350)
---------------------------------------------------------------

發行: 2004年10月12日 | 更新: 2006年8月14日

**發佈日期：** 2004 年 10 月 14 日
**版本：** 1.1

#### 摘要

**此弱點的影響：** 重要

**最高的嚴重性等級：** 資訊洩露與拒絕服務

**安全性更新取代資訊：** [MS03-026](https://technet.microsoft.com/security/bulletin/ms03-027)

#### RPC 弱點 - [CAN-2004-0569](https://cve.mitre.org/cgi-bin/cvename.cgi?name=CAN-2004-0569):

- 本公告不是 CAN-2003-0352。

**感謝：**

Microsoft 感謝下列人士：

- [BindView](https://www.bindview.com) 提出 RPC 弱點 (CAN-2004-0569)。

**修訂：**

-   V1.0 (2004 年 10 月 14 日)：公告發行
";

fn read(path: &str, text: &str) -> BulletinPage {
    let mut out = BulletinPage::default();
    super::read(&Page::new(path, text), &mut out);
    out
}

fn codes(page: &BulletinPage) -> Vec<(&str, u32)> {
    page.warnings.iter().map(|warning| (warning.code.as_str(), warning.line)).collect()
}

fn shown<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

#[test]
fn a_page_states_its_header() {
    let page = read("zh-tw/ms04-029.md", PAGE);
    assert_eq!(page.id.map(|id| id.to_string()).as_deref(), Some("MS04-029"));
    let title = "RPC Runtime 程式庫中的弱點可能會導致資訊洩露與拒絕服務";
    assert_eq!(page.title.as_deref(), Some(title));
    assert_eq!(shown(&page.kbs), ["KB873350"]);
    assert_eq!(shown(&page.cves), ["CVE-2004-0569"]);
    assert_eq!(shown(&page.related), ["MS03-026"]);
    assert_eq!(page.published.map(|date| date.to_string()).as_deref(), Some("2004-10-12"));
    assert_eq!(page.updated.map(|date| date.to_string()).as_deref(), Some("2006-08-14"));
    assert_eq!(page.version.as_deref(), Some("1.1"));
    assert_eq!(page.acknowledgements, ["BindView 提出 RPC 弱點 (CAN-2004-0569)。"]);
    let revision = page.revisions.first().expect("a revision");
    assert_eq!(revision.version.as_deref(), Some("1.0"));
    assert_eq!(revision.date.map(|date| date.to_string()).as_deref(), Some("2004-10-14"));
}

#[test]
fn swapped_summary_values_are_put_right_and_faults_are_told() {
    let page = read("zh-tw/ms04-029.md", PAGE);
    assert_eq!(page.severity, Some(Severity::Important));
    assert_eq!(page.impact, Some(Impact::DenialOfService));
    assert_eq!(
        codes(&page),
        [("link-differs", 24), ("summary-swapped", 20), ("version-differs", 16)]
    );
}

#[test]
fn a_page_may_name_another_bulletin_than_its_file() {
    let page = read("zh-tw/ms04-030.md", PAGE);
    assert_eq!(page.id.map(|id| id.to_string()).as_deref(), Some("MS04-029"));
    assert!(codes(&page).contains(&("id-differs-from-file", 10)));
}

#[test]
fn a_page_in_an_unknown_language_yields_what_needs_no_words() {
    let text = PAGE.replace("zh-TW", "xx-XX");
    let page = read("xx-xx/ms04-029.md", &text);
    let known = read("zh-tw/ms04-029.md", PAGE);
    assert_eq!(
        (page.id, page.title, page.kbs, page.cves, page.related, page.published, page.updated),
        (
            known.id,
            known.title,
            known.kbs,
            known.cves,
            known.related,
            known.published,
            known.updated
        )
    );
    assert_eq!((page.version, page.revisions), (known.version, known.revisions));
    assert!(page.warnings.iter().any(|warning| warning.code == "no-lexicon"));
}

#[test]
fn a_page_in_another_language_than_its_address_is_read_in_its_own() {
    let text = PAGE.replace("zh-TW", "de-DE");
    let page = read("de-de/ms04-029.md", &text);
    assert_eq!(page.severity, Some(Severity::Important));
    assert!(page.warnings.iter().any(|warning| warning.code == "other-language"));
}

#[test]
fn day_and_month_that_are_swapped_are_put_right() {
    let text = PAGE
        .replace("發行: 2004年10月12日 |", "發行: 2004年12月10日 |")
        .replace("2004 年 10 月 14 日", "2004 年 10 月 12 日");
    let page = read("zh-tw/ms04-029.md", &text);
    assert_eq!(page.published.map(|date| date.to_string()).as_deref(), Some("2004-10-12"));
    assert!(page.warnings.iter().any(|warning| warning.code == "day-month-swapped"));
}

#[test]
fn the_tables_overrule_the_title() {
    let text = "Microsoft Security Bulletin MS08-077 - Kritisch\n======\n\nLücke (957175)\n------\n\n\
                Veröffentlicht: Dienstag, 9. Dezember 2008\n\n| Software | Maximale \
                Sicherheitsauswirkung | Schwere |\n|---|---|---|\n| SharePoint | Erhöhung von \
                Berechtigungen | Hoch |\n";
    let page = read("de-de/ms08-077.md", text);
    assert_eq!(page.severity, Some(Severity::Important));
    assert_eq!(page.impact, Some(Impact::ElevationOfPrivilege));
    assert_eq!(codes(&page), [("severity-differs", 4)]);
}

#[test]
fn a_slip_in_the_title_is_put_right_by_the_packages() {
    let text = "Microsoft Security Bulletin MS04-026 - Hoch\n====\n\nExchange (842463)\n----\n\n\
                `Exchange5.5-KB842436-x86-deu /q`\n\n`Exchange5.5-KB842436-x86-deu /u`\n";
    let page = read("de-de/ms04-026.md", text);
    assert_eq!(shown(&page.kbs), ["KB842436"]);
    assert_eq!(codes(&page), [("kb-differs", 4)]);
}

proptest! {
    #[test]
    fn what_carries_no_fact_changes_none(
        has_mark in any::<bool>(),
        has_returns in any::<bool>(),
        is_http in any::<bool>(),
    ) {
        let mut text = PAGE.to_owned();
        if is_http {
            text = text.replace("https://", "http://");
        }
        if has_returns {
            text = text.replace('\n', "\r\n");
        }
        if has_mark {
            text.insert(0, '\u{feff}');
        }
        prop_assert_eq!(read("zh-tw/ms04-029.md", &text), read("zh-tw/ms04-029.md", PAGE));
    }

    #[test]
    fn cut_pages_are_read(at in 0_usize..PAGE.len()) {
        let end = (0..=at).rev().find(|at| PAGE.is_char_boundary(*at)).unwrap_or(0);
        read("zh-tw/ms04-029.md", &PAGE[..end]);
        read("zh-tw/ms04-029.md", &PAGE[end..]);
    }

    #[test]
    fn any_text_is_read(text in "(\\PC|\n|\\*\\*|\\]\\(|MS04-|CVE-|V1\\.|\\|){0,80}") {
        read("de-de/ms04-015.md", &text);
    }
}
