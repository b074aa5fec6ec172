use std::collections::BTreeMap;

/// The value of a fact that stands in the main row, and what other publications say instead.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Choice<V> {
    pub(super) value: V,
    pub(super) publications: Vec<u32>,
    pub(super) others: Vec<(V, Vec<u32>)>,
}

/// Chooses among statements of one fact by publication and value.
///
/// A publication that says several things says what it says most often, or else the greatest of
/// them. The publication with the highest rank decides; the others are kept beside it.
pub(super) fn choose<V: Ord + Clone>(
    statements: impl IntoIterator<Item = (u32, V)>,
    rank: &[u32],
) -> Option<Choice<V>> {
    let mut said: BTreeMap<u32, BTreeMap<V, u32>> = BTreeMap::new();
    for (publication, value) in statements {
        *said.entry(publication).or_default().entry(value).or_default() += 1;
    }
    let own: Vec<(u32, V)> = said
        .into_iter()
        .filter_map(|(publication, values)| Some((publication, most_stated(values)?)))
        .collect();
    let (_, value) = own.iter().max_by_key(|(publication, _)| rank[*publication as usize])?;
    let value = value.clone();
    let mut by_value: BTreeMap<V, Vec<u32>> = BTreeMap::new();
    for (publication, value) in own {
        by_value.entry(value).or_default().push(publication);
    }
    let publications = by_value.remove(&value).unwrap_or_default();
    Some(Choice { value, publications, others: by_value.into_iter().collect() })
}

/// Returns the value with the highest count, the greatest of several such.
pub(super) fn most_stated<V: Ord>(values: BTreeMap<V, u32>) -> Option<V> {
    values.into_iter().max_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0))).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_rank_decides_and_the_others_stay() {
        let rank = [1, 9, 5];
        let found = choose([(0, 'a'), (1, 'b'), (1, 'b'), (1, 'c'), (2, 'b')], &rank);
        assert_eq!(
            found,
            Some(Choice { value: 'b', publications: vec![1, 2], others: vec![('a', vec![0])] })
        );
    }

    #[test]
    fn agreement_has_no_others() {
        assert_eq!(choose([(0, 4), (1, 4)], &[0, 1]).map(|choice| choice.others), Some(vec![]));
        assert_eq!(choose::<u8>([], &[]), None);
    }
}
