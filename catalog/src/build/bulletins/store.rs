//! The rows of bulletins.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rusqlite::types::Value;
use staunch_model::{BulletinFact, BulletinId, ManifestFile};

use super::Bulletin;
use crate::build::store::Filler;
use crate::fact::{FactRow, Stored, stored};
use crate::value::day_number;

/// Fills the tables of bulletins.
pub(in crate::build) fn fill(
    filler: &mut Filler<'_>,
    bulletins: &BTreeMap<BulletinId, Bulletin>,
    titles: &BTreeMap<BulletinId, Arc<str>>,
) -> Result<(), rusqlite::Error> {
    let terms = Terms::of(bulletins);
    filler.insert(
        "term",
        (1i64..).zip(&terms.0).map(|(id, text)| [id.into(), text.to_string().into()]),
    )?;
    let mut rows = Vec::new();
    let mut facts = Vec::new();
    let mut files = Vec::new();
    for (at, (id, bulletin)) in (1i64..).zip(bulletins) {
        rows.push([
            at.into(),
            id.to_string().into(),
            titles.get(id).map(|title| title.to_string()).into(),
            bulletin.version.map(|version| version.to_string()).into(),
            filler.origin(&bulletin.pages).into(),
        ]);
        let kept = bulletin.facts.iter().map(|fact| (fact, 0));
        let disputed = bulletin.disputed.iter().map(|fact| (fact, 1));
        for (position, ((fact, publications), is_disputed)) in (1i64..).zip(kept.chain(disputed)) {
            let place =
                Place { bulletin: at, position, is_disputed, origin: filler.origin(publications) };
            match stored(fact) {
                Stored::Row(row) => {
                    facts.push(fact_row(place, row, &terms));
                }
                Stored::File(file) => {
                    files.push(file_row(place, file, &terms));
                }
            }
        }
    }
    filler.insert("bulletin", rows.into_iter())?;
    filler.insert("bulletin_fact", facts.into_iter())?;
    filler.insert("manifest_file", files.into_iter())
}

/// Lists every set of publications that a row of bulletins refers to.
pub(in crate::build) fn origin_sets(
    bulletins: &BTreeMap<BulletinId, Bulletin>,
) -> impl Iterator<Item = &Vec<u32>> {
    bulletins.values().flat_map(|bulletin| {
        let facts = bulletin.facts.iter().chain(&bulletin.disputed);
        facts.map(|(_, publications)| publications).chain([&bulletin.pages])
    })
}

/// Texts that many rows have: names of products, commands, keys, folders.
struct Terms(Vec<Arc<str>>);

impl Terms {
    fn of(bulletins: &BTreeMap<BulletinId, Bulletin>) -> Self {
        let facts = bulletins.values().flat_map(|one| one.facts.iter().chain(&one.disputed));
        let texts: BTreeSet<Arc<str>> = facts.flat_map(|(fact, _)| texts(fact)).collect();
        Self(texts.into_iter().collect())
    }

    fn id(&self, text: Option<&Arc<str>>) -> Value {
        let at = text.and_then(|text| self.0.binary_search(text).ok());
        at.and_then(|at| i64::try_from(at + 1).ok()).into()
    }
}

fn texts(fact: &BulletinFact) -> Vec<Arc<str>> {
    match stored(fact) {
        Stored::Row(row) => row.product.into_iter().chain(row.text).collect(),
        Stored::File(file) => {
            let texts = [Some(&file.name), file.products.as_ref(), file.folder.as_ref()];
            texts.into_iter().chain([file.target.as_ref()]).flatten().cloned().collect()
        }
    }
}

/// Where a row stands, and what all rows have.
struct Place {
    bulletin: i64,
    position: i64,
    is_disputed: i64,
    origin: Option<i64>,
}

fn fact_row(place: Place, row: FactRow, terms: &Terms) -> [Value; 9] {
    [
        place.bulletin.into(),
        place.position.into(),
        i64::from(row.kind).into(),
        terms.id(row.product.as_ref()),
        row.vulnerability.map(|cve| cve.to_string()).into(),
        row.number.into(),
        terms.id(row.text.as_ref()),
        place.is_disputed.into(),
        place.origin.into(),
    ]
}

fn file_row(place: Place, file: &ManifestFile, terms: &Terms) -> [Value; 18] {
    let parts = file.version.map(|version| version.parts().map(i64::from));
    let [major, minor, build, revision] =
        [0, 1, 2, 3].map(|at| Value::from(parts.map(|parts| parts[at])));
    [
        place.bulletin.into(),
        place.position.into(),
        terms.id(file.products.as_ref()),
        terms.id(Some(&file.name)),
        file.architecture.map(|architecture| architecture as i64).into(),
        terms.id(file.folder.as_ref()),
        terms.id(file.target.as_ref()),
        major,
        minor,
        build,
        revision,
        file.size.and_then(|size| i64::try_from(size).ok()).into(),
        file.date.map(day_number).into(),
        file.minute.map(i64::from).into(),
        file.checksum.map(i64::from).into(),
        file.language.as_ref().map(|language| language.to_string()).into(),
        place.is_disputed.into(),
        place.origin.into(),
    ]
}
