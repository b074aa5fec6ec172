//! Cells of severity tables.

use super::words::{IMPACT, SEVERITY, Words};
use staunch_model::{Impact, Severity};

/// What a cell of a severity table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// Nothing, a dash or a question mark.
    Empty,
    /// That the product has no such vulnerability.
    Unaffected,
    Rated(Vec<Rating>),
    /// An impact alone.
    Impact(Impact),
    Unknown,
}

/// One rating of a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Rating {
    /// Machines that the rating is for, where the cell tells them apart: `Windows Clients`.
    pub(super) machines: Option<String>,
    /// Nothing where the page says that there is no rating.
    pub(super) severity: Option<Severity>,
    /// Gravest impact that the cell names.
    pub(super) impact: Option<Impact>,
}

/// Longest cell that is read as ratings, in bytes.
const LONGEST_CELL: usize = 600;

/// Reads a cell from its plain text.
pub(super) fn read(text: &str, words: Words) -> Reading {
    if text.len() > LONGEST_CELL {
        return Reading::Unknown;
    }
    let lines: Vec<&str> = text.lines().map(tidy).filter(|line| says_something(line)).collect();
    if lines.is_empty() {
        return Reading::Empty;
    }
    let mut terms = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        // A term may be wrapped over two lines.
        let wrapped = lines.get(at + 1).map(|next| format!("{line} {next}"));
        if let Some(found) = terms_of(line, words) {
            terms.extend(found);
            at += 1;
        } else if let Some(found) = wrapped.and_then(|both| terms_of(&both, words)) {
            terms.extend(found);
            at += 2;
        } else if at + 1 < lines.len() && line.len() <= 80 {
            terms.push(Term::Machines(line.trim_end_matches([':', '\u{ff1a}', ' ']).to_owned()));
            at += 1;
        } else {
            return Reading::Unknown;
        }
    }
    reading(terms)
}

/// A word of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Term {
    Severity(Severity),
    /// The page says that it gives no rating.
    Unrated,
    Unaffected,
    Impact(Impact),
    Machines(String),
}

/// Puts the words of a cell together.
fn reading(terms: Vec<Term>) -> Reading {
    let mut ratings: Vec<Rating> = Vec::new();
    let mut machines = None;
    let mut alone: Option<Impact> = None;
    let mut is_unaffected = false;
    for term in terms {
        match term {
            Term::Severity(severity) => ratings.push(Rating {
                machines: machines.clone(),
                severity: Some(severity),
                impact: None,
            }),
            Term::Unrated => {
                ratings.push(Rating { machines: machines.clone(), ..Rating::default() });
            }
            Term::Impact(impact) => match ratings.last_mut() {
                Some(rating) => rating.impact = rating.impact.max(Some(impact)),
                None => alone = alone.max(Some(impact)),
            },
            Term::Machines(text) => machines = Some(text),
            Term::Unaffected => is_unaffected = true,
        }
    }
    if let (Some(impact), Some(first)) = (alone, ratings.first_mut()) {
        first.impact = first.impact.max(Some(impact));
    }
    match (ratings.is_empty(), is_unaffected, alone) {
        (false, ..) => Reading::Rated(ratings),
        (true, true, _) => Reading::Unaffected,
        (true, false, Some(impact)) => Reading::Impact(impact),
        (true, false, None) => Reading::Unknown,
    }
}

/// Reads one line as terms; nothing when a part of it is none.
fn terms_of(line: &str, words: Words) -> Option<Vec<Term>> {
    if let Some(term) = term(line, words) {
        return Some(vec![term]);
    }
    let parted: Vec<&str> = line
        .split(['/', ':', '\u{ff1a}', '\u{2013}', ',', '\u{3001}', '\u{ff0f}', ';'])
        .map(tidy)
        .filter(|part| says_something(part))
        .collect();
    if parted.len() > 1 && parted.len() <= 8 {
        let terms: Vec<Option<Term>> = parted.iter().map(|part| term(part, words)).collect();
        let first_is_machines = terms[0].is_none() && terms[1..].iter().all(Option::is_some);
        if first_is_machines && !line.contains('/') {
            let mut found = vec![Term::Machines(parted[0].to_owned())];
            found.extend(terms.into_iter().flatten());
            return Some(found);
        }
        if terms.iter().all(Option::is_some) {
            return Some(terms.into_iter().flatten().collect());
        }
    }
    if line.len() > 160 {
        return None;
    }
    // `Critical - Remote Code Execution`, or the two with a space between them.
    let (key, length) = words.prefix(SEVERITY, line)?;
    let rest: String = line.chars().skip(length).collect();
    let rest = tidy(rest.trim_start_matches([' ', '-', '.', ':', '(', '\u{ff08}']));
    if rest.is_empty() {
        return Some(vec![severity(key)]);
    }
    let impact = words.key(IMPACT, rest.trim_end_matches([')', '\u{ff09}']))?;
    Some(vec![severity(key), Term::Impact(self::impact(impact))])
}

fn term(text: &str, words: Words) -> Option<Term> {
    let text = tidy(text);
    if let Some(key) = words.key(SEVERITY, text) {
        return Some(severity(key));
    }
    if let Some(key) = words.key(IMPACT, text) {
        return Some(Term::Impact(impact(key)));
    }
    // `Local elevation of privilege`, `Spoofing and information disclosure`; a severity before an
    // impact is read by itself.
    let is_phrase = text.len() <= 120 && !text.contains(['/', ':']);
    if !is_phrase || words.prefix(SEVERITY, text).is_some() {
        return None;
    }
    words.within(IMPACT, text).into_iter().map(impact).max().map(Term::Impact)
}

fn severity(key: &str) -> Term {
    match key {
        "low" => Term::Severity(Severity::Low),
        "moderate" => Term::Severity(Severity::Moderate),
        "important" => Term::Severity(Severity::Important),
        "critical" => Term::Severity(Severity::Critical),
        "unrated" => Term::Unrated,
        _ => Term::Unaffected,
    }
}

fn impact(key: &str) -> Impact {
    match key {
        "remote_code_execution" => Impact::RemoteCodeExecution,
        "elevation_of_privilege" => Impact::ElevationOfPrivilege,
        "information_disclosure" => Impact::InformationDisclosure,
        "denial_of_service" => Impact::DenialOfService,
        "spoofing" => Impact::Spoofing,
        "tampering" => Impact::Tampering,
        "security_feature_bypass" => Impact::SecurityFeatureBypass,
        _ => Impact::DefenseInDepth,
    }
}

/// Takes marks of footnotes, quotes and dashes off the ends of a text.
pub(super) fn tidy(text: &str) -> &str {
    let mut text = text.trim();
    // Most texts are words, with letters at both ends.
    let is_letter = |c: char| c.is_ascii_alphabetic() || c >= '\u{c0}' && c.is_alphabetic();
    if text.starts_with(is_letter) && text.ends_with(is_letter) {
        return text;
    }
    loop {
        let inner = text.strip_prefix(['(', '\u{ff08}']);
        if let Some(inner) = inner.and_then(|inner| inner.strip_suffix([')', '\u{ff09}'])) {
            text = inner.trim();
        }
        let shorter = text
            .trim_matches([
                '"', '\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}', '\'', '\u{201f}',
            ])
            .trim_matches([
                ' ', '-', '.', '*', '^', '\u{3002}', '\u{b9}', '\u{b2}', '\u{b3}', '\u{2020}', '|',
            ])
            .trim_end_matches(['\u{ba}', ','])
            .trim();
        let shorter = footnote(shorter).unwrap_or(shorter);
        if shorter.len() == text.len() {
            return text;
        }
        text = shorter;
    }
}

/// Takes the number of a footnote off the end: `Critical [1]`, `Critical 1`, `None(2)`.
fn footnote(text: &str) -> Option<&str> {
    let body = text.strip_suffix([']', ')', '\u{ff09}']).unwrap_or(text);
    let head = body.strip_suffix(|c: char| c.is_ascii_digit())?;
    let head = head.strip_suffix(|c: char| c.is_ascii_digit()).unwrap_or(head);
    let is_bracketed = body.len() < text.len();
    match head.strip_suffix(['[', '(', '\u{ff08}']) {
        Some(head) if is_bracketed => Some(head.trim_end()),
        _ if !is_bracketed && head.ends_with(' ') => Some(head.trim_end()),
        _ => None,
    }
}

fn says_something(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::lexicon::Lexicon;

    fn ratings(text: &str, locale: &str) -> String {
        match read(text, Words::new(Lexicon::of(locale))) {
            Reading::Rated(ratings) => ratings
                .into_iter()
                .map(|rating| {
                    format!(
                        "{}{}/{}",
                        rating.machines.map(|text| format!("{text}: ")).unwrap_or_default(),
                        rating.severity.map_or("-".to_owned(), |s| s.to_string()),
                        rating.impact.map_or("-".to_owned(), |i| i.to_string()),
                    )
                })
                .collect::<Vec<_>>()
                .join(", "),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn every_form_of_a_cell_is_read() {
        for (text, locale, expected) in [
            ("Kritisch\nRemotecodeausführung", "de-de", "Critical/Remote Code Execution"),
            ("Kritisch", "de-de", "Critical/-"),
            ("Remotecodeausführung", "de-de", "Impact(RemoteCodeExecution)"),
            (
                "Windows-Clients:\nKritisch/RCE\nWindows-Server:\nMittel/RCE",
                "de-de",
                "Windows-Clients: Critical/Remote Code Execution, \
                 Windows-Server: Moderate/Remote Code Execution",
            ),
            ("Keine Bewertung des Schweregrads [1]", "de-de", "-/-"),
            ("Nicht anwendbar.", "de-de", "Unaffected"),
            ("緊急 / RCE", "ja-jp", "Critical/Remote Code Execution"),
            ("重要\n情報漏えい", "ja-jp", "Important/Information Disclosure"),
            (
                "\"Критический\" / Удаленное выполнение кода",
                "ru-ru",
                "Critical/Remote Code Execution",
            ),
            ("Moderado\nexecução remota\nde código", "pt-br", "Moderate/Remote Code Execution"),
            ("?", "zh-cn", "Empty"),
            ("Critical\nRemote Code Execution", "zh-cn", "Critical/Remote Code Execution"),
            ("1 - consistent exploit code likely", "en-us", "Unknown"),
        ] {
            assert_eq!(ratings(text, locale), expected, "{text}");
        }
    }
}
