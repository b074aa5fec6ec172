//! Pages that the reader was not mended on, whose facts were read in the pages themselves.

use std::collections::{BTreeMap, BTreeSet};

use toml::Table;

use super::sample::{
    Tally, grouped, own_product, pages, path, product, read_pages, sample, strings, word,
};
use staunch_model::{BulletinPage, PagePlatform, Product};

/// Pages that were chosen by rule before any was read, and the files with their facts.
struct Sample {
    chosen: &'static str,
    files: &'static [&'static str],
    facets: [Facet; 7],
}

/// Sixty pages; the reader was mended by what they showed after it had been measured on them.
const SECOND: Sample = Sample {
    chosen: include_str!("../../../../fixtures/source/page-sample/independent.txt"),
    files: &["independent-a.toml", "independent-b.toml"],
    facets: [
        Facet::new("systems", Some(0.99), 0.99, 0.046),
        Facet::new("products", None, 0.9, 0.11),
        Facet::new("articles", None, 0.8, 0.21),
        Facet::new("ratings", Some(0.97), 0.97, 0.024),
        Facet::new("replaced", Some(0.97), 0.97, 0.0),
        Facet::new("sections", Some(0.95), 0.95, 0.01),
        Facet::new("parts", Some(0.95), 0.95, 0.0),
    ],
};

/// Thirty other pages, two of each language, after the reader was mended by the sixty.
const THIRD: Sample = Sample {
    chosen: include_str!("../../../../fixtures/source/page-sample/third.txt"),
    files: &["third-a.toml", "third-b.toml"],
    facets: [
        Facet::new("systems", Some(0.99), 0.99, 0.012),
        Facet::new("products", None, 0.97, 0.04),
        Facet::new("articles", None, 0.97, 0.04),
        Facet::new("ratings", Some(0.97), 0.97, 0.0),
        Facet::new("replaced", Some(0.97), 0.97, 0.0),
        Facet::new("sections", Some(0.95), 0.95, 0.0),
        Facet::new("parts", Some(0.95), 0.95, 0.0),
    ],
};

/// What is counted of a page.
struct Facet {
    name: &'static str,
    /// Share that is asked for.
    asked: Option<f64>,
    /// Share that must be right: what is asked for where it is reached, else just below what was
    /// measured.
    least: f64,
    /// Most facts that may be invented, as a share of those that are stated.
    invented: f64,
}

impl Facet {
    const fn new(name: &'static str, asked: Option<f64>, least: f64, invented: f64) -> Self {
        Self { name, asked, least, invented }
    }
}

/// Facts by facet: what is compared, and the text that stands for it in a report.
type Facts = BTreeMap<&'static str, BTreeMap<String, String>>;

/// Letters and digits of a text in lower case: spaces, dashes and brackets differ within a page,
/// and the maker of a product is named in some of its places.
fn fold(text: &str) -> String {
    text.replace(" | Microsoft ", " | ")
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Folds a product, without what tells that the vocabulary lacks it and without its maker.
fn fold_product(fact: &str) -> String {
    let name = fact.strip_prefix("? ").unwrap_or(fact);
    fold(name.strip_prefix("Microsoft ").unwrap_or(name))
}

/// Folds the name of a section: its maker and what stands in brackets, which says that all
/// versions are meant, may be left out.
fn fold_section(name: &str) -> String {
    let mut depth = 0_u32;
    let plain: String = name
        .chars()
        .filter(|c| {
            depth += u32::from(matches!(c, '(' | '（'));
            let is_plain = depth == 0;
            depth -= u32::from(matches!(c, ')' | '）') && depth > 0);
            is_plain
        })
        .collect();
    fold_product(plain.trim())
}

fn folded(facts: impl IntoIterator<Item = String>) -> BTreeMap<String, String> {
    facts.into_iter().map(|fact| (fold(&fact), fact)).collect()
}

fn products<'a>(facts: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    facts.map(|fact| (fold_product(fact), fact.to_owned())).collect()
}

/// Names without articles.
fn names(facts: &[String]) -> impl Iterator<Item = &str> {
    facts.iter().filter_map(|fact| fact.split(" | ").next())
}

/// Keeps the operating systems that the products are, or sit on, as the vocabulary writes them.
fn systems(facts: &[String]) -> BTreeMap<String, String> {
    let products = names(facts).map(Product::from_published_name);
    let systems = products.filter_map(|product| product.platform().map(ToString::to_string));
    systems.map(|name| (name.clone(), name)).collect()
}

/// A platform's section: its name, then whether installation, restart, removal and registry keys
/// are stated.
struct Section {
    name: String,
    parts: [String; 4],
}

impl Section {
    fn stated(line: &str) -> Self {
        let mut words = line.split(" | ").map(str::to_owned);
        let name = words.next().filter(|name| name != "all").unwrap_or_default();
        let parts = words.collect::<Vec<_>>().try_into().expect("four parts");
        Self { name, parts }
    }
}

const PARTS: [&str; 4] = ["install", "restart", "removal", "registry"];

/// Tells which of the parts the reader found on a platform.
fn parts(platform: &PagePlatform) -> [bool; 4] {
    [
        !platform.switches.is_empty() || !platform.commands.is_empty(),
        platform.restart.is_some(),
        platform.removal.is_some(),
        !platform.registry_keys.is_empty(),
    ]
}

/// Compares the sections of a page; a part that is said to be absent has a statement when it is
/// the restart or the removal, and nothing otherwise.
fn sections(stated: &[Section], page: &BulletinPage, report: &mut Vec<String>) -> [Tally; 2] {
    let mut left: Vec<&PagePlatform> = page.platforms.iter().collect();
    let mut tallies = [Tally::default(); 2];
    for section in stated {
        let at =
            left.iter().position(|own| fold_section(&own.product) == fold_section(&section.name));
        let own = at.map(|at| left.remove(at));
        tallies[0].stated += 1;
        tallies[0].right += usize::from(own.is_some());
        if own.is_none() {
            report.push(format!("sections missing: {}", section.name));
        }
        let found = own.map(parts);
        for (at, word) in section.parts.iter().enumerate() {
            let is_given = found.is_some_and(|found| found[at]);
            if word == "-" {
                tallies[1].invented += usize::from(is_given);
                if is_given {
                    report.push(format!("parts invented: {} {}", section.name, PARTS[at]));
                }
                continue;
            }
            let is_silent = word == "absent" && (PARTS[at] == "install" || PARTS[at] == "registry");
            let is_right = found.is_some() && is_given != is_silent;
            tallies[1].stated += 1;
            tallies[1].right += usize::from(is_right);
            if !is_right {
                report.push(format!("parts missing: {} {} {word}", section.name, PARTS[at]));
            }
        }
    }
    tallies[0].invented = left.len();
    report.extend(left.iter().map(|own| format!("sections invented: {}", own.product)));
    tallies
}

/// Leaves out the impact that a rating may state after its severity.
fn severity(fact: &str) -> String {
    let (rated, name) = fact.split_once(" | ").expect("a product");
    let kept: Vec<&str> = rated.split(' ').take(2).collect();
    format!("{} | {name}", kept.join(" "))
}

fn stated(page: &Table) -> Facts {
    let named = strings(page, "names");
    let affected = strings(page, "affected");
    BTreeMap::from([
        ("systems", systems(&affected)),
        ("products", products(names(&affected))),
        ("articles", products(affected.iter().map(String::as_str))),
        ("ratings", folded(grouped(page, "ratings", &named).iter().map(|fact| severity(fact)))),
        ("replaced", folded(grouped(page, "replaced", &named))),
    ])
}

/// Takes a product by its common name or, where it is stated so, by that of the page.
fn as_stated<'f>(
    given: impl Iterator<Item = (&'f str, &'f str)>,
    stated: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let chosen = given.map(|(common, own)| match stated.contains_key(&fold_product(own)) {
        true => own,
        false => common,
    });
    products(chosen)
}

fn facts(texts: &[String]) -> impl Iterator<Item = &str> {
    texts.iter().map(String::as_str)
}

fn given(page: &BulletinPage, stated: &Facts) -> Facts {
    let affected: Vec<String> = page.products.affected.iter().map(product).collect();
    let own: Vec<String> = page.products.affected.iter().map(own_product).collect();
    let ratings = page.matrix.iter().filter_map(|rating| {
        let severity = rating.severity?;
        Some(format!("{} {severity} | {}", word(rating.cve), rating.product))
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
        ("systems", systems(&affected)),
        ("products", as_stated(names(&affected).zip(names(&own)), &stated["products"])),
        ("articles", as_stated(facts(&affected).zip(facts(&own)), &stated["articles"])),
        ("ratings", folded(ratings)),
        ("replaced", folded(replaced)),
    ])
}

fn keys(facts: &BTreeMap<String, String>) -> BTreeSet<String> {
    facts.keys().cloned().collect()
}

/// Compares a page by facet, and lists what differs.
fn compare(
    stated_page: &Table,
    page: &BulletinPage,
    facets: &[Facet; 7],
) -> ([Tally; 7], Vec<String>) {
    let stated = stated(stated_page);
    let given = given(page, &stated);
    let mut report = Vec::new();
    let lines = strings(stated_page, "sections");
    let listed: Vec<Section> = lines.iter().map(|line| Section::stated(line)).collect();
    let [found, parts] = sections(&listed, page, &mut report);
    let tallies = facets.each_ref().map(|Facet { name: facet, .. }| match *facet {
        "sections" => found,
        "parts" => parts,
        _ => {
            let (stated, given) = (&stated[*facet], &given[*facet]);
            let of = |all: &BTreeMap<String, String>, other: &BTreeMap<String, String>, verb| {
                let only = all.iter().filter(|(key, _)| !other.contains_key(*key));
                only.map(|(_, fact)| format!("{facet} {verb}: {fact}")).collect::<Vec<_>>()
            };
            report.extend(of(stated, given, "missing"));
            report.extend(of(given, stated, "invented"));
            Tally::of(&keys(stated), &keys(given))
        }
    });
    (tallies, report)
}

fn check(Sample { chosen, files, facets }: &Sample) {
    let files: Vec<Table> =
        files.iter().map(|file| sample(file).expect("the sample is in the repository")).collect();
    let pages: Vec<&Table> = files.iter().flat_map(pages).collect();
    let chosen: BTreeSet<&str> = chosen.lines().collect();
    assert_eq!(pages.iter().map(|page| path(page)).collect::<BTreeSet<_>>(), chosen);
    let Some(read) = read_pages(&pages) else { return };
    let mut totals = [Tally::default(); 7];
    println!("| page | {} |", facets.each_ref().map(|facet| facet.name).join(" | "));
    for page in &pages {
        let path = path(page);
        let own = read.get(path).unwrap_or_else(|| panic!("{path} is not in the data"));
        let (tallies, report) = compare(page, own, facets);
        let cells = tallies.map(Tally::text).join(" | ");
        println!("| {path} {} | {cells} |", page["family"].as_str().unwrap_or("-"));
        report.iter().for_each(|line| println!("    {line}"));
        totals.iter_mut().zip(tallies).for_each(|(total, tally)| total.add(tally));
    }
    for (Facet { name, asked, .. }, tally) in facets.iter().zip(totals) {
        let asked = asked.map_or("nothing".to_owned(), |share| share.to_string());
        println!("{name}: {tally:?}, {:.4}, asked for {asked}", tally.share());
    }
    for (Facet { name, least, invented, .. }, tally) in facets.iter().zip(totals) {
        assert!(tally.share() >= *least, "{name}: {tally:?}");
        let most = invented * tally.stated as f64;
        assert!(tally.invented as f64 <= most, "{name}: {tally:?}");
    }
}

#[test]
fn the_reader_says_what_sixty_chosen_pages_say() {
    check(&SECOND);
}

#[test]
fn the_reader_says_what_thirty_other_pages_say() {
    check(&THIRD);
}
