//! The canonical listing of a hive, in the form of `bench/hivex_walk.c`.
//!
//! In the order of a walk (a key, its values, its subkeys, each as they are listed in the hive):
//!
//! ```text
//! key PATH TICKS                  the path of the root is empty, others begin with a backslash
//! value NAME TYPE DATA            the type in decimal, the data in hexadecimal
//! keys N values N bytes N sum 0   the last line
//! ```
//!
//! Names are UTF-8; control characters, the space and the percent sign are `%` and two digits.

use std::fmt::Write;

use staunch_format::Fault;
use staunch_format::hive::{Hive, Visit};

/// Counts of a listing.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) keys: u64,
    pub(crate) values: u64,
    /// Bytes of data of all values.
    pub(crate) bytes: u64,
}

/// What a walk came to.
pub(crate) struct Listing {
    pub(crate) text: String,
    pub(crate) counts: Counts,
    pub(crate) faults: Vec<Fault>,
}

/// Lists a hive as far as it can be read.
pub(crate) fn list(hive: &Hive<'_>) -> Listing {
    let mut listing =
        Listing { text: String::new(), counts: Counts::default(), faults: Vec::new() };
    let mut way: Vec<String> = Vec::new();
    for visit in hive.walk() {
        if let Err(fault) = visit.and_then(|visit| listing.add(visit, &mut way)) {
            listing.faults.push(fault);
        }
    }
    let Counts { keys, values, bytes } = listing.counts;
    writeln!(listing.text, "keys {keys} values {values} bytes {bytes} sum 0")
        .expect("room in memory");
    listing
}

impl Listing {
    fn add(&mut self, visit: Visit<'_>, way: &mut Vec<String>) -> Result<(), Fault> {
        match visit {
            Visit::Key(key) => {
                way.truncate(usize::from(key.depth()));
                let name = key.name().to_string();
                let path = match way.last() {
                    Some(above) => format!("{above}\\{name}"),
                    None => String::new(),
                };
                writeln!(self.text, "key {} {}", escaped(&path), key.last_written())
                    .expect("room in memory");
                way.push(path);
                self.counts.keys += 1;
            }
            Visit::Value(value) => {
                let data = value.data()?;
                let name = escaped(&value.name().to_string());
                write!(self.text, "value {name} {} ", value.kind().number())
                    .expect("room in memory");
                for byte in &*data {
                    write!(self.text, "{byte:02x}").expect("room in memory");
                }
                self.text.push('\n');
                self.counts.values += 1;
                self.counts.bytes += data.len() as u64;
            }
        }
        Ok(())
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\0'..=' ' | '%' | '\x7F' => {
                write!(escaped, "%{:02x}", character as u32).expect("room in memory")
            }
            other => escaped.push(other),
        }
    }
    escaped
}
