//! What the commands print for the example machine.

use staunch_model::{Assessment, Comparison, Verdict};

use crate::command::{scan, staunch, text, workspace};

fn example() -> [String; 2] {
    ["systeminfo.txt", "wmic-qfe.txt"].map(|name| {
        let path = workspace("examples/reception-pc").join(name);
        path.to_str().expect("a path in UTF-8").to_owned()
    })
}

#[test]
fn every_format_names_every_update_to_install() {
    let files = example();
    let found = scan(&[], &[workspace("examples/reception-pc/systeminfo.txt")]);
    let offered: Vec<String> =
        found.findings.iter().filter(|f| f.offered).map(|f| f.kb.to_string()).collect();
    assert!(!offered.is_empty(), "the example misses something");
    for format in ["text", "json", "csv", "sarif", "html"] {
        let document = text(&["scan", "--format", format, &files[0]], 1);
        for kb in &offered {
            assert!(document.contains(kb.as_str()), "{format} leaves {kb} out");
        }
    }
}

#[test]
fn the_short_list_holds_only_what_is_missing_or_open() {
    let files = example();
    let short: Assessment =
        serde_json::from_str(&text(&["scan", "--json", &files[0], &files[1]], 1)).expect("JSON");
    assert!(
        short
            .findings
            .iter()
            .all(|f| matches!(f.verdict, Verdict::Missing | Verdict::Undetermined))
    );
    let all: Assessment =
        serde_json::from_str(&text(&["scan", "--json", "--all", &files[0], &files[1]], 1))
            .expect("JSON");
    assert!(all.findings.len() > short.findings.len());
    let whole = |document: &Assessment| (document.machine.clone(), document.summary.clone());
    assert_eq!(whole(&short), whole(&all));
}

#[test]
fn several_machines_are_an_array() {
    let files = example();
    let facts = "{\"staunch_facts\": 1, \"name\": \"OTHER\", \"family\": \"Windows 10\", \
                 \"release\": \"1809\", \"architecture\": \"x64\", \"hotfixes\": {\"entries\": []}}";
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("other.json");
    std::fs::write(&other, facts).expect("the file is written");
    let printed = text(&["scan", "--json", &files[0], other.to_str().expect("a path")], 1);
    let found: Vec<Assessment> = serde_json::from_str(&printed).expect("an array");
    assert_eq!(found.len(), 2);
}

#[test]
fn a_plan_and_an_explanation_speak_of_the_same_update() {
    let files = example();
    let plan = text(&["plan", "--json", &files[0]], 1);
    let plan: staunch_model::Plan = serde_json::from_str(&plan).expect("JSON");
    let first = plan.steps.first().expect("a step").kb.to_string();
    let explained = text(&["explain", &first, &files[0]], 0);
    assert!(explained.contains(&first) && explained.contains("missing"), "{explained}");
    let cve = plan.steps[0].closes.first().expect("a vulnerability").to_string();
    let explained = text(&["explain", &cve, &files[0]], 0);
    assert!(explained.contains(&first), "{explained}");
}

#[test]
fn the_catalog_inside_the_program_answers() {
    assert!(text(&["catalog", "show", "KB4487017"], 0).contains("Windows 10 Version 1803"));
    assert!(text(&["catalog", "show", "CVE-2019-0803"], 0).contains("KB4493464"));
    assert!(text(&["catalog", "search", "print spooler"], 0).contains("CVE-"));
    assert!(text(&["catalog", "stats"], 0).contains("SHA-256"));
    assert!(text(&["catalog", "unmapped"], 0).contains("Windows Admin Center"));
}

#[test]
fn every_command_has_an_example_in_its_help() {
    let commands: &[&[&str]] = &[
        &[],
        &["scan"],
        &["plan"],
        &["explain"],
        &["compare"],
        &["catalog"],
        &["catalog", "build"],
        &["catalog", "show"],
        &["catalog", "search"],
        &["catalog", "stats"],
        &["catalog", "diff"],
        &["catalog", "unmapped"],
        &["catalog", "export"],
        &["completions"],
        &["man"],
    ];
    for command in commands {
        let mut arguments = command.to_vec();
        arguments.push("--help");
        let help = text(&arguments, 0);
        assert!(help.contains("Example"), "{command:?} has no example");
        let words = help.lines().filter(|line| line.trim_start().starts_with("staunch ")).count();
        assert!(words > 0, "{command:?} shows no command line");
    }
}

#[test]
fn completions_and_manual_pages_are_written() {
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(text(&["completions", shell], 0).contains("staunch"), "{shell}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_str().expect("a path");
    assert_eq!(staunch(&["man", path]).status.code(), Some(0));
    let pages = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert!(pages > 10, "{pages} pages");
}

#[test]
fn reports_of_mbsa_are_written_and_read_again() {
    let files = example();
    let arguments = ["scan", "-f", "mbsa", "--as-of", "2024-06-30", &files[0], &files[1]];
    let report = text(&arguments, 1);
    assert!(report.contains(" Date=\"2024-06-30 00:00:00\""), "{report}");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.mba");
    std::fs::write(&path, &report).expect("the report is written");
    let again = scan(&["--as-of", "2024-06-30", "--all"], &[path]);
    let first = scan(&["--as-of", "2024-06-30", "--all"], &files.map(Into::into));
    assert_eq!(again.machine.name, first.machine.name);
    assert_eq!(again.machine.product, first.machine.product);
    let with = |found: &Assessment, verdict: Verdict| -> Vec<String> {
        let findings = found.findings.iter().filter(|finding| finding.verdict == verdict);
        findings.map(|finding| finding.kb.to_string()).collect()
    };
    for verdict in [Verdict::Missing, Verdict::Installed] {
        let (first, again) = (with(&first, verdict), with(&again, verdict));
        assert!(!first.is_empty(), "{verdict:?}");
        assert!(first.iter().all(|kb| again.contains(kb)), "{verdict:?}: {first:?} {again:?}");
    }
}

#[test]
fn several_machines_get_a_report_of_mbsa_each() {
    let files = example();
    let folder = tempfile::tempdir().expect("a folder");
    let other = folder.path().join("other.json");
    let facts = "{\"staunch_facts\": 1, \"name\": \"../OTHER\", \"family\": \"Windows 10\", \
                 \"release\": \"1809\", \"architecture\": \"x64\", \"hotfixes\": {\"entries\": []}}";
    std::fs::write(&other, facts).expect("the file is written");
    let other = other.to_str().expect("a path");
    let refused = staunch(&["scan", "-f", "mbsa", &files[0], other]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.stdout.is_empty());
    let error = String::from_utf8(refused.stderr).expect("UTF-8");
    assert!(error.contains("there are 2") && error.contains("--output FOLDER"), "{error}");
    let target = folder.path().join("reports");
    std::fs::create_dir(&target).expect("the folder is made");
    let path = target.to_str().expect("a path");
    assert_eq!(text(&["scan", "-f", "mbsa", "-o", path, &files[0], other], 1), "");
    let mut names: Vec<String> = std::fs::read_dir(&target)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.contains(&"___OTHER.mba".to_owned()), "{names:?}");
}

#[test]
fn two_scans_are_compared() {
    let files = example();
    let folder = tempfile::tempdir().expect("a folder");
    let scan_of = |name: &str, day: &str| {
        let path = folder.path().join(name).to_str().expect("a path").to_owned();
        text(&["scan", "--json", "--as-of", day, "-o", &path, &files[0], &files[1]], 1);
        path
    };
    let (old, new) = (scan_of("old.json", "2024-03-31"), scan_of("new.json", "2024-06-30"));
    let printed = text(&["compare", &old, &new], 1);
    assert!(printed.starts_with("The machine is worse than before.\n"), "{printed}");
    assert!(printed.contains("Newly missing"), "{printed}");
    assert!(printed.contains("as of 2024-03-31 → 2024-06-30"), "{printed}");
    let back: Comparison =
        serde_json::from_str(&text(&["compare", "--json", &new, &old], 0)).expect("JSON");
    assert!(!back.worse && !back.machines[0].closed.is_empty());
    assert_eq!(text(&["compare", &old, &old], 0), "Nothing changed.\n");
    let refused = staunch(&["compare", &old, &files[0]]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("expected a scan as JSON"));
}

#[test]
fn an_answer_in_a_file_is_whole() {
    let files = example();
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("report.html");
    let printed =
        text(&["scan", "-f", "html", "-o", target.to_str().expect("a path"), &files[0]], 1);
    assert!(printed.is_empty());
    let page = std::fs::read_to_string(&target).expect("the page");
    assert!(page.trim_end().ends_with("</html>"));
    let nowhere = folder.path().join("absent/report.html");
    let output = staunch(&["scan", "-o", nowhere.to_str().expect("a path"), &files[0]]);
    assert_eq!(output.status.code(), Some(70));
}

#[test]
fn an_optional_update_does_not_change_the_exit_with_all() {
    let facts = "{\"staunch_facts\": 1, \"family\": \"Windows 10\", \"build\": \"10.0.17134.590\", \
                 \"architecture\": \"x64\", \"hotfixes\": [\"KB4487017\"]}";
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("facts.json");
    std::fs::write(&path, facts).expect("the file is written");
    let path = path.to_str().expect("a path");
    // The preview of a later day closes it, and the monthly update does not.
    let arguments = ["scan", "--json", "--as-of", "2019-02-25", "--cve", "ADV190005", path];
    let findings = |arguments: &[&str]| {
        let found: Assessment = serde_json::from_str(&text(arguments, 0)).expect("JSON");
        found.findings
    };
    assert!(findings(&arguments).is_empty());
    let unknown = staunch(&["scan", "--cve", "CVE-2019-99999", path]);
    assert_eq!(unknown.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no update in the catalog closes"));
    let all = findings(&[&arguments[..], &["--all"]].concat());
    let [preview] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((preview.verdict, preview.offered), (Verdict::Missing, false));
}
