use super::SECTOR;
use crate::Fault;
use crate::disk::DiskError;

const OBJECT: &str = "VMDK descriptor";

/// Extents that are read at most; a disk of 4 TB in extents of 2 GB has 2,048.
const MOST_EXTENTS: usize = 4096;

/// The text that describes a disk and its extents.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Descriptor {
    /// Content identifier, in lower case.
    pub(super) identity: Option<String>,
    /// Content identifier and name of the parent.
    pub(super) parent: Option<(String, String)>,
    pub(super) extents: Vec<ExtentLine>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct ExtentLine {
    /// Length in bytes.
    pub(super) length: u64,
    pub(super) content: Content,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Content {
    Zeros,
    /// Offset in bytes from the beginning of the named file.
    Flat {
        name: String,
        offset: u64,
    },
    Sparse {
        name: String,
    },
}

/// Tells whether a file begins as a description does.
pub(in crate::disk) fn is_descriptor(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    const TITLE: &[u8] = b"# disk descriptorfile";
    let start = head.trim_ascii_start();
    start.len() >= TITLE.len() && start[..TITLE.len()].eq_ignore_ascii_case(TITLE)
}

impl Descriptor {
    /// Parses a description that lies at an offset in its file and may be padded with zeros.
    pub(super) fn parse(bytes: &[u8], offset: u64) -> Result<Self, DiskError> {
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        let text = String::from_utf8_lossy(&bytes[..end]);
        let mut descriptor = Self { identity: None, parent: None, extents: Vec::new() };
        let (mut parent_identity, mut parent_name) = (None, None);
        for line in text.lines().map(str::trim) {
            if line.starts_with('#') {
                continue;
            }
            if let Some(extent) = ExtentLine::parse(line, offset)? {
                if descriptor.extents.len() == MOST_EXTENTS {
                    let expected = format!("at most {MOST_EXTENTS} extents");
                    return Err(Fault::new(OBJECT, offset, expected, "more").into());
                }
                descriptor.extents.push(extent);
                continue;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim().trim_matches('"');
            match key.trim().to_ascii_lowercase().as_str() {
                "cid" => descriptor.identity = Some(value.to_ascii_lowercase()),
                "parentcid" => parent_identity = Some(value.to_ascii_lowercase()),
                "parentfilenamehint" => parent_name = Some(value.to_owned()),
                _ => {}
            }
        }
        descriptor.parent = match (parent_identity, parent_name) {
            (None, _) => None,
            (Some(identity), _) if identity == "ffffffff" => None,
            (Some(identity), Some(name)) => Some((identity, name)),
            (Some(identity), None) => {
                let expected = format!("the name of the parent {identity}");
                return Err(Fault::new(OBJECT, offset, expected, "none").into());
            }
        };
        if descriptor.extents.is_empty() {
            return Err(Fault::new(OBJECT, offset, "a line of an extent", "none").into());
        }
        Ok(descriptor)
    }
}

impl ExtentLine {
    /// Parses `RW 4192256 SPARSE "name"` and its kin; other lines are none.
    fn parse(line: &str, offset: u64) -> Result<Option<Self>, DiskError> {
        let mut words = line.splitn(4, [' ', '\t']);
        let access = words.next().unwrap_or_default().to_ascii_uppercase();
        if !matches!(access.as_str(), "RW" | "RDONLY" | "NOACCESS") {
            return Ok(None);
        }
        let fault = |expected: &str| Fault::new(OBJECT, offset, expected, format_args!("{line:?}"));
        let sectors = words.next().and_then(|word| word.parse::<u64>().ok());
        let Some(length) = sectors.and_then(|sectors| sectors.checked_mul(SECTOR)) else {
            return Err(fault("the number of sectors of an extent").into());
        };
        let kind = words.next().unwrap_or_default().to_ascii_uppercase();
        let rest = words.next().unwrap_or_default().trim_start();
        let quoted = || {
            let (name, after) = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'))?;
            Some((name.to_owned(), after.trim()))
        };
        let content = match kind.as_str() {
            "ZERO" => Content::Zeros,
            "FLAT" | "VMFS" => {
                let (name, after) = quoted().ok_or_else(|| fault("the name of an extent"))?;
                let start = match after {
                    "" => Some(0),
                    word => word.parse::<u64>().ok().and_then(|start| start.checked_mul(SECTOR)),
                };
                let offset = start.ok_or_else(|| fault("the first sector of an extent"))?;
                Content::Flat { name, offset }
            }
            "SPARSE" => {
                let (name, _) = quoted().ok_or_else(|| fault("the name of an extent"))?;
                Content::Sparse { name }
            }
            other => {
                let feature = format!("an extent of type {other:?}");
                return Err(DiskError::Unsupported { format: "vmdk", feature });
            }
        };
        Ok(Some(Self { length, content }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_read_line_by_line() {
        let text = "# Disk DescriptorFile\nversion=1\nCID=0A1b2c3d\nparentCID=11223344\n\
                    parentFileNameHint=\"base image.vmdk\"\ncreateType=\"custom\"\n\n\
                    RW 63 FLAT \"a b.bin\" 5\nRW 10 ZERO\nRDONLY 2 SPARSE \"s=001.vmdk\"\n\
                    ddb.adapterType = \"ide\"\n\0\0garbage";
        let descriptor = Descriptor::parse(text.as_bytes(), 0).unwrap();
        assert_eq!(descriptor.identity.as_deref(), Some("0a1b2c3d"));
        let parent = ("11223344".to_owned(), "base image.vmdk".to_owned());
        assert_eq!(descriptor.parent, Some(parent));
        assert_eq!(
            descriptor.extents,
            [
                ExtentLine {
                    length: 63 * 512,
                    content: Content::Flat { name: "a b.bin".to_owned(), offset: 2560 },
                },
                ExtentLine { length: 5120, content: Content::Zeros },
                ExtentLine {
                    length: 1024,
                    content: Content::Sparse { name: "s=001.vmdk".to_owned() },
                },
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        let cases = [
            (
                "RW 12 VMFSRDM \"x\"",
                "vmdk with an extent of type \"VMFSRDM\", which is not supported",
            ),
            (
                "RW x FLAT \"x\" 0",
                "VMDK descriptor at offset 0x200: expected the number of sectors of an extent, found \"RW x FLAT \\\"x\\\" 0\"",
            ),
            (
                "RW 1 FLAT x 0",
                "VMDK descriptor at offset 0x200: expected the name of an extent, found \"RW 1 FLAT x 0\"",
            ),
            ("CID=1", "VMDK descriptor at offset 0x200: expected a line of an extent, found none"),
            (
                "parentCID=1\nRW 1 ZERO",
                "VMDK descriptor at offset 0x200: expected the name of the parent 1, found none",
            ),
        ];
        for (text, expected) in cases {
            let error = Descriptor::parse(text.as_bytes(), 512).unwrap_err();
            assert_eq!(error.to_string(), expected);
        }
    }
}
