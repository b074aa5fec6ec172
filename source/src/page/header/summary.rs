//! The dates under the title and the labelled values of the summary.

use jiff::civil::Date;
use staunch_model::{Impact, PageWarning, Severity};

use super::revisions::version_in;
use super::words::{Words, is_bold, plain};
use crate::page::block::BlockKind;
use crate::page::dates::date_in;
use crate::page::{Page, warning};

/// Blocks after the title in which dates and version stand.
const DATE_BLOCKS: usize = 8;

/// Blocks after the title in which the summary ends.
const SUMMARY_BLOCKS: usize = 40;

/// Days by which local and American dates of one publication differ.
const LOCAL_DAYS: i32 = 2;

/// What the labels under the title say, each with its line.
#[derive(Debug, Default)]
pub(super) struct Summary {
    pub(super) severity: Option<(Severity, u32)>,
    pub(super) impact: Option<(Impact, u32)>,
    pub(super) version: Option<(String, u32)>,
    pub(super) updated: Option<Date>,
    /// Publication days in the order of the page: the line under the title comes first.
    published: Vec<(Date, u32)>,
    severity_text: Option<(String, u32)>,
    impact_text: Option<(String, u32)>,
}

/// A line with its text.
struct Plain {
    number: u32,
    text: String,
    is_bold: bool,
    /// Blocks between the title and the line.
    distance: usize,
}

impl Summary {
    pub(super) fn read(
        page: &Page<'_>,
        after: usize,
        words: &Words,
        warnings: &mut Vec<PageWarning>,
    ) -> Self {
        let lines = lines(page, after);
        let mut summary = Self::default();
        for (at, line) in lines.iter().enumerate() {
            for (part, text) in line.text.split(['|', '│']).enumerate() {
                summary.part(line, part, text, lines.get(at + 1), words, warnings);
            }
        }
        summary.rate(words, warnings);
        summary
    }

    /// Returns the day of publication; day and month that are swapped against the first revision
    /// are put right.
    pub(super) fn published(
        &self,
        first: Option<Date>,
        warnings: &mut Vec<PageWarning>,
    ) -> Option<Date> {
        let (stated, line) = *self.published.first()?;
        let swapped = Date::new(stated.year(), stated.day(), stated.month()).ok();
        let is_near = |a: Date, b: Date| days(a, b) <= LOCAL_DAYS;
        let witnesses = self.published.iter().skip(1).map(|(date, _)| *date).chain(first);
        let mut against = witnesses.filter(|witness| !is_near(stated, *witness));
        let Some(witness) = against.next() else { return Some(stated) };
        if swapped.is_some_and(|swapped| is_near(swapped, witness)) {
            let message = format!("published on {stated}, elsewhere on {witness}: day and month");
            warnings.push(warning("day-month-swapped", line, message));
            return swapped;
        }
        Some(stated)
    }

    /// Returns the line of the publication day.
    pub(super) fn line(&self, otherwise: u32) -> u32 {
        self.published.first().map_or(otherwise, |(_, line)| *line)
    }

    /// Takes one part of a line; pipes separate the dates under the title.
    fn part(
        &mut self,
        line: &Plain,
        part: usize,
        text: &str,
        next: Option<&Plain>,
        words: &Words,
        warnings: &mut Vec<PageWarning>,
    ) {
        let is_near = line.distance < DATE_BLOCKS;
        let label = words.label(text);
        let is_first = line.distance < 2 && !line.is_bold;
        let key = match &label {
            Some(label) => label.key.as_str(),
            // The line under the title needs no words: publication, then update.
            None if is_first && part == 0 => "published",
            None if is_first && part == 1 => "updated",
            None if is_near && line.is_bold => "version",
            None => return,
        };
        let value = match &label {
            Some(label) if !label.value.is_empty() => label.value.as_str(),
            Some(_) => match next {
                Some(next) if !next.is_bold => next.text.as_str(),
                _ => return,
            },
            None => text,
        };
        match key {
            "published" | "updated" if is_near => {
                self.date(key, value, line.number, words, warnings);
            }
            "version" if is_near && self.version.is_none() => {
                let value = match &label {
                    Some(_) => value,
                    None => value.rsplit([':', '：']).next().unwrap_or(value),
                };
                let value = value.trim_start_matches(|c: char| !c.is_ascii_digit());
                let version = version_in(value).filter(|(_, rest)| rest.trim().len() < 4);
                self.version = version.map(|(version, _)| (version, line.number));
            }
            "severity" if line.is_bold && self.severity_text.is_none() => {
                self.severity_text = Some((value.to_owned(), line.number));
            }
            "impact" if line.is_bold && self.impact_text.is_none() => {
                self.impact_text = Some((value.to_owned(), line.number));
            }
            _ => {}
        }
    }

    fn date(
        &mut self,
        key: &str,
        value: &str,
        line: u32,
        words: &Words,
        warnings: &mut Vec<PageWarning>,
    ) {
        match date_in(value, words.own) {
            Some(Ok(date)) if key == "published" => self.published.push((date, line)),
            Some(Ok(date)) => self.updated = self.updated.or(Some(date)),
            Some(Err(error)) => warnings.push(warning("bad-date", line, format!("{key}: {error}"))),
            None => {}
        }
    }

    /// Reads the ratings, and puts right a severity and an impact under each other's label.
    fn rate(&mut self, words: &Words, warnings: &mut Vec<PageWarning>) {
        let severity = |text: &Option<(String, u32)>| {
            let (text, line) = text.as_ref()?;
            Some((words.severity(text)?, *line))
        };
        let impact = |text: &Option<(String, u32)>| {
            let (text, line) = text.as_ref()?;
            Some((words.impact(text)?, *line))
        };
        self.severity = severity(&self.severity_text);
        self.impact = impact(&self.impact_text);
        let swapped = (severity(&self.impact_text), impact(&self.severity_text));
        if let (None, None, (Some(severity), Some(impact))) = (self.severity, self.impact, swapped)
        {
            let message = format!("{} under severity, {} under impact", impact.0, severity.0);
            warnings.push(warning("summary-swapped", severity.1.min(impact.1), message));
            self.severity = Some(severity);
            self.impact = Some(impact);
            return;
        }
        if let (None, Some((text, line))) = (self.severity, &self.severity_text) {
            let text: String = text.chars().take(60).collect();
            warnings.push(warning("severity-unread", *line, format!("no severity: {text:?}")));
        }
    }
}

fn days(a: Date, b: Date) -> i32 {
    a.since(b).map_or(i32::MAX, |span| span.get_days().abs())
}

fn lines(page: &Page<'_>, after: usize) -> Vec<Plain> {
    let mut lines = Vec::new();
    let blocks = page.blocks.iter().skip(after).take(SUMMARY_BLOCKS);
    for (distance, block) in blocks.enumerate() {
        let source = match &block.kind {
            BlockKind::Paragraph(lines) | BlockKind::Item { lines, .. } => lines,
            BlockKind::Table(_) => break,
            BlockKind::Heading { .. } | BlockKind::Code(_) => continue,
        };
        for line in source.iter().take(40) {
            let text = plain(line.text);
            if !text.is_empty() {
                let is_bold = is_bold(line.text);
                lines.push(Plain {
                    number: line.number,
                    text: text.into_owned(),
                    is_bold,
                    distance,
                });
            }
        }
    }
    lines
}
