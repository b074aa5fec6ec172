//! Vulnerabilities and workarounds of every shape, and how many the corpus has.

use std::collections::BTreeMap;

use proptest::prelude::*;
use staunch_model::{BulletinPage, WorkaroundKind};

use super::*;

fn read_page(path: &str, text: &str) -> BulletinPage {
    let page = Page::new(path, text);
    let mut out = BulletinPage::default();
    read(&page, &mut out);
    out
}

fn summary(out: &BulletinPage) -> Vec<String> {
    let vulnerabilities = out.vulnerabilities.iter().map(|v| {
        let known = [v.disclosed, v.exploited].map(|answer| match answer {
            Some(true) => "yes",
            Some(false) => "no",
            None => "?",
        });
        format!("{} {:?} {} {}", v.cve, v.title, known.join(" "), v.mitigations.join(" | "))
    });
    let workarounds = out.workarounds.iter().map(|w| {
        let cve = w.cve.map(|cve| cve.to_string()).unwrap_or_default();
        format!("{} {cve} {:?} {:?} {}", w.line, w.kind, w.title, w.objects.join(","))
    });
    vulnerabilities.chain(workarounds).collect()
}

#[test]
fn a_vulnerability_has_factors_workarounds_and_answers() {
    let page = "#### Schwachstelle X - CAN-2004-0199:\n\ntext\n\n\
        #### Schadensbegrenzende Faktoren für X - CAN-2004-0199:\n\nEinleitung:\n\n-   eins\n\
        -   zwei\n\n    mehr\n\n    -   drei\n\n\
        #### Problemumgehungen für X - CAN-2004-0199:\n\nMicrosoft hat sie getestet.\n\n\
        -   **Blockieren Sie die TCP-Ports 139 und 445.**\n\n    Schritte.\n\n\
        \x20   **Auswirkung der Problemumgehung:** UDP 137 geht nicht.\n\n\
        -   **Das Steuerelement sperren**\n\n    ```\n    \
        [HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Internet Explorer\\ActiveX Compatibility\\\
        {1F7DD4F2-CAC3-11D0-A35B-00AA00BDCDFD}]\n    \"Compatibility Flags\"=dword:00000400\n    ```\n\n\
        #### Häufig gestellte Fragen zu X - CAN-2004-0199:\n\n\
        **War diese Sicherheitsanfälligkeit bereits öffentlich bekannt?**  \nNein. Microsoft\n\n\
        **Lagen Informationen vor, dass diese bereits ausgenutzt wurde?**  \nJa. Es gab sie.\n";
    assert_eq!(
        summary(&read_page("de-de/x.md", page)),
        [
            "CVE-2004-0199 \"Schwachstelle X\" no yes eins | zwei mehr drei",
            "20 CVE-2004-0199 Ports \"Blockieren Sie die TCP-Ports 139 und 445.\" TCP 139,TCP 445",
            "26 CVE-2004-0199 KillBit \"Das Steuerelement sperren\" \
             {1F7DD4F2-CAC3-11D0-A35B-00AA00BDCDFD}",
        ]
    );
}

#[test]
fn a_table_answers_for_each_vulnerability() {
    let page = "| Titel | CVE-Nummer | Öffentlich gemeldet | Ausgenutzt |\n|---|---|---|---|\n\
                | A | [CVE-2016-0187](x) | Nein | Nein |\n| B | CVE-2016-0189 | Nein | Ja |\n\n\
                ### Schadensbegrenzende Faktoren\n\nFür diese gibt es noch keine [Faktoren](x).\n";
    assert_eq!(
        summary(&read_page("de-de/x.md", page)),
        ["CVE-2016-0187 \"A\" no no ", "CVE-2016-0189 \"B\" no yes "]
    );
}

#[test]
fn a_part_under_another_identifier_belongs_to_its_section() {
    let page = "Stand: CVE-2010-3235\n\nA - CVE-2010-3235\n---\n\nText.\n\n\
                #### Schadensbegrenzende Faktoren für A - CVE-2007-0215\n\n-   Eins.\n-   Zwei.\n";
    let out = read_page("de-de/x.md", page);
    assert_eq!(out.vulnerabilities.len(), 1);
    assert_eq!(out.vulnerabilities[0].mitigations, ["Eins.", "Zwei."]);
    assert_eq!(out.warnings[0].code, "cve-differs");
}

#[test]
fn factors_of_a_page_without_sections_go_by_the_listed_names() {
    let list = "**Fattori attenuanti:**\n\nPrima cosa\n\n-   Uno.\n\nSeconda cosa:\n\n-   Due.\n-   Tre.\n\n\
                **Identificatori:**\n\n-   Prima cosa: [CAN-2002-0646](http://x/cvename.cgi?a)\n\
                -   Seconda cosa: [CAN-2002-0648](http://x/cvename.cgi?b)\n";
    let out = read_page("it-it/x.md", list);
    let factors: Vec<_> =
        out.vulnerabilities.iter().map(|v| (v.title.as_str(), v.mitigations.len())).collect();
    assert_eq!(factors, [("Prima cosa", 1), ("Seconda cosa", 2)]);
}

/// Share of vulnerabilities whose disclosure and exploitation are known, in the families that ask.
const LEAST_ANSWERED: f64 = 0.90;

#[test]
fn figures_over_the_corpus() {
    let Some(shared) = staunch_testkit::shared_data() else {
        println!("skipped: no shared data");
        return;
    };
    let mut figures: BTreeMap<(char, String), [u32; 8]> = BTreeMap::new();
    let mut kinds: BTreeMap<WorkaroundKind, u32> = BTreeMap::new();
    crate::documents(&shared.join("bulletins"), &mut |mut document| {
        let name = document.name().to_owned();
        let stem = name.strip_suffix(".md").unwrap_or_default();
        let Some(family) = family(&stem[stem.len().saturating_sub(8)..]) else { return Ok(()) };
        let held = document.hold()?;
        let out = read_page(&name, &String::from_utf8_lossy(&held));
        let locale = Page::new(&name, "").locale.unwrap_or_default();
        let figure = figures.entry((family, locale)).or_default();
        let count = |holds: &dyn Fn(&staunch_model::PageVulnerability) -> bool| {
            u32::try_from(out.vulnerabilities.iter().filter(|v| holds(v)).count()).unwrap()
        };
        figure[0] += 1;
        figure[1] += u32::from(!out.vulnerabilities.is_empty());
        figure[2] += count(&|_| true);
        figure[3] += count(&|v| !v.title.is_empty());
        figure[4] += count(&|v| !v.mitigations.is_empty());
        figure[5] += count(&|v| v.disclosed.is_some());
        figure[6] += count(&|v| v.exploited.is_some());
        figure[7] += u32::try_from(out.workarounds.len()).unwrap();
        for workaround in &out.workarounds {
            *kinds.entry(workaround.kind).or_default() += 1;
        }
        Ok(())
    })
    .unwrap();
    println!(
        "family locale pages with-vulnerabilities all titled mitigated disclosed exploited workarounds"
    );
    let (mut all, mut answered) = (0_u32, [0_u32; 2]);
    for ((family, locale), figure) in &figures {
        println!("{family} {locale} {figure:?}");
        if ('D'..='F').contains(family) {
            all += figure[2];
            answered[0] += figure[5];
            answered[1] += figure[6];
        }
    }
    println!("D-F {all} answered {answered:?}");
    for count in answered {
        assert!(f64::from(count) >= LEAST_ANSWERED * f64::from(all));
    }
    println!("{kinds:?}");
}

fn family(id: &str) -> Option<char> {
    crate::page::platforms::family(id)
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "(\\PC|\n|\\*\\*|CVE-2004-0199|TCP 139|HKEY_A\\\\B|cacls |net stop |\\{|<td>|#### |-   ){0,120}") {
        read_page("de-de/x.md", &text);
    }
}
