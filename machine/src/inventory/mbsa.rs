//! XML reports of the Microsoft Baseline Security Analyzer, and those that staunch writes in
//! their form.
//!
//! A report speaks only of the updates that MBSA looked for, so absence from it decides nothing.
//! MBSA 2.x says of each whether it is installed (`UpdateData`); MBSA 1.x lists the missing ones
//! in a table. Which Windows the machine runs is said only by reports that staunch wrote.
//!
//! Source: names of elements and attributes as in the reports of MBSA 1.2 and 2.x.

use staunch_model::{
    Collected, Hotfix, HotfixId, HotfixList, KbNumber, MachineFacts, OperatingSystem,
};

use super::quick_fix::{hotfix_id, sorted};
use super::text::Text;
use super::windows_name::is_serviced_by_version;
use super::xml::{Node, Xml};
use super::{InventoryError, InventoryFormat, ReadError, check_lines, decode};

const ROOT: &str = "SecScan";

/// Most columns of a table; those of MBSA have fewer than ten.
const MAX_COLUMNS: usize = 64;

/// Name of the check that tells which Windows the machine runs.
const SYSTEM: &str = "Windows Version";

/// Ends of the names of the checks of MBSA 1.x whose tables list missing updates.
const UPDATES: &[&str] = &["Hotfixes", "Security Updates"];

/// Table of updates that no yes or no is said of.
const UNDETERMINED: &str = "Undetermined Security Updates";

/// What a report of the Microsoft Baseline Security Analyzer says of itself, and how much is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MbsaReport {
    /// Host name.
    pub machine: Option<String>,
    pub domain: Option<String>,
    pub ip: Option<String>,
    /// Time of the scan as the report writes it.
    pub date: Option<String>,
    /// Number of elements `Check`.
    pub checks: usize,
    /// Number of elements `UpdateData`.
    pub updates: usize,
}

impl MbsaReport {
    /// Reads what a report says of itself; nothing when the text is no such report. `name` is used
    /// in messages only.
    ///
    /// # Errors
    /// [`InventoryError`] when the bytes are no text or too many, or the report is damaged.
    pub fn read(name: &str, bytes: &[u8]) -> Result<Option<Self>, InventoryError> {
        let text = decode(name, bytes)?;
        check_lines(name, &text)?;
        if !Mbsa.recognises(&text) {
            return Ok(None);
        }
        let report = Report::read(&text).map_err(|source| InventoryError::Read {
            name: name.to_owned(),
            format: Mbsa.name(),
            source,
        })?;
        Ok(Some(report.about))
    }
}

pub(super) struct Mbsa;

impl InventoryFormat for Mbsa {
    fn name(&self) -> &'static str {
        "MBSA"
    }

    fn recognises(&self, text: &Text) -> bool {
        text.as_str().trim_start().starts_with('<') && text.as_str().contains("<SecScan")
    }

    fn read(&self, text: &Text, warnings: &mut Vec<String>) -> Result<MachineFacts, ReadError> {
        Ok(Report::read(text)?.into_facts(warnings))
    }
}

/// What was read so far.
#[derive(Default)]
struct Report {
    about: MbsaReport,
    facts: MachineFacts,
    installed: Vec<KbNumber>,
    missing: Vec<KbNumber>,
    pending: Vec<KbNumber>,
    /// Updates of which nothing can be taken: without a number, or without a yes or no.
    unread: usize,
    has_updates: bool,
    /// Elements that are open, from the root on.
    open: Vec<String>,
    check: String,
    heads: Vec<String>,
    cells: Vec<String>,
    grade: String,
    update: Option<Update>,
    text: String,
}

/// One update while its element is open.
struct Update {
    kb: Option<KbNumber>,
    is_installed: Option<bool>,
    is_pending: bool,
}

fn attribute<'a>(attributes: &'a [(String, String)], name: &str) -> &'a str {
    let found = attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value.trim())
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn number(text: &str) -> Option<KbNumber> {
    match hotfix_id(text) {
        HotfixId::Kb(kb) => Some(kb),
        HotfixId::Other(_) => None,
    }
}

/// Finds the number of an article in a text: `(835732)`, `(KB840374)`, `Q823559`.
fn mentioned(text: &str) -> Option<KbNumber> {
    let bracketed = text.split('(').skip(1).filter_map(|rest| rest.split(')').next());
    let named = text.split(|c: char| !c.is_ascii_alphanumeric());
    let named = named.filter(|word| word.starts_with(['K', 'Q', 'k', 'q']));
    bracketed.chain(named).find_map(number)
}

impl Report {
    fn read(text: &Text) -> Result<Self, ReadError> {
        let mut report = Self::default();
        let mut xml = Xml::new(text.as_str(), ROOT);
        while let Some(node) = xml.next()? {
            match node {
                Node::Start(name, attributes) => report.start(&xml, name, &attributes)?,
                Node::Text(text) => report.text.push_str(&text),
                Node::End => report.end(&xml)?,
            }
        }
        Ok(report)
    }

    fn start(
        &mut self,
        xml: &Xml<'_>,
        name: String,
        attributes: &[(String, String)],
    ) -> Result<(), ReadError> {
        let of = |name: &str| attribute(attributes, name);
        self.text.clear();
        match name.as_str() {
            ROOT => {
                let said = |name| Some(of(name).to_owned()).filter(|value| !value.is_empty());
                self.about = MbsaReport {
                    machine: said("Machine"),
                    domain: said("Domain"),
                    ip: said("IP"),
                    date: said("Date"),
                    ..MbsaReport::default()
                };
                let shown = of("DisplayName").rsplit('\\').next().unwrap_or_default();
                let machine = if of("Machine").is_empty() { shown } else { of("Machine") };
                if !machine.is_empty() {
                    self.facts.name = Collected::Known(machine.to_owned());
                }
            }
            "Check" => {
                self.about.checks += 1;
                self.check = of("Name").to_owned();
                self.heads.clear();
            }
            "Row" => {
                self.grade = of("Grade").to_owned();
                self.cells.clear();
            }
            "UpdateData" if self.update.is_some() => {
                return Err(xml.unexpected("the end of an update", "another update within it"));
            }
            "UpdateData" => {
                self.about.updates += 1;
                self.update = Some(Update {
                    kb: number(of("KBID")).or_else(|| number(of("ID"))),
                    is_installed: flag(of("IsInstalled")),
                    is_pending: flag(of("RestartRequired")) == Some(true),
                });
            }
            _ => {}
        }
        self.open.push(name);
        Ok(())
    }

    fn end(&mut self, xml: &Xml<'_>) -> Result<(), ReadError> {
        let name = self.open.pop().unwrap_or_default();
        let text = std::mem::take(&mut self.text);
        match name.as_str() {
            "Col" => {
                let is_head = self.open.last().is_some_and(|parent| parent == "Head");
                let cells = if is_head { &mut self.heads } else { &mut self.cells };
                if cells.len() == MAX_COLUMNS {
                    return Err(xml.unexpected("at most 64 columns", text.trim()));
                }
                cells.push(text.trim().to_owned());
            }
            "Row" if self.check == SYSTEM => self.describe_system(),
            "Row" if self.check != UNDETERMINED => self.take_row(),
            "Title" => {
                if let Some(update) = &mut self.update {
                    update.kb = update.kb.or_else(|| mentioned(&text));
                }
            }
            "UpdateData" => self.take_update(),
            _ => {}
        }
        Ok(())
    }

    fn take_update(&mut self) {
        self.has_updates = true;
        match self.update.take() {
            Some(Update { kb: Some(kb), is_pending: true, .. }) => self.pending.push(kb),
            Some(Update { kb: Some(kb), is_installed: Some(true), .. }) => self.installed.push(kb),
            Some(Update { kb: Some(kb), is_installed: Some(false), .. }) => self.missing.push(kb),
            Some(_) => self.unread += 1,
            None => {}
        }
    }

    /// Takes a row of a table of MBSA 1.x: failed ones are missing updates, and of the others it
    /// says that it could not tell.
    fn take_row(&mut self) {
        if !UPDATES.iter().any(|end| self.check.ends_with(end)) {
            return;
        }
        self.has_updates = true;
        match (self.grade.as_str(), self.cells.iter().find_map(|cell| mentioned(cell))) {
            ("2" | "3", Some(kb)) => self.missing.push(kb),
            _ => self.unread += 1,
        }
    }

    /// Reads the system that a report of staunch names exactly.
    fn describe_system(&mut self) {
        let cell = |head: &str| {
            let at = self.heads.iter().position(|known| known == head)?;
            self.cells.get(at).filter(|cell| !cell.is_empty())
        };
        let Some(system) = cell("System").and_then(|name| name.parse::<OperatingSystem>().ok())
        else {
            return;
        };
        let pack = cell("Service Pack").and_then(|text| text.parse().ok());
        let known = |value: Option<&String>| {
            value.map_or(Collected::NotCollected, |value| Collected::Known(value.clone()))
        };
        let (edition, language) = (known(cell("Edition")), known(cell("Language")));
        let build = cell("Build").and_then(|text| text.parse().ok());
        let facts = &mut self.facts;
        (facts.edition, facts.language) = (edition, language);
        facts.build = build.map_or(Collected::NotCollected, Collected::Known);
        facts.family = Collected::Known(system.family);
        facts.release = match system.release {
            Some(release) => Collected::Known(release),
            None if is_serviced_by_version(system.family) => Collected::NotCollected,
            None => Collected::Absent,
        };
        facts.service_pack = Collected::Known(pack.unwrap_or(system.service_pack));
        facts.architecture = Collected::Known(system.architecture);
        facts.installation = Collected::Known(system.installation);
    }

    fn into_facts(self, warnings: &mut Vec<String>) -> MachineFacts {
        let Self { mut facts, installed, missing, pending, unread, has_updates, .. } = self;
        let ordered = |mut numbers: Vec<KbNumber>| {
            numbers.sort_unstable();
            numbers.dedup();
            numbers
        };
        if unread > 0 {
            warnings.push(format!(
                "{unread} updates are left out: the report does not say their number or whether \
                 they are installed"
            ));
        }
        if !has_updates {
            warnings.push("the report names no update, so it says nothing of any".to_owned());
            return facts;
        }
        let entry = |kb| Hotfix { id: HotfixId::Kb(kb), installed_on: None };
        facts.hotfixes = Collected::Known(HotfixList {
            entries: sorted(installed.into_iter().map(entry)),
            pending: ordered(pending),
            selective: true,
            not_installed: ordered(missing),
            ..HotfixList::default()
        });
        facts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(MachineFacts, Vec<String>), String> {
        let mut warnings = Vec::new();
        let text = Text::of(text);
        assert!(Mbsa.recognises(&text));
        Mbsa.read(&text, &mut warnings)
            .map(|facts| (facts, warnings))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_report_says_what_it_is() {
        let report = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<!-- a -->\n\
            <SecScan ID=\"0\" DisplayName=\"a\" Machine=\"PC&amp;1\" Date=\"2004-10-01 10:00:00\" \
            IP=\"10.0.0.1\" Domain=\"\"><Check ID=\"500\"><Detail><UpdateData ID=\"MS04-015\" \
            IsInstalled=\"false\"/></Detail></Check><Check ID=\"104\"/></SecScan>";
        let expected = MbsaReport {
            machine: Some("PC&1".to_owned()),
            domain: None,
            ip: Some("10.0.0.1".to_owned()),
            date: Some("2004-10-01 10:00:00".to_owned()),
            checks: 2,
            updates: 1,
        };
        assert_eq!(MbsaReport::read("a", report.as_bytes()).expect("one"), Some(expected));
        assert_eq!(MbsaReport::read("a", b"Host Name: PC").expect("a text"), None);
        let error = MbsaReport::read("a", b"<!DOCTYPE x><SecScan/>").expect_err("refused");
        assert_eq!(error.to_string(), "a as MBSA");
    }

    #[test]
    fn numbers_are_found_where_titles_have_them() {
        for (text, expected) in [
            ("Security Update for Windows XP (KB840374)", Some("KB840374")),
            ("Security Update for Microsoft Windows (835732)", Some("KB835732")),
            ("Unchecked Buffer (Q323255) in Help", Some("KB323255")),
            ("Internet Explorer (version 6) cumulative Q832894", Some("KB832894")),
            ("Windows 2000 (x86)", None),
            ("(", None),
        ] {
            assert_eq!(mentioned(text).map(|kb| kb.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_said_is_counted_and_not_guessed() {
        let (facts, warnings) = read(
            "<SecScan Machine='A'><Check Name='Windows Security Updates'><Detail>\
             <UpdateData ID='MS04-015' IsInstalled='true'><Title>no number</Title></UpdateData>\
             <UpdateData KBID='840374' IsInstalled='perhaps'/>\
             <UpdateData KBID='835732' IsInstalled='True'/>\
             </Detail></Check></SecScan>",
        )
        .expect("a report");
        let list = facts.hotfixes.known().expect("a list");
        assert_eq!(list.entries.len(), 1);
        assert!(list.selective && list.not_installed.is_empty());
        assert!(warnings[0].starts_with("2 updates are left out"), "{warnings:?}");
    }

    #[test]
    fn a_report_without_updates_has_no_list() {
        let (facts, warnings) =
            read("<SecScan DisplayName='GROUP\\PC-1'><Check Name='x'/></SecScan>").expect("one");
        assert_eq!(facts.name, Collected::Known("PC-1".to_owned()));
        assert!(facts.hotfixes.is_not_collected());
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = "<a>".repeat(40);
        let long = "x".repeat(70_000);
        let many = "<Col/>".repeat(65);
        let attributes: String = (0..65).map(|at| format!(" a{at}=''")).collect();
        for (text, expected) in [
            (
                "<!DOCTYPE x [<!ENTITY a \"b\">]><SecScan>&a;</SecScan>".to_owned(),
                "line 1: expected no entities",
            ),
            ("<SecScan>\n&lol;</SecScan>".to_owned(), "line 2: expected one of the five"),
            ("<SecScan>".to_owned(), "line 1: expected a whole document"),
            ("<SecScan/><SecScan/>".to_owned(), "line 1: expected one root"),
            ("<x><SecScan/></x>".to_owned(), "line 1: expected one root"),
            (format!("<SecScan>{deep}"), "line 1: expected at most 32 elements"),
            (format!("<SecScan>\n<a>{long}</a></SecScan>"), "line 2: expected at most 65536"),
            (format!("<SecScan><Row>{many}</Row></SecScan>"), "line 1: expected at most 64 col"),
            (format!("<SecScan{attributes}/>"), "line 1: expected at most 64 attributes"),
            (
                "<SecScan><UpdateData><UpdateData/></UpdateData></SecScan>".to_owned(),
                "line 1: expected the end of an update",
            ),
        ] {
            let error = read(&text).expect_err("refused");
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
