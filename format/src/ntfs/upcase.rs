use std::cmp::Ordering;

use crate::{
    Fault,
    volume::{bytes, simple_uppercase},
};

/// Length of the table in bytes: one unit for every unit.
pub(super) const LENGTH: u64 = 131_072;

/// The table of upper-case units that a volume carries, by which its folders are ordered.
pub(super) struct Upcase(Box<[u16]>);

impl Upcase {
    /// Takes the content of `$UpCase`.
    pub(super) fn parse(table: &[u8]) -> Result<Self, Fault> {
        if table.len() as u64 != LENGTH {
            return Err(Fault::truncated("$UpCase", 0, LENGTH, table.len() as u64));
        }
        Ok(Self(table.chunks_exact(2).map(|unit| u16::from_le_bytes(bytes(unit, 0))).collect()))
    }

    /// Makes the table by the rules of Unicode, for a volume whose own is lost.
    pub(super) fn of_unicode() -> Self {
        Self((0..=u16::MAX).map(simple_uppercase).collect())
    }

    /// Compares names as folders are ordered: without regard to case.
    pub(super) fn compare(
        &self,
        left: impl Iterator<Item = u16>,
        right: impl Iterator<Item = u16>,
    ) -> Ordering {
        let upper = |unit: u16| self.0[usize::from(unit)];
        left.map(upper).cmp(right.map(upper))
    }
}
