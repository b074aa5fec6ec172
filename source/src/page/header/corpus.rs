//! Figures over every page of the shared data.

use std::collections::BTreeMap;

use staunch_model::BulletinPage;

use crate::documents;
use crate::page::Page;

/// Facts of one page that other languages of the bulletin state too.
struct Facts {
    locale: String,
    page: BulletinPage,
}

/// How many pages of those that should state a fact do.
#[derive(Default)]
struct Share {
    stated: usize,
    of: usize,
}

impl Share {
    fn count(&mut self, is_stated: bool) {
        self.of += 1;
        self.stated += usize::from(is_stated);
    }

    fn assert(&self, name: &str, least: f64) {
        let share = 100.0 * self.stated as f64 / self.of.max(1) as f64;
        println!("{name}: {} of {} = {share:.2} % (at least {least} %)", self.stated, self.of);
        assert!(share >= least, "{name}: {share:.2} % is less than {least} %");
    }
}

#[test]
fn every_page_of_the_shared_data_states_its_header() {
    let Some(folder) = staunch_testkit::shared_data().map(|data| data.join("bulletins")) else {
        println!("skipped: no shared data");
        return;
    };
    let mut bulletins: BTreeMap<String, Vec<Facts>> = BTreeMap::new();
    documents(&folder, &mut |mut document| {
        let name = document.name().to_owned();
        let bytes = document.hold()?;
        let text = String::from_utf8_lossy(&bytes);
        let mut out = BulletinPage::default();
        let page = Page::new(&name, &text);
        super::read(&page, &mut out);
        let locale = page.locale.clone().unwrap_or_default();
        let file = document.file_name().to_owned();
        bulletins.entry(file).or_default().push(Facts { locale, page: out });
        Ok(())
    })
    .expect("the shared data is readable");
    stated(&bulletins);
    agreed(&bulletins);
}

/// Counts how many pages state each fact.
fn stated(bulletins: &BTreeMap<String, Vec<Facts>>) {
    let mut shares: [Share; 8] = Default::default();
    let [id, title, severity, kb, published, version, history, cves] = &mut shares;
    for facts in bulletins.values().flatten() {
        let page = &facts.page;
        let year = page.id.map_or(0, |id| id.year());
        id.count(page.id.is_some());
        title.count(page.title.is_some());
        severity.count(page.severity.is_some());
        published.count(page.published.is_some());
        if year >= 2002 {
            kb.count(!page.kbs.is_empty());
        }
        if year >= 2003 {
            cves.count(!page.cves.is_empty());
        }
        if year >= 2004 && facts.locale != "ja-jp" {
            version.count(page.version.is_some());
            history.count(page.revisions.iter().any(|revision| revision.date.is_some()));
        }
    }
    id.assert("identifier", 99.9);
    title.assert("title", 100.0);
    severity.assert("severity", 99.5);
    kb.assert("KB from 2002 on", 99.7);
    published.assert("publication", 99.5);
    version.assert("version from 2004 on", 98.0);
    history.assert("history from 2004 on", 98.0);
    cves.assert("vulnerabilities from 2003 on", 99.9);
}

/// Names what only one of two pages states, the first page's with a `-`, the second's with a `+`.
fn only_in_one<T: PartialEq + std::fmt::Display>(one: &[T], other: &[T]) -> Vec<String> {
    let first = one.iter().filter(|fact| !other.contains(fact));
    let second = other.iter().filter(|fact| !one.contains(fact));
    let first = first.map(|fact| format!("-{fact}"));
    first.chain(second.map(|fact| format!("+{fact}"))).collect()
}

/// Compares the languages of each bulletin at equal revisions; Japanese and Korean pages are
/// revised on their own.
fn agreed(bulletins: &BTreeMap<String, Vec<Facts>>) {
    let mut shares: [Share; 4] = Default::default();
    let [kbs, cves, severity, impact] = &mut shares;
    let last = |page: &BulletinPage| page.revisions.last().and_then(|last| last.version.clone());
    for (name, pages) in bulletins {
        let pages: Vec<&Facts> = pages
            .iter()
            .filter(|facts| !matches!(facts.locale.as_str(), "ja-jp" | "ko-kr"))
            .collect();
        for (at, one) in pages.iter().enumerate() {
            for other in &pages[at + 1..] {
                let locales = format!("{} {}", one.locale, other.locale);
                let (one, other) = (&one.page, &other.page);
                if last(one) == last(other) {
                    for (fact, only) in [
                        ("KBs", only_in_one(&one.kbs, &other.kbs)),
                        ("vulnerabilities", only_in_one(&one.cves, &other.cves)),
                    ] {
                        if !only.is_empty() {
                            println!("{name} {locales}: other {fact}: {}", only.join(" "));
                        }
                    }
                    kbs.count(one.kbs == other.kbs);
                    cves.count(one.cves == other.cves);
                    severity.count(one.severity == other.severity);
                    impact.count(one.impact == other.impact);
                }
            }
        }
    }
    kbs.assert("equal KBs", 99.4);
    cves.assert("equal vulnerabilities", 97.0);
    severity.assert("equal severity", 99.0);
    impact.assert("equal impact", 98.0);
}
