use std::sync::Arc;

use super::sheet::{Cell, Row};

/// Rows from the top of a sheet among which the heads are sought.
pub(super) const HEAD_ROWS: u32 = 20;

/// Where the columns stand in one sheet, counted from zero.
///
/// Heads are compared by their letters and digits alone, as some have line breaks within. A
/// severity and an impact may stand twice: the bulletin's first, then those of the component,
/// which are the ones that are read.
pub(super) struct Columns {
    posted: Option<u32>,
    bulletin: u32,
    bulletin_kb: Option<u32>,
    title: Option<u32>,
    product: u32,
    component_kb: Option<u32>,
    component: Option<u32>,
    severity: Option<u32>,
    impact: Option<u32>,
    supersedes: Option<u32>,
    restart: Option<u32>,
    vulnerabilities: Option<u32>,
}

/// The cells of one row that are read.
pub(super) struct Cells<'r> {
    pub(super) posted: Option<&'r Cell>,
    pub(super) bulletin: &'r str,
    pub(super) bulletin_kb: &'r str,
    pub(super) title: Option<Arc<str>>,
    pub(super) product: Option<Arc<str>>,
    pub(super) component_kb: &'r str,
    pub(super) component: Option<Arc<str>>,
    pub(super) severity: &'r str,
    pub(super) impact: &'r str,
    pub(super) supersedes: &'r str,
    pub(super) restart: &'r str,
    pub(super) vulnerabilities: &'r str,
}

impl Columns {
    /// Finds the columns in a row of heads; other rows have none.
    pub(super) fn of(row: &Row) -> Option<Self> {
        let heads: Vec<_> = row.cells().iter().map(|(at, cell)| (*at, plain(&cell.text))).collect();
        let first = |name: &str| heads.iter().find(|(_, head)| head == name).map(|(at, _)| *at);
        let last = |name: &str| heads.iter().rfind(|(_, head)| head == name).map(|(at, _)| *at);
        Some(Self {
            posted: first("dateposted"),
            bulletin: first("bulletinid")?,
            bulletin_kb: first("bulletinkb"),
            title: first("title"),
            product: first("affectedproduct")?,
            component_kb: first("componentkb"),
            component: first("affectedcomponent"),
            severity: last("severity"),
            impact: last("impact"),
            supersedes: first("supersedes"),
            restart: first("reboot"),
            vulnerabilities: first("cves"),
        })
    }

    /// Returns the cells of a row below the heads.
    pub(super) fn cells<'r>(&self, row: &'r Row) -> Cells<'r> {
        let cell = |column: Option<u32>| column.and_then(|column| row.cell(column));
        let text = |column| cell(column).map_or("", |cell| &*cell.text);
        let shared = |column| cell(column).map(|cell| Arc::clone(&cell.text));
        Cells {
            posted: cell(self.posted),
            bulletin: text(Some(self.bulletin)),
            bulletin_kb: text(self.bulletin_kb),
            title: shared(self.title),
            product: shared(Some(self.product)),
            component_kb: text(self.component_kb),
            component: shared(self.component),
            severity: text(self.severity),
            impact: text(self.impact),
            supersedes: text(self.supersedes),
            restart: text(self.restart),
            vulnerabilities: text(self.vulnerabilities),
        }
    }
}

/// Returns the letters and digits of a head in lower case.
fn plain(head: &str) -> String {
    head.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
