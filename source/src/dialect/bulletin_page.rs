//! Security bulletin pages in Markdown, in any language.
//!
//! Only what is the same in every language is passed on; `read_page` gives the rest.

use staunch_model::{PageFacts, Publication, PublicationId, Record, SourceWarning, WarningCode};

use super::Dialect;
use crate::encoding::head_text;
use crate::page::{neutral, read_page};
use crate::{Counts, Document, ReadError, Sink};

/// The dialect of the pages.
pub(super) struct Page;

/// Language of a page that does not say which it is in.
const UNDETERMINED: &str = "und";

impl Dialect for Page {
    fn name(&self) -> &'static str {
        "bulletin"
    }

    fn description(&self) -> &'static str {
        "a security bulletin page in Markdown"
    }

    fn recognises(&self, file_name: &str, head: &[u8]) -> bool {
        let is_markdown =
            file_name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("md"));
        is_markdown && (names_bulletin(file_name) || names_bulletin(&head_text(head)))
    }

    fn read(&self, document: &mut Document<'_>, sink: &mut dyn Sink) -> Result<Counts, ReadError> {
        let name = document.name().to_owned();
        let bytes = document.hold()?;
        let page = read_page(&name, &bytes)?;
        let Some(bulletin) = page.id else {
            return Err(ReadError::malformed(&name, 1, "a bulletin's identifier", "none"));
        };
        let language = page.locale.as_deref().unwrap_or(UNDETERMINED);
        let version = neutral::version(&page);
        let publication = Publication {
            id: PublicationId::new(self.name(), &format!("{language}/{bulletin}")),
            title: format!("{bulletin} ({language})"),
            revision: version.map(|version| version.to_string()),
            released: page.published,
            revised: page.updated.or_else(|| page.revisions.iter().filter_map(|r| r.date).max()),
        };
        let provenance = staunch_model::Provenance { publication: publication.id.clone(), line: 1 };
        sink.record(Record::Publication(publication));
        for warning in &page.warnings {
            sink.warning(SourceWarning {
                code: WarningCode::Page,
                provenance: staunch_model::Provenance { line: warning.line, ..provenance.clone() },
                message: format!("{}: {}", warning.code, warning.message),
            });
        }
        let facts = PageFacts {
            bulletin,
            locale: page.locale.as_deref().map(Into::into),
            version,
            facts: neutral::facts(&page),
            provenance,
        };
        sink.record(Record::Page(facts));
        Ok(Counts {
            documents: 1,
            records: 2,
            warnings: page.warnings.len() as u64,
            ..Counts::default()
        })
    }
}

/// Tells whether a bulletin's identifier stands in a text.
fn names_bulletin(text: &str) -> bool {
    let is_id = |id: &[u8]| {
        id[..2].eq_ignore_ascii_case(b"ms")
            && id[4] == b'-'
            && [2, 3, 5, 6, 7].iter().all(|at| id[*at].is_ascii_digit())
    };
    text.as_bytes().windows(8).any(is_id)
}
