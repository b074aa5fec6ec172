use encoding_rs::Encoding;
use staunch_model::FileVersion;

use crate::Fault;
use crate::fields::{le16, le32, utf16_le};

const OBJECT: &str = "version resource";

/// Strings, tables and translations that are kept at most.
const MOST_STRINGS: usize = 4096;

/// A version resource: the numbers, and the texts in any number of languages.
///
/// The numbers and the texts are written by different hands and may contradict each other; both
/// are given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionResource {
    /// Identifier of the resource; Windows shows that of identifier 1. None when it has a name.
    pub id: Option<u16>,
    /// Language of the resource; 0 for neutral and in 16-bit files.
    pub language: u16,
    pub fixed: Option<FixedVersion>,
    pub tables: Vec<StringTable>,
    /// Languages that the file says it supports.
    pub translations: Vec<Translation>,
}

/// The numbers of a version resource.
///
/// Source: `VS_FIXEDFILEINFO`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedVersion {
    pub file: FileVersion,
    pub product: FileVersion,
    /// Flags that are set and valid: 1 debug, 2 prerelease, 4 patched, 8 private, 32 special.
    pub flags: u32,
    /// Operating system that the file was made for.
    pub os: u32,
    /// Type of the file: 1 application, 2 library, 3 driver.
    pub kind: u32,
}

/// Language and code page of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Translation {
    pub language: u16,
    pub code_page: u16,
}

/// The texts of a version resource in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StringTable {
    /// None when the key of the table is no such pair.
    pub translation: Option<Translation>,
    /// Names and values in their order.
    pub strings: Vec<(String, String)>,
}

impl VersionResource {
    /// Returns the text `FileVersion` of the first table that has one.
    pub fn file_version_text(&self) -> Option<&str> {
        self.tables.iter().find_map(|table| table.string("FileVersion"))
    }
}

impl StringTable {
    /// Returns the value of a name, which is compared as Windows does: without case.
    pub fn string(&self, name: &str) -> Option<&str> {
        let mut strings = self.strings.iter();
        let found = strings.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// How texts are written: in UTF-16 by 32-bit tools, in a code page by 16-bit ones.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    Wide,
    Narrow,
}

/// A block of the tree: lengths, a key, a value and further blocks.
struct Block<'a> {
    key: &'a [u8],
    /// Length that the block states for its value: bytes, or characters of a wide text.
    value_length: usize,
    /// What follows the key up to the end of the block.
    rest: &'a [u8],
    /// Index of the rest in the resource, which blocks are aligned by.
    at: usize,
}

/// Parses a version resource whose offset in the file is given for faults.
pub(super) fn parse(bytes: &[u8], offset: u64) -> Result<VersionResource, Fault> {
    let width = match bytes.get(4..8) {
        Some(b"VS_V") => Width::Narrow,
        _ => Width::Wide,
    };
    let fault = |at: usize, expected: &str, found: &str| {
        Fault::new(OBJECT, offset + at as u64, expected, found)
    };
    let Some((root, _)) = Block::read(bytes, 0, bytes.len(), width) else {
        return Err(fault(0, "a block of a version", "none"));
    };
    if width.ascii(root.key) != "VS_VERSION_INFO" {
        return Err(fault(0, "VS_VERSION_INFO", &format!("{:?}", width.ascii(root.key))));
    }
    let mut version = VersionResource::default();
    let value = root.value();
    if value.len() >= 52 && le32(value, 0) == 0xfeef_04bd {
        version.fixed = Some(FixedVersion::new(value));
    } else if !value.is_empty() {
        return Err(fault(root.at, "fixed versions with signature 0xfeef04bd", "others"));
    }
    let mut left = MOST_STRINGS;
    root.children(bytes, width, &mut left, |block, left| {
        let key = width.ascii(block.key);
        if key.eq_ignore_ascii_case("StringFileInfo") {
            block.children(bytes, width, left, |table, left| {
                version.tables.push(StringTable::new(bytes, &table, width, left));
            });
        } else if key.eq_ignore_ascii_case("VarFileInfo") {
            block.children(bytes, width, left, |variable, left| {
                let pairs = variable.value().chunks_exact(4).take(*left);
                version.translations.extend(
                    pairs.map(|pair| Translation {
                        language: le16(pair, 0),
                        code_page: le16(pair, 2),
                    }),
                );
                *left = left.saturating_sub(variable.value().len() / 4);
            });
        }
    });
    Ok(version)
}

impl<'a> Block<'a> {
    /// Reads the block at an index of the resource that ends before another; returns it with the
    /// index behind it.
    fn read(bytes: &'a [u8], at: usize, end: usize, width: Width) -> Option<(Self, usize)> {
        let head = if width == Width::Wide { 6 } else { 4 };
        let header = bytes.get(at..end)?.get(..head)?;
        let length = usize::from(le16(header, 0));
        if length < head {
            return None;
        }
        let end = (at + length).min(end);
        let after = bytes.get(at + head..end)?;
        let (key, skipped) = match width {
            Width::Narrow => {
                let zero = after.iter().position(|byte| *byte == 0)?;
                (&after[..zero], zero + 1)
            }
            Width::Wide => {
                let zero = after.chunks_exact(2).position(|unit| unit == [0, 0])?;
                (&after[..zero * 2], zero * 2 + 2)
            }
        };
        let start = (at + head + skipped).next_multiple_of(4).min(end);
        let value_length = usize::from(le16(header, 2));
        Some((Self { key, value_length, rest: &bytes[start..end], at: start }, end))
    }

    /// Returns the value whose length is stated in bytes.
    fn value(&self) -> &'a [u8] {
        &self.rest[..self.value_length.min(self.rest.len())]
    }

    /// Goes through the blocks behind the value, while there are any and they may be kept.
    fn children(
        &self,
        bytes: &'a [u8],
        width: Width,
        left: &mut usize,
        mut each: impl FnMut(Block<'a>, &mut usize),
    ) {
        let end = self.at + self.rest.len();
        let mut at = (self.at + self.value().len()).next_multiple_of(4);
        while *left > 0 && at < end {
            *left -= 1;
            let Some((block, behind)) = Block::read(bytes, at, end, width) else { return };
            each(block, left);
            at = behind.next_multiple_of(4);
        }
    }
}

impl StringTable {
    fn new(bytes: &[u8], block: &Block<'_>, width: Width, left: &mut usize) -> Self {
        let translation = translation(&width.ascii(block.key));
        let code_page = translation.map_or(0, |translation| translation.code_page);
        let mut strings = Vec::new();
        block.children(bytes, width, left, |string, _| {
            // Lengths of values count bytes or characters, with or without the zero, depending on
            // the tool; the zero itself can be relied upon.
            strings.push((width.text(string.key, code_page), width.text(string.rest, code_page)));
        });
        Self { translation, strings }
    }
}

/// Reads a key such as `040904B0`.
fn translation(key: &str) -> Option<Translation> {
    let number = |range| u16::from_str_radix(key.get(range)?, 16).ok();
    if key.len() != 8 {
        return None;
    }
    Some(Translation { language: number(0..4)?, code_page: number(4..8)? })
}

impl FixedVersion {
    /// Takes the fields of a structure of 52 bytes.
    fn new(bytes: &[u8]) -> Self {
        let version = |at| {
            let (high, low) = (le32(bytes, at), le32(bytes, at + 4));
            FileVersion::new((high >> 16) as u16, high as u16, (low >> 16) as u16, low as u16)
        };
        Self {
            file: version(8),
            product: version(16),
            flags: le32(bytes, 24) & le32(bytes, 28),
            os: le32(bytes, 32),
            kind: le32(bytes, 36),
        }
    }
}

impl Width {
    /// Decodes a key of the format itself.
    fn ascii(self, bytes: &[u8]) -> String {
        self.text(bytes, 1252)
    }

    /// Decodes a text up to its zero.
    fn text(self, bytes: &[u8], code_page: u16) -> String {
        match self {
            Self::Wide => utf16_le(bytes),
            Self::Narrow => {
                let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
                let (text, _) = encoding(code_page).decode_without_bom_handling(&bytes[..end]);
                text.into_owned()
            }
        }
    }
}

/// Returns the encoding of an ANSI code page; what is none is taken for that of western Europe.
fn encoding(code_page: u16) -> &'static Encoding {
    match code_page {
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        _ => encoding_rs::WINDOWS_1252,
    }
}
