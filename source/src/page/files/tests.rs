//! Whole pages in, rows out.

use proptest::prelude::*;
use staunch_model::{BulletinPage, PageFile};

use crate::page::Page;

fn read(text: &str) -> BulletinPage {
    let mut out = BulletinPage::default();
    super::read(&Page::new("test.en-us.md", text), &mut out);
    out
}

/// Writes a row in the order name, version, size, date, time, platform, folder.
fn shown(file: &PageFile) -> String {
    let version = file.version.map(|version| version.to_string());
    let fields = [
        Some(file.name.clone()),
        version.or_else(|| file.raw_version.clone()),
        file.size.map(|size| size.to_string()),
        file.date.map(|date| date.to_string()),
        file.time.clone(),
        file.platform.clone(),
        file.folder.clone(),
    ];
    fields.map(|field| field.unwrap_or_else(|| "-".into())).join(" ")
}

fn rows(text: &str) -> Vec<String> {
    read(text).files.iter().map(shown).collect()
}

fn codes(text: &str) -> Vec<String> {
    read(text)
        .warnings
        .into_iter()
        .map(|warning| format!("{}:{}", warning.code, warning.line))
        .collect()
}

#[test]
fn rows_before_a_cut_do_not_depend_on_those_after_it() {
    let head = "| Name | Version | Date | Time | Size | Folder |\n|---|---|---|---|---|---|\n";
    let contacts = "| Contacts.css | | 20-Jul-2007 | 02:28 | 1.167 | a |\n";
    let expected = "Contacts.css - 1167 2007-07-20 02:28 - a";
    for cut in ["", "| Contacts.js | | 20-Jul-2007 | 0", "| Contacts.js | 8.70."] {
        assert_eq!(rows(&format!("{head}{contacts}{cut}"))[0], expected, "{cut}");
    }
    let netio = "| netio sys | 6.0.6000.16567 | 27-Sep-2007 | 15:48 | 216.760 | b |\n";
    assert_eq!(
        rows(&format!("{head}{netio}")),
        ["netio.sys 6.0.6000.16567 216760 2007-09-27 15:48 - b"]
    );
}

#[test]
fn pipe_tables_are_read_by_what_stands_in_their_cells() {
    let page = "Windows XP x64:\n\n\
                | Dateiname | Version | Datum | Uhrzeit | Größe | CPU | Ordner |\n\
                |---|---|---|---|---|---|---|\n\
                | Ole32.dll | 5.2.3790.4036 | 9. Aug. 2007 | 19.34 | 1.578.160 | X64 | SP2QFE |\n\
                | Wole32.dll | | 27-Jul-2007 | 19:35 | 6 045 696 | x86 | SP2QFE\\\\WOW |\n\
                | Ieframe. dll. mui | 7.0.6000 | 27-Jul-2007 | 04:01 | 983,552 | | |\n";
    assert_eq!(
        rows(page),
        [
            "Ole32.dll 5.2.3790.4036 1578160 2007-08-09 19:34 x64 SP2QFE",
            "Wole32.dll - 6045696 2007-07-27 19:35 x86 SP2QFE\\WOW",
            "Ieframe.dll.mui 7.0.6000 983552 2007-07-27 04:01 - -",
        ]
    );
    assert_eq!(codes(page), ["file-name-mended:7"]);
    assert_eq!(read(page).files[0].section.as_deref(), Some("Windows XP x64"));
    assert_eq!(read(page).files[0].line, 5);
}

#[test]
fn rows_without_a_head_and_with_the_date_first_are_read() {
    let page = "| 24-Jul-2003 | 22:25 | 5.131.2600.117 | 476,160 | Wcryptui.dll  X86  (pre-SP1) |\n\
                | 06-06-2002 | 1:02 | 6.0.2718.400 | 583,168 | wininet.dll |\n\
                | 10-24-2003 | 1:02 | 6.0.2718.400 | 583,169 | mshtml.dll |\n";
    assert_eq!(
        rows(page),
        [
            "Wcryptui.dll 5.131.2600.117 476160 2003-07-24 22:25 x86 (pre-SP1)",
            "wininet.dll 6.0.2718.400 583168 2002-06-06 01:02 - -",
            "mshtml.dll 6.0.2718.400 583169 2003-10-24 01:02 - -",
        ]
    );
}

#[test]
fn html_tables_are_read_with_spans_and_stacked_cells() {
    let page = "#### Exchange 2000\n\n<table>\n<tr><th>Data</th><th>Ora</th></tr>\n\
                <tr><td>16 sett 2003</td><td>13:03</td><td>5.5.2657.67</td><td>802,576</td>\n\
                <td>cdo.dll</td><td>%WIN%\\system32</td></tr>\n\
                <tr><td>16 sett 2003</td><td>11:50</td><td>NA</td><td>5,118</td>\n\
                <td>Owssvr.dll_0001<br />\n**Installed name:** Owssvr.dll</td><td></td></tr>\n</table>\n";
    assert_eq!(
        rows(page),
        [
            "cdo.dll 5.5.2657.67 802576 2003-09-16 13:03 - %WIN%\\system32",
            "Owssvr.dll_0001 - 5118 2003-09-16 11:50 - -",
        ]
    );
    assert_eq!(read(page).files[0].section.as_deref(), Some("Exchange 2000"));
    let stacked = "<table><tr><td>Windows XP x64</td><td>Quartz.dll<br />\nWquartz.dll</td>\
                   <td>6.5.3790.2519<br />\n6.5.3790.2520</td></tr></table>";
    assert_eq!(
        rows(stacked),
        ["Quartz.dll 6.5.3790.2519 - - - - -", "Wquartz.dll 6.5.3790.2520 - - - - -"]
    );
    assert_eq!(read(stacked).files[1].section.as_deref(), Some("Windows XP x64"));
}

#[test]
fn rows_run_together_are_taken_apart() {
    let page = "`Date Time Version Size File name Platform Folder------\
                15-Apr-2004  06:03  5.2.3790.161  782,848  Helpctr.exe  IA6406-Mar-2003  23:57  \
                6.00.2800.1123     75,776  Directdb.dll     X86SP2GDR07-Jun-2004  20:18  \
                5.1.2600.1  10,240  Adshell32.dll  RTMGDR\\BR2004 年 2 月 24 日  03:36  \
                2003.1100.6252.0 115,400     MSCONV97.DLL檔案：05.05.04 22.58   8.704    Custom.dll`\n";
    assert_eq!(
        rows(page),
        [
            "Helpctr.exe 5.2.3790.161 782848 2004-04-15 06:03 ia64 -",
            "Directdb.dll 6.0.2800.1123 75776 2003-03-06 23:57 x86 SP2GDR",
            "Adshell32.dll 5.1.2600.1 10240 2004-06-07 20:18 - RTMGDR\\BR",
            "MSCONV97.DLL 2003.1100.6252.0 115400 2004-02-24 03:36 - -",
            "Custom.dll - 8704 2004-05-05 22:58 - -",
        ]
    );
}

#[test]
fn everything_glued_is_read_where_the_page_tells_how() {
    let page = "Windows NT:\n\n20-May-200418:234.0.1381.33559196,368Winsrv.dll  \n\
                30-Mar-200401:453.10.0.10392,224Krnl386.dllIA-64 SP1QFE\\WOW  \n";
    assert_eq!(
        rows(page),
        [
            "Winsrv.dll 4.0.1381.33559 196368 2004-05-20 18:23 - -",
            "Krnl386.dll - - 2004-03-30 01:45 ia64 SP1QFE\\WOW",
        ]
    );
    assert_eq!(codes(page), ["glued-fields:4"]);
}

#[test]
fn fenced_and_bare_rows_stand_under_their_labels() {
    let page = "Windows 2000:\n\nDate Time Version Size File name  \n\\------  \n\
                2004년 8월 21일 07:54 6.0.2800.1584 316,928 Zipfldr.dll SP1QFE  \n\n\
                Windows NT 4.0:\n\n```\nDate Time Size\n------\n\
                05/06/04    12:47p  4.2.788.1      851,456  asp.dll\n\
                18 maggio 2004  16.29                    12.928  amunres.asp\n\
                2004-09-16 5:17pm 6.0.3790.211 435,200 Smtpsvc.dll RTMGDR\n\
                06-05-04 12:47p 4.2.788.1 851 456 httpodbc.dll\n```\n";
    assert_eq!(
        rows(page),
        [
            "Zipfldr.dll 6.0.2800.1584 316928 2004-08-21 07:54 - SP1QFE",
            "asp.dll 4.2.788.1 851456 2004-05-06 12:47 - -",
            "amunres.asp - 12928 2004-05-18 16:29 - -",
            "Smtpsvc.dll 6.0.3790.211 435200 2004-09-16 17:17 - RTMGDR",
            "httpodbc.dll 4.2.788.1 851456 2004-06-05 12:47 - -",
        ]
    );
    let sections: Vec<_> = read(page).files.into_iter().filter_map(|file| file.section).collect();
    assert_eq!(sections[..2], ["Windows 2000", "Windows NT 4.0"]);
    assert!(sections[2..].iter().all(|section| section == "Windows NT 4.0"));
}

#[test]
fn headings_within_a_table_count_for_the_rows_below() {
    let page = "| Windows XP | | | | |\n\
                | SP1QFE | | | | |\n\
                | a.dll | 1.0.0.1 | 01-Jan-2004 | 01:00 | 1,024 |\n\
                | Windows 2000 | | | | |\n\
                | b.dll | 1.0.0.1 | 01-Jan-2004 | 01:00 | 1,024 |\n";
    let places = |file: &PageFile| (file.section.clone(), file.folder.clone());
    let files = read(page).files;
    assert_eq!(places(&files[0]), (Some("Windows XP".into()), Some("SP1QFE".into())));
    assert_eq!(places(&files[1]), (Some("Windows 2000".into()), None));
}

#[test]
fn impossible_dates_and_times_leave_the_row() {
    let page = "| a.dll | 1.0.0.1 | 2007.06.31. | 01:00 | 1,024 |\n\
                | b.dll | 1.0.0.1 | 0-May-2004 | 35:06 | 1,024 |\n\
                | c.dll | 1.0.0.1 | 05/10/2002 | 03:06 | 1,024 |\n";
    assert_eq!(
        rows(page),
        [
            "a.dll 1.0.0.1 1024 - 01:00 - -",
            "b.dll 1.0.0.1 1024 - - - -",
            "c.dll 1.0.0.1 1024 - 03:06 - -",
        ]
    );
    assert_eq!(codes(page), ["bad-date:1", "bad-date:2", "bad-time:2", "ambiguous-date:3"]);
}

#[test]
fn prose_and_other_tables_are_no_files() {
    for page in [
        "Version 5.1.3102.1355 of Gdiplus.dll was released on 15-Apr-2004.\n",
        "| Version of Gdiplus.dll | State |\n|---|---|\n| 6.0.3260.0 | affected |\n",
        "| ASSOC .POT=oice.powerpoint.template | ASSOC .pot=PowerPoint.Template.8 |\n|---|---|\n",
        "| File name | Windows6.0-KB941644-x86.msu |\n| Log | kb971557.log |\n",
        "| BR549.dll | {167701E3-FDCF-11D0-A48E-006097C549FF} | 822925 |\n| x.dll | a | b |\n",
        "| a.dll | 2.1.30904.0 | 2.1.40512.2 |\n| b.dll | 2.0.30904.0 | 2.0.40512.2 |\n",
    ] {
        assert_eq!(rows(page), [""; 0], "{page}");
    }
}

#[test]
fn column_heads_over_a_rule_are_no_heading_of_their_table() {
    let text = "#### Windows XP\n\nWindows XP 64-Bit Edition:\n\nDate Time Version Size File name\n\
                --------------------------------\n```\n11-Apr-2004 05:23 5.2.3790.161 2,062,336 \
                Helpctr.exe IA-64 RTMGDR\n```\n";
    assert_eq!(read(text).files[0].section.as_deref(), Some("Windows XP 64-Bit Edition"));
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,400}") {
        read(&text);
        read(&format!("| a.dll | 1.2.3.4 | {text} |\n| b.dll | {text} | 1,024 |\n"));
        read(&format!("`----15-Apr-2004 {text} 06:03 5.2.3790.161 782,848 Helpctr.exe{text}`"));
    }

    #[test]
    fn no_cut_page_panics(at in 0_usize..600, with in "[-0-9.,:|`年월日a-zА-я \u{a0}]{0,40}") {
        let page = "| a.dll | 5.2.3790.161 | 2007 年 3 月 6 日 | 오전 9:11 | 6\u{a0}045 | x64 | RTM |\n\
                    `Date----15-Apr-200406:035.2.3790.161782,848Helpctr.exeIA6406-Mar-2003 1.5.2`\n\
                    | 1º de maio de 2006 | 12:47p | 22-апр-2005 | 1 ,2 | b. dll | \\\\ |\n";
        let end = (0..=at.min(page.len())).rev().find(|at| page.is_char_boundary(*at)).unwrap();
        read(&format!("{}{with}{}", &page[..end], &page[end..]));
        read(&format!("{}{with}", &page[..end]));
    }
}
