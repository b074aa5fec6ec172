//! Mitigating factors and workarounds of each vulnerability, and whether it was known or exploited.
//!
//! A heading with an identifier begins a vulnerability; below it stand a section of mitigating
//! factors, one of workarounds and one of questions. Later bulletins answer whether a vulnerability
//! was disclosed or exploited in a table.
//!
//! Source: Microsoft security bulletins, "Vulnerability Information".

mod answers;
mod names;
mod objects;
mod ports;
mod section;
mod text;

use staunch_model::{BulletinPage, PageVulnerability, PageWarning, PageWorkaround};

use super::Page;

/// What a page says about its vulnerabilities.
#[derive(Debug, Default)]
struct Found {
    vulnerabilities: Vec<PageVulnerability>,
    workarounds: Vec<PageWorkaround>,
    warnings: Vec<PageWarning>,
}

/// Reads the vulnerabilities and workarounds of a page.
pub(crate) fn read(page: &Page<'_>, out: &mut BulletinPage) {
    let found = section::Reader::new(page, out.cves.as_slice()).read();
    out.vulnerabilities.extend(found.vulnerabilities);
    out.workarounds.extend(found.workarounds);
    out.warnings.extend(found.warnings);
}

#[cfg(test)]
mod tests;
