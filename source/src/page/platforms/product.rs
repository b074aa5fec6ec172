//! Headings that name the product of a platform.

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
    let lower = text.to_lowercase();
    PRODUCTS.iter().any(|product| names(&lower, product))
}

/// Tells whether a name stands in lower-case text as words of its own.
pub(super) fn names(lower: &str, name: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() && c < '\u{2e80}');
    lower.match_indices(name).any(|(at, _)| {
        let before = lower[..at].chars().next_back();
        let after = lower[at + name.len()..].chars().next();
        !is_letter(before) && !is_letter(after)
    })
}
