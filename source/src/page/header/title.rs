//! Identity and subject of the bulletin.

use std::borrow::Cow;

use staunch_model::{BulletinId, KbNumber, PageWarning, Severity};

use super::ids;
use super::words::{Words, plain};
use crate::page::block::BlockKind;
use crate::page::inline::one_line;
use crate::page::{Page, warning};

/// Blocks of a page among which its heading is.
const HEADING_BLOCKS: usize = 40;

/// Bytes of a page in which its front matter is.
const FRONT_MATTER_BYTES: usize = 4_096;

/// The heading of a page and the line of its subject.
#[derive(Debug, Default)]
pub(super) struct Title {
    pub(super) id: Option<BulletinId>,
    /// Subject with its KB numbers, without marks.
    pub(super) subject: Option<String>,
    /// Line of the subject, or of the heading.
    pub(super) line: u32,
    /// Index of the first block after the subject.
    pub(super) after: usize,
    /// What follows the identifier in the heading.
    suffix: String,
}

impl Title {
    /// Finds the heading that names the bulletin, and the subject under it.
    pub(super) fn find(page: &Page<'_>, warnings: &mut Vec<PageWarning>) -> Self {
        let mut title = Self::in_body(page).unwrap_or_else(|| Self::in_front_matter(page));
        let name = page.path.rsplit(['/', '\\']).next().unwrap_or(page.path);
        let by_name = ids::first_bulletin(name).map(|(id, _)| id);
        if let (Some(id), Some(named)) = (title.id, by_name)
            && id != named
        {
            let message = format!("the page names {id}, its file {named}");
            warnings.push(warning("id-differs-from-file", title.line.max(1), message));
        }
        title.id = title.id.or(by_name);
        title
    }

    fn in_body(page: &Page<'_>) -> Option<Self> {
        let heading = page.blocks.iter().take(HEADING_BLOCKS).enumerate();
        let (at, line, text, id, suffix) = heading
            .filter_map(|(at, block)| Some((at, block.line, first_line(&block.kind)?)))
            .filter(|(_, _, raw)| !is_front_matter(raw))
            .find_map(|(at, line, raw)| {
                let text = plain(raw);
                let (id, suffix) = ids::first_bulletin(&text)?;
                let suffix = suffix.to_owned();
                Some((at, line, text, id, suffix))
            })?;
        let subject =
            page.blocks.iter().enumerate().skip(at + 1).take(4).find_map(|(at, block)| {
                let raw = first_line(&block.kind)?;
                let text = plain(raw);
                let is_words = text.chars().any(char::is_alphabetic);
                let is_heading = matches!(block.kind, BlockKind::Heading { .. });
                (is_words && is_heading).then_some((at, block.line, text))
            });
        let (after, line, subject) = match subject {
            Some((at, line, subject)) => (at + 1, line, subject),
            None => (at + 1, line, text),
        };
        Some(Self { id: Some(id), subject: Some(one_line(&subject)), line, after, suffix })
    }

    /// Falls back on the front matter of a page whose body does not begin with a heading.
    fn in_front_matter(page: &Page<'_>) -> Self {
        let head = super::words::beginning(page.text, FRONT_MATTER_BYTES);
        let lines = || head.lines().take(14).filter(|line| is_front_matter(line));
        let id = lines().find_map(|line| ids::first_bulletin(line));
        let text = lines().find_map(|line| line.trim_start().strip_prefix("Title:"));
        let heading = page.blocks.iter().find_map(|block| match block.kind {
            BlockKind::Heading { text, .. } => Some(plain(text)).filter(|text| !text.is_empty()),
            _ => None,
        });
        let subject = heading.or_else(|| Some(Cow::Borrowed(text?.trim_matches([' ', '\'']))));
        let suffix = id.map(|(_, suffix)| suffix.trim_matches([' ', '\'']).to_owned());
        Self {
            id: id.map(|(id, _)| id),
            subject: subject.filter(|subject| !subject.is_empty()).map(Cow::into_owned),
            line: 1,
            after: 0,
            suffix: suffix.unwrap_or_default(),
        }
    }

    /// Returns the severity that the heading ends with.
    pub(super) fn severity(&self, words: &Words) -> Option<Severity> {
        words.severity(&self.suffix)
    }

    /// Returns the KB numbers of the subject: in parentheses, or at its end.
    pub(super) fn kbs(&self) -> Vec<KbNumber> {
        let Some(subject) = &self.subject else { return Vec::new() };
        match kb_group(subject) {
            Some((from, to)) => ids::articles(&subject[from..to]),
            None => Vec::new(),
        }
    }

    /// Returns the subject with the KB numbers taken off.
    pub(super) fn subject_without_kbs(&self) -> Option<String> {
        let subject = self.subject.as_deref()?;
        let Some((from, to)) = kb_group(subject) else { return Some(subject.to_owned()) };
        let (before, after) = (subject[..from].trim_end(), subject[to..].trim());
        let after = after.trim_start_matches(['.', ':', ')', '）', '。']).trim_start();
        let is_joined = after.is_empty() || !before.is_ascii() && !subject[to..].starts_with(' ');
        Some(if is_joined { format!("{before}{after}") } else { format!("{before} {after}") })
    }
}

/// Tells whether the file name, the front matter or a heading of a page names a bulletin, and not
/// only its text.
pub(crate) fn names_bulletin(page: &Page<'_>) -> bool {
    let name = page.path.rsplit(['/', '\\']).next().unwrap_or(page.path);
    let headings = page.blocks.iter().take(HEADING_BLOCKS).filter_map(|block| match block.kind {
        BlockKind::Heading { text, .. } => Some(text),
        _ => None,
    });
    let head = super::words::beginning(page.text, FRONT_MATTER_BYTES);
    let front = head.lines().take(14).filter(|line| is_front_matter(line));
    std::iter::once(name)
        .chain(headings)
        .chain(front)
        .any(|text| ids::first_bulletin(text).is_some())
}

/// Finds the parentheses of a subject that hold KB numbers and hardly anything else, or a bare
/// number at its end.
fn kb_group(subject: &str) -> Option<(usize, usize)> {
    let is_open = |c: char| matches!(c, '(' | '（');
    let is_close = |c: char| matches!(c, ')' | '）');
    let mut found = None;
    for (at, open) in subject.char_indices().filter(|(_, c)| is_open(*c)) {
        let inside_at = at + open.len_utf8();
        let inside = &subject[inside_at..];
        let length = inside.find(is_close);
        let body = &inside[..length.unwrap_or(inside.len())];
        if body.contains(is_open) || body.len() > 200 {
            continue;
        }
        let letters = body.chars().filter(|c| c.is_alphabetic()).count();
        let numbers = ids::articles(body).len();
        if numbers > 0 && letters <= 6 * numbers {
            let close = length.and_then(|length| inside[length..].chars().next());
            let end = inside_at + body.len() + close.map_or(0, char::len_utf8);
            let from = subject[..at].trim_end_matches(['(', '（']).len();
            found = Some((from, end));
        }
    }
    found.or_else(|| {
        let bare = subject.rsplit([' ', '\u{3000}']).next()?;
        let is_number = (6..=7).contains(&bare.len()) && bare.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| (subject.len() - bare.len(), subject.len()))
    })
}

fn first_line<'p>(kind: &BlockKind<'p>) -> Option<&'p str> {
    match kind {
        BlockKind::Heading { text, .. } => Some(text),
        BlockKind::Paragraph(lines) => lines.first().map(|line| line.text),
        _ => None,
    }
}

/// Tells whether a line is of the front matter, which a page with a broken fence has in its body.
fn is_front_matter(line: &str) -> bool {
    let line = line.trim_start_matches(['\u{feff}', ' ', '\t']);
    ["TOCTitle:", "Title:", "ms:", "ms.", "author:"].iter().any(|key| line.starts_with(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kb_numbers_are_taken_off_the_subject() {
        for (subject, title, kbs) in [
            ("Flaw in Help Center (840374)", "Flaw in Help Center", vec![840_374]),
            ("Fehler (941569 und 944275)", "Fehler", vec![941_569, 944_275]),
            ("공지(3140709)", "공지", vec![3_140_709]),
            ("SQL Server용 누적 패치 (Q316333)", "SQL Server용 누적 패치", vec![316_333]),
            (
                "Microsoft Windows (835732) 安全性更新",
                "Microsoft Windows 安全性更新",
                vec![835_732],
            ),
            ("驱动程序（3193706）的安全更新", "驱动程序的安全更新", vec![3_193_706]),
            ("Word 中的弱點 ((924554)", "Word 中的弱點", vec![924_554]),
            ("H.323 フィルタの脆弱性 (816458", "H.323 フィルタの脆弱性", vec![816_458]),
            (
                "Denial-of-Service-Angriff führen 905414",
                "Denial-of-Service-Angriff führen",
                vec![905_414],
            ),
            ("UPnP (Universal Plug and Play)", "UPnP (Universal Plug and Play)", vec![]),
            ("можно (912919).", "можно", vec![912_919]),
        ] {
            let found = Title { subject: Some(subject.to_owned()), ..Title::default() };
            let numbers: Vec<u32> = found.kbs().iter().map(|kb| kb.number()).collect();
            assert_eq!((found.subject_without_kbs().as_deref(), numbers), (Some(title), kbs));
        }
    }
}
