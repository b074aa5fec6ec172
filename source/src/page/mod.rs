//! Security bulletin pages, in any language and layout.
//!
//! A page is split into blocks, and each family of facts has a reader of its own over them. Words
//! of a language stand in its lexicon, a data file; what needs no words is read from every page.

mod block;
mod dates;
mod files;
mod header;
mod inline;
mod lexicon;
mod line;
pub(crate) mod neutral;
mod platforms;
mod products;
mod spellings;
mod workarounds;

use block::{Block, Line, blocks, lines};
use lexicon::Lexicon;
use line::Texts;
use staunch_model::{BulletinPage, PageWarning};

use crate::document::ReadError;
use crate::encoding::not_utf8;

/// Longest page that is read, in bytes; the longest published one has less than two million.
pub const PAGE_LIMIT: usize = 8 << 20;

/// Reads one page. The path is a label, and says the language where the page does not.
///
/// # Errors
///
/// [`ReadError::Limit`] for a page longer than [`PAGE_LIMIT`], [`ReadError::Malformed`] for one
/// that is not UTF-8, says nothing or is no bulletin. Faults within a page are its warnings.
pub fn read_page(path: &str, bytes: &[u8]) -> Result<BulletinPage, ReadError> {
    if bytes.len() > PAGE_LIMIT {
        return Err(ReadError::limit(path, 1, "a page", PAGE_LIMIT as u64));
    }
    // The reader of the standard library takes longer, and knows the place of an error.
    let text = simdutf8::basic::from_utf8(bytes)
        .or_else(|_| std::str::from_utf8(bytes))
        .map_err(|error| ReadError::not_text(path, not_utf8(bytes, error)))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(ReadError::malformed(path, 1, "a bulletin page", "nothing"));
    }
    let page = Page::new(path, text);
    let mut out = BulletinPage {
        schema: BulletinPage::SCHEMA,
        path: path.to_owned(),
        locale: page.locale.clone(),
        ..BulletinPage::default()
    };
    header::read(&page, &mut out);
    files::read(&page, &mut out);
    products::read(&page, &mut out);
    platforms::read(&page, &mut out);
    workarounds::read(&page, &mut out);
    if !is_bulletin(&out) {
        if !header::names_bulletin(&page) {
            let found = "a text without an identifier, products, ratings or files of one";
            return Err(ReadError::malformed(path, 1, "a bulletin page", found));
        }
        if out.kbs.is_empty() && out.severity.is_none() && out.published.is_none() {
            let message = "the page names its bulletin, and nothing else was read of it";
            out.warnings.push(warning("only-title", 1, message));
        }
    }
    out.warnings.sort();
    out.warnings.dedup();
    Ok(out)
}

/// Tells whether what was read marks a page as a bulletin. Any text may name another bulletin, a
/// vulnerability or an update in passing.
fn is_bulletin(page: &BulletinPage) -> bool {
    !page.files.is_empty()
        || !page.matrix.is_empty()
        || !page.products.affected.is_empty()
        || !page.supersedes.is_empty()
        || !page.vulnerabilities.is_empty()
        || !page.platforms.is_empty()
        || !page.workarounds.is_empty()
        || (!page.kbs.is_empty() && !page.cves.is_empty())
}

/// A page as its readers see it.
pub(crate) struct Page<'p> {
    /// Name of the file, for provenance.
    pub(crate) path: &'p str,
    pub(crate) text: &'p str,
    /// Every line, without its end.
    pub(crate) lines: Vec<Line<'p>>,
    pub(crate) blocks: Vec<Block<'p>>,
    pub(crate) texts: Texts<'p>,
    /// Language tag, where the page or its path states one.
    pub(crate) locale: Option<String>,
    /// Words of the page's language, when there is a lexicon for it.
    pub(crate) lexicon: Option<&'static Lexicon>,
}

impl<'p> Page<'p> {
    /// Splits a page and finds its language.
    pub(crate) fn new(path: &'p str, text: &'p str) -> Self {
        let locale = locale(path, text);
        let lexicon = locale.as_deref().and_then(Lexicon::of);
        let lines = lines(text);
        let blocks = blocks(&lines);
        let texts = Texts::of(lines.len());
        Self { path, text, lines, blocks, texts, locale, lexicon }
    }
}

/// Finds the language tag in the front matter's address, or in the folders of the path.
fn locale(path: &str, text: &str) -> Option<String> {
    let head = text.lines().take(12).find(|line| line.trim_start().starts_with("ms:mtpsurl"));
    let from_head = head.and_then(|line| line.split('/').find(|part| is_locale(part)));
    let from_path = || path.split(['/', '\\', '.']).rev().find(|part| is_locale(part));
    from_head.or_else(from_path).map(str::to_ascii_lowercase)
}

fn is_locale(part: &str) -> bool {
    let bytes = part.as_bytes();
    bytes.len() == 5
        && bytes[2] == b'-'
        && [0, 1, 3, 4].iter().all(|at| bytes[*at].is_ascii_alphabetic())
}

/// Makes a warning about a page.
pub(crate) fn warning(code: &str, line: u32, message: impl Into<String>) -> PageWarning {
    PageWarning { code: code.to_owned(), line, message: message.into() }
}
