//! A small NTFS volume, built by hand so that every field of it can be wrong.
//!
//! Clusters have 512 bytes, file records and index blocks 1024. Of the master file table only
//! records 0, 5 and 16 to 23 are stored.

pub(crate) const CLUSTER: usize = 512;
const RECORD: usize = 1024;
/// Number of clusters of the volume.
const CLUSTERS: usize = 40;
/// First clusters of what the files hold.
pub(crate) const BLOCK: usize = 24;
pub(crate) const PLAIN: usize = 26;
pub(crate) const COMPRESSED: usize = 30;
pub(crate) const CHUNKS: usize = 32;

/// Returns the offset in bytes of a stored file record.
pub(crate) fn record_offset(number: usize) -> usize {
    let cluster = match number {
        0 => 2,
        5 => 4,
        16..=23 => 6 + (number - 16) * 2,
        _ => panic!("record {number} is not stored"),
    };
    cluster * CLUSTER
}

/// Builds a volume with a file of every kind.
pub(crate) fn image() -> Vec<u8> {
    let mut image = vec![0; (CLUSTERS + 1) * CLUSTER];
    let boot = boot();
    image[..CLUSTER].copy_from_slice(&boot);
    image[CLUSTERS * CLUSTER..].copy_from_slice(&boot);
    let mut put = |offset: usize, bytes: &[u8]| {
        image[offset..offset + bytes.len()].copy_from_slice(bytes);
    };
    // Stored, a hole, and so on; places count from the place before.
    let mft = [0x11, 2, 2, 0x01, 8, 0x11, 2, 2, 0x01, 20, 0x11, 16, 2, 0];
    let table = clusters(0x80, "", 0, 0, &mft, 48, 24 * 1024);
    put(record_offset(0), &record(0, 0, 1, &[table]));

    let first = [entry(16, "a.txt", 0, None), entry(17, "b.bin", 0, None), last(None)].concat();
    put(BLOCK * CLUSTER, &index_block(0, &first));
    let root = [
        entry(18, "c.lz", 0, Some(0)),
        entry(19, "d", DIRECTORY, None),
        entry(20, "E.wof", 0, None),
        entry(21, "f", 0, None),
        last(None),
    ];
    let index = clusters(0xA0, "$I30", 0, 0, &[0x11, 2, BLOCK as u8, 0], 2, 1024);
    let attributes = [index_root(&root.concat(), true), index];
    put(record_offset(5), &record(5, 0, 3, &attributes));

    let streams = [resident(0x80, "", b"content"), resident(0x80, "beside", b"stream")];
    put(record_offset(16), &record(16, 0, 1, &streams));

    let plain = clusters(0x80, "", 0, 0, &[0x11, 2, PLAIN as u8, 0], 2, 900);
    put(record_offset(17), &record(17, 0, 1, &[plain]));
    put(PLAIN * CLUSTER, &[b'b'; 900]);

    let runs = [0x11, 1, COMPRESSED as u8, 0x01, 15, 0];
    let compressed = clusters(0x80, "", 1, 4, &runs, 16, 5000);
    put(record_offset(18), &record(18, 0, 1, &[compressed]));
    // A letter, then a match with it for the rest of the chunk; twice.
    let chunk = [0x03, 0xB0, 0x02, b'c', 0xFC, 0x0F];
    put(COMPRESSED * CLUSTER, &[chunk, chunk].concat());

    let target: Vec<u8> = "\\??\\C:\\d".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut link = [0xA000_0003_u32.to_le_bytes(), [26, 0, 0, 0], [0; 4], [0; 4]].concat();
    link[10] = target.len() as u8;
    link.extend(target);
    let attributes = [index_root(&last(None), false), resident(0xC0, "", &link)];
    put(record_offset(19), &record(19, 0, 3, &attributes));

    // Two chunks: one that is XPRESS for 4096 times the same letter, one that is stored.
    let mut xpress = vec![0; 256];
    // The letter and a long match one byte back have one bit each.
    xpress[usize::from(b'e') / 2] = 0x10;
    xpress[(256 + 15) / 2] = 0x10;
    xpress.extend([0x00, 0x40, 0x00, 0x00, 0xFF, 0xFC, 0x0F]);
    let mut stream = (xpress.len() as u32).to_le_bytes().to_vec();
    stream.extend(xpress);
    stream.extend(b"end");
    let runs = [0x11, 1, CHUNKS as u8, 0];
    let point = [0x8000_0017_u32, 16, 1, 2, 1, 0].into_iter().flat_map(u32::to_le_bytes);
    let attributes = [
        clusters(0x80, "", 0x8000, 4, &[0x01, 16, 0], 16, 4099),
        clusters(0x80, "WofCompressedData", 0, 0, &runs, 1, stream.len() as u64),
        resident(0xC0, "", &point.collect::<Vec<_>>()),
    ];
    put(record_offset(20), &record(20, 0, 1, &attributes));
    put(CHUNKS * CLUSTER, &stream);

    // A file whose second half is described by an extension record.
    let list = [listed(0x80, 0, 21), listed(0x80, 1, 22)].concat();
    let runs = [0x11, 1, PLAIN as u8, 0];
    let attributes = [resident(0x20, "", &list), clusters(0x80, "", 0, 0, &runs, 1, 900)];
    put(record_offset(21), &record(21, 0, 1, &attributes));
    let mut second = clusters(0x80, "", 0, 0, &[0x11, 1, PLAIN as u8 + 1, 0], 2, 0);
    second[16] = 1;
    put(record_offset(22), &record(22, 21 | 1 << 48, 1, &[second]));
    image
}

/// Builds the same volume with its table of files in two parts: the second is described by record
/// 1, which the first part holds.
pub(crate) fn image_with_split_table() -> Vec<u8> {
    let mut image = image();
    let mut put = |offset: usize, bytes: &[u8]| {
        image[offset..offset + bytes.len()].copy_from_slice(bytes);
    };
    let length = 24 * 1024;
    let first = [0x11, 2, 2, 0x11, 2, 34, 0x01, 6, 0x11, 2, 0xE0, 0x01, 20, 0];
    let list = [listed(0x80, 0, 0), listed(0x80, 32, 1)].concat();
    let attributes = [resident(0x20, "", &list), clusters(0x80, "", 0, 0, &first, 32, length)];
    put(record_offset(0), &record(0, 0, 1, &attributes));
    let mut second = clusters(0x80, "", 0, 0, &[0x11, 16, 6, 0], 48, 0);
    second[16] = 32;
    put(36 * CLUSTER, &record(1, 1 << 48, 1, &[second]));
    image
}

fn boot() -> [u8; CLUSTER] {
    let mut boot = [0; CLUSTER];
    boot[..11].copy_from_slice(b"\xEB\x52\x90NTFS    ");
    boot[11..14].copy_from_slice(&[0, 2, 1]);
    boot[40] = CLUSTERS as u8;
    (boot[48], boot[56], boot[64], boot[68]) = (2, 2, 0xF6, 0xF6);
    boot[510..].copy_from_slice(&[0x55, 0xAA]);
    boot
}

/// Puts the update sequence 1 over the end of each 512 bytes.
pub(crate) fn protect(block: &mut [u8], sequence: usize) {
    block[4..8].copy_from_slice(&[sequence as u8, 0, 3, 0]);
    block[sequence..sequence + 2].copy_from_slice(&[1, 0]);
    for stride in 0..2 {
        let end = stride * 512 + 510;
        let own = [block[end], block[end + 1]];
        block[sequence + 2 + stride * 2..][..2].copy_from_slice(&own);
        block[end..end + 2].copy_from_slice(&[1, 0]);
    }
}

fn record(number: u32, base: u64, flags: u8, attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut block = vec![0; 56];
    block[..4].copy_from_slice(b"FILE");
    (block[16], block[18], block[20], block[22]) = (1, 1, 56, flags);
    block[32..40].copy_from_slice(&base.to_le_bytes());
    block[44..48].copy_from_slice(&number.to_le_bytes());
    for (instance, attribute) in attributes.iter().enumerate() {
        let at = block.len();
        block.extend(attribute);
        block[at + 14] = instance as u8;
    }
    block.extend([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]);
    let used = block.len() as u32;
    block[24..28].copy_from_slice(&used.to_le_bytes());
    block[29] = 4;
    assert!(block.len() <= RECORD);
    block.resize(RECORD, 0);
    protect(&mut block, 48);
    block
}

fn header(kind: u32, name: &str, flags: u16, length: usize) -> Vec<u8> {
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes = vec![0; length];
    bytes[..4].copy_from_slice(&kind.to_le_bytes());
    bytes[9] = (units.len() / 2) as u8;
    bytes[10] = length as u8;
    bytes[12..14].copy_from_slice(&flags.to_le_bytes());
    bytes.extend(units);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

fn finish(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let length = bytes.len() as u32;
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    bytes
}

fn resident(kind: u32, name: &str, value: &[u8]) -> Vec<u8> {
    let mut bytes = header(kind, name, 0, 24);
    let at = bytes.len();
    bytes[16..20].copy_from_slice(&(value.len() as u32).to_le_bytes());
    bytes[20] = at as u8;
    bytes.extend(value);
    finish(bytes)
}

fn clusters(
    kind: u32,
    name: &str,
    flags: u16,
    unit: u8,
    runs: &[u8],
    count: u64,
    length: u64,
) -> Vec<u8> {
    let mut bytes = header(kind, name, flags, 64);
    let at = bytes.len();
    bytes[8] = 1;
    bytes[24..32].copy_from_slice(&(count - 1).to_le_bytes());
    (bytes[32], bytes[34]) = (at as u8, unit);
    for at in [40, 48, 56] {
        bytes[at..at + 8].copy_from_slice(&length.to_le_bytes());
    }
    bytes.extend(runs);
    finish(bytes)
}

fn listed(kind: u32, first: u64, record: u64) -> Vec<u8> {
    let mut bytes = vec![0; 32];
    bytes[..4].copy_from_slice(&kind.to_le_bytes());
    (bytes[4], bytes[7]) = (32, 26);
    bytes[8..16].copy_from_slice(&first.to_le_bytes());
    bytes[16..24].copy_from_slice(&(record | 1 << 48).to_le_bytes());
    // The list is the first attribute of a first record.
    bytes[24] = u8::from(first == 0);
    bytes
}

const DIRECTORY: u32 = 0x1000_0000;

fn entry(file: u64, name: &str, flags: u32, below: Option<u64>) -> Vec<u8> {
    let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes = vec![0; 16 + 66];
    bytes[..8].copy_from_slice(&(file | 1 << 48).to_le_bytes());
    bytes[10] = (66 + units.len()) as u8;
    bytes[16 + 56..16 + 60].copy_from_slice(&flags.to_le_bytes());
    bytes[16 + 64..16 + 66].copy_from_slice(&[(units.len() / 2) as u8, 1]);
    bytes.extend(units);
    end_entry(bytes, 0, below)
}

fn last(below: Option<u64>) -> Vec<u8> {
    end_entry(vec![0; 16], 2, below)
}

fn end_entry(mut bytes: Vec<u8>, flags: u8, below: Option<u64>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes.extend(below.into_iter().flat_map(u64::to_le_bytes));
    let length = bytes.len() as u16;
    bytes[8..10].copy_from_slice(&length.to_le_bytes());
    bytes[12] = flags | u8::from(below.is_some());
    bytes
}

fn index_root(entries: &[u8], has_blocks: bool) -> Vec<u8> {
    let mut value = vec![0; 32];
    (value[0], value[4], value[9], value[12]) = (0x30, 1, 4, 2);
    value[16] = 16;
    let length = (16 + entries.len()) as u32;
    value[20..24].copy_from_slice(&length.to_le_bytes());
    value[24..28].copy_from_slice(&length.to_le_bytes());
    value[28] = has_blocks.into();
    value.extend(entries);
    resident(0x90, "$I30", &value)
}

fn index_block(number: u64, entries: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 64];
    block[..4].copy_from_slice(b"INDX");
    block[16..24].copy_from_slice(&number.to_le_bytes());
    block[24] = 40;
    let length = (40 + entries.len()) as u32;
    block[28..32].copy_from_slice(&length.to_le_bytes());
    block.extend(entries);
    block.resize(RECORD, 0);
    protect(&mut block, 40);
    block
}
