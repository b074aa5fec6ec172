//! Figures over the real pages, beside a counter that knows nothing of the reader.

use std::collections::BTreeMap;

use staunch_model::{BulletinPage, PageFile};

use crate::page::Page;

/// Extensions that the counter knows.
const EXTENSIONS: [&str; 30] = [
    "dll", "exe", "sys", "ocx", "cab", "mui", "cat", "cpl", "drv", "inf", "asp", "htm", "xml",
    "man", "chm", "msi", "msp", "sql", "js", "dat", "manifest", "ax", "mof", "mfl", "tsp", "com",
    "acm", "inc", "css", "aspx",
];

/// Counts rows by their look: the name of a file beside a version, or beside a grouped size.
fn row_starts(text: &str) -> Vec<u32> {
    let mut starts = Vec::new();
    let mut html: Option<(u32, String)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.replace('\u{a0}', " ");
        if line.starts_with("<tr") {
            html = Some((number, String::new()));
        }
        if let Some((start, mut row)) = html.take() {
            row.push_str(&line.replace("</td>", " | "));
            if line.contains("</tr>") {
                starts.extend(is_row(&without_tags(&row)).then_some(start));
            } else {
                html = Some((start, row));
            }
        } else if line.trim_start().starts_with('|') {
            starts.extend(is_row(&line).then_some(number));
        } else {
            starts.extend(std::iter::repeat_n(number, rows_in_text(&line)));
        }
    }
    starts
}

fn without_tags(text: &str) -> String {
    let parts = text.split('<').map(|part| part.split_once('>').map_or(part, |(_, rest)| rest));
    parts.collect()
}

fn is_row(line: &str) -> bool {
    let cells: Vec<String> =
        line.split('|').map(|cell| cell.replace(['\\', '*'], "").trim().to_owned()).collect();
    let is_name = |cell: &String| {
        cell.len() < 200
            && !cell.contains(' ')
            && cell.rsplit_once('.').is_some_and(|(_, extension)| {
                EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension))
            })
    };
    let is_version = |cell: &String| {
        cell.split('.').count() == 4
            && cell
                .split('.')
                .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_size = |cell: &String| {
        cell.len() > 3
            && cell.bytes().all(|b| b.is_ascii_digit() || b", .".contains(&b))
            && cell.bytes().rev().take(3).all(|b| b.is_ascii_digit())
    };
    cells.iter().any(is_name) && (cells.iter().any(is_version) || cells.iter().any(is_size))
}

/// Counts the names of files that come right after a size, in lines that are no prose.
fn rows_in_text(line: &str) -> usize {
    let bytes = line.as_bytes();
    let is_dated = line.contains("200") || line.contains("199") || line.contains("/0");
    if !is_dated {
        return 0;
    }
    let ends = EXTENSIONS.iter().flat_map(|extension| {
        let ends = line.match_indices('.').filter(move |(at, _)| {
            let after = line[at + 1..].trim_start_matches(|c: char| c.is_ascii_alphabetic());
            let is_last = !after.starts_with('.');
            let text = line.get(at + 1..=at + extension.len());
            is_last && text.is_some_and(|text| text.eq_ignore_ascii_case(extension))
        });
        ends.map(|(at, _)| at)
    });
    let mut ends: Vec<usize> = ends.collect();
    ends.sort_unstable();
    ends.dedup();
    let follows_size = |dot: &usize| {
        let is_in_name = |b: &u8| b.is_ascii_alphanumeric() || b"_-.".contains(b);
        let start = dot - bytes[..*dot].iter().rev().take_while(|b| is_in_name(b)).count();
        let before = line.get(..start).unwrap_or_default().trim_end();
        let tail = before.as_bytes();
        tail.len() > 8
            && tail.len() < line.len()
            && tail.iter().rev().take(3).all(u8::is_ascii_digit)
    };
    ends.iter().filter(|dot| follows_size(dot)).count()
}

/// Finds the last `1.2` beside a year in the last lines of a page.
fn last_revision(text: &str) -> String {
    let lines: Vec<&str> = text.lines().rev().take(60).filter(|line| line.contains("20")).collect();
    let words = lines.iter().flat_map(|line| {
        line.split(|c: char| !c.is_ascii_digit() && c != '.').map(|word| word.trim_matches('.'))
    });
    let numbers = words.filter(|word| word.len() == 3 && word.as_bytes()[1] == b'.');
    numbers.max().unwrap_or_default().to_owned()
}

#[derive(Default)]
struct Tally {
    pages: usize,
    bytes: usize,
    rows: usize,
    starts: usize,
    /// Row starts that the reader has no row for, with where they stand.
    lost: Vec<String>,
    /// Rows on lines where the counter sees none.
    further: Vec<String>,
    warnings: BTreeMap<String, (usize, Vec<String>)>,
    /// Rows by language and page.
    by_page: BTreeMap<(String, String), Vec<PageFile>>,
    /// Greatest number that stands in the revisions at the end of each page.
    revisions: BTreeMap<(String, String), String>,
}

impl Tally {
    fn page(&mut self, name: &str, text: &str) {
        let page = Page::new(name, text);
        let mut out = BulletinPage::default();
        super::read(&page, &mut out);
        self.pages += 1;
        self.bytes += text.len();
        self.rows += out.files.len();
        let locale = page.locale.clone().unwrap_or_default();
        let short = name.rsplit('/').next().unwrap_or_default().to_owned();
        self.compare(&format!("{locale}/{short}"), text, &out.files);
        for warning in &out.warnings {
            let (count, examples) = self.warnings.entry(warning.code.clone()).or_default();
            *count += 1;
            examples.push(format!("{locale}/{short}:{} {}", warning.line, warning.message));
        }
        self.revisions.insert((locale.clone(), short.clone()), last_revision(text));
        self.by_page.insert((locale, short), out.files);
    }

    fn compare(&mut self, page: &str, text: &str, files: &[PageFile]) {
        let starts = row_starts(text);
        self.starts += starts.len();
        let mut by_line: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
        for line in starts {
            by_line.entry(line).or_default().0 += 1;
        }
        for file in files {
            by_line.entry(file.line).or_default().1 += 1;
        }
        for (line, (starts, rows)) in by_line {
            let place = || format!("{page}:{line}");
            self.lost.extend(std::iter::repeat_n(place(), starts.saturating_sub(rows)));
            self.further.extend(std::iter::repeat_n(place(), rows.saturating_sub(starts)));
        }
    }
}

fn tally() -> Option<Tally> {
    let Some(data) = staunch_testkit::shared_data() else {
        println!("skipped: no shared data");
        return None;
    };
    let mut tally = Tally::default();
    let folder = std::fs::read_dir(data.join("bulletins")).unwrap();
    for archive in folder.map(|entry| entry.unwrap().path()) {
        if archive.to_string_lossy().ends_with(".tar.zst") {
            crate::documents(&archive, &mut |mut document| {
                let name = document.name().to_owned();
                let text = String::from_utf8_lossy(&document.hold().unwrap()).into_owned();
                tally.page(&name, &text);
                Ok(())
            })
            .unwrap();
        }
    }
    Some(tally)
}

#[test]
fn rows_of_the_corpus_are_all_found() {
    let Some(tally) = tally() else { return };
    println!(
        "{} pages, {} MB: {} rows, {} row starts, {} lost, {} on other lines",
        tally.pages,
        tally.bytes / 1_000_000,
        tally.rows,
        tally.starts,
        tally.lost.len(),
        tally.further.len()
    );
    for (code, (count, examples)) in &tally.warnings {
        println!("{count:6} {code}");
        examples.iter().take(12).for_each(|example| println!("         {example}"));
    }
    tally.lost.iter().take(400).for_each(|place| println!("lost {place}"));
    // Rows that only the reader sees are listed in part, to be looked at for what is no file.
    tally.further.iter().step_by(60).for_each(|place| println!("further {place}"));
    assert!(tally.lost.len() * 2000 <= tally.starts, "fewer than 99.95 % of the rows");
}

/// Share of rows that stand on both of two pages, by what `key` takes of a row.
fn in_common<K: Ord>(
    one: &[PageFile],
    other: &[PageFile],
    key: impl Fn(&PageFile) -> K,
) -> (usize, usize) {
    let mut counts: BTreeMap<K, (usize, usize)> = BTreeMap::new();
    one.iter().for_each(|file| counts.entry(key(file)).or_default().0 += 1);
    other.iter().for_each(|file| counts.entry(key(file)).or_default().1 += 1);
    let common = counts.values().map(|(one, other)| *one.min(other)).sum();
    (common, one.len().max(other.len()))
}

type Key = (String, Option<String>, Option<u64>);
type FullKey = (Key, Option<String>, Option<String>, Option<String>, Option<String>);

fn key(file: &PageFile) -> Key {
    let version = file.version.map(|version| version.to_string());
    (file.name.to_ascii_lowercase(), version.or_else(|| file.raw_version.clone()), file.size)
}

fn full_key(file: &PageFile) -> FullKey {
    let folder = file.folder.as_ref().map(|folder| folder.to_ascii_lowercase());
    let date = file.date.map(|date| date.to_string());
    (key(file), date, file.time.clone(), file.platform.clone(), folder)
}

#[test]
fn languages_agree_on_the_rows() {
    let Some(tally) = tally() else { return };
    let mut bulletins: BTreeMap<&str, Vec<(&str, &[PageFile])>> = BTreeMap::new();
    for ((locale, name), files) in &tally.by_page {
        if !matches!(locale.as_str(), "ja-jp" | "ko-kr") && !files.is_empty() {
            bulletins.entry(name).or_default().push((locale, files));
        }
    }
    let (mut narrow, mut full) = ((0, 0), (0, 0));
    let mut worst = Vec::new();
    for (name, pages) in &bulletins {
        for (at, (locale, files)) in pages.iter().enumerate().skip(1) {
            let revision =
                |at: usize| &tally.revisions[&(pages[at].0.to_owned(), (*name).to_owned())];
            let Some(first) = (0..at).find(|one| revision(*one) == revision(at)) else { continue };
            let (first_locale, first) = pages[first];
            let by_key = in_common(first, files, key);
            let by_all = in_common(first, files, full_key);
            narrow = (narrow.0 + by_key.0, narrow.1 + by_key.1);
            full = (full.0 + by_all.0, full.1 + by_all.1);
            worst.push((
                by_all.1 - by_all.0,
                by_key.1 - by_key.0,
                format!("{name} {first_locale} {locale}"),
            ));
        }
    }
    worst.retain(|(by_all, ..)| *by_all > 0);
    worst.sort_by(|one, other| other.cmp(one));
    println!("rows that differ in any column, in name, version or size, and where:");
    worst.iter().for_each(|entry| println!("{entry:?}"));
    let share = |(common, all): (usize, usize)| 100.0 * common as f64 / all.max(1) as f64;
    println!(
        "{:.2} % of {} rows by name, version and size; {:.2} % by all columns",
        share(narrow),
        narrow.1,
        share(full)
    );
    assert!(share(narrow) >= 99.3 && share(full) >= 98.0);
}
