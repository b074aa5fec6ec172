//! A folder as `dir /a /-c` lists it in any language.
//!
//! Words are not looked at. A line of an entry has a date, a time, a size in digits or a mark in
//! angle brackets, and a name; a line below them has the number of entries and the sum of their
//! sizes, and only a list with the right sum counts as whole. Dates are ignored.

use staunch_model::WinPath;

/// A list that is being read.
pub(super) struct FolderList {
    folder: WinPath,
    entries: Vec<Entry>,
    sum: u64,
    is_summed: bool,
    has_strange_lines: bool,
}

/// A name of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) is_folder: bool,
    /// Length in bytes.
    pub(super) size: Option<u64>,
}

impl FolderList {
    pub(super) fn of(folder: WinPath) -> Self {
        Self { folder, entries: Vec::new(), sum: 0, is_summed: false, has_strange_lines: false }
    }

    pub(super) fn folder(&self) -> &WinPath {
        &self.folder
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Tells whether every line was understood and the sum is right.
    pub(super) fn is_whole(&self) -> bool {
        self.is_summed && !self.has_strange_lines
    }

    /// Reads a line.
    pub(super) fn line(&mut self, line: &str) {
        if let Some(entry) = entry(line) {
            self.is_summed = false;
            self.sum = self.sum.saturating_add(entry.size.unwrap_or_default());
            if !matches!(entry.name.as_str(), "." | "..") {
                self.entries.push(entry);
            }
        } else if line.starts_with(char::is_whitespace) {
            let mut numbers = line
                .split(|c: char| !c.is_ascii_digit())
                .filter(|digits| !digits.is_empty())
                .map(|digits| digits.parse::<u64>().ok());
            let second = numbers.nth(1).flatten();
            self.is_summed |= second == Some(self.sum);
        } else if !line.trim().is_empty() {
            self.has_strange_lines = true;
        }
    }
}

/// Reads a line as an entry.
fn entry(line: &str) -> Option<Entry> {
    let mut rest = line.trim();
    let (date, behind) = word(rest)?;
    if !is_date(date) {
        return None;
    }
    rest = behind;
    // Some languages put the half of the day before the time, and others behind it.
    for is_last in [false, true] {
        let (time, behind) = word(rest)?;
        rest = behind;
        if is_time(time) {
            break;
        }
        if is_last {
            return None;
        }
    }
    let (mut size, mut behind) = word(rest)?;
    if !size.starts_with('<') && !size.contains(|c: char| c.is_ascii_digit()) {
        (size, behind) = word(behind)?;
    }
    let name = behind.trim();
    if name.is_empty() {
        return None;
    }
    if size.starts_with('<') && size.ends_with('>') {
        let is_link = size != "<DIR>" && name.ends_with(']');
        let name =
            if is_link { name.split_once(" [").map_or(name, |(name, _)| name) } else { name };
        let is_folder = size != "<SYMLINK>";
        return Some(Entry { name: name.to_owned(), is_folder, size: None });
    }
    let size = size.parse().ok().filter(|_| size.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some(Entry { name: name.to_owned(), is_folder: false, size: Some(size) })
}

fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Tells whether a word is a day in figures: `10/14/96`, `14.10.1996`, `96-10-14`.
fn is_date(word: &str) -> bool {
    let is_separator = |c: char| matches!(c, '/' | '.' | '-');
    word.chars().all(|c| c.is_ascii_digit() || is_separator(c))
        && word.split(is_separator).filter(|part| !part.is_empty()).count() == 3
}

/// Tells whether a word is a time: `01:38a`, `13:38`, `13.38`.
fn is_time(word: &str) -> bool {
    let Some((hour, rest)) = word.split_once([':', '.']) else { return false };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number(hour) && rest.get(..2).is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, size: u64) -> Option<Entry> {
        Some(Entry { name: name.to_owned(), is_folder: false, size: Some(size) })
    }

    fn folder(name: &str) -> Option<Entry> {
        Some(Entry { name: name.to_owned(), is_folder: true, size: None })
    }

    #[test]
    fn entries_are_read_in_any_language() {
        for (line, expected) in [
            ("10/14/96  01:38a             134144 ntdll.dll", file("ntdll.dll", 134_144)),
            (
                "14.10.96  01:38              134144 Datei 2 von 3.txt",
                file("Datei 2 von 3.txt", 134_144),
            ),
            ("96-10-14  13.38                   0 a", file("a", 0)),
            ("2001-08-23  오후 08:00            1024 b.exe", file("b.exe", 1024)),
            ("08/23/2001  08:00 PM              1024 b.exe", file("b.exe", 1024)),
            ("08.23.2001  08:00 de.             1024 b.exe", file("b.exe", 1024)),
            ("10/14/96  01:38a      <DIR>          system32", folder("system32")),
            (
                "14/10/96  01:38       <REP>          Menu D\u{e9}marrer",
                folder("Menu D\u{e9}marrer"),
            ),
            ("2006-11-02  13:00    <JUNCTION>     Documents [C:\\Users]", folder("Documents")),
            (" Directory of C:\\WINNT\\system32", None),
            ("            1763 File(s)      151334912 bytes", None),
            ("10/14/96  01:38a             134,144 ntdll.dll", None),
            ("10/14/96", None),
            ("", None),
        ] {
            assert_eq!(entry(line), expected, "{line}");
        }
    }

    #[test]
    fn only_a_list_with_the_right_sum_is_whole() {
        let head = " Volume in drive C has no label.\n\n Directory of C:\\WINNT\\Web\n\n\
                    10/14/96  01:38a      <DIR>          .\n10/14/96  01:38a      <DIR>          ..\n";
        let two =
            "10/14/96  01:38a               100 a.htm\n10/14/96  01:38a                23 b.htm\n";
        for (entries, end, expected) in [
            (
                two,
                "               4 File(s)            123 bytes\n                  9000 bytes free\n",
                true,
            ),
            (two, "       4 Datei(en)            123 Bytes\n           9000 Bytes frei\n", true),
            (two, "               4 File(s)            124 bytes\n", false),
            (two, "", false),
            ("", "               2 File(s)              0 bytes\n", true),
            ("not a line of this list\n", "     2 File(s)      0 bytes\n", false),
        ] {
            let mut list = FolderList::of(r"C:\WINNT\Web".parse().expect("a path"));
            format!("{head}{entries}{end}").lines().for_each(|line| list.line(line));
            assert_eq!(list.is_whole(), expected, "{entries}{end}");
            assert!(list.entries().iter().all(|entry| !entry.name.starts_with('.')));
        }
    }
}
