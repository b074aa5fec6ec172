//! The outcomes for the three bulletins that the project comes from, for every product and service
//! pack that they name, in every state that a machine can be in: of facts that were collected, of
//! folders, and of disk images that other programs wrote.

mod recorded;
mod rows;
mod written;

use staunch_assess::{Assessor, Machine, Options};
use staunch_catalog::Catalog;
use staunch_format::disk::Format;
use staunch_format::disk::partition::Scheme;
use staunch_format::volume::FileSystem;
use staunch_machine::Medium;
use staunch_model::{Assessment, EvidenceKind, Finding, KbNumber, Verdict};
use staunch_testkit::{Installation, Partition, write_disk};

use rows::{AFFECTED, Row, UNAFFECTED, XP_SP1};

/// State of a machine with regard to one update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unpatched,
    PatchedGdr,
    PatchedQfe,
    /// The registry says so, and no file can be seen.
    ClaimedOnly,
    /// The registry says so, and the files of before are back.
    OlderFileRestored,
    PendingReboot,
    /// One of several files was not replaced.
    HalfPatched,
    /// The update is being removed: the next start puts the files of before back.
    BeingRemoved,
}

const STATES: &[(State, Verdict, EvidenceKind)] = &[
    (State::Unpatched, Verdict::Missing, EvidenceKind::File),
    (State::PatchedGdr, Verdict::Installed, EvidenceKind::File),
    (State::PatchedQfe, Verdict::Installed, EvidenceKind::File),
    (State::ClaimedOnly, Verdict::Installed, EvidenceKind::Registry),
    (State::OlderFileRestored, Verdict::Missing, EvidenceKind::File),
    (State::PendingReboot, Verdict::PendingReboot, EvidenceKind::PendingRename),
    (State::HalfPatched, Verdict::Missing, EvidenceKind::File),
    (State::BeingRemoved, Verdict::Missing, EvidenceKind::PendingRename),
];

impl State {
    /// Tells whether the registry says that the update was installed.
    fn is_claimed(self) -> bool {
        !matches!(self, Self::Unpatched | Self::HalfPatched | Self::BeingRemoved)
    }

    /// Returns the version of a file by its place among those of the update, and its branch.
    fn version(self, at: usize, file: &rows::File) -> (&'static str, &'static str) {
        match self {
            Self::PatchedGdr | Self::BeingRemoved => (file.gdr, "xpsp_sp1_gdr"),
            Self::PatchedQfe => (file.qfe, "xpsp_sp1_qfe"),
            Self::HalfPatched if at > 0 => (file.gdr, "xpsp_sp1_gdr"),
            _ => (file.before, "xpclient"),
        }
    }

    /// Returns the version that the next start puts into the place of a file, and its branch.
    fn coming(self, file: &rows::File) -> Option<(&'static str, &'static str)> {
        match self {
            Self::PendingReboot => Some((file.gdr, "xpsp_sp1_gdr")),
            Self::BeingRemoved => Some((file.before, "xpclient")),
            _ => None,
        }
    }
}

/// A machine of the matrix and what is to be said of it.
#[derive(Clone, Copy)]
struct Case {
    row: Row,
    state: State,
    /// Nothing where the update has no business on the machine.
    expected: Option<(Verdict, EvidenceKind)>,
}

/// Returns the whole matrix, product by product.
fn cases() -> Vec<Case> {
    let unaffected = UNAFFECTED.iter().flat_map(|(kb, systems)| {
        let row = |system: &&'static str| Row { kb: *kb, system, language: "en-us", files: XP_SP1 };
        systems.iter().map(row)
    });
    let affected = AFFECTED.iter().map(|row| (*row, true));
    let rows = affected.chain(unaffected.map(|row| (row, false)));
    rows.flat_map(|(row, is_affected)| {
        STATES.iter().map(move |(state, verdict, kind)| {
            let expected = is_affected.then_some((*verdict, *kind));
            Case { row, state: *state, expected }
        })
    })
    .collect()
}

impl Case {
    /// Asserts that a machine gets what is expected; the place says how it was seen.
    fn assert(&self, assessor: &Assessor, machine: &Machine, place: &str) {
        let options = Options { all: true, ..Options::default() };
        let assessment = assessor.assess(machine, &options).expect("an assessment");
        let Row { kb, system, .. } = self.row;
        let what = format!("KB{kb} on {system}, {:?}, {place}", self.state);
        let finding = finding(&assessment, kb);
        let Some((verdict, kind)) = self.expected else {
            let verdict = finding.map(|finding| finding.verdict);
            let is_left_out = matches!(
                verdict,
                None | Some(Verdict::NotApplicable | Verdict::IncludedInServicePack)
            );
            assert!(is_left_out, "{what}: {verdict:?}");
            return;
        };
        let finding = finding.unwrap_or_else(|| panic!("{what}: no finding"));
        assert_eq!(finding.verdict, verdict, "{what}: {:#?}", finding.evidence);
        assert_eq!(finding.evidence[0].kind, kind, "{what}: {:#?}", finding.evidence);
        let is_contradicted =
            finding.evidence.iter().any(|e| e.says.contains("contradicted by files"));
        assert_eq!(is_contradicted, self.state == State::OlderFileRestored, "{what}");
    }
}

fn assessor() -> Assessor {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalog/data/default.sqlite.zst");
    let file = std::fs::File::open(path).expect("the default catalog");
    let bytes = zstd::decode_all(file).expect("a whole catalog");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalog.sqlite");
    std::fs::write(&path, bytes).expect("the catalog is written");
    Assessor::new(Catalog::open(&path).expect("a catalog")).expect("a readable catalog")
}

fn kb(number: u32) -> KbNumber {
    KbNumber::new(number).expect("a number")
}

fn finding(assessment: &Assessment, number: u32) -> Option<&Finding> {
    assessment.findings.iter().find(|finding| finding.kb == kb(number))
}

#[test]
fn of_collected_facts_every_case_is_told() {
    let assessor = assessor();
    for case in cases() {
        case.assert(&assessor, &recorded::machine(&case.row, case.state), "collected");
    }
}

#[test]
fn of_folders_every_case_is_told() {
    let assessor = assessor();
    for case in cases() {
        let folder = tempfile::tempdir().expect("a folder");
        let installation = written::installation(&case.row, case.state);
        installation.write_tree(folder.path()).expect("a folder of files");
        let medium = Medium::of_folder(folder.path()).expect("a folder");
        let machine = written::machine(&medium, 1, &case.row);
        case.assert(&assessor, &machine, "folder");
    }
}

/// Returns the cases that are written on disks: all of affected products, and of each other
/// product one state, the next one each time.
fn cases_on_disk() -> Vec<Case> {
    let is_chosen = |(at, case): &(usize, Case)| {
        let (row, state) = (at / STATES.len(), at % STATES.len());
        case.expected.is_some() || state == row % STATES.len()
    };
    cases().into_iter().enumerate().filter(is_chosen).map(|(_, case)| case).collect()
}

/// Writes installations side by side on one disk and asserts what is said of each.
fn assert_on_disk(assessor: &Assessor, format: Format, scheme: Scheme, cases: &[Case]) {
    use FileSystem::{Fat16, Fat32, Ntfs};
    let written: Vec<(Installation, FileSystem)> = cases
        .iter()
        .enumerate()
        .map(|(at, case)| {
            let file_system = [Ntfs, Fat16, Ntfs, Fat32][at % 4];
            (written::installation(&case.row, case.state), file_system)
        })
        .collect();
    let partitions: Vec<Partition<'_>> = written
        .iter()
        .map(|(installation, file_system)| {
            let size = if *file_system == Fat32 { 40 << 20 } else { 16 << 20 };
            Partition { installation, file_system: *file_system, size }
        })
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("disk");
    let Some(()) = write_disk(&path, format, scheme, &partitions) else { return };
    let medium = Medium::of_image(&path).expect("an image");
    assert_eq!(medium.image().map(|image| image.format()), Some(format));
    assert_eq!(medium.installations().len(), cases.len(), "{:?}", medium.warnings());
    for (number, (case, partition)) in (1..).zip(cases.iter().zip(&partitions)) {
        let machine = written::machine(&medium, number, &case.row);
        let place = format!("{format:?}, {scheme:?}, {:?}", partition.file_system);
        case.assert(assessor, &machine, &place);
    }
}

#[test]
fn of_disk_images_every_case_is_told() {
    const FORMATS: [Format; 5] =
        [Format::Raw, Format::Qcow2, Format::Vhd, Format::Vhdx, Format::Vmdk];
    let assessor = assessor();
    let cases = cases_on_disk();
    for (at, format) in FORMATS.into_iter().enumerate() {
        // Seven states and five formats: each product comes to every format.
        let own: Vec<Case> = cases.iter().skip(at).step_by(FORMATS.len()).copied().collect();
        let (first, rest) = own.split_at(4);
        assert_on_disk(&assessor, format, Scheme::Mbr, first);
        assert_on_disk(&assessor, format, Scheme::Gpt, rest);
    }
}
