//! Names and titles that try to be obeyed.

use staunch_model::{Assessment, Explanation, Plan, Warning};
use staunch_report::{Format, TextStyle};

use crate::{assessment, explanation, explanations, mbsa, plan, plans, scan, scan_as, seen};

const ATTACKS: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'--></style></title><svg onload=alert(1)>",
    "\u{1b}]0;owned\u{7}\u{1b}[2J\u{1b}[31m",
    "\u{9b}2J\u{9d}52;c;cm0=\u{9c}",
    "=HYPERLINK(\"http://example.invalid\")",
    "@SUM(A1)\r\nKB9999999",
    "\u{202e}gnp.exe\u{2066}",
    "&lt;&#x3c;",
];

fn attacked(attack: &str) -> (Assessment, Plan, Explanation) {
    let text = || attack.to_owned();
    let (mut scan, mut plan, mut explanation) = (assessment(), plan(), explanation());
    for machine in [&mut scan.machine, &mut plan.machine, &mut explanation.machine] {
        machine.name = Some(text());
        machine.product = text();
        machine.edition = Some(text());
        machine.language = Some(text());
        machine.build = Some(text());
    }
    scan.inputs = vec![text()];
    scan.catalog.digest = text();
    scan.warnings = vec![Warning { object: text(), message: text() }];
    scan.findings.extend(seen().findings);
    scan.checks = seen().checks;
    for check in &mut scan.checks {
        (check.title, check.found) = (text(), text());
        (check.remedy, check.source) = (text(), text());
        for detail in &mut check.details {
            (detail.object, detail.found) = (text(), text());
        }
    }
    for finding in &mut scan.findings {
        finding.title = text();
        finding.product = text();
    }
    let chains = explanation.updates.iter_mut().map(|update| &mut update.evidence);
    for evidence in scan.findings.iter_mut().map(|f| &mut f.evidence).chain(chains).flatten() {
        evidence.object = text();
        evidence.says = text();
        evidence.expected = Some(text());
        evidence.found = Some(text());
    }
    for step in &mut plan.steps {
        step.title = text();
        step.reason = text();
    }
    explanation.subject = text();
    explanation.answer = text();
    for update in &mut explanation.updates {
        update.title = text();
        update.product = text();
        for reference in &mut update.publications {
            reference.publication = text();
            reference.title = text();
            reference.revision = Some(text());
        }
    }
    (scan, plan, explanation)
}

fn assert_obeyed_by_nothing(document: &str, attack: &str) {
    let obeyed = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    assert!(!document.contains(obeyed), "{attack:?} left a control character in\n{document}");
}

#[test]
fn terminals_get_no_control_characters() {
    for attack in ATTACKS {
        let (assessment, plan, explanation) = attacked(attack);
        let machines = [assessment.clone(), assessment];
        assert_obeyed_by_nothing(&scan(&machines, Format::Text), attack);
        let all = TextStyle { all: true, ..TextStyle::default() };
        assert_obeyed_by_nothing(&scan_as(&machines, Format::Text, all), attack);
        assert_obeyed_by_nothing(&plans(&[plan], Format::Text), attack);
        assert_obeyed_by_nothing(&explanations(&[explanation], Format::Text), attack);
    }
}

#[test]
fn browsers_get_no_markup_from_names() {
    let honest = tags(&scan(&[assessment(), seen()], Format::Html));
    for attack in ATTACKS {
        let (assessment, _, _) = attacked(attack);
        let page = scan(&[assessment.clone(), assessment], Format::Html);
        assert_obeyed_by_nothing(&page, attack);
        let new: Vec<_> = tags(&page).into_iter().filter(|tag| !honest.contains(tag)).collect();
        assert!(new.is_empty(), "{attack:?} became {new:?}");
    }
}

/// Returns the names of all elements and of all attributes' starts in a page.
fn tags(page: &str) -> std::collections::BTreeSet<String> {
    page.split('<')
        .skip(1)
        .map(|rest| rest.split([' ', '>', '\n']).next().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn spreadsheets_get_no_formulas() {
    for attack in ATTACKS {
        let (assessment, plan, _) = attacked(attack);
        for document in [scan(&[assessment], Format::Csv), plans(&[plan], Format::Csv)] {
            assert_obeyed_by_nothing(&document, attack);
            let mut reader = csv::Reader::from_reader(document.as_bytes());
            for record in reader.records() {
                let record = record.expect("a record");
                for field in &record {
                    assert!(!field.starts_with(['=', '+', '-', '@', '\t', '\r', ' ']), "{field:?}");
                }
            }
        }
    }
}

#[test]
fn sarif_stays_readable() {
    for attack in ATTACKS {
        let (assessment, _, _) = attacked(attack);
        let log: serde_json::Value =
            serde_json::from_str(&scan(&[assessment], Format::Sarif)).expect("JSON");
        for result in log["runs"][0]["results"].as_array().expect("results") {
            let text = result["message"]["text"].as_str().expect("a message");
            assert_obeyed_by_nothing(text, attack);
        }
    }
}

#[test]
fn xml_has_no_elements_from_names() {
    let names = |document: &str| -> std::collections::BTreeSet<String> {
        let parts = document.split('<').skip(1);
        parts.map(|part| part.split([' ', '>']).next().unwrap_or_default().to_owned()).collect()
    };
    let honest = names(&mbsa(&seen()));
    for attack in ATTACKS {
        let document = mbsa(&attacked(attack).0);
        assert!(names(&document).is_subset(&honest), "{attack:?}: {document}");
        assert!(!document.contains(|c: char| c.is_control() && c != '\n'), "{attack:?}");
    }
}
