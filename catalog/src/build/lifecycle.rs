//! Fills the tables of support dates.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use staunch_model::{LifecycleRecord, Publication};

use crate::value::day_number;

/// Writes the rows in the order of their content; the publications are in the order of their
/// names, and their rows are numbered from one.
///
/// Returns the number of rows of each table.
pub(super) fn fill(
    connection: &Connection,
    publications: &[Publication],
    mut records: Vec<LifecycleRecord>,
) -> Result<[(String, u64); 2], rusqlite::Error> {
    records.sort();
    // The same document twice, from two folders, states the same.
    records.dedup();
    let mut line =
        connection.prepare("INSERT INTO lifecycle VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    let mut pack = connection.prepare("INSERT INTO lifecycle_service_pack VALUES (?, ?, ?, ?)")?;
    let mut counts = [0, 0];
    for (id, record) in (1i64..).zip(&records) {
        line.execute(params_from_iter(line_row(id, record, publications)))?;
        counts[0] += 1;
        for one in &record.service_packs {
            pack.execute(params_from_iter([
                Value::from(id),
                i64::from(one.number.0).into(),
                one.released.map(day_number).into(),
                one.earlier_end.map(day_number).into(),
            ]))?;
            counts[1] += 1;
        }
    }
    Ok([("lifecycle".to_owned(), counts[0]), ("lifecycle_service_pack".to_owned(), counts[1])])
}

fn line_row(id: i64, record: &LifecycleRecord, publications: &[Publication]) -> [Value; 12] {
    let dates = &record.dates;
    let publication = publications
        .binary_search_by(|one| one.id.cmp(&record.provenance.publication))
        .ok()
        .and_then(|at| i64::try_from(at + 1).ok());
    [
        id.into(),
        (record.family as i64).into(),
        record.release.map(|release| release.to_string()).into(),
        record.architecture.map(|architecture| architecture as i64).into(),
        record.installation.map(|installation| installation as i64).into(),
        record.editions.map(|class| class as i64).into(),
        dates.available.map(day_number).into(),
        dates.mainstream_end.map(day_number).into(),
        dates.support_end.map(day_number).into(),
        dates.paid_end.map(day_number).into(),
        record.page.clone().into(),
        publication.into(),
    ]
}
