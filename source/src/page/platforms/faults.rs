//! Faults of a deployment section: statements that belong to another product or update.

use std::cell::OnceCell;

use staunch_model::BulletinPage;

use super::commands::article_number;
use super::draft::Draft;
use super::product::names;
use crate::page::{Page, warning};

/// Product lines whose service packs do not hold the updates of each other.
const LINES: &[(&str, &[&str])] = &[
    ("exchange", &["exchange"]),
    ("sql", &["sql server", "msde", "data engine"]),
    ("office", &["office", "word", "excel", "outlook", "powerpoint", "visio", "project"]),
    ("isa", &["isa server", "proxy server"]),
    ("biztalk", &["biztalk"]),
    (
        "windows",
        &[
            "windows 2000",
            "windows xp",
            "windows server",
            "windows nt",
            "windows vista",
            "windows 7",
        ],
    ),
];

/// Takes a foreign service pack out, and reports articles that the rest of the page does not know.
/// `is_only` tells whether the page has no other platform.
pub(super) fn check(known: &Known<'_>, is_only: bool, draft: &mut Draft, out: &mut BulletinPage) {
    service_pack(draft, out);
    articles(known, is_only, draft, out);
}

/// Reports a product that two sections name: one of them is about another.
pub(super) fn repeated(drafts: &[Draft], out: &mut BulletinPage) {
    for (at, draft) in drafts.iter().enumerate() {
        let product = &draft.platform.product;
        let earlier = drafts[..at].iter().find(|other| other.platform.product == *product);
        if let Some(earlier) = earlier.filter(|_| !product.is_empty()) {
            let message = format!("{product:?} heads a section at line {} too", earlier.line);
            out.warnings.push(warning("platform-repeated", draft.line, message));
        }
    }
}

/// Numbers of articles that a page states: its own, all that stand before its deployment, and after
/// that those that are no part of a command, key or folder.
pub(super) struct Known<'p> {
    own: Vec<u32>,
    text: &'p str,
    /// Line at which the deployment begins.
    line: u32,
    /// Numbers in the text, in order; most pages name none but their own.
    stated: OnceCell<Vec<u32>>,
}

impl<'p> Known<'p> {
    pub(super) fn of(page: &Page<'p>, line: u32, out: &BulletinPage) -> Self {
        let own = out.kbs.iter().map(|kb| kb.number()).collect();
        Self { own, text: page.text, line, stated: OnceCell::new() }
    }

    fn has(&self, number: u32) -> bool {
        self.own.contains(&number) || self.stated().binary_search(&number).is_ok()
    }

    fn is_empty(&self) -> bool {
        self.own.is_empty() && self.stated().is_empty()
    }

    fn stated(&self) -> &[u32] {
        self.stated.get_or_init(|| numbers(self.text, self.line))
    }
}

/// Lists the numbers of articles in a text, in order; what is glued to a letter counts before a
/// line only.
fn numbers(text: &str, line: u32) -> Vec<u32> {
    let mut numbers: Vec<u32> = Vec::new();
    let bytes = text.as_bytes();
    let ends = usize::try_from(line).unwrap_or(usize::MAX);
    let end = memchr::memchr_iter(b'\n', bytes).nth(ends.saturating_sub(1)).unwrap_or(bytes.len());
    let mut at = 0;
    // A number that is long enough has a digit at every sixth byte.
    while let Some(sixth) = bytes.get(at + 5) {
        if !sixth.is_ascii_digit() {
            at += 6;
            continue;
        }
        let before = bytes[at..at + 5].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        at += 5 - before;
        let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let is_glued = at > 0 && bytes[at - 1].is_ascii_alphabetic();
        if (6..=7).contains(&digits) && (at < end || !is_glued) {
            numbers.extend(text[at..at + digits].parse::<u32>().ok());
        }
        at += digits;
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn service_pack(draft: &mut Draft, out: &mut BulletinPage) {
    let Some(statement) = &draft.platform.included_in else { return };
    let product = lines(&draft.platform.product.replace("Outlook Express", ""));
    let included = lines(statement);
    let is_foreign = !product.is_empty()
        && !included.is_empty()
        && !included.iter().any(|line| product.contains(line))
        && (included != ["windows"] || product == ["exchange"] || product == ["sql"]);
    if is_foreign {
        let message = format!("{:?} under {:?}", statement, draft.platform.product);
        out.warnings.push(warning("foreign-service-pack", draft.included_line, message));
        draft.platform.included_in = None;
    }
}

fn lines(text: &str) -> Vec<&'static str> {
    let lower = text.to_lowercase();
    let has = |list: &[&str]| list.iter().any(|name| names(&lower, name));
    LINES.iter().filter(|(_, list)| has(list)).map(|(line, _)| *line).collect()
}

/// Reports each number of an article that only the deployment section has.
fn articles(known: &Known<'_>, is_only: bool, draft: &Draft, out: &mut BulletinPage) {
    let platform = &draft.platform;
    let removal = platform.removal.as_deref().map(folder).unwrap_or_default();
    let places = [
        ("command", platform.commands.iter().map(String::as_str).collect::<Vec<_>>()),
        ("registry key", platform.registry_keys.iter().map(String::as_str).collect()),
        ("removal folder", removal),
    ];
    let named: Vec<(&str, u32)> = places
        .into_iter()
        .flat_map(|(place, texts)| {
            texts.into_iter().filter_map(move |text| Some((place, article_number(text)?)))
        })
        .collect();
    let is_known =
        |number: u32| known.has(number) || platform.product.contains(&number.to_string());
    if named.is_empty() || known.is_empty() {
        return;
    }
    // A section whose numbers agree is about an update of its own.
    let has_known = named.iter().any(|(_, number)| is_known(*number));
    let mut reported = Vec::new();
    for (place, number) in named {
        if !(has_known || is_only) || is_known(number) || reported.contains(&number) {
            continue;
        }
        reported.push(number);
        let message = format!("{place} of {:?} names {number}", platform.product);
        out.warnings.push(warning("kb-differs", draft.line, message));
    }
}

/// Returns the folders of uninstallers that a text names.
fn folder(text: &str) -> Vec<&str> {
    text.split("$NTUninstall")
        .skip(1)
        .take(8)
        .map(|rest| &rest[..rest.find('$').unwrap_or_default()])
        .collect()
}
