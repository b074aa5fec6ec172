//! What files say, in plain English.

use staunch_model::{Evidence, EvidenceKind, FileState, VerifiedFile};

/// Tells of every file that is there, the ones that ask for action first; of those that are not only
/// where none is.
pub(crate) fn evidence(files: &[VerifiedFile]) -> Vec<Evidence> {
    let order = |file: &&VerifiedFile| match file.state {
        FileState::Older | FileState::Undone => 0,
        FileState::Pending => 1,
        FileState::Open => 2,
        FileState::NotCollected => 3,
        FileState::Fixed => 4,
        FileState::Absent => 5,
    };
    let is_there = |file: &&VerifiedFile| file.state != FileState::Absent;
    let any = files.iter().any(|file| is_there(&file));
    let mut files: Vec<&VerifiedFile> =
        files.iter().filter(|file| !any || is_there(file)).collect();
    files.sort_by_key(order);
    files.into_iter().map(of_file).collect()
}

fn of_file(file: &VerifiedFile) -> Evidence {
    let name = file.path.rsplit('\\').next().unwrap_or_default();
    let kind = match file.state {
        FileState::Pending | FileState::Undone => EvidenceKind::PendingRename,
        _ => EvidenceKind::File,
    };
    let says = match file.state {
        FileState::Fixed => format!("{name} is at or past the version with the fix"),
        FileState::Older => format!("{name} is older than the version with the fix"),
        FileState::Pending => {
            format!("{name} is older, and the next start puts a version with the fix in its place")
        }
        FileState::Undone => {
            format!("{name} has the fix, and the next start puts an older version in its place")
        }
        FileState::Absent => format!("{name} is not on the machine"),
        FileState::Open => format!("{name} does not decide: {}", open(file)),
        FileState::NotCollected => format!("the version of {name} was not collected"),
    };
    let found = match file.state {
        FileState::Absent => Some("not there".to_owned()),
        _ => file.found.clone(),
    };
    Evidence { kind, object: file.path.clone(), expected: Some(file.expected.clone()), found, says }
}

fn open(file: &VerifiedFile) -> &'static str {
    match (&file.found, &file.branch) {
        (None, _) => "it has no version",
        (_, None) => "it is between the versions of two branches, and says of neither",
        (_, Some(_)) => {
            "it is between the versions that have the fix, or copies of another age lie elsewhere"
        }
    }
}
