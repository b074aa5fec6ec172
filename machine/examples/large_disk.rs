//! Writes a sparse raw disk of 20 GB with Windows 10 and 100,000 small files on NTFS, and a folder
//! with an installation beside it, for measuring scans: `large_disk FOLDER`.

use std::path::PathBuf;

use staunch_format::disk::Format;
use staunch_format::disk::partition::Scheme;
use staunch_format::volume::FileSystem;
use staunch_testkit::{Image, Installation, Release};

#[expect(clippy::disallowed_methods, reason = "a program for measuring")]
fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        println!("expected a folder");
        return Ok(());
    };
    let installation = Installation::new(Release::windows_10("22H2"));
    installation.write_tree(&folder.join("tree"))?;
    let image = Image {
        format: Format::Raw,
        scheme: Scheme::Gpt,
        file_system: FileSystem::Ntfs,
        size: 20_000_000_000 / 512 * 512,
    };
    let written = installation.small_files(100_000).write_image(&folder.join("disk"), &image);
    println!("{}", if written.is_some() { "written" } else { "a program is absent" });
    Ok(())
}
