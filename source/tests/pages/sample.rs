//! A sample of the published pages that is the same on every computer.

use std::sync::Mutex;

/// Reads a number from the environment, for samples larger than the everyday one.
#[expect(clippy::disallowed_methods, reason = "a test's sample is chosen by whoever runs it")]
pub(crate) fn setting(name: &str, everyday: u64) -> u64 {
    std::env::var(name).ok().map_or(everyday, |value| value.parse().expect("a number"))
}

/// Visits one in so many pages, over all languages, with the name and text of each; on several
/// threads. Returns how many there were, or nothing without the shared data.
pub(crate) fn visit(one_in: u64, visit: impl Fn(&str, &[u8]) + Sync) -> Option<usize> {
    let Some(data) = staunch_testkit::shared_data() else {
        println!("skipped: ../shared/data is absent");
        return None;
    };
    let folder = std::fs::read_dir(data.join("bulletins")).expect("the pages");
    let archives: Vec<_> = folder
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().ends_with(".tar.zst"))
        .collect();
    assert_eq!(archives.len(), 15, "languages");
    let (queue, count) = (Mutex::new(archives), Mutex::new(0));
    let next = || queue.lock().expect("no thread panics with it").pop();
    let work = || {
        while let Some(archive) = next() {
            staunch_source::documents(&archive, &mut |mut document| {
                let name = document.name().to_owned();
                if name.ends_with(".md") && mixed(&name).is_multiple_of(one_in) {
                    visit(&name, &document.hold()?);
                    *count.lock().expect("no thread panics with it") += 1;
                }
                Ok(())
            })
            .expect("readable pages");
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    Some(count.into_inner().expect("no thread panicked"))
}

/// Spreads names evenly.
fn mixed(name: &str) -> u64 {
    let sum = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (sum ^ (sum >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32
}
