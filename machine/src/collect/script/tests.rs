use super::*;
use crate::collect::questions::{KEYS, folders};

const ALL: [Collector; 4] =
    [Collector::Nt4, Collector::Windows2000, Collector::Xp, Collector::Modern];

/// Words that change a machine, reach another one, or start what is not part of Windows.
const FORBIDDEN: &[&str] = &[
    "/s ",
    "reg add",
    "reg delete",
    "reg load",
    "regwrite",
    "regdelete",
    "setdword",
    "setstring",
    "setbinary",
    "createkey",
    "deletekey",
    "deletevalue",
    "setvalue",
    "createsubkey",
    "opensubkey($below, $true",
    "deletefile",
    "deletefolder",
    "movefile",
    "copyfile",
    "set-item",
    "new-item",
    "remove-item",
    "set-content",
    "invoke-webrequest",
    "webclient",
    "xmlhttp",
    "http",
    "net use",
    "net user",
    "start-process",
    "shellexecute",
    ".run",
    ".exec",
    "invoke-expression",
    "iex",
    "add-type",
    "setinfo",
    "\ncopy ",
    "\nmove ",
    "\nren ",
    "\nrd ",
    "\nformat ",
    "attrib",
    "reg.exe",
];

#[test]
fn scripts_are_plain_and_say_what_they_do() {
    for collector in ALL {
        let script = collector.script();
        assert!(script.is_ascii(), "{collector:?}");
        assert!(script.lines().count() > 100 && !script.replace("\r\n", "").contains('\n'));
        let head: Vec<&str> = script.lines().take(14).collect();
        let head = head.join(" ");
        for said in ["staunch collector for", "administrator", "one file", "Nothing is changed"] {
            assert!(head.contains(said), "{collector:?}: {said}");
        }
        let lower = script.to_lowercase();
        for word in FORBIDDEN {
            assert!(!lower.contains(word), "{collector:?} has {word:?}");
        }
        // What is deleted is the file that the batch itself made.
        let deletes = lower.matches("del ").count();
        assert_eq!(deletes, lower.matches("del \"%part%\"").count(), "{collector:?}");
    }
}

#[test]
fn every_question_is_in_every_script() {
    for collector in [Collector::Windows2000, Collector::Xp, Collector::Modern] {
        let script = collector.script();
        let quote = if collector == Collector::Modern { '\'' } else { '"' };
        let ask = KEYS.iter().map(|key| format!("\r\nAsk {quote}{key}{quote}\r\n"));
        let look = folders().map(|folder| format!("\r\nLook {quote}{folder}{quote}\r\n"));
        for line in ask.chain(look) {
            assert!(script.contains(&line), "{collector:?} does not ask {line}");
        }
    }
    let script = Collector::Nt4.script();
    let exported = script.lines().filter_map(|line| line.strip_prefix("call :export "));
    let roots: Vec<&str> = exported.map(|root| root.trim_matches('"')).collect();
    for key in KEYS.iter().filter(|key| !key.contains("Wow6432Node")) {
        let Some(below) = key.strip_prefix("HKLM\\").filter(|key| !key.starts_with("SECURITY"))
        else {
            continue;
        };
        let key = format!(r"HKEY_LOCAL_MACHINE\{below}\");
        assert!(roots.iter().any(|root| key.starts_with(&format!("{root}\\"))), "{key}");
    }
    for folder in folders().filter(|folder| folder.starts_with("%SystemRoot%")) {
        assert!(script.contains(&format!("\r\ncall :list \"{folder}\"\r\n")), "{folder}");
    }
}

/// Counts what stands open after each line outside of texts and comments.
fn open_after(script: &str, quote: char, comment: char) -> Vec<i32> {
    let mut depths = Vec::new();
    let mut depth = 0;
    for line in script.lines() {
        let mut is_text = None;
        for c in line.chars() {
            match (c, is_text) {
                ('"' | '\'', None) if c == quote || quote == '\'' => is_text = Some(c),
                (_, Some(open)) if c == open => is_text = None,
                (_, None) if c == comment => break,
                ('(' | '{' | '[', None) => depth += 1,
                (')' | '}' | ']', None) => depth -= 1,
                _ => {}
            }
        }
        assert_eq!(is_text, None, "an open text: {line}");
        depths.push(depth);
    }
    depths
}

#[test]
fn texts_brackets_and_blocks_are_closed() {
    let depths = open_after(&Collector::Modern.script(), '\'', '#');
    assert!(depths.iter().all(|depth| *depth >= 0));
    assert_eq!(depths.last(), Some(&0));
    let script = Collector::Xp.script();
    assert!(open_after(&script, '"', '\'').iter().all(|depth| *depth == 0));
    let mut open: Vec<&str> = Vec::new();
    for line in script.lines().map(str::trim) {
        let word = line.split(' ').next().unwrap_or_default();
        match word {
            "Sub" | "Function" | "Select" => open.push(word),
            "If" if line.ends_with("Then") => open.push("If"),
            "For" => open.push("For"),
            "Next" => assert_eq!(open.pop(), Some("For"), "{line}"),
            "End" => assert_eq!(open.pop(), line.split(' ').nth(1), "{line}"),
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?}");
    let batch = Collector::Nt4.script();
    let labels: Vec<&str> = batch.lines().filter_map(|line| line.strip_prefix(':')).collect();
    for line in batch.lines() {
        assert!(line.matches('"').count().is_multiple_of(2), "{line}");
        for word in ["goto ", "call :"] {
            let Some((_, label)) = line.split_once(word) else { continue };
            let label = label.split(' ').next().unwrap_or_default();
            assert!(labels.contains(&label), "{line}");
        }
    }
}
