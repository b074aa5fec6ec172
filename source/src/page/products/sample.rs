//! A sample of pages whose facts were read by hand, beside what the reader says of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use toml::{Table, Value};

use super::super::read_page;
use crate::documents;
use staunch_model::{BulletinPage, PageProduct};

/// Facts of one kind: those that pages state, and how many of them the reader gives.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    pub(super) stated: usize,
    pub(super) right: usize,
    /// Facts that the reader gives and the page does not state.
    pub(super) invented: usize,
}

impl Tally {
    pub(super) fn of(stated: &BTreeSet<String>, given: &BTreeSet<String>) -> Self {
        let right = stated.intersection(given).count();
        Self { stated: stated.len(), right, invented: given.len() - right }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.stated += other.stated;
        self.right += other.right;
        self.invented += other.invented;
    }

    pub(super) fn share(self) -> f64 {
        self.right as f64 / self.stated.max(1) as f64
    }

    pub(super) fn text(self) -> String {
        match (self.stated - self.right, self.invented) {
            (0, 0) => self.stated.to_string(),
            (missing, invented) => format!("{} -{missing} +{invented}", self.stated),
        }
    }
}

const FACETS: [&str; 5] = ["head", "affected", "unaffected", "ratings", "replaced"];

/// Facts by facet, each as one line of text.
type Facts = BTreeMap<&'static str, BTreeSet<String>>;

pub(super) fn strings(page: &Table, key: &str) -> Vec<String> {
    let list = page.get(key).and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// Reads facts that hold for several of the names: `"CVE-2006-1300 Important -" = "1-3 7"`.
pub(super) fn grouped(page: &Table, key: &str, names: &[String]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (fact, places) in page.get(key).and_then(Value::as_table).into_iter().flatten() {
        for place in places.as_str().unwrap_or_default().split(' ') {
            let (from, to) = place.split_once('-').unwrap_or((place, place));
            let range = from.parse().expect("a number")..=to.parse::<usize>().expect("a number");
            found.extend(range.map(|at| match at.checked_sub(1) {
                Some(at) => format!("{fact} | {}", names[at]),
                None => format!("{fact} | all"),
            }));
        }
    }
    found
}

fn stated(page: &Table) -> Facts {
    let names = strings(page, "names");
    FACETS
        .into_iter()
        .map(|facet| match facet {
            "ratings" | "replaced" => (facet, grouped(page, facet, &names)),
            _ => (facet, strings(page, facet).into_iter().collect()),
        })
        .collect()
}

pub(super) fn product(product: &PageProduct) -> String {
    let name = product.canonical.clone().unwrap_or_else(|| format!("? {}", product.name));
    product.kb.map_or(name.clone(), |kb| format!("{name} | {kb}"))
}

/// Names a product as the page does.
pub(super) fn own_product(product: &PageProduct) -> String {
    product.kb.map_or(product.name.clone(), |kb| format!("{} | {kb}", product.name))
}

pub(super) fn word(value: Option<impl ToString>) -> String {
    value.map_or("-".to_owned(), |value| value.to_string())
}

fn given(page: &BulletinPage) -> Facts {
    let mut head = vec![
        format!("severity {}", word(page.severity)),
        format!("impact {}", word(page.impact)),
        format!("published {}", word(page.published)),
        format!("title {}", word(page.title.as_ref())),
    ];
    head.extend(page.kbs.iter().map(|kb| format!("kb {kb}")));
    head.extend(page.cves.iter().map(|cve| format!("cve {cve}")));
    head.extend(
        page.revisions
            .iter()
            .map(|r| format!("revision {} {}", word(r.version.as_ref()), word(r.date))),
    );
    let ratings = page.matrix.iter().map(|rating| {
        let (cve, severity) = (word(rating.cve), word(rating.severity));
        format!("{cve} {severity} {} | {}", word(rating.impact), rating.product)
    });
    let replaced = page.supersedes.iter().map(|entry| {
        let what = match (entry.bulletin, entry.kb) {
            (None, None) => "nothing".to_owned(),
            (bulletin, kb) => format!("{} {}", word(bulletin), word(kb)),
        };
        let verb = if entry.replaced || what == "nothing" { "" } else { " not" };
        format!("{what}{verb} | {}", entry.product.as_deref().unwrap_or("all"))
    });
    BTreeMap::from([
        ("head", head.into_iter().collect()),
        ("affected", page.products.affected.iter().map(product).collect()),
        ("unaffected", page.products.unaffected.iter().map(product).collect()),
        ("ratings", ratings.collect()),
        ("replaced", replaced.collect()),
    ])
}

/// Tells whether a fact is of an operating system that the vocabulary has.
fn is_system(fact: &str) -> bool {
    let name = fact.split(" | ").next().unwrap_or_default();
    let product = staunch_model::Product::from_published_name(name);
    product.platform().is_some()
}

/// Reads a file of facts; `None` when there is none of this name.
pub(super) fn sample(file: &str) -> Option<Table> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/source/page-sample");
    let text = std::fs::read_to_string(folder.join(file)).ok()?;
    Some(toml::from_str(&text).expect("the sample is TOML"))
}

pub(super) fn pages(sample: &Table) -> Vec<&Table> {
    let pages = sample["page"].as_array().expect("a list of pages");
    pages.iter().filter_map(Value::as_table).collect()
}

pub(super) fn path(page: &Table) -> &str {
    page["path"].as_str().expect("a path")
}

/// Reads the pages that facts are given of; `None` when the shared data is not at hand.
pub(super) fn read_pages(pages: &[&Table]) -> Option<BTreeMap<String, BulletinPage>> {
    let Some(folder) = staunch_testkit::shared_data().map(|data| data.join("bulletins")) else {
        println!("skipped: the shared data is not at hand");
        return None;
    };
    let mut read: BTreeMap<String, BulletinPage> = BTreeMap::new();
    documents(&folder, &mut |mut document| {
        let name = document.name().to_owned();
        let asked = pages.iter().map(|page| path(page)).find(|path| name.ends_with(path));
        if let Some(path) = asked {
            let bytes = document.hold()?;
            read.insert(path.to_owned(), read_page(path, &bytes)?);
        }
        Ok(())
    })
    .expect("the shared data is readable");
    Some(read)
}

fn check(file: &str) {
    let sample = sample(file).expect("the sample is in the repository");
    let pages = pages(&sample);
    let Some(read) = read_pages(&pages) else { return };
    let mut totals: BTreeMap<&str, Tally> = BTreeMap::new();
    println!("| page | {} |", FACETS.join(" | "));
    for page in &pages {
        let path = path(page);
        let given = given(read.get(path).unwrap_or_else(|| panic!("{path} is not in the data")));
        let stated = stated(page);
        let mut row = format!("| {path} {} |", page["family"].as_str().unwrap_or("-"));
        for facet in FACETS {
            let tally = Tally::of(&stated[facet], &given[facet]);
            totals.entry(facet).or_default().add(tally);
            row.push_str(&format!(" {} |", tally.text()));
            if facet == "affected" || facet == "unaffected" {
                let of = |facts: &BTreeSet<String>| {
                    facts.iter().filter(|fact| is_system(fact)).cloned().collect()
                };
                let tally = Tally::of(&of(&stated[facet]), &of(&given[facet]));
                totals.entry("systems").or_default().add(tally);
            }
        }
        println!("{row}");
        for facet in FACETS {
            for fact in stated[facet].difference(&given[facet]) {
                println!("    {facet} missing: {fact}");
            }
            for fact in given[facet].difference(&stated[facet]) {
                println!("    {facet} invented: {fact}");
            }
        }
    }
    for (facet, tally) in &totals {
        println!("{facet}: {tally:?}, {:.4}", tally.share());
    }
    assert!(totals["systems"].share() >= 0.99);
    assert!(totals["ratings"].share() >= 0.97);
    assert!(totals["replaced"].share() >= 0.97);
    for (facet, tally) in totals {
        assert!(tally.invented * 100 <= tally.stated * 4, "{facet}: {tally:?}");
    }
}

#[test]
fn the_reader_says_what_the_sampled_pages_say() {
    check("products.toml");
}
