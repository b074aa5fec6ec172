//! Deployment sections of every shape, and how many the corpus has.

use std::collections::BTreeMap;

use proptest::prelude::*;
use staunch_model::{BulletinPage, PageProduct};

use super::*;

fn read_page(path: &str, text: &str) -> BulletinPage {
    let page = Page::new(path, text);
    let mut out = BulletinPage::default();
    read(&page, &mut out);
    out
}

/// Gives the bulletin and text of every page of the corpus, with its language.
fn each_page(visit: &mut dyn FnMut(&str, &str, &str)) -> bool {
    let Some(shared) = staunch_testkit::shared_data() else {
        println!("skipped: no shared data");
        return false;
    };
    crate::documents(&shared.join("bulletins"), &mut |mut document| {
        let name = document.name().to_owned();
        if name.ends_with(".md") {
            let held = document.hold()?;
            let text = String::from_utf8_lossy(&held);
            visit(&name, &name[name.len().saturating_sub(11)..name.len() - 3], &text);
        }
        Ok(())
    })
    .unwrap();
    true
}

/// Family of a bulletin by its number, and whether its deployment is stated on the page.
pub(crate) fn family(id: &str) -> Option<char> {
    let (year, number) = id.strip_prefix("ms")?.split_once('-')?;
    let (year, number): (u32, u32) = (year.parse().ok()?, number.parse().ok()?);
    Some(match (year, number) {
        (98..=99 | 0..=1, _) => 'A',
        (2, _) | (3, 0..=40) => 'B',
        (3, _) | (4, 0..=12) => 'C',
        (4..=6, _) | (7, 0..=29) => 'D',
        (7..=13, _) | (14, 0..=15) => 'E',
        (14, 16..=63) => 'F',
        _ => 'G',
    })
}

/// Text of the section of a draft.
fn section<'t>(text: &'t str, drafts: &[Draft], at: usize) -> Vec<&'t str> {
    let from = usize::try_from(drafts[at].line).unwrap();
    let to = drafts.get(at + 1).map_or(usize::MAX, |next| usize::try_from(next.line).unwrap());
    text.lines().skip(from).take(to - from).collect()
}

/// Tells whether a section has a statement, or `None` when nothing in its text speaks of it.
fn found(draft: &Draft, label: Label, section: &[&str]) -> Option<bool> {
    let platform = &draft.platform;
    let saw = |labels: &[Label]| labels.iter().any(|label| draft.seen.contains(label));
    let (has, marks): (bool, &[&str]) = match label {
        Label::Restart => (platform.restart.is_some(), &["*"]),
        Label::Removal => (platform.removal.is_some(), &["*"]),
        Label::Registry => (
            !platform.registry_keys.is_empty() || saw(&[label, Label::Verification]),
            &["HKEY", "Filelist"],
        ),
        _ => (
            !(platform.commands.is_empty() && platform.switches.is_empty())
                || saw(&[Label::Installation, Label::Deployment, Label::Command, Label::Package]),
            &["/quiet", "/q ", "-ENU", "-enu", ".msu", "msiexec"],
        ),
    };
    let speaks = || section.iter().any(|line| marks.iter().any(|m| *m == "*" || line.contains(m)));
    (has || speaks()).then_some(has)
}

/// Statements that a platform section has in the families with deployment on the page.
const STATEMENTS: [Label; 4] =
    [Label::Restart, Label::Removal, Label::Registry, Label::Installation];
/// Share of pages that have each statement in every platform section.
const LEAST: f64 = 0.95;

#[test]
fn a_heading_that_names_a_product_of_the_page_begins_a_platform() {
    let labels = "**Voraussetzungen**\n\nKeine.\n\n**Neustartanforderung**\n\nKein Neustart.\n\n";
    let text = format!("#### Tonstudio 2.0 (alle Versionen)\n\n{labels}#### Hinweise\n\n{labels}");
    let page = Page::new("de-de/ms99-001.md", &text);
    let platforms = |names: &[&str]| -> Vec<String> {
        let product = |name: &&str| PageProduct { name: (*name).to_owned(), ..Default::default() };
        let mut out = BulletinPage::default();
        out.products.affected.extend(names.iter().map(product));
        read(&page, &mut out);
        out.platforms.into_iter().map(|platform| platform.product).collect()
    };
    assert_eq!(platforms(&["Tonstudio 2.0 Service Pack 1"]), ["Tonstudio 2.0 (alle Versionen)"]);
    let none: [&str; 0] = [];
    assert_eq!(platforms(&["Tonstudio 3.0", "Ton"]), none);
}

#[test]
fn figures_over_the_corpus() {
    let mut figures: BTreeMap<(char, String), [u32; 7]> = BTreeMap::new();
    let ran = each_page(&mut |name, id, text| {
        let Some(family) = family(id) else { return };
        let page = Page::new(name, text);
        let mut out = BulletinPage::default();
        crate::page::products::read(&page, &mut out);
        let drafts = drafts(&page, OwnProducts::of(&out));
        let locale = page.locale.clone().unwrap_or_default();
        let figure = figures.entry((family, locale)).or_default();
        figure[0] += 1;
        figure[1] += u32::from(!drafts.is_empty());
        for (at, label) in STATEMENTS.into_iter().enumerate() {
            let answers: Vec<_> = (0..drafts.len())
                .map(|of| found(&drafts[of], label, &section(text, &drafts, of)))
                .collect();
            let all = !drafts.is_empty() && answers.iter().all(|answer| *answer != Some(false));
            figure[2 + at] += u32::from(all);
            figure[6] += u32::from(at == 2 && all && answers.contains(&None));
        }
    });
    if !ran {
        return;
    }
    println!("family locale pages [sections restart removal registry install] no-registry-text");
    let mut totals = [0_u32; 7];
    for ((family, locale), figure) in &figures {
        println!("{family} {locale} {figure:?}");
        if ('C'..='F').contains(family) {
            totals.iter_mut().zip(figure).for_each(|(total, count)| *total += count);
        }
    }
    println!("C-F {totals:?}");
    for count in &totals[1..6] {
        assert!(f64::from(*count) >= LEAST * f64::from(totals[0]), "{totals:?}");
    }
}

const BOLD: &str = "#### Windows 2000 (alle Versionen)\n\n**Voraussetzungen**  \nService Pack 4.\n\n\
    **Aufnahme in zukünftige Service Packs:**  \nWindows 2000 Service Pack 5.\n\n\
    **Informationen zur Installation**\n\n**/quiet** Ohne Meldungen\n\n**Neustartoptionen**\n\n\
    **/norestart** Kein Neustart\n\n**Hinweis:** Kombinieren mit /x y.\n\n\
    **Informationen zur Bereitstellung**\n\nBefehl:\n\n**Windows2000-kb842526-x86-enu /quiet**\n\n\
    **Neustart anforderung**\n\nJa, neu starten.\n\nMehr.\n\n**Informationen zur Deinstallation**\n\n\
    Spuninst.exe in %Windir%\\\\$NTUninstallKB842526$\\\\Spuninst:\n\n**/z** Ende\n\n\
    **Dateiinformationen**\n\n#### Windows 2000 SP4:\n\n**Überprüfen der Updateinstallation**\n\n\
    -   **Überprüfung des Registrierungsschlüssels**\n\n    \
    HKEY\\_LOCAL\\_MACHINE\\\\SOFTWARE\\\\Microsoft\\\\Updates\\\\Windows\n    \
    2000\\\\SP5\\\\KB842526\\\\Filelist\n\n### Danksagungen\n";

#[test]
fn bold_labels_are_statements() {
    let out = read_page("de-de/x.md", BOLD);
    let [platform] = out.platforms.as_slice() else { panic!("{:?}", out.platforms) };
    let switches: Vec<_> =
        platform.switches.iter().map(|s| format!("{} {}", s.switch, s.meaning)).collect();
    assert_eq!(platform.product, "Windows 2000 (alle Versionen)");
    assert_eq!(platform.prerequisites.as_deref(), Some("Service Pack 4."));
    assert_eq!(platform.included_in.as_deref(), Some("Windows 2000 Service Pack 5."));
    assert_eq!(switches, ["/quiet Ohne Meldungen", "/norestart Kein Neustart"]);
    assert_eq!(platform.commands, ["Windows2000-kb842526-x86-enu /quiet"]);
    assert_eq!(platform.restart.as_deref(), Some("Ja, neu starten."));
    assert_eq!(
        platform.removal.as_deref(),
        Some("Spuninst.exe in %Windir%\\$NTUninstallKB842526$\\Spuninst:\n/z Ende")
    );
    assert_eq!(
        platform.registry_keys,
        ["HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Updates\\Windows 2000\\SP5\\KB842526\\Filelist"]
    );
    assert!(out.warnings.is_empty());
}

#[test]
fn rows_of_a_reference_table_are_statements() {
    let row = |left: &str, right: &str| format!("<tr><td>{left}</td><td>{right}</td></tr>\n");
    let page = [
        "#### Windows XP (alle Editionen)\n\n**Referenztabelle**\n\n<table>\n".to_owned(),
        row("<strong>Bereitstellung</strong>", ""),
        row(
            "Installieren ohne Benutzereingriff",
            "Für SP3:<br />\nWindowsXP-KB958644-x86-enu /quiet",
        ),
        row("", "Für x64:<br />\nWindowsServer2003.WindowsXP-KB958644-x64-enu /quiet"),
        row("Neustart erforderlich?", "Ja, neu starten"),
        row("HotPatching", "Nicht anwendbar"),
        row("Weitere Informationen", "Siehe oben"),
        row("<strong>Informationen zur Deinstallation</strong>", "Option Software"),
        "</table>\n".to_owned(),
    ]
    .concat();
    let out = read_page("de-de/x.md", &page);
    let [platform] = out.platforms.as_slice() else { panic!("{:?}", out.platforms) };
    assert_eq!(
        platform.commands,
        [
            "WindowsXP-KB958644-x86-enu /quiet",
            "WindowsServer2003.WindowsXP-KB958644-x64-enu /quiet"
        ]
    );
    assert_eq!(platform.restart.as_deref(), Some("Ja, neu starten"));
    assert_eq!(platform.removal.as_deref(), Some("Option Software"));
}

#[test]
fn switches_of_the_uninstaller_follow_the_statement_on_removal() {
    let page = "#### Windows XP (alle Editionen)\n\nVoraussetzung ist Windows XP Service Pack 2.\n\n\
                **Aufnahme in zukünftige Service Packs:**\nSpäter.\n\n**Informationen zur Deinstallation**\n\n\
                Spuninst.exe.\n\n<table>\n<tr><td>Option</td><td>Beschreibung</td></tr>\n\
                <tr><td>/help</td><td>Hilfe</td></tr>\n</table>\n";
    let out = read_page("de-de/x.md", page);
    let [platform] = out.platforms.as_slice() else { panic!("{:?}", out.platforms) };
    assert_eq!(platform.removal.as_deref(), Some("Spuninst.exe.\n/help Hilfe"));
    assert!(platform.switches.is_empty());
    // The label of the prerequisites is lost.
    let stated = platform.prerequisites.as_deref();
    assert_eq!(stated, Some("Voraussetzung ist Windows XP Service Pack 2."));
}

#[test]
fn a_product_with_two_sections_is_reported() {
    let out = read_page("de-de/x.md", &format!("{BOLD}\n{BOLD}"));
    assert!(out.warnings.iter().any(|warning| warning.code == "platform-repeated"));
}

#[test]
fn a_page_without_lexicon_yields_commands_and_keys() {
    let page = BOLD.replace("Voraussetzungen", "Xyz");
    let out = read_page("xx-xx/x.md", &page);
    let [platform] = out.platforms.as_slice() else { panic!("{:?}", out.platforms) };
    assert_eq!(platform.commands, ["Windows2000-kb842526-x86-enu /quiet"]);
    assert_eq!(platform.registry_keys.len(), 1);
}

#[test]
fn articles_of_another_update_are_reported() {
    let out = read_page(
        "de-de/x.md",
        &format!("Titel (842526)\n\n{}", BOLD.replace("KB842526$", "KB111111$")),
    );
    let [warning] = out.warnings.as_slice() else { panic!("{:?}", out.warnings) };
    assert_eq!(warning.code, "kb-differs");
    assert!(warning.message.contains("111111"), "{}", warning.message);
}

#[test]
fn cut_pages_never_panic() {
    for end in (0..=BOLD.len()).filter(|end| BOLD.is_char_boundary(*end)) {
        read_page("de-de/x.md", &BOLD[..end]);
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "(\\PC|\n|\\*\\*|/quiet|KB123456|HKEY_A\\\\B|-x86|Windows|\\$NTUninstall|<td>|#### |-   |\\[:){0,120}") {
        read_page("de-de/x.md", &text);
    }
}
