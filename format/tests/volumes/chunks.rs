//! Chunks that wimlib compressed: those of Windows images are the same as those of CompactOS.

use std::collections::BTreeMap;

use staunch_format::codec::{lzx, xpress_huffman};

use crate::tools;

/// A resource of an image: where it is, its length when stored and when plain.
struct Resource {
    offset: usize,
    stored: usize,
    plain: usize,
    is_compressed: bool,
}

impl Resource {
    fn parse(header: &[u8]) -> Self {
        let number = |at: usize, length: usize| {
            header[at..at + length].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
        };
        Self {
            stored: number(0, 7),
            is_compressed: header[7] & 4 != 0,
            offset: number(8, 8),
            plain: number(16, 8),
        }
    }

    fn decompress(
        &self,
        image: &[u8],
        size: usize,
        chunk: fn(&[u8], &mut [u8]) -> Result<(), staunch_format::Fault>,
    ) -> Vec<u8> {
        let stored = &image[self.offset..self.offset + self.stored];
        if !self.is_compressed {
            return stored.to_vec();
        }
        let count = self.plain.div_ceil(size);
        let (table, chunks) = stored.split_at((count - 1) * 4);
        let begins = table.as_chunks::<4>().0.iter().map(|at| u32::from_le_bytes(*at) as usize);
        let begins: Vec<usize> = [0].into_iter().chain(begins).chain([chunks.len()]).collect();
        let mut plain = vec![0; self.plain];
        for (output, part) in plain.chunks_mut(size).zip(begins.windows(2)) {
            let input = &chunks[part[0]..part[1]];
            if input.len() == output.len() {
                output.copy_from_slice(input);
            } else {
                chunk(input, output).unwrap();
            }
        }
        plain
    }
}

#[test]
fn every_chunk_that_wimlib_makes() {
    if !tools::installed(&["wimlib-imagex"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    std::fs::create_dir(&files).unwrap();
    // The lengths tell the files apart.
    let mut expected = BTreeMap::new();
    for (seed, length) in
        [1, 9, 11, 100, 4095, 4096, 4097, 8193, 32767, 32769, 65536, 100_001, 700_003]
            .into_iter()
            .enumerate()
    {
        expected.insert(length, tools::sample(seed as u64, length));
    }
    expected.insert(50_000, vec![0xE8; 50_000]);
    expected.insert(50_001, b"a".repeat(50_001));
    // Code, with calls.
    let mut program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    program.truncate(3_000_000);
    expected.insert(program.len(), program);
    for (length, content) in &expected {
        std::fs::write(files.join(length.to_string()), content).unwrap();
    }

    for (method, size) in [
        ("xpress:20", 4096),
        ("xpress:50", 8192),
        ("xpress:80", 16384),
        ("lzx:20", 32768),
        ("lzx:50", 32768),
        ("lzx:100", 32768),
    ] {
        let image = folder.path().join("image.wim");
        let arguments = [
            "capture",
            files.to_str().unwrap(),
            image.to_str().unwrap(),
            &format!("--compress={method}"),
            &format!("--chunk-size={size}"),
        ];
        tools::run("wimlib-imagex", &arguments);
        let bytes = std::fs::read(&image).unwrap();
        std::fs::remove_file(&image).unwrap();
        let chunk =
            if method.starts_with("lzx") { lzx::decompress } else { xpress_huffman::decompress };
        let table = Resource::parse(&bytes[48..72]);
        let mut seen = 0;
        for entry in bytes[table.offset..table.offset + table.stored].chunks_exact(50) {
            let resource = Resource::parse(entry);
            let Some(content) = expected.get(&resource.plain) else { continue };
            // The description of the folder is a resource too.
            let plain = resource.decompress(&bytes, size, chunk);
            if entry[7] & 2 == 0 {
                assert!(plain == *content, "{method}, {} bytes", resource.plain);
                seen += 1;
            }
        }
        assert_eq!(seen, expected.len(), "{method}");
    }
}
