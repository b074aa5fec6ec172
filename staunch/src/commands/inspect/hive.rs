//! Registry hives, repaired from the logs beside them.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};
use staunch_format::Fault;
use staunch_format::hive::{self, LogOutcome, ReplayReport, Value, ValueKind, Visit, replay};

use super::page::Page;
use crate::exit::{Exit, Failure};

/// Largest hive or log that is read, in bytes.
const MAX_SIZE: u64 = 1 << 30;

/// Faults that are told one by one.
const MOST_FAULTS: usize = 100;

/// What a hive is and has.
#[derive(Serialize)]
pub(super) struct Hive {
    version: String,
    /// Path that the hive was last loaded from, as far as the hive keeps it.
    name: String,
    keys: u64,
    values: u64,
    /// Bytes of data of all values.
    value_bytes: u64,
    dirty: bool,
    logs: Vec<Log>,
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list: Option<Listing>,
}

/// A transaction log beside a hive.
#[derive(Serialize)]
struct Log {
    file: String,
    applied: bool,
    /// Pages of 512 bytes that were written from it.
    pages: usize,
    /// Why it was not applied, or not to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// All keys and values, read again from the bytes of the hive when they are written.
struct Listing(Vec<u8>);

/// A key, a value of the key before it, or what cannot be read.
#[derive(Serialize)]
#[serde(untagged)]
enum Listed {
    Key {
        key: String,
    },
    Value {
        value: String,
        #[serde(rename = "type")]
        kind: String,
        data: serde_json::Value,
    },
    Fault {
        fault: String,
    },
}

pub(super) fn inspect(path: &Path, with_logs: bool, with_list: bool) -> Result<Hive, Failure> {
    let file = path.display().to_string();
    let bytes = read(path)?;
    let mut names = Vec::new();
    let mut logs = Vec::new();
    if with_logs {
        for log in logs_beside(path) {
            logs.push(read(&log)?);
            names.push(log.file_name().unwrap_or_default().to_string_lossy().into_owned());
        }
    }
    let parts: Vec<&[u8]> = logs.iter().map(Vec::as_slice).collect();
    let failed = |fault: Fault| Failure::new(Exit::Input, format!("{file}: {fault}"));
    let (whole, replayed) = replay(&bytes, &parts).map_err(failed)?;
    let hive = hive::Hive::new(&whole).map_err(failed)?;
    let mut counts = Counts::default();
    for fault in hive.faults() {
        counts.warn(fault);
    }
    for visit in hive.walk() {
        match visit {
            Ok(Visit::Key(_)) => counts.keys += 1,
            Ok(Visit::Value(value)) => match value.data() {
                Ok(data) => {
                    counts.values += 1;
                    counts.bytes += data.len() as u64;
                }
                Err(fault) => counts.warn(fault),
            },
            Err(fault) => counts.warn(fault),
        }
    }
    let mut warnings = replay_warnings(&replayed, with_logs);
    let more = counts.faults;
    warnings.extend(counts.warnings);
    if more > MOST_FAULTS {
        warnings.push(format!("{} more faults", more - MOST_FAULTS));
    }
    let base = hive.base_block();
    let (version, name) = (base.version.to_string(), base.name().to_string());
    let list = with_list.then(|| Listing(Cow::into_owned(whole)));
    Ok(Hive {
        version,
        name,
        keys: counts.keys,
        values: counts.values,
        value_bytes: counts.bytes,
        dirty: replayed.was_dirty,
        logs: names.into_iter().zip(replayed.logs).map(|(file, log)| Log::of(file, log)).collect(),
        warnings,
        list,
    })
}

#[derive(Default)]
struct Counts {
    keys: u64,
    values: u64,
    bytes: u64,
    warnings: Vec<String>,
    faults: usize,
}

impl Counts {
    fn warn(&mut self, fault: Fault) {
        self.faults += 1;
        if self.faults <= MOST_FAULTS {
            self.warnings.push(fault.to_string());
        }
    }
}

fn replay_warnings(replayed: &ReplayReport, with_logs: bool) -> Vec<String> {
    let mut warnings = Vec::new();
    if replayed.base_block_recovered {
        warnings.push("the base block is damaged and was taken from a log".to_owned());
    }
    if replayed.is_incomplete() {
        warnings.push(match with_logs {
            true => "the last write did not end, and no log makes up for it".to_owned(),
            false => "the last write did not end, and logs were left unread".to_owned(),
        });
    }
    warnings
}

impl Log {
    fn of(file: String, outcome: LogOutcome) -> Self {
        match outcome {
            LogOutcome::PagesApplied { pages, stopped, .. }
            | LogOutcome::EntriesApplied { pages, stopped, .. } => {
                Self { file, applied: true, pages, reason: stopped.map(|fault| fault.to_string()) }
            }
            LogOutcome::Unused(unused) => {
                Self { file, applied: false, pages: 0, reason: Some(unused.to_string()) }
            }
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed =
        |error: io::Error| Failure::new(Exit::Input, format!("{}: {error}", path.display()));
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    if length > MAX_SIZE {
        let expected = format!("expected at most {MAX_SIZE} bytes, found {length}");
        return Err(failed(io::Error::other(expected)));
    }
    let mut bytes = Vec::new();
    file.take(MAX_SIZE).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

/// Finds the logs of a hive in its folder, in any case.
fn logs_beside(path: &Path) -> Vec<PathBuf> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Some(name) = path.file_name() else { return Vec::new() };
    let name = name.to_string_lossy().to_lowercase();
    let is_log = |file: &Path| {
        let file = file.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let suffix = file.strip_prefix(&name);
        suffix.is_some_and(|suffix| [".log", ".log1", ".log2"].contains(&suffix))
    };
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut logs: Vec<PathBuf> = files.filter(|file| is_log(file) && file.is_file()).collect();
    logs.sort();
    logs
}

impl Listing {
    fn visit<E>(&self, mut take: impl FnMut(Listed) -> Result<(), E>) -> Result<(), E> {
        let hive = hive::Hive::new(&self.0).expect("the hive was read before");
        let mut way: Vec<String> = Vec::new();
        for visit in hive.walk() {
            take(match visit {
                Ok(Visit::Key(key)) => {
                    way.truncate(key.depth().into());
                    let path = match way.last() {
                        Some(above) => format!("{above}\\{}", key.name()),
                        None => String::new(),
                    };
                    way.push(path.clone());
                    Listed::Key { key: if path.is_empty() { "\\".to_owned() } else { path } }
                }
                Ok(Visit::Value(value)) => Listed::value(&value),
                Err(fault) => Listed::Fault { fault: fault.to_string() },
            })?;
        }
        Ok(())
    }
}

impl Listed {
    fn value(value: &Value<'_>) -> Self {
        match data(value) {
            Ok(data) => Self::Value {
                value: value.name().to_string(),
                kind: value.kind().to_string(),
                data,
            },
            Err(fault) => Self::Fault { fault: fault.to_string() },
        }
    }
}

/// Texts as texts, numbers as numbers, everything else in hexadecimal digits.
fn data(value: &Value<'_>) -> Result<serde_json::Value, Fault> {
    Ok(match value.kind() {
        ValueKind::Text | ValueKind::ExpandText => value.text()?.into(),
        ValueKind::MultiText => value.texts()?.into(),
        ValueKind::U32 | ValueKind::U32BigEndian if value.size() == 4 => value.u32_value()?.into(),
        ValueKind::U64 if value.size() == 8 => value.u64_value()?.into(),
        _ => {
            let mut digits = String::new();
            for byte in &*value.data()? {
                write!(digits, "{byte:02x}").expect("room in memory");
            }
            digits.into()
        }
    })
}

impl Serialize for Listing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let mut list = serializer.serialize_seq(None)?;
        self.visit(|listed| list.serialize_element(&listed))?;
        list.end()
    }
}

impl Hive {
    pub(super) fn write(&self, page: &mut Page<'_>) -> io::Result<()> {
        page.title(format_args!("registry hive, version {}", self.version))?;
        if !self.name.is_empty() {
            page.fact("loaded from", &self.name)?;
        }
        page.fact("keys", self.keys)?;
        page.fact("values", self.values)?;
        page.fact("bytes of values", self.value_bytes)?;
        page.fact("dirty", if self.dirty { "yes" } else { "no" })?;
        page.facts("logs", self.logs.iter().map(Log::says))?;
        page.facts("warnings", &self.warnings)?;
        let Some(list) = &self.list else { return Ok(()) };
        list.visit(|listed| match listed {
            Listed::Key { key } => page.line(&key),
            Listed::Value { value, kind, data } => {
                let name = if value.is_empty() { "(default)" } else { &value };
                page.line(&format!("  {name}  {kind}  {data}"))
            }
            Listed::Fault { fault } => page.line(&format!("  cannot be read: {fault}")),
        })
    }
}

impl Log {
    fn says(&self) -> String {
        let done = match self.applied {
            true => format!("{}: {} pages replayed", self.file, self.pages),
            false => format!("{}: not used", self.file),
        };
        match &self.reason {
            Some(reason) => format!("{done}: {reason}"),
            None => done,
        }
    }
}
