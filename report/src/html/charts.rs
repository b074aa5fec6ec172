//! Charts as inline SVG, coloured by the page's style and described in words.

use std::collections::BTreeMap;
use std::io::{self, Write};

use staunch_model::{Assessment, Date, Finding, Severity, Verdict};

use super::escape::Escaped;
use super::updates::severity_class;
use crate::columns::fit;
use crate::words::{counted, grouped, machine_name, severity_word};

/// Ratings as charts stack them, the gravest first.
const RATINGS: [Option<Severity>; 5] = [
    Some(Severity::Critical),
    Some(Severity::Important),
    Some(Severity::Moderate),
    Some(Severity::Low),
    None,
];

/// Machines in the chart of machines; the table under it has all.
const MACHINES: usize = 40;

/// Bars of a timeline; more months than this are drawn as years.
const BARS: i32 = 24;

/// Counts by rating, in the order of [`RATINGS`].
type Counts = [usize; RATINGS.len()];

fn missing(assessment: &Assessment) -> impl Iterator<Item = &Finding> {
    assessment.findings.iter().filter(|finding| finding.verdict == Verdict::Missing)
}

fn add(counts: &mut Counts, finding: &Finding) {
    let at = RATINGS.iter().position(|rating| *rating == finding.severity);
    counts[at.unwrap_or(RATINGS.len() - 1)] += 1;
}

/// Opens a figure with its caption; `description` says in words what the chart shows.
fn open(
    out: &mut dyn Write,
    id: &str,
    title: &str,
    description: &str,
    width: usize,
    height: usize,
) -> io::Result<()> {
    // A wide chart scrolls on a narrow screen, where it would shrink beyond reading.
    let figure = if width > 400 { "<figure class=\"wide\">" } else { "<figure>" };
    writeln!(
        out,
        "{figure}\n<figcaption>{}</figcaption>\n\
         <svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
        Escaped(title),
        Escaped(title),
        Escaped(description)
    )
}

fn close(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "</svg>\n</figure>")
}

/// Returns a length on a scale where `most` is `full`; what is there at all stays visible.
fn scaled(value: usize, most: usize, full: usize) -> usize {
    if value == 0 { 0 } else { (value * full / most.max(1)).max(2) }
}

/// Writes how many missing updates have each rating.
pub(super) fn severities(
    out: &mut dyn Write,
    assessment: &Assessment,
    number: usize,
) -> io::Result<()> {
    let mut counts = Counts::default();
    missing(assessment).for_each(|finding| add(&mut counts, finding));
    let shown: Vec<_> = RATINGS.iter().zip(counts).filter(|(_, count)| *count > 0).collect();
    let words: Vec<String> = shown
        .iter()
        .map(|(rating, count)| format!("{}: {}", severity_word(**rating), grouped(*count)))
        .collect();
    let most = counts.into_iter().max().unwrap_or_default();
    let id = format!("m{number}-severity");
    let height = 34 * shown.len();
    open(out, &id, "Missing updates by severity", &words.join(", "), 360, height)?;
    for (at, (rating, count)) in shown.iter().enumerate() {
        let y = at * 34 + 4;
        let bar = scaled(*count, most, 220);
        writeln!(
            out,
            "<text x=\"78\" y=\"{}\" class=\"end\">{}</text>\
             <rect x=\"86\" y=\"{y}\" width=\"{bar}\" height=\"24\" rx=\"3\" class=\"{}\"/>\
             <text x=\"{}\" y=\"{}\" class=\"strong\">{}</text>",
            y + 17,
            severity_word(**rating),
            severity_class(**rating),
            86 + bar + 8,
            y + 17,
            grouped(*count)
        )?;
    }
    close(out)
}

/// Writes from when the missing updates are, by month or by year.
pub(super) fn timeline(
    out: &mut dyn Write,
    assessment: &Assessment,
    number: usize,
) -> io::Result<()> {
    let dated: Vec<(Date, &Finding)> =
        missing(assessment).filter_map(|finding| Some((finding.date?, finding))).collect();
    let (Some(first), Some(last)) =
        (dated.iter().map(|(date, _)| *date).min(), dated.iter().map(|(date, _)| *date).max())
    else {
        return Ok(());
    };
    let month = |date: Date| i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
    let monthly = month(last) - month(first) < BARS;
    let place = |date: Date| if monthly { month(date) } else { i32::from(date.year()) };
    let mut bins: BTreeMap<i32, Counts> =
        (place(first)..=place(last)).map(|bin| (bin, Counts::default())).collect();
    for (date, finding) in &dated {
        add(bins.entry(place(*date)).or_default(), finding);
    }
    let name = |bin: i32| match monthly {
        true => format!("{}-{:02}", bin.div_euclid(12), bin.rem_euclid(12) + 1),
        false => bin.to_string(),
    };
    let words: Vec<String> = bins
        .iter()
        .map(|(bin, counts)| (bin, counts.iter().sum::<usize>()))
        .filter(|(_, count)| *count > 0)
        .map(|(bin, count)| format!("{}: {}", name(*bin), grouped(count)))
        .collect();
    let title = if monthly { "Missing updates by month" } else { "Missing updates by year" };
    open(out, &format!("m{number}-time"), title, &words.join(", "), 360, 170)?;
    bars(out, &bins, name)?;
    close(out)
}

fn bars(
    out: &mut dyn Write,
    bins: &BTreeMap<i32, Counts>,
    name: impl Fn(i32) -> String,
) -> io::Result<()> {
    const LEFT: usize = 30;
    const RIGHT: usize = 352;
    const TOP: usize = 14;
    const FLOOR: usize = 140;
    let most = bins.values().map(|counts| counts.iter().sum()).max().unwrap_or(0);
    let step = (RIGHT - LEFT) / bins.len().max(1);
    let thickness = (step * 4 / 5).clamp(3, 44);
    // A label is about 52 units wide.
    let every = 56usize.div_ceil(step.max(1)).max(1);
    for (value, y) in [(most, TOP), (0, FLOOR)] {
        writeln!(
            out,
            "<line x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{y}\" y2=\"{y}\" class=\"grid\"/>\
             <text x=\"{}\" y=\"{}\" class=\"end small\">{}</text>",
            LEFT - 6,
            y + 4,
            grouped(value)
        )?;
    }
    for (at, (bin, counts)) in bins.iter().enumerate() {
        let middle = LEFT + step * at + step / 2;
        let mut y = FLOOR;
        for (rating, count) in RATINGS.iter().zip(counts).rev() {
            let height = scaled(*count, most, FLOOR - TOP);
            if height > 0 {
                y = y.saturating_sub(height);
                writeln!(
                    out,
                    "<rect x=\"{}\" y=\"{y}\" width=\"{thickness}\" height=\"{height}\" class=\"{}\">\
                     <title>{} {}: {}</title></rect>",
                    middle - thickness / 2,
                    severity_class(*rating),
                    name(*bin),
                    severity_word(*rating),
                    grouped(*count)
                )?;
            }
        }
        if at % every == 0 {
            writeln!(
                out,
                "<text x=\"{middle}\" y=\"{}\" class=\"middle small\">{}</text>",
                FLOOR + 18,
                name(*bin)
            )?;
        }
    }
    Ok(())
}

/// Writes one stacked bar for each machine, those that miss most first.
pub(super) fn machines(out: &mut dyn Write, assessments: &[Assessment]) -> io::Result<()> {
    let mut rows: Vec<(usize, &Assessment)> =
        assessments.iter().enumerate().filter(|(_, a)| a.summary.missing > 0).collect();
    if rows.is_empty() {
        return Ok(());
    }
    rows.sort_by_key(|(_, assessment)| std::cmp::Reverse(assessment.summary.missing));
    let hidden = rows.len().saturating_sub(MACHINES);
    rows.truncate(MACHINES);
    let title = match hidden {
        0 => "Missing updates by machine and severity".to_owned(),
        _ => format!("Missing updates by severity, on the {MACHINES} machines that miss most"),
    };
    let words: Vec<String> = rows
        .iter()
        .map(|(_, a)| {
            format!("{}: {}", machine_name(&a.machine), counted(a.summary.missing, "update"))
        })
        .collect();
    let height = rows.len() * 22 + 26;
    open(out, "fleet-missing", &title, &words.join(", "), 720, height)?;
    legend(out)?;
    let most = rows.iter().map(|(_, a)| missing(a).count()).max().unwrap_or(0);
    for (line, (at, assessment)) in rows.iter().enumerate() {
        machine_bar(out, assessment, at + 1, line * 22 + 26, most)?;
    }
    close(out)
}

fn legend(out: &mut dyn Write) -> io::Result<()> {
    for (at, rating) in RATINGS.iter().enumerate() {
        let x = 200 + at * 100;
        writeln!(
            out,
            "<rect x=\"{x}\" y=\"2\" width=\"12\" height=\"12\" rx=\"2\" class=\"{}\"/>\
             <text x=\"{}\" y=\"12\" class=\"small\">{}</text>",
            severity_class(*rating),
            x + 18,
            severity_word(*rating)
        )?;
    }
    Ok(())
}

fn machine_bar(
    out: &mut dyn Write,
    assessment: &Assessment,
    number: usize,
    y: usize,
    most: usize,
) -> io::Result<()> {
    let mut counts = Counts::default();
    missing(assessment).for_each(|finding| add(&mut counts, finding));
    writeln!(
        out,
        "<a href=\"#m{number}\"><text x=\"190\" y=\"{}\" class=\"end\">{}</text></a>",
        y + 13,
        Escaped(&fit(&machine_name(&assessment.machine), 26))
    )?;
    let mut x = 200;
    for (rating, count) in RATINGS.iter().zip(counts) {
        let width = scaled(count, most, 450);
        if width > 0 {
            writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"17\" class=\"{}\">\
                 <title>{}: {}</title></rect>",
                severity_class(*rating),
                severity_word(*rating),
                grouped(count)
            )?;
            x += width;
        }
    }
    writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" class=\"strong\">{}</text>",
        x + 7,
        y + 13,
        grouped(counts.iter().sum())
    )
}
