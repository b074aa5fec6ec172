use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::tools::run;

/// The C library for hives, as a program that reads a whole hive: an oracle for the hive reader.
pub struct Hivex {
    folder: TempDir,
}

impl Hivex {
    /// Builds the program, or prints that the comparison is skipped where the C compiler or the
    /// library is absent.
    ///
    /// # Panics
    ///
    /// When both are there and the program cannot be built.
    pub fn build() -> Option<Self> {
        let includes = ["-fsyntax-only", "-x", "c", "-include", "hivex.h", "/dev/null"];
        if !run("cc", &includes).is_some_and(|output| output.status.success()) {
            println!("skipped: no C compiler or no libhivex (Debian: libhivex-dev)");
            return None;
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = folder.path().join("hivex_walk");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench/hivex_walk.c");
        let (program, source) = (program.display().to_string(), source.display().to_string());
        let built = run("cc", &["-O2", "-o", &program, &source, "-lhivex"]).expect("cc runs");
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        Some(Self { folder })
    }

    /// Lists every key and value of a hive; what the library could not read is told in the second
    /// text.
    ///
    /// # Panics
    ///
    /// When the file cannot be written or the program cannot be started.
    pub fn list(&self, hive: &[u8]) -> (String, String) {
        let file = self.folder.path().join("hive");
        std::fs::write(&file, hive).expect("a written hive");
        let program = self.folder.path().join("hivex_walk").display().to_string();
        let output = run(&program, &["list", &file.display().to_string()]).expect("a program");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        (text(output.stdout), text(output.stderr))
    }

    /// Runs a program of the library on a hive, which stands behind the arguments, or returns
    /// nothing and prints that this is skipped where the program is absent.
    ///
    /// # Panics
    ///
    /// When the file cannot be written.
    pub fn program(&self, name: &str, arguments: &[&str], hive: &[u8]) -> Option<Output> {
        let file = self.folder.path().join("hive").display().to_string();
        std::fs::write(&file, hive).expect("a written hive");
        let output = run(name, &[arguments, &[file.as_str()]].concat());
        if output.is_none() {
            println!("skipped: no {name} (Debian: libhivex-bin)");
        }
        output
    }
}
