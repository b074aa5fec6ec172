//! Which line of development a file belongs to: the service pack that it builds on, and whether it
//! carries only general fixes (GDR) or everything (QFE, LDR).
//!
//! Source: "Description of the contents of Windows Server 2003 and Windows XP software update
//! packages" (KB824994); "Description of the dual-mode updates for Windows" and the file
//! information of KB articles for Windows Vista and later.

use staunch_model::{Family, FileVersion};

/// Line of fixes on top of one service pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Branch {
    /// General distribution release: public fixes only.
    Gdr,
    /// Quick fix engineering, since Windows Vista called LDR: every fix.
    Qfe,
}

/// What a folder of a table, or a version, says about the line of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lineage {
    /// Service pack that the file builds on; zero is the release to manufacturing.
    pub(crate) pack: Option<u8>,
    pub(crate) branch: Option<Branch>,
}

impl Branch {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gdr => "GDR",
            Self::Qfe => "QFE",
        }
    }
}

/// Reads the folder of a row: `SP1QFE\WOW`, `RTMGDR`.
///
/// A bare `SP1` says nothing: before Windows XP SP2 it named the service pack that the fix was going
/// to be part of, later the one that it is for.
pub(crate) fn of_folder(folder: &str) -> Lineage {
    let first = folder.split('\\').next().unwrap_or_default().to_ascii_uppercase();
    let (stem, branch) = if let Some(stem) = first.strip_suffix("GDR") {
        (stem, Branch::Gdr)
    } else if let Some(stem) = first.strip_suffix("QFE").or_else(|| first.strip_suffix("LDR")) {
        (stem, Branch::Qfe)
    } else {
        return Lineage::default();
    };
    let pack = match stem {
        "RTM" => Some(0),
        _ => stem.strip_prefix("SP").and_then(|number| number.parse().ok()).filter(|n| *n < 10),
    };
    Lineage { pack, branch: Some(branch) }
}

/// Reads the version of a file that carries the version of Windows itself.
pub(crate) fn of_version(version: FileVersion, family: Family) -> Lineage {
    let [major, minor, build, revision] = version.parts();
    // First revision of each service pack, counted from the first.
    let pack_by_revision = |packs: &[u16]| {
        let pack = packs.iter().take_while(|first| revision >= **first).count();
        u8::try_from(pack).ok()
    };
    match (major, minor, build) {
        (5, 1, 2600) => Lineage { pack: pack_by_revision(&[1106, 2180, 5512]), branch: None },
        (5, 2, 3790) => Lineage { pack: pack_by_revision(&[1830, 3959]), branch: None },
        // The shell and Internet Explorer 6 count like the Windows that they came with.
        (6, 0, 2600) if family == Family::WindowsXp => Lineage { pack: Some(0), branch: None },
        (6, 0, 2800) if family == Family::WindowsXp => Lineage { pack: Some(1), branch: None },
        (6, 0, 2900) if family == Family::WindowsXp => {
            Lineage { pack: pack_by_revision(&[0, 0, 5512]), branch: None }
        }
        (6, 0, 3790) => Lineage { pack: pack_by_revision(&[1830, 3959]), branch: None },
        (6, 0, 6000..=6003) | (6, 1, 7600..=7601) => {
            Lineage { pack: u8::try_from(build % 100).ok(), branch: Some(by_revision(revision)) }
        }
        (6, 2, 9200) => Lineage { pack: None, branch: Some(by_revision(revision)) },
        // Internet Explorer 7 counts like the Windows of its time, on older ones without its packs.
        (7, 0, 6000..=6003) => {
            let is_own = matches!(family, Family::WindowsVista | Family::Server2008);
            let pack = u8::try_from(build % 100).ok().filter(|_| is_own);
            Lineage { pack, branch: Some(by_revision(revision)) }
        }
        (8, 0, 6001 | 7600 | 7601) => Lineage { pack: None, branch: Some(by_revision(revision)) },
        _ => Lineage::default(),
    }
}

/// Since Windows Vista the revisions of LDR files begin at 20000.
fn by_revision(revision: u16) -> Branch {
    if revision >= 20_000 { Branch::Qfe } else { Branch::Gdr }
}

/// Reads the text of a file's version, which names the branch that it was built in:
/// `5.1.2600.2622 (xpsp_sp2_gdr.050301-1519)`.
pub(crate) fn of_text(text: &str) -> Option<Branch> {
    let lower = text.to_ascii_lowercase();
    let (_, branch) = lower.split_once('(')?;
    let branch = branch.split(['.', ')']).next().unwrap_or_default();
    let says = |word: &str| branch.split(['_', '-']).any(|part| part.ends_with(word));
    if says("gdr") {
        Some(Branch::Gdr)
    } else if says("qfe") || says("ldr") {
        Some(Branch::Qfe)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Branch::{Gdr, Qfe};

    #[test]
    fn folders_name_the_line() {
        for (folder, pack, branch) in [
            ("RTMGDR", Some(0), Some(Gdr)),
            ("sp1qfe\\WOW", Some(1), Some(Qfe)),
            ("SP2GDR", Some(2), Some(Gdr)),
            ("SP1", None, None),
            ("WOW", None, None),
            ("%WINDIR%\\SYSTEM32", None, None),
        ] {
            assert_eq!(of_folder(folder), Lineage { pack, branch }, "{folder}");
        }
    }

    #[test]
    fn versions_name_the_line() {
        use Family::{Server2003, Windows7, WindowsVista, WindowsXp};
        for (version, family, pack, branch) in [
            ("5.1.2600.137", WindowsXp, Some(0), None),
            ("5.1.2600.1106", WindowsXp, Some(1), None),
            ("5.1.2600.1515", WindowsXp, Some(1), None),
            ("5.1.2600.2180", WindowsXp, Some(2), None),
            ("5.1.2600.5512", WindowsXp, Some(3), None),
            ("5.2.3790.161", Server2003, Some(0), None),
            ("5.2.3790.1830", WindowsXp, Some(1), None),
            ("5.2.3790.4455", Server2003, Some(2), None),
            ("6.0.6000.16386", WindowsVista, Some(0), Some(Gdr)),
            ("6.0.6001.22389", WindowsVista, Some(1), Some(Qfe)),
            ("6.1.7601.18247", Windows7, Some(1), Some(Gdr)),
            ("7.0.6000.20544", WindowsXp, None, Some(Qfe)),
            ("7.0.6001.18000", WindowsVista, Some(1), Some(Gdr)),
            ("6.0.2800.1106", WindowsXp, Some(1), None),
            ("6.0.2800.1106", Family::Windows2000, None, None),
            ("6.0.2900.2180", WindowsXp, Some(2), None),
            ("6.0.2900.5512", WindowsXp, Some(3), None),
            ("6.0.3790.3959", Server2003, Some(2), None),
        ] {
            let version = version.parse().expect("a version");
            assert_eq!(of_version(version, family), Lineage { pack, branch }, "{version}");
        }
    }

    #[test]
    fn texts_name_the_branch() {
        for (text, branch) in [
            ("5.1.2600.2622 (xpsp_sp2_gdr.050301-1519)", Some(Gdr)),
            ("5.1.2600.2622 (xpsp_sp2_qfe.050301-1521)", Some(Qfe)),
            ("6.0.6001.22389 (vistasp1_ldr.090303-1559)", Some(Qfe)),
            ("5.1.2600.1515 (xpsp2.040327-1555)", None),
            ("5.1.2600.2180 (xpsp_sp2_rtm.040803-2158)", None),
            ("1.0 gdr", None),
        ] {
            assert_eq!(of_text(text), branch, "{text}");
        }
    }
}
