//! Self-relative security descriptors, as far as what everybody may do.
//!
//! Source: [MS-DTYP] 2.4.2 SID, 2.4.4 ACE, 2.4.5 ACL, 2.4.6 SECURITY_DESCRIPTOR.

/// Rights of a file or a share that hold all others.
pub(super) const FULL_ACCESS: u32 = 0x001f_01ff;
/// Rights of a file or a share with which it can be read, written and deleted.
pub(super) const CHANGE: u32 = 0x0013_01bf;

/// Reason why a descriptor cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum DescriptorError {
    #[error("descriptor: expected {expected} bytes at offset {offset}, found {found}")]
    Short { offset: usize, expected: usize, found: usize },
    #[error("descriptor: expected a self-relative one of revision 1, found {found:02x?}")]
    Head { found: [u8; 4] },
    #[error(
        "descriptor: expected an entry of at least {least} bytes at offset {offset}, found {found}"
    )]
    Entry { offset: usize, least: usize, found: usize },
    #[error(
        "descriptor: expected an entry that allows or denies at offset {offset}, found type {found}"
    )]
    Kind { offset: usize, found: u8 },
}

/// `S-1-1-0`, everybody.
const EVERYONE: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
/// `S-1-5-7`, who gave no name.
const ANONYMOUS: &[u8] = &[1, 1, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0];

const DACL_PRESENT: u16 = 0x0004;
const SELF_RELATIVE: u16 = 0x8000;
const HEAD: usize = 20;
const ENTRY_HEAD: usize = 8;
const ALLOWED: u8 = 0;
const DENIED: u8 = 1;
const INHERIT_ONLY: u8 = 0x08;

/// Generic rights with those of files that they stand for.
const GENERIC: &[(u32, u32)] = &[
    (0x1000_0000, FULL_ACCESS),
    (0x2000_0000, 0x0012_00a0),
    (0x4000_0000, 0x0012_0116),
    (0x8000_0000, 0x0012_0089),
];

/// Returns the rights that a descriptor gives to everybody or to anonymous users.
///
/// # Errors
/// When the descriptor is cut off or is not built as such, and when it has entries that neither
/// allow nor deny.
pub(super) fn rights_of_everyone(bytes: &[u8]) -> Result<u32, DescriptorError> {
    let head = slice(bytes, 0, HEAD)?;
    let control = u16::from_le_bytes([head[2], head[3]]);
    if head[0] != 1 || control & SELF_RELATIVE == 0 {
        return Err(DescriptorError::Head { found: [head[0], head[1], head[2], head[3]] });
    }
    let dacl = u32::from_le_bytes([head[16], head[17], head[18], head[19]]) as usize;
    // Without a list nothing is forbidden; an empty list forbids all.
    if control & DACL_PRESENT == 0 || dacl == 0 {
        return Ok(FULL_ACCESS);
    }
    let list = slice(bytes, dacl, ENTRY_HEAD)?;
    let size = usize::from(u16::from_le_bytes([list[2], list[3]]));
    let count = u16::from_le_bytes([list[4], list[5]]);
    let list = slice(bytes, dacl, size.max(ENTRY_HEAD))?;
    let mut at = ENTRY_HEAD;
    let mut of_everyone = Rights::default();
    let mut of_anonymous = Rights::default();
    for _ in 0..count {
        let entry = slice(list, at, ENTRY_HEAD).map_err(|error| error.moved(dacl))?;
        let offset = dacl + at;
        let size = usize::from(u16::from_le_bytes([entry[2], entry[3]]));
        if size < ENTRY_HEAD {
            return Err(DescriptorError::Entry { offset, least: ENTRY_HEAD, found: size });
        }
        let (kind, flags) = (entry[0], entry[1]);
        let mask = u32::from_le_bytes([entry[4], entry[5], entry[6], entry[7]]);
        let entry = slice(list, at, size).map_err(|error| error.moved(dacl))?;
        at += size;
        if flags & INHERIT_ONLY != 0 {
            continue;
        }
        if !matches!(kind, ALLOWED | DENIED) {
            return Err(DescriptorError::Kind { offset, found: kind });
        }
        let trustee = &entry[ENTRY_HEAD..];
        let rights = match trustee {
            _ if trustee.starts_with(EVERYONE) => &mut of_everyone,
            _ if trustee.starts_with(ANONYMOUS) => &mut of_anonymous,
            _ => continue,
        };
        rights.apply(kind, mask);
    }
    Ok(of_everyone.allowed | of_anonymous.allowed)
}

/// What the entries for one trustee come to: the first that names a right decides it.
#[derive(Default)]
struct Rights {
    allowed: u32,
    denied: u32,
}

impl Rights {
    fn apply(&mut self, kind: u8, mask: u32) {
        let generic = GENERIC.iter().filter(|(bit, _)| mask & bit != 0);
        let mask = generic.fold(mask & 0x0fff_ffff, |mask, (_, rights)| mask | rights);
        match kind {
            DENIED => self.denied |= mask & !self.allowed,
            _ => self.allowed |= mask & !self.denied,
        }
    }
}

impl DescriptorError {
    /// Counts an offset from further before.
    fn moved(self, by: usize) -> Self {
        match self {
            Self::Short { offset, expected, found } => {
                Self::Short { offset: offset + by, expected, found }
            }
            other => other,
        }
    }
}

fn slice(bytes: &[u8], offset: usize, length: usize) -> Result<&[u8], DescriptorError> {
    let end = offset.checked_add(length);
    end.and_then(|end| bytes.get(offset..end)).ok_or(DescriptorError::Short {
        offset,
        expected: length,
        found: bytes.len().saturating_sub(offset),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    const ADMINISTRATORS: &[u8] = &[1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 32, 2, 0, 0];

    /// Type, flags, rights and trustee.
    type Entry = (u8, u8, u32, &'static [u8]);

    /// Writes a descriptor.
    fn descriptor(entries: &[Entry]) -> Vec<u8> {
        let mut list = Vec::new();
        for (kind, flags, mask, trustee) in entries {
            let size = u16::try_from(ENTRY_HEAD + trustee.len()).unwrap();
            list.extend([*kind, *flags]);
            list.extend(size.to_le_bytes());
            list.extend(mask.to_le_bytes());
            list.extend_from_slice(trustee);
        }
        let size = u16::try_from(ENTRY_HEAD + list.len()).unwrap();
        let count = u16::try_from(entries.len()).unwrap();
        let mut bytes = vec![1, 0, 0x04, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0];
        bytes.extend([2, 0]);
        bytes.extend(size.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(list);
        bytes
    }

    /// Writes the descriptor of a share that everybody has these rights to.
    pub(in crate::check) fn open_to_everyone(mask: u32) -> Vec<u8> {
        descriptor(&[(ALLOWED, 0, FULL_ACCESS, ADMINISTRATORS), (ALLOWED, 0, mask, EVERYONE)])
    }

    #[test]
    fn entries_count_in_their_order() {
        let cases: &[(&[Entry], u32)] = &[
            (&[], 0),
            (&[(ALLOWED, 0, FULL_ACCESS, ADMINISTRATORS)], 0),
            (&[(ALLOWED, 0, FULL_ACCESS, EVERYONE)], FULL_ACCESS),
            (&[(ALLOWED, 0, 0x1000_0000, EVERYONE)], FULL_ACCESS),
            (&[(ALLOWED, INHERIT_ONLY, FULL_ACCESS, EVERYONE)], 0),
            (&[(ALLOWED, 0, 0x0012_00a9, ANONYMOUS)], 0x0012_00a9),
            (&[(DENIED, 0, FULL_ACCESS, EVERYONE), (ALLOWED, 0, FULL_ACCESS, EVERYONE)], 0),
            (&[(ALLOWED, 0, 2, EVERYONE), (DENIED, 0, FULL_ACCESS, EVERYONE)], 2),
        ];
        for (entries, rights) in cases {
            assert_eq!(rights_of_everyone(&descriptor(entries)), Ok(*rights), "{entries:?}");
        }
    }

    #[test]
    fn without_a_list_nothing_is_forbidden() {
        let mut bytes = vec![0; HEAD];
        bytes[0] = 1;
        bytes[2..4].copy_from_slice(&[0x04, 0x80]);
        assert_eq!(rights_of_everyone(&bytes), Ok(FULL_ACCESS));
        bytes[2] = 0;
        assert_eq!(rights_of_everyone(&bytes), Ok(FULL_ACCESS));
    }

    #[test]
    fn what_is_cut_off_or_unknown_is_an_error() {
        let bytes = open_to_everyone(FULL_ACCESS);
        for length in 0..bytes.len() {
            assert!(rights_of_everyone(&bytes[..length]).is_err(), "{length} bytes");
        }
        let odd = descriptor(&[(9, 0, FULL_ACCESS, EVERYONE)]);
        assert_eq!(rights_of_everyone(&odd), Err(DescriptorError::Kind { offset: 28, found: 9 }));
        let mut small = open_to_everyone(FULL_ACCESS);
        small[30] = 0;
        assert_eq!(
            rights_of_everyone(&small),
            Err(DescriptorError::Entry { offset: 28, least: 8, found: 0 })
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            _ = rights_of_everyone(&bytes);
        }
    }
}
