use std::io;

use staunch_model::Assessment;

use super::ink::Ink;
use super::page::Page;
use super::table::{Cell, Table};
use crate::columns::{Align, fit};
use crate::neutral::neutral;
use crate::outline::worst_first;
use crate::settings::{settings_clause, weak};
use crate::words::{counted, grouped, machine_name, support_clause};

/// Columns that a machine's name may take in the table of all machines.
const NAME_LIMIT: usize = 20;

/// Writes one line for each machine, the worst first.
pub(super) fn write(page: &mut Page<'_>, assessments: &[Assessment]) -> io::Result<()> {
    let lacking = assessments.iter().filter(|a| a.summary.missing > 0).count();
    let machines = counted(assessments.len(), "machine");
    let verb = if lacking == 1 { "lacks" } else { "lack" };
    let ended = format!("{}{}", support_clause(assessments), settings_clause(assessments));
    let lead = match lacking {
        0 => format!("{machines}; none is known to lack an update{ended}."),
        _ => format!("{machines}; {} {verb} updates{ended}.", grouped(lacking)),
    };
    page.paragraph(0, Ink::Strong, &lead)?;
    page.blank()?;
    let has_settings = assessments.iter().any(|assessment| !assessment.checks.is_empty());
    let mut heads = vec![
        ("Machine", Align::Left),
        ("System", Align::Left),
        ("Missing", Align::Right),
        ("Undet.", Align::Right),
        ("CVEs", Align::Right),
        ("Exploited", Align::Right),
    ];
    if has_settings {
        heads.push(("Weak", Align::Right));
    }
    let mut table = Table::new(heads, 1);
    for (_, assessment) in worst_first(assessments) {
        let summary = &assessment.summary;
        let number = |count: usize, ink: Ink| match count {
            0 => Cell::with(Ink::Faint, "0"),
            _ => Cell::with(ink, grouped(count)),
        };
        let mut cells = vec![
            Cell::with(Ink::Strong, fit(&machine_name(&assessment.machine), NAME_LIMIT)),
            Cell::new(short_system(&neutral(&assessment.machine.product))),
            number(summary.missing, Ink::Red),
            number(summary.undetermined, Ink::Yellow),
            number(summary.exposed_cves, Ink::Plain),
            number(summary.exploited_cves, Ink::BoldRed),
        ];
        if has_settings {
            cells.push(number(weak(assessment), Ink::Red));
        }
        if assessment.support.is_lost() {
            table.row_above(cells, 1, vec![neutral(&assessment.support.says).into_owned()]);
        } else {
            table.row(cells);
        }
    }
    table.write(page)
}

/// Returns a system's name without the words that every name has.
fn short_system(product: &str) -> String {
    product
        .replace("Windows Server", "Server")
        .replace(" for 32-bit Systems", " x86")
        .replace(" for x64-based Systems", " x64")
        .replace(" for Itanium-based Systems", " ia64")
        .replace(" for ARM64-based Systems", " arm64")
        .replace(" Service Pack ", " SP")
        .replace(" Version ", " ")
        .replace(" (Server Core installation)", " Core")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_keep_what_tells_them_apart() {
        for (long, short) in [
            ("Windows 7 for x64-based Systems Service Pack 1", "Windows 7 x64 SP1"),
            ("Windows 10 Version 1803 for 32-bit Systems", "Windows 10 1803 x86"),
            ("Windows Server 2012 R2 (Server Core installation)", "Server 2012 R2 Core"),
        ] {
            assert_eq!(short_system(long), short);
        }
    }
}
