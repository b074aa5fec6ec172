//! The revision history.

use staunch_model::{PageRevision, PageWarning};

use super::words::{beginning, plain};
use crate::page::dates::date_in;
use crate::page::lexicon::Lexicon;
use crate::page::warning;

/// Bytes of a raw line in which version and date stand; the date may be a link.
const ENTRY_BYTES: usize = 400;

/// Most letters of the word before the version: `Version`, `Версия`, `Wersja`.
const VERSION_LETTERS: usize = 8;

/// Most entries of a history; pages have at most some dozens.
const MOST_ENTRIES: usize = 1_000;

/// The entries of a history in the order of the page.
#[derive(Debug, Default)]
pub(super) struct History {
    pub(super) entries: Vec<PageRevision>,
    /// Line of the last entry.
    pub(super) last_line: u32,
}

impl History {
    /// Takes a line that is an entry; one without a date, or with a date only, is an entry only
    /// under the heading of the history.
    pub(super) fn line(
        &mut self,
        raw: &str,
        line: u32,
        is_under_heading: bool,
        lexicon: Option<&Lexicon>,
        warnings: &mut Vec<PageWarning>,
    ) {
        if self.entries.len() == MOST_ENTRIES || !may_be_entry(raw) {
            return;
        }
        let text = plain(beginning(raw, ENTRY_BYTES));
        let versioned = versioned(&text);
        let (version, rest) = match &versioned {
            Some((version, rest)) => (Some(version.clone()), *rest),
            // Histories have versions or have none; a lone day under one with versions is that on
            // which the page was made.
            None if is_under_heading
                && text.starts_with(|c: char| c.is_ascii_digit())
                && self.entries.iter().all(|entry| entry.version.is_none()) =>
            {
                (None, &*text)
            }
            None => return,
        };
        let place = date_place(rest);
        let date = place.and_then(|place| date_in(place, lexicon));
        let date = match date {
            Some(Ok(date)) => Some(date),
            Some(Err(error)) => {
                warnings.push(warning("bad-date", line, format!("revision: {error}")));
                None
            }
            None if is_under_heading && version.is_some() => None,
            None => return,
        };
        let entry = PageRevision { version, date };
        if self.entries.last() != Some(&entry) {
            self.entries.push(entry);
        }
        self.last_line = line;
    }
}

/// Returns the greatest version of a history.
pub(super) fn greatest(entries: &[PageRevision]) -> Option<&String> {
    let versions = entries.iter().filter_map(|entry| entry.version.as_ref());
    versions.max_by_key(|version| number(version))
}

fn number(version: &str) -> (u32, u32) {
    let part = |text: &str| text.parse().unwrap_or(0);
    version.split_once('.').map_or((0, 0), |(major, minor)| (part(major), part(minor)))
}

/// Reads `1.0`, `1,0` and `V1.0` at the beginning of a text as a version.
pub(super) fn version_in(text: &str) -> Option<(String, &str)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let major = digits(text);
    let after = text[major..].strip_prefix(['.', ',']).filter(|_| (1..=2).contains(&major))?;
    let minor = digits(after);
    let rest = &after[minor..];
    let goes_on = rest.strip_prefix('.').is_some_and(|rest| digits(rest) > 0);
    let version = format!("{}.{}", &text[..major], &after[..minor]);
    ((1..=2).contains(&minor) && !goes_on).then_some((version, rest))
}

/// Tells whether a line begins with at most a short word before its first number.
fn may_be_entry(raw: &str) -> bool {
    let digit = raw.bytes().take(40).position(|b| b.is_ascii_digit());
    digit.is_some_and(|digit| raw.as_bytes()[..digit].iter().all(|b| !matches!(b, b'|' | b'/')))
}

/// Splits an entry after its version.
fn versioned(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || "-•·*–".contains(c));
    let letters = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    if text[..letters].chars().count() > VERSION_LETTERS {
        return None;
    }
    version_in(text[letters..].trim_start_matches(['.', ':', ' ', '\u{a0}']))
}

/// Returns the text in which the date of an entry stands: the parentheses after the version, or what
/// follows it up to a colon.
fn date_place(rest: &str) -> Option<&str> {
    let open = rest.char_indices().take(14).find(|(_, c)| matches!(c, '(' | '（'));
    if let Some((at, open)) = open {
        let inside = &rest[at + open.len_utf8()..];
        let end = inside.find([')', '）']).unwrap_or(inside.len());
        return Some(beginning(&inside[..end], 80));
    }
    let rest = rest.trim_start_matches(|c: char| !c.is_ascii_digit() && !c.is_alphabetic());
    let end = rest.find([':', '：']).unwrap_or(rest.len());
    Some(beginning(&rest[..end], 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str], locale: &str, is_under_heading: bool) -> Vec<String> {
        let mut history = History::default();
        let mut warnings = Vec::new();
        for line in lines {
            history.line(line, 1, is_under_heading, Lexicon::of(locale), &mut warnings);
        }
        let show = |entry: PageRevision| {
            let version = entry.version.unwrap_or_default();
            let date = entry.date.map(|date| date.to_string()).unwrap_or_default();
            format!("{version} {date}")
        };
        let warnings = warnings.into_iter().map(|warning| warning.code);
        history.entries.into_iter().map(show).chain(warnings).collect()
    }

    #[test]
    fn entries_are_read_in_every_language() {
        for (line, locale) in [
            ("V1.0 (8. února 2005): Bulletin byl publikován.", "cs-cz"),
            ("V1.0 ([8. Februar 2005](https://technet.microsoft.com/x(v=S.10))): x.", "de-de"),
            ("V.1.0 (8 de febrero de 2005): se revisó.", "es-es"),
            ("1.0 verzió (2005. február 8.): Kiadás dátuma", "hu-hu"),
            ("1.0-s verzió (2005. február 8.): Kiadás dátuma", "hu-hu"),
            ("V1.0, (8 febbraio 2005): creazione del bollettino.", "it-it"),
            ("V1.0 8 febbraio 2005: Pubblicazione del bollettino.", "it-it"),
            ("V1.0 (2005/02/08): このページを公開しました。", "ja-jp"),
            ("V1.0(2005년 2월 8일): 게시 문서 작성.", "ko-kr"),
            ("V1.0 2005년 2월 8일: 게시판에 게시", "ko-kr"),
            ("Versie 1.0 (8 februari 2005): Het bulletin", "nl-nl"),
            ("Wer. 1.0 (8 lutego 2005 r.): Poprawiono", "pl-pl"),
            ("V1.0 (terça-feira, 8 de fevereiro de 2005): Boletim publicado.", "pt-br"),
            ("Вер. 1.0 (8 февраля 2005 г.): Бюллетень", "ru-ru"),
            ("V1.0 (8 Şubat 2005): Bülten yayımlandı.", "tr-tr"),
            ("1.0 版（2005 年 2 月 8 日）：公告发布", "zh-cn"),
            ("V5.0：(2005 年 2 月 8 日)：為了", "zh-tw"),
        ] {
            let found = read(&[line], locale, false);
            assert!(
                found == ["1.0 2005-02-08"] || found == ["5.0 2005-02-08"],
                "{line}: {found:?}"
            );
        }
    }

    #[test]
    fn a_lone_day_under_versions_is_no_entry() {
        let lines =
            ["V1.0(2014년 11월 6일): 게시", "2014-11-06 17:22Z-08:00에 페이지가 생성되었습니다."];
        assert_eq!(read(&lines, "ko-kr", true), ["1.0 2014-11-06"]);
    }

    #[test]
    fn old_japanese_entries_have_days_only() {
        let lines = ["2002/2/8: 公開しました。", "2002/2/25: KB を公開しました。"];
        assert_eq!(read(&lines, "ja-jp", true), [" 2002-02-08", " 2002-02-25"]);
        assert_eq!(read(&lines, "ja-jp", false), [""; 0]);
    }

    #[test]
    fn what_only_looks_like_an_entry_is_none() {
        for line in [
            "VBScript 5.8 (Internet Explorer 8)",
            "Windows NT 4.0 (Workstation und Server)",
            "Mac OS 9.2.2 (Classic) oder neuer",
            "5.1.2600.0 (2004-05-11)",
        ] {
            assert_eq!(read(&[line], "de-de", false), [""; 0], "{line}");
        }
    }

    #[test]
    fn a_date_without_year_leaves_the_version() {
        let line = ["V1.0 (12 de junio): Publicación del boletín."];
        assert_eq!(read(&line, "es-es", true), ["1.0 "]);
        assert_eq!(read(&["V1.0 (31. Juni 2004): x"], "de-de", true), ["1.0 ", "bad-date"]);
    }
}
