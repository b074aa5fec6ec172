//! Inventories and reports of MBSA.

use std::io;
use std::path::Path;

use serde::Serialize;
use staunch_machine::{InventoryError, MbsaReport, read_inventory};

use super::Subject;
use super::page::Page;
use crate::exit::{Exit, Failure};
use crate::inputs;

/// What an inventory was read as.
#[derive(Serialize)]
pub(super) struct Inventory {
    format: &'static str,
    /// Host name, where the inventory says it.
    machine: Option<String>,
    warnings: Vec<String>,
}

/// What a report of MBSA says of itself.
#[derive(Serialize)]
pub(super) struct Mbsa {
    machine: Option<String>,
    domain: Option<String>,
    ip: Option<String>,
    /// As the report writes it.
    date: Option<String>,
    checks: usize,
    updates: usize,
}

pub(super) fn inspect(path: &Path) -> Result<Subject, Failure> {
    let name = path.display().to_string();
    let bytes = inputs::read_bytes(path)
        .map_err(|error| Failure::new(Exit::Input, format!("{name}: {error}")))?;
    let failed = |error: InventoryError| {
        Failure::of(Exit::Input, &error).hint(
            "staunch inspects hives, executables, disk images, cabinets, inventories and reports \
             of MBSA",
        )
    };
    if let Some(report) = MbsaReport::read(&name, &bytes).map_err(failed)? {
        let MbsaReport { machine, domain, ip, date, checks, updates } = report;
        return Ok(Subject::Mbsa(Mbsa { machine, domain, ip, date, checks, updates }));
    }
    let inventory = read_inventory(&name, &bytes).map_err(failed)?;
    Ok(Subject::Inventory(Inventory {
        format: inventory.format,
        machine: inventory.facts.name.known().cloned(),
        warnings: inventory.warnings.into_iter().map(|warning| warning.message).collect(),
    }))
}

impl Inventory {
    pub(super) fn write(&self, page: &mut Page<'_>) -> io::Result<()> {
        page.title(format_args!("inventory, {}", self.format))?;
        page.facts("machine", &self.machine)?;
        page.facts("warnings", &self.warnings)
    }
}

impl Mbsa {
    pub(super) fn write(&self, page: &mut Page<'_>) -> io::Result<()> {
        page.title("report of MBSA")?;
        page.facts("machine", &self.machine)?;
        page.facts("domain", &self.domain)?;
        page.facts("address", &self.ip)?;
        page.facts("date", &self.date)?;
        page.fact("checks", self.checks)?;
        page.fact("updates", self.updates)
    }
}
