//! Figures over the whole corpus, where it is at hand.

use std::collections::BTreeMap;

use super::super::lexicon::normalise;
use super::scan::{bulletins, cves};
use super::tests::read_page;
use super::*;
use crate::documents;

/// Pages with a fact among the pages that have it in some table or label.
#[derive(Default)]
struct Share {
    found: u32,
    all: u32,
    missed: Vec<String>,
}

impl Share {
    fn count(&mut self, is_stated: bool, is_found: bool, page: &str) {
        if !is_stated {
            return;
        }
        self.all += 1;
        self.found += u32::from(is_found);
        if !is_found {
            self.missed.push(page.to_owned());
        }
    }

    fn report(&self, name: &str) -> f64 {
        let share = f64::from(self.found) / f64::from(self.all.max(1));
        println!("{name}: {} of {} pages, {:.4}", self.found, self.all, share);
        println!("    missed: {}", self.missed.join(" "));
        share
    }
}

#[derive(Default)]
struct Figures {
    affected: Share,
    matrix: Share,
    supersedes: Share,
    mentions: u32,
    mapped: u32,
    /// Products on a system, and those of them with a canonical name.
    products: u32,
    canonical: u32,
    unmapped: BTreeMap<String, u32>,
    warnings: BTreeMap<String, u32>,
}

impl Figures {
    fn page(&mut self, path: &str, text: &str) {
        let out = read_page(path, text);
        let in_tables: Vec<&str> = tables(text);
        let year: u32 = path
            .rsplit(['/', '!'])
            .next()
            .and_then(|name| name.get(2..4)?.parse().ok())
            .unwrap_or_default();
        let is_modern = (2..90).contains(&year);
        self.affected.count(is_modern, !out.products.affected.is_empty(), path);
        let rates = |table: &&str| !cves(table).is_empty() && severity_words(table) > 0;
        let is_rated = is_modern && in_tables.iter().any(rates);
        self.matrix.count(is_rated, !out.matrix.is_empty(), path);
        let replaces = |table: &&str| !bulletins(table).is_empty();
        let is_replacing = is_modern && in_tables.iter().any(replaces);
        self.supersedes.count(is_replacing, !out.supersedes.is_empty(), path);
        for product in out.products.affected.iter().chain(&out.products.unaffected) {
            if !name::readings(&product.name).iter().any(|reading| reading.is_system) {
                continue;
            }
            for is_mapped in name::mapped_systems(&product.name) {
                self.mentions += 1;
                self.mapped += u32::from(is_mapped);
            }
            self.products += 1;
            self.canonical += u32::from(product.canonical.is_some());
            if product.canonical.is_none() {
                *self.unmapped.entry(product.name.clone()).or_default() += 1;
            }
        }
        for warning in out.warnings {
            *self.warnings.entry(warning.code).or_default() += 1;
        }
    }
}

/// Cuts the tables out of a page without the block reader.
fn tables(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((_, tail)) = rest.split_once("<table") {
        let (table, after) = tail.split_once("</table").unwrap_or((tail, ""));
        found.push(table);
        rest = after;
    }
    found.extend(text.split("\n\n").filter(|part| part.trim_start().starts_with('|')));
    found
}

/// Counts the cells of a table that are a word of severity in some language.
fn severity_words(table: &str) -> usize {
    let cells = table.split(['|', '>', '<', '\n', '*', '/']);
    let words = Words::new(None);
    cells
        .filter(|cell| {
            let known = words.key(words::SEVERITY, &normalise(cell));
            matches!(known, Some("low" | "moderate" | "important" | "critical"))
        })
        .count()
}

#[test]
fn the_corpus_is_read_to_the_figures_asked_for() {
    let Some(folder) = staunch_testkit::shared_data().map(|data| data.join("bulletins")) else {
        println!("skipped: the shared data is not at hand");
        return;
    };
    // Without optimisation a sample has to do.
    let step = if cfg!(debug_assertions) { 37 } else { 1 };
    let mut figures = Figures::default();
    let mut number = 0_usize;
    documents(&folder, &mut |mut document| {
        number += 1;
        if number.is_multiple_of(step) {
            let bytes = document.hold()?;
            figures.page(document.name(), &String::from_utf8_lossy(&bytes));
        }
        Ok(())
    })
    .expect("the shared data is readable");
    println!("{number} pages, one in {step} read");
    let mapped = f64::from(figures.mapped) / f64::from(figures.mentions.max(1));
    println!("systems: {} of {} mapped, {mapped:.5}", figures.mapped, figures.mentions);
    let canonical = f64::from(figures.canonical) / f64::from(figures.products.max(1));
    println!("products: {} of {} canonical, {canonical:.5}", figures.canonical, figures.products);
    let mut unmapped: Vec<(&String, &u32)> = figures.unmapped.iter().collect();
    unmapped.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
    for (name, times) in unmapped.into_iter().take(40) {
        println!("    unmapped {times} times: {name}");
    }
    println!("warnings: {:?}", figures.warnings);
    assert!(mapped >= 0.99);
    assert!(canonical >= 0.98);
    assert!(figures.affected.report("affected products, from 2002 on") >= 0.99);
    assert!(figures.matrix.report("matrix, of pages with ratings in a table") >= 0.97);
    assert!(figures.supersedes.report("replaced, of pages with bulletins in a table") >= 0.97);
}
