//! Single fields of a file row: names, versions, sizes, times, processors.

use staunch_model::FileVersion;

/// Version of a file as a row writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Version {
    Four(FileVersion),
    /// Digits and dots with another number of parts, or with a part that is too great.
    Raw(String),
}

/// Extensions that a name is put together with where its dot was lost.
const EXTENSIONS: &[&str] = &[
    "dll", "exe", "sys", "ocx", "mui", "cat", "cab", "inf", "cpl", "drv", "msi", "msp", "asp", "ax",
];

/// Longest name; the longest on the pages are component manifests of about 150 characters.
pub(super) const LONGEST_NAME: usize = 260;

/// Tells whether a text is the name of a file, with an extension.
pub(super) fn is_name(text: &str) -> bool {
    if text.len() > LONGEST_NAME || !text.starts_with(is_name_start) {
        return false;
    }
    let Some((stem, extension)) = text.rsplit_once('.') else { return false };
    !stem.is_empty()
        && extension.len() <= 20
        && extension.starts_with(|c: char| c.is_ascii_alphabetic())
        && extension.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'~'))
        && stem.chars().all(|c| c.is_alphanumeric() || "_-~$()+&!@#%'{}.^".contains(c))
}

fn is_name_start(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '~' | '$' | '{' | '@' | '%')
}

/// Puts a damaged name right: stray spaces around dots, or a lost dot before the extension.
pub(super) fn mended_name(text: &str) -> Option<String> {
    let squeezed = text.replace(" .", ".").replace(". ", ".");
    if squeezed != text && is_name(&squeezed) {
        return Some(squeezed);
    }
    lost_dot(text)
}

/// Puts a name together whose dot before the extension was lost: `netio sys`.
pub(super) fn lost_dot(text: &str) -> Option<String> {
    let (stem, extension) = text.rsplit_once([' ', ','])?;
    let is_known = EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension));
    let joined = || format!("{}.{extension}", stem.trim_end());
    is_known.then(joined).filter(|name| is_name(name))
}

/// Counts the parts of a text of digits and single dots; zero where it is none.
pub(super) fn dotted_parts(text: &str) -> usize {
    let mut parts = 0;
    for part in text.split('.') {
        if part.is_empty() || part.len() > 10 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return 0;
        }
        parts += 1;
    }
    parts
}

/// Reads a version; blanks around dots and commas for dots are put right, words after it dropped.
pub(super) fn version(text: &str) -> Option<Version> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | ' '))
        .unwrap_or(text.len());
    let (numbers, after) = text.split_at(end);
    if after.starts_with(|c: char| c.is_alphanumeric()) && !numbers.ends_with(' ') {
        return None;
    }
    let mut squeezed = numbers.trim().replace(" .", ".").replace(". ", ".");
    if squeezed.contains(' ') {
        let first = squeezed.split(' ').next().unwrap_or_default();
        if after.is_empty() || dotted_parts(first) < 3 {
            return None;
        }
        squeezed = first.to_owned();
    }
    let dotted = squeezed.replace(',', ".");
    let trimmed = if dotted_parts(&squeezed) > 0 { &squeezed } else { &dotted };
    match dotted_parts(trimmed) {
        0 | 1 | 7.. => None,
        _ => Some(trimmed.parse().map_or_else(|_| Version::Raw(trimmed.clone()), Version::Four)),
    }
}

/// Reads a size in bytes, grouped by commas, dots, spaces or apostrophes, or not at all.
///
/// The groups after the first have three digits; a lost separator is allowed for (`3 683840`).
pub(super) fn size(text: &str) -> Option<u64> {
    let text = text.trim_end_matches([' ', '.', ',']);
    let mut digits = String::with_capacity(text.len());
    let mut group = 0_usize;
    let mut is_first = true;
    for c in text.chars() {
        match c {
            '0'..='9' => {
                digits.push(c);
                group += 1;
            }
            '.' | ',' | ' ' | '\u{a0}' | '\'' | '\u{2019}' => {
                if group == 0 {
                    if is_first {
                        return None;
                    }
                    continue;
                }
                if if is_first { group > 3 } else { !group.is_multiple_of(3) } {
                    return None;
                }
                is_first = false;
                group = 0;
            }
            _ => return None,
        }
    }
    let fits = (1..=11).contains(&digits.len()) && (is_first || group.is_multiple_of(3));
    if fits { digits.parse().ok() } else { None }
}

/// Tells whether a text is a size in greater units than bytes: `1,18 MB`, which is rounded.
pub(super) fn is_rounded_size(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','));
    let Some((number, unit)) = end.map(|end| text.split_at(end)) else { return false };
    let units = ["kb", "mb", "gb", "кб", "мб", "гб"];
    !number.is_empty() && units.contains(&unit.trim().to_lowercase().as_str())
}

/// Time of day that a text begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    hour: u8,
    minute: u8,
    /// Bytes that it takes.
    pub(super) length: usize,
    /// Whether it is written with `a` or `p`, as American tools do.
    pub(super) is_american: bool,
}

impl Time {
    /// Reads `HH:MM`, `H.MM` or `HH:MM:SS`, with `a`, `p`, `AM` or `PM` after it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let digits = |from: usize| {
            bytes[from.min(bytes.len())..].iter().take_while(|b| b.is_ascii_digit()).count()
        };
        let hours = digits(0);
        if !(1..=2).contains(&hours) {
            return None;
        }
        let mark = match text[hours..].chars().next()? {
            c @ (':' | '.' | '\u{ff1a}') => c.len_utf8(),
            _ => return None,
        };
        let minutes = hours + mark;
        if digits(minutes) < 2 {
            return None;
        }
        let mut length = minutes + 2;
        let is_colon = bytes[hours] != b'.';
        if is_colon && bytes.get(length) == Some(&b':') && digits(length + 1) >= 2 {
            length += 3;
        }
        let number = |from: usize, to: usize| text[from..to].parse::<u8>().unwrap_or(u8::MAX);
        let mut hour = number(0, hours);
        let after = bytes.get(length).map(u8::to_ascii_lowercase);
        let next_is_letter = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
        let mut is_american = false;
        if let Some(half @ (b'a' | b'p')) = after {
            let taken = 1 + usize::from(matches!(bytes.get(length + 1), Some(b'm' | b'M')));
            if !next_is_letter(length + taken) {
                is_american = true;
                length += taken;
                hour = half_day(hour, half == b'p');
            }
        }
        Some(Self { hour, minute: number(minutes, minutes + 2), length, is_american })
    }

    /// Moves a time of a clock of twelve hours to the half of the day that a word says.
    pub(super) fn in_half(self, is_afternoon: bool) -> Self {
        Self { hour: half_day(self.hour, is_afternoon), ..self }
    }

    /// Returns `HH:MM`, when there is such a time.
    pub(super) fn text(self) -> Option<String> {
        (self.hour < 24 && self.minute < 60).then(|| format!("{:02}:{:02}", self.hour, self.minute))
    }
}

fn half_day(hour: u8, is_afternoon: bool) -> u8 {
    match (hour, is_afternoon) {
        (12, false) => 0,
        (1..=11, true) => hour + 12,
        _ => hour,
    }
}

/// Spellings of processors that a text may begin with; the longest come first.
const PROCESSORS: &[(&str, &str)] = &[
    ("x86-64", "x64"),
    ("x86_64", "x64"),
    ("itanium", "ia64"),
    ("amd64", "x64"),
    ("ia-64", "ia64"),
    ("ia 64", "ia64"),
    ("i386", "x86"),
    ("ia64", "ia64"),
    ("x86", "x86"),
    ("x64", "x64"),
    ("i64", "ia64"),
];

/// Returns the canonical processor that a text begins with, and the bytes of its spelling.
pub(super) fn processor(text: &str) -> Option<(&'static str, usize)> {
    if !text.starts_with(['x', 'X', 'i', 'I', 'a', 'A']) {
        return None;
    }
    PROCESSORS.iter().find_map(|(spelling, canonical)| {
        let head = text.as_bytes().get(..spelling.len())?;
        head.eq_ignore_ascii_case(spelling.as_bytes()).then_some((*canonical, spelling.len()))
    })
}

/// Tells whether a text begins with the name of a branch: `SP2GDR`, `RTMQFE`, `UNIPROC`.
pub(super) fn is_branch(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins =
        |word: &[u8]| bytes.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word));
    (begins(b"sp") && bytes.get(2).is_some_and(u8::is_ascii_digit))
        || [&b"rtm"[..], b"gdr", b"qfe", b"uniproc", b"wow", b"vsrtm", b"vsr"]
            .iter()
            .any(|word| begins(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_from_paths_versions_and_words() {
        for name in ["Ole32.dll", "61883.sys", "Owssvr.dll_0001", "explorer-ppdlic.xrm-ms"] {
            assert!(is_name(name), "{name}");
        }
        for other in ["5.2.3790.1", "x86_a.b_6.0.6000.16576_none_37", "a b.dll", "dll", "N.v.t."] {
            assert!(!is_name(other), "{other}");
        }
        assert_eq!(mended_name("Ieframe. dll. mui").as_deref(), Some("Ieframe.dll.mui"));
        assert_eq!(mended_name("secdrv sys").as_deref(), Some("secdrv.sys"));
        assert_eq!(mended_name("msorcl32,dll").as_deref(), Some("msorcl32.dll"));
        assert_eq!(mended_name("two words"), None);
    }

    #[test]
    fn sizes_are_read_in_every_grouping() {
        for (text, bytes) in [
            ("2,062,336", Some(2_062_336)),
            ("6 045 696", Some(6_045_696)),
            ("6\u{a0}045\u{a0}696", Some(6_045_696)),
            ("561.664", Some(561_664)),
            ("997.888.", Some(997_888)),
            ("2 281 ,472", Some(2_281_472)),
            ("3 683840", Some(3_683_840)),
            ("707856", Some(707_856)),
            ("1,0473,552", None),
            ("1,27 MB", None),
            ("", None),
        ] {
            assert_eq!(size(text), bytes, "{text}");
        }
    }

    #[test]
    fn rounded_sizes_are_told_from_branches() {
        for text in ["1,18 MB", "18.4 KB", "1,18\u{a0}МБ"] {
            assert!(is_rounded_size(text), "{text}");
        }
        for text in ["SP2QFE", "1,18", "MB", ""] {
            assert!(!is_rounded_size(text), "{text}");
        }
    }

    #[test]
    fn times_are_brought_to_one_form() {
        for (text, time) in [
            ("4:08", Some("04:08")),
            ("19.34", Some("19:34")),
            ("12:47p", Some("12:47")),
            ("02:05pm", Some("14:05")),
            ("12:05a", Some("00:05")),
            ("21:36:44", Some("21:36")),
            ("23\u{ff1a}15", Some("23:15")),
            ("35:06", None),
            ("12", None),
        ] {
            assert_eq!(Time::read(text).and_then(Time::text).as_deref(), time, "{text}");
        }
    }

    #[test]
    fn versions_keep_other_numbers_of_parts_as_written() {
        let four = |text: &str| Some(Version::Four(text.parse().unwrap()));
        assert_eq!(version("5.00.2195.6928"), four("5.0.2195.6928"));
        assert_eq!(version("5. 1.2600.1"), four("5.1.2600.1"));
        assert_eq!(version("5,1,2600,1"), four("5.1.2600.1"));
        assert_eq!(version("10.0.6754"), Some(Version::Raw("10.0.6754".into())));
        assert_eq!(version("NA"), None);
    }
}
