//! The reader of bulletin pages side by side with a Markdown tokenizer. The method stands in
//! `bench/README.md`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::bail;
use pulldown_cmark::{Options, Parser};
use staunch_source::{documents, read_page};

use crate::process;

/// Options of `bench pages`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Pages, folders or archives
    #[arg(required = true, value_name = "PAGES")]
    pages: Vec<PathBuf>,
}

/// Reads every page with both, in turns, on one core, and prints their throughput and its ratio.
///
/// # Errors
/// When a source cannot be opened, or a page is not UTF-8 or cannot be read.
pub(crate) fn compare(arguments: &Arguments) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        let pages =
            arguments.pages.iter().map(std::path::absolute).collect::<Result<Vec<_>, _>>()?;
        let mut command = process::cargo();
        command.args(["run", "--quiet", "--locked", "--release", "--package", "xtask", "--"]);
        return process::run(command.args(["bench", "pages"]).args(pages));
    }
    let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
    let (mut pages, mut bytes, mut events) = (0_u32, 0_usize, 0_usize);
    for path in &arguments.pages {
        let mut archive = Vec::new();
        documents(path, &mut |mut document| {
            archive.push((document.name().to_owned(), document.hold()?));
            Ok(())
        })?;
        for (name, page) in &archive {
            // This walk over the page brings it into the caches for both.
            let text = std::str::from_utf8(page)?;
            theirs += timed(|| events += Parser::new_ext(text, Options::ENABLE_TABLES).count());
            let mut read = None;
            ours += timed(|| read = Some(read_page(name, page)));
            if let Some(Err(error)) = read {
                bail!(error);
            }
            pages += 1;
            bytes += page.len();
        }
    }
    let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    let (ours, theirs) = (rate(ours), rate(theirs));
    println!("{pages} pages, {:.1} MB, one core", bytes as f64 / 1e6);
    println!("staunch, every fact            {ours:>7.1} MB/s");
    println!("pulldown-cmark, {events} events {theirs:>7.1} MB/s");
    println!("ratio                          {:>7.2}", theirs / ours);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]
fn timed(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}
