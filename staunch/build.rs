//! Unpacks the default catalog beside the program, so that it is opened in place at run time.

use std::path::Path;
use std::{env, fs, io};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    let packed = Path::new("../catalog/data/default.sqlite.zst");
    println!("cargo::rerun-if-changed={}", packed.display());
    let bytes = zstd::decode_all(fs::File::open(packed).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("{}: {error}; `cargo xtask catalog` makes it", packed.display()),
        )
    })?)?;
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    #[expect(clippy::disallowed_methods, reason = "build programs are told where to write so")]
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?;
    fs::write(Path::new(&out).join("default.sqlite"), bytes)?;
    println!("cargo::rustc-env=STAUNCH_CATALOG_DIGEST={digest}");
    Ok(())
}
