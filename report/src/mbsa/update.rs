use std::io;

use staunch_model::{Finding, Series, Verdict};

use super::identifier::guid;
use super::xml::Xml;

/// Tells whether MBSA's yes or no can be said of the update. Those that are superseded, inside the
/// service pack or not applicable it never listed; of an undetermined one there is no such answer.
pub(super) fn is_listed(finding: &Finding) -> bool {
    matches!(finding.verdict, Verdict::Missing | Verdict::PendingReboot | Verdict::Installed)
}

/// Writes one update.
pub(super) fn write(xml: &mut Xml<'_>, finding: &Finding) -> io::Result<()> {
    let number = finding.kb.number().to_string();
    let bulletin = finding.bulletin.map(|bulletin| bulletin.to_string()).unwrap_or_default();
    let severity = finding.severity.map_or(0, |severity| severity as u8).to_string();
    let id = if bulletin.is_empty() { &number } else { &bulletin };
    xml.open(
        "UpdateData",
        &[
            ("ID", id),
            ("GUID", &guid(&finding.kb.to_string())),
            ("BulletinID", &bulletin),
            ("KBID", &number),
            ("Type", kind(finding.series)),
            ("IsInstalled", flag(finding.verdict == Verdict::Installed)),
            ("Severity", &severity),
            ("RestartRequired", flag(finding.verdict == Verdict::PendingReboot)),
        ],
    )?;
    xml.text("Title", &finding.title)?;
    xml.open("References", &[])?;
    let page = finding.bulletin.map(|id| {
        let id = id.to_string().to_lowercase();
        let year = match id.get(2..4) {
            Some(year @ ("98" | "99")) => format!("19{year}"),
            year => format!("20{}", year.unwrap_or_default()),
        };
        format!("https://learn.microsoft.com/security-updates/securitybulletins/{year}/{id}")
    });
    xml.text("BulletinURL", &page.unwrap_or_default())?;
    xml.text("InformationURL", &format!("https://support.microsoft.com/help/{number}"))?;
    let download = format!("https://www.catalog.update.microsoft.com/Search.aspx?q={}", finding.kb);
    xml.text("DownloadURL", &download)?;
    xml.close()?;
    xml.close()
}

fn flag(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

/// A security update is 1, a rollup of several is 3.
fn kind(series: Series) -> &'static str {
    match series {
        Series::Individual
        | Series::SecurityOnly
        | Series::IeCumulative
        | Series::NetSecurityOnly
        | Series::Flash
        | Series::ServicingStack
        | Series::Hotpatch => "1",
        Series::Cumulative | Series::MonthlyRollup | Series::NetRollup | Series::Preview => "3",
    }
}
