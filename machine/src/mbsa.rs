//! Reports of the Microsoft Baseline Security Analyzer, as far as they say what they are.
//!
//! Source: the reports of MBSA 1.2 to 2.3, root element `SecScan`.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::inventory::Text;

/// Largest report that is read, in bytes.
const MAX_SIZE: usize = 64 << 20;

/// Deepest element within another; those of MBSA have 6.
const MAX_DEPTH: usize = 64;

/// What a report says of itself, and how much is in it.
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

/// Reason why something is no report of MBSA.
#[derive(Debug, thiserror::Error)]
pub enum MbsaError {
    #[error("MBSA report: expected at most {MAX_SIZE} bytes, found {found}")]
    TooLarge { found: usize },
    #[error("MBSA report at offset {offset:#x}: expected {expected}, found {found}")]
    Unexpected { offset: u64, expected: &'static str, found: String },
    #[error("MBSA report at offset {offset:#x}")]
    Xml { offset: u64, source: quick_xml::Error },
}

impl MbsaReport {
    /// Reads a report; nothing when the bytes are no text whose first element is `SecScan`.
    ///
    /// # Errors
    ///
    /// When it is too large, or is no XML; a document type is refused.
    pub fn read(bytes: &[u8]) -> Result<Option<Self>, MbsaError> {
        if bytes.len() > MAX_SIZE {
            return Err(MbsaError::TooLarge { found: bytes.len() });
        }
        let Ok(text) = Text::decode(bytes) else { return Ok(None) };
        let text = text.as_str();
        if Self::recognises(text) { Self::read_text(text).map(Some) } else { Ok(None) }
    }

    /// Tells whether the first element is `SecScan`.
    fn recognises(text: &str) -> bool {
        let mut rest = text.trim_start_matches('\u{feff}').trim_start();
        loop {
            let end = match rest.get(..2) {
                Some("<?") => "?>",
                Some("<!") => "-->",
                _ => break,
            };
            let Some((_, behind)) = rest.split_once(end) else { return false };
            rest = behind.trim_start();
        }
        let name = rest.strip_prefix("<SecScan");
        name.is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n', '>', '/']))
    }

    fn read_text(text: &str) -> Result<Self, MbsaError> {
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        let mut report: Option<Self> = None;
        let mut depth = 0_usize;
        loop {
            let offset = reader.buffer_position();
            let unexpected = |expected, found: &str| MbsaError::Unexpected {
                offset,
                expected,
                found: found.to_owned(),
            };
            let event = reader.read_event().map_err(|source| MbsaError::Xml { offset, source })?;
            let (element, is_empty) = match event {
                Event::Start(element) => (element, false),
                Event::Empty(element) => (element, true),
                Event::End(_) => {
                    depth = depth.saturating_sub(1);
                    continue;
                }
                Event::DocType(_) => return Err(unexpected("no document type", "one")),
                Event::Eof if depth > 0 => {
                    return Err(unexpected("the end of SecScan", "the end of the file"));
                }
                Event::Eof => break,
                _ => continue,
            };
            match (&mut report, element.name().as_ref()) {
                (None, "SecScan") => {
                    report = Some(
                        Self::root(&element).map_err(|source| MbsaError::Xml { offset, source })?,
                    );
                }
                (None, name) => {
                    return Err(unexpected("element SecScan", name));
                }
                (Some(_), _) if depth == 0 => {
                    return Err(unexpected("nothing behind SecScan", "an element"));
                }
                (Some(report), "Check") => report.checks += 1,
                (Some(report), "UpdateData") => report.updates += 1,
                (Some(_), _) => {}
            }
            depth += usize::from(!is_empty);
            if depth > MAX_DEPTH {
                return Err(unexpected("at most 64 elements within each other", "more"));
            }
        }
        let offset = reader.buffer_position();
        report.ok_or(MbsaError::Unexpected {
            offset,
            expected: "element SecScan",
            found: "the end of the file".to_owned(),
        })
    }

    fn root(element: &BytesStart<'_>) -> Result<Self, quick_xml::Error> {
        let mut report = Self::default();
        for attribute in element.attributes() {
            let attribute = attribute?;
            let field = match attribute.key.as_ref() {
                "Machine" => &mut report.machine,
                "Domain" => &mut report.domain,
                "IP" => &mut report.ip,
                "Date" => &mut report.date,
                _ => continue,
            };
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0)?;
            *field = Some(value.into_owned());
        }
        Ok(report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<!-- a -->\n\
        <SecScan ID=\"0\" DisplayName=\"a\" Machine=\"PC&amp;1\" Date=\"2004-10-01 10:00:00\" \
        IP=\"10.0.0.1\"><Check ID=\"500\" Grade=\"2\"><Detail><UpdateData ID=\"MS04-015\" \
        IsInstalled=\"false\"/></Detail></Check><Check ID=\"104\"/></SecScan>";

    #[test]
    fn a_report_says_what_it_is() {
        assert!(MbsaReport::recognises(REPORT));
        assert_eq!(MbsaReport::read(b"Host Name: PC").unwrap(), None);
        assert_eq!(MbsaReport::read(b"\0\x01\x02\x03").unwrap(), None);
        let report = MbsaReport::read(REPORT.as_bytes()).unwrap().unwrap();
        assert_eq!(report.machine.as_deref(), Some("PC&1"));
        assert_eq!((report.checks, report.updates), (2, 1));
        for text in ["<SecScanner/>", "SecScan", "<a><SecScan/></a>", "<?xml", ""] {
            assert!(!MbsaReport::recognises(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_report_is_refused() {
        for (text, message) in [
            ("<a/>", "MBSA report at offset 0x0: expected element SecScan, found a"),
            (
                "<!DOCTYPE x [<!ENTITY a \"b\">]><SecScan/>",
                "MBSA report at offset 0x0: expected no document type, found one",
            ),
            (
                "<SecScan><Check>",
                "MBSA report at offset 0x10: expected the end of SecScan, found the end of the file",
            ),
            (
                "<SecScan/><a/>",
                "MBSA report at offset 0xa: expected nothing behind SecScan, found an element",
            ),
            ("", "MBSA report at offset 0x0: expected element SecScan, found the end of the file"),
        ] {
            assert_eq!(MbsaReport::read_text(text).unwrap_err().to_string(), message);
        }
        assert!(MbsaReport::read_text(&"<SecScan>".repeat(100)).is_err());
        assert!(MbsaReport::read_text("<SecScan Machine=\"&x;\"/>").is_err());
    }
}
