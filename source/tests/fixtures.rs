//! Each fixture says what its `expected.txt` holds, line for line.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use staunch_model::{Fix, FixKind, Record};
use staunch_source::{Statements, read_path};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/source").join(name)
}

fn print_fix(fix: &Fix) -> String {
    let kind = match &fix.kind {
        FixKind::Update(kb) => kb.to_string(),
        FixKind::Other(text) => format!("other {text:?}"),
    };
    let mut line = format!("{} fix {kind} on {:?}", fix.provenance.line, fix.product.name);
    let optional = [
        ("component", fix.product.component.as_ref().map(ToString::to_string)),
        ("for", fix.vulnerability.map(|id| id.to_string())),
        ("severity", fix.severity.map(|severity| severity.to_string())),
        ("impact", fix.impact.map(|impact| impact.to_string())),
        ("restart", fix.restart.map(|restart| format!("{restart:?}"))),
        ("sub-type", fix.sub_type.as_ref().map(ToString::to_string)),
        ("build", fix.fixed_build.as_ref().map(ToString::to_string)),
        ("payload", fix.payload.map(|kb| kb.to_string())),
        ("title", fix.title.as_ref().map(|title| format!("{title:?}"))),
        ("bulletin", fix.bulletin.map(|bulletin| bulletin.to_string())),
        ("posted", fix.posted.map(|day| day.to_string())),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            write!(line, ", {name} {value}").expect("writing to a string");
        }
    }
    for superseded in &fix.supersedes {
        let bulletin = superseded.bulletin.map_or(String::new(), |bulletin| format!("{bulletin}/"));
        let kb = superseded.kb.map_or(String::new(), |kb| kb.to_string());
        write!(line, ", supersedes {bulletin}{kb}").expect("writing to a string");
    }
    line
}

fn print(statements: &Statements) -> String {
    let mut lines = Vec::new();
    for record in &statements.records {
        lines.push(match record {
            Record::Publication(publication) => format!(
                "publication {} {:?}, revision {:?}, released {:?}, revised {:?}",
                publication.id,
                publication.title,
                publication.revision,
                publication.released,
                publication.revised
            ),
            Record::Vulnerability(vulnerability) => format!(
                "{} vulnerability {} {:?}, published {:?}, revised {:?}, exploited {:?}, disclosed {:?}",
                vulnerability.provenance.line,
                vulnerability.id,
                vulnerability.title,
                vulnerability.published,
                vulnerability.revised,
                vulnerability.exploited,
                vulnerability.disclosed
            ),
            Record::Fix(fix) => print_fix(fix),
            other => format!("{other:?}"),
        });
    }
    for warning in &statements.warnings {
        let line = warning.provenance.line;
        lines.push(format!("{line} warning {}: {}", warning.code, warning.message));
    }
    lines.join("\n") + "\n"
}

fn check(name: &str) {
    let folder = fixture(name);
    let mut statements = Statements::default();
    read_path(&folder.join("input"), &mut statements, &mut |_| {}).expect("a readable fixture");
    let printed = print(&statements);
    let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap_or_default();
    assert!(printed == expected, "{name} says:\n{printed}\nexpected:\n{expected}");
}

#[test]
fn a_month_of_cvrf_says_what_is_expected() {
    check("month");
}

#[test]
fn a_table_says_what_is_expected() {
    check("rows");
}

#[test]
fn both_workbooks_of_the_bulletin_search_say_what_is_expected() {
    check("bulletin-search");
}
