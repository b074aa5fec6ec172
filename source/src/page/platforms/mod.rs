//! Deployment of the update on each platform.
//!
//! A platform has a heading that names its product and, below it, labelled statements: bold lines
//! in the bulletins to 2007, rows of a reference table later. Bulletins before 2004 have one section
//! for all platforms. Commands, switches and registry keys are read without words of any language.
//!
//! Source: Microsoft security bulletins, "Security Update Information" and "Security Update
//! Deployment".

mod commands;
mod draft;
mod faults;
mod keys;
mod product;
mod reader;
mod terms;
mod wordless;

use std::sync::OnceLock;

use staunch_model::BulletinPage;

use super::Page;
use super::lexicon::Lexicon;
use draft::Draft;
use product::OwnProducts;

pub(crate) use keys::keys;
pub(crate) use terms::Terms;

/// What a label of a deployment section announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Prerequisites,
    IncludedIn,
    /// Installation with its switches.
    Installation,
    /// Kinds of switches within an installation or removal section.
    Switches,
    Deployment,
    /// Row of a table with commands.
    Command,
    /// Row of a table with the names of packages.
    Package,
    Restart,
    /// Statement of no interest here.
    Skip,
    Removal,
    Files,
    Verification,
    Registry,
    Note,
    /// Part of the page after the deployment sections.
    End,
}

const LABELS: &[(&str, Label)] = &[
    ("prerequisites", Label::Prerequisites),
    ("included_in", Label::IncludedIn),
    ("installation", Label::Installation),
    ("switches", Label::Switches),
    ("deployment", Label::Deployment),
    ("command", Label::Command),
    ("package", Label::Package),
    ("restart", Label::Restart),
    ("skip", Label::Skip),
    ("removal", Label::Removal),
    ("files", Label::Files),
    ("verification", Label::Verification),
    ("registry", Label::Registry),
    ("note", Label::Note),
    ("end", Label::End),
];

/// Reads the deployment sections of a page.
pub(crate) fn read(page: &Page<'_>, out: &mut BulletinPage) {
    let drafts = drafts(page, OwnProducts::of(out));
    let Some(first) = drafts.first() else {
        if page.lexicon.is_none() {
            out.platforms = wordless::read(page);
        }
        return;
    };
    let known = faults::Known::of(page, first.line, out);
    let is_only = drafts.len() == 1;
    faults::repeated(&drafts, out);
    for mut draft in drafts {
        faults::check(&known, is_only, &mut draft, out);
        out.platforms.push(draft.platform);
    }
}

/// Reads the platforms with the labels that were seen for each.
fn drafts(page: &Page<'_>, products: OwnProducts<'_>) -> Vec<Draft> {
    reader::Reader::new(page, words(page), products).read()
}

/// Returns the labels of the page's language, or the English ones.
fn words(page: &Page<'_>) -> &'static Terms<Label> {
    type ByLocale = Vec<(&'static str, Terms<Label>)>;
    static WORDS: OnceLock<(ByLocale, Terms<Label>)> = OnceLock::new();
    let (by_locale, english) = WORDS.get_or_init(|| {
        let terms = |own| Terms::new(own, "platform_labels", LABELS);
        let all = Lexicon::all().iter().map(|lexicon| (lexicon.locale, terms(Some(lexicon))));
        (all.collect(), terms(None))
    });
    let own = page.lexicon.and_then(|lexicon| {
        by_locale.iter().find(|(locale, _)| *locale == lexicon.locale).map(|(_, terms)| terms)
    });
    own.unwrap_or(english)
}

#[cfg(test)]
pub(crate) use tests::family;

#[cfg(test)]
mod tests;
