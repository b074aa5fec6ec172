use super::cell::Bins;
use super::value::Value;
use crate::Fault;

/// Values of a key. A damaged one is an error in its place, and those after it are still read.
///
/// Source: regf, "Key values list".
#[derive(Debug, Clone)]
pub struct Values<'b> {
    bins: Bins<'b>,
    list: &'b [[u8; 4]],
    /// What is wrong with the list, told behind its elements.
    fault: Option<Fault>,
}

impl<'b> Values<'b> {
    pub(super) fn new(bins: Bins<'b>, position: u64, claimed: u32, list: u32) -> Self {
        const OBJECT: &str = "values list";
        let empty = Self { bins, list: &[], fault: None };
        if claimed == 0 {
            return empty;
        }
        let cell = match bins.cell(OBJECT, list) {
            Ok(cell) => cell,
            Err(fault) => return Self { fault: Some(fault), ..empty },
        };
        let list = cell.bytes.as_chunks::<4>().0;
        match list.get(..claimed as usize) {
            Some(list) => Self { list, ..empty },
            None => {
                let expected = format_args!("room for {claimed} values").to_string();
                let found = format_args!("room for {}", list.len()).to_string();
                Self { list, fault: Some(Fault::new(OBJECT, position, expected, found)), ..empty }
            }
        }
    }
}

impl<'b> Iterator for Values<'b> {
    type Item = Result<Value<'b>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        let Some((element, rest)) = self.list.split_first() else {
            return self.fault.take().map(Err);
        };
        self.list = rest;
        Some(Value::parse(self.bins, u32::from_le_bytes(*element)))
    }
}
