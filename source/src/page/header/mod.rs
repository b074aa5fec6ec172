//! What a bulletin page says about itself as a whole: identity, ratings, dates, history, references.
//!
//! Words come from the page's lexicon, and from the English one where the page's does not know a
//! label. Identifiers, numbers and most dates need no words.

mod cves;
mod ids;
mod kbs;
mod links;
mod revisions;
mod summary;
mod tables;
mod title;
mod walk;
mod words;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;

use staunch_model::BulletinPage;

use super::Page;
use summary::Summary;
use title::Title;
use words::Words;

pub(super) use title::names_bulletin;

/// Reads everything that a page says about its bulletin as a whole.
pub(crate) fn read(page: &Page<'_>, out: &mut BulletinPage) {
    let title = Title::find(page, &mut out.warnings);
    let words = Words::choose(page, title.after, &mut out.warnings);
    out.id = title.id;
    out.title = title.subject_without_kbs();
    let walk = walk::Walk::over(page, &words, title.id, &mut out.warnings);
    out.related = walk.related();
    out.cves = cves::read(&walk, title.id, &mut out.warnings);
    out.kbs = kbs::read(page, &title, &walk, &mut out.warnings);
    out.acknowledgements = walk.acknowledgements;
    out.revisions = walk.revisions.entries;
    let summary = Summary::read(page, title.after, &words, &mut out.warnings);
    ratings(page, &title, &summary, &words, out);
    dates(&summary, walk.revisions.last_line, &title, out);
    out.warnings.sort();
    out.warnings.dedup();
}

/// Sets severity and impact: the summary's word counts, then the tables', then the title's.
fn ratings(
    page: &Page<'_>,
    title: &Title,
    summary: &Summary,
    words: &Words,
    out: &mut BulletinPage,
) {
    let by_title = title.severity(words);
    let stated = match summary.severity {
        Some((severity, line)) => Some((severity, line, "the summary")),
        None => tables::maximum_severity(page, words)
            .map(|severity| (severity, title.line, "the tables")),
    };
    if let (Some(titled), Some((stated, line, place))) = (by_title, stated)
        && titled != stated
    {
        let message = format!("the title says {titled}, {place} {stated}");
        out.warnings.push(super::warning("severity-differs", line, message));
    }
    out.severity = stated.map(|(severity, ..)| severity).or(by_title);
    let stated = summary.impact.map(|(impact, _)| impact);
    out.impact = stated
        .or_else(|| tables::maximum_impact(page, words))
        .or_else(|| words.impact(title.subject.as_deref()?));
}

/// Sets the days and the version, and compares them with the revision history.
fn dates(summary: &Summary, history_line: u32, title: &Title, out: &mut BulletinPage) {
    let first = out.revisions.first().and_then(|revision| revision.date);
    let published = summary.published(first, &mut out.warnings);
    out.published = published.or(first);
    out.updated = summary.updated;
    if let (Some(published), Some(updated)) = (out.published, out.updated)
        && updated < published
    {
        let message = format!("updated on {updated}, before it was published on {published}");
        out.warnings.push(super::warning("bad-date", summary.line(title.line), message));
    }
    let Some((version, line)) = &summary.version else { return };
    out.version = Some(version.clone());
    let last = revisions::greatest(&out.revisions);
    if let Some(last) = last
        && last != version
    {
        let message =
            format!("the header says {version}, the history at line {history_line} {last}");
        out.warnings.push(super::warning("version-differs", *line, message));
    }
}
