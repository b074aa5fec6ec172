//! Headings that name the product of a platform.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use staunch_model::{BulletinPage, PageProducts};

/// Names of products that a platform's heading contains at least one of.
const PRODUCTS: &[&str] = &[
    "windows",
    "internet explorer",
    "office",
    "word",
    "excel",
    "powerpoint",
    "outlook",
    "exchange",
    "sql server",
    "visual",
    "isa server",
    "sharepoint",
    ".net framework",
    "silverlight",
    "forefront",
    "biztalk",
    "commerce server",
    "content management server",
    "media player",
    "directx",
    "msn",
    "messenger",
    "project",
    "publisher",
    "access",
    "visio",
    "works",
    "frontpage",
    "onenote",
    "virtual",
    "services for unix",
    "host integration",
    "lync",
    "live meeting",
    "dynamics",
    "msxml",
    "xml core services",
    "mdac",
    "data access components",
    "remote desktop",
    "skype",
    "iis",
    "internet information",
    "systems management server",
    "small business",
    "infopath",
    "groove",
    "expression",
    "antigen",
    "java",
    "jscript",
    "vbscript",
    "netmeeting",
    "step-by-step",
    "front page",
    "proofing",
    "converter",
    "viewer",
    "compatibility pack",
    "for mac",
    "malware",
    "defender",
    "system center",
    "unified access",
    "search server",
    "data engine",
    "msde",
    "virtual pc",
    "producer",
    "journal",
    "interactive training",
    "agent",
    "snapshot",
];

/// Tells whether a heading is one of a vulnerability.
pub(super) fn names_vulnerability(text: &str) -> bool {
    ["CVE-", "CAN-", "CVE ", "CVE–"].iter().any(|mark| text.contains(mark))
}

/// Tells whether a short text names a product.
pub(super) fn names_product(text: &str) -> bool {
    if text.len() > 600 || text.contains(['?', '？']) || names_vulnerability(text) {
        return false;
    }
    static NAMES: OnceLock<AhoCorasick> = OnceLock::new();
    let found = NAMES.get_or_init(|| AhoCorasick::new(PRODUCTS).expect("the names are few"));
    let lower = text.to_lowercase();
    found.find_overlapping_iter(&lower).any(|name| is_word(&lower, name.range()))
}

/// Products that the page lists, whatever they are called.
#[derive(Debug)]
pub(super) struct OwnProducts<'o> {
    products: &'o PageProducts,
    /// Their names as they are compared, folded when they are first asked for.
    names: OnceCell<Vec<String>>,
}

/// Fewest letters and digits of a heading that is taken for the name of a listed product.
const SHORTEST_NAME: usize = 5;

impl<'o> OwnProducts<'o> {
    pub(super) fn of(page: &'o BulletinPage) -> Self {
        Self { products: &page.products, names: OnceCell::new() }
    }

    fn names(&self) -> &[String] {
        self.names.get_or_init(|| {
            let products = self.products.affected.iter().chain(&self.products.unaffected);
            products.map(|product| folded(&product.name)).filter(|name| is_long(name)).collect()
        })
    }

    /// Tells whether a heading is the name of a listed product, or the beginning of one.
    pub(super) fn has(&self, heading: &str) -> bool {
        let heading = folded(heading);
        is_long(&heading) && self.names().iter().any(|name| name.starts_with(&heading))
    }
}

fn is_long(folded: &str) -> bool {
    folded.chars().nth(SHORTEST_NAME - 1).is_some()
}

/// Letters and digits in lower case, without those in brackets.
fn folded(name: &str) -> String {
    let name = name.split(['(', '（']).next().unwrap_or_default();
    let mut folded = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            folded.push(c.to_ascii_lowercase());
        } else if c.is_alphanumeric() {
            folded.extend(c.to_lowercase());
        }
    }
    folded
}

/// Tells whether a name stands in lower-case text as words of its own.
pub(super) fn names(lower: &str, name: &str) -> bool {
    lower.match_indices(name).any(|(at, _)| is_word(lower, at..at + name.len()))
}

/// Tells whether no letter of a script with spaces stands on either side.
fn is_word(text: &str, place: Range<usize>) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && c < '\u{2e80}');
    let before = text[..place.start].chars().next_back();
    let after = text[place.end..].chars().next();
    !is_letter(before) && !is_letter(after)
}
