/// Seed of the hashes of log entries: the bytes of the specification, read as one number.
const SEED: u64 = 0x82EF_4D88_7A4E_55C5;

/// Returns the Marvin32 hash that log entries carry.
///
/// Source: regf, "Log entries".
pub(super) fn hash(bytes: &[u8]) -> u64 {
    seeded(SEED, bytes)
}

fn seeded(seed: u64, bytes: &[u8]) -> u64 {
    let mut state = (seed as u32, (seed >> 32) as u32);
    let (words, rest) = bytes.as_chunks::<4>();
    for word in words {
        state = mix(state, u32::from_le_bytes(*word));
    }
    let mut last = [0; 4];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] = 0x80;
    state = mix(state, u32::from_le_bytes(last));
    state = mix(state, 0);
    u64::from(state.1) << 32 | u64::from(state.0)
}

fn mix((low, high): (u32, u32), word: u32) -> (u32, u32) {
    let low = low.wrapping_add(word);
    let high = high ^ low;
    let low = low.rotate_left(20).wrapping_add(high);
    let high = high.rotate_left(9) ^ low;
    let low = low.rotate_left(27).wrapping_add(high);
    (low, high.rotate_left(19))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published values of the hash for two seeds.
    #[test]
    fn known_hashes_come_out() {
        const ONE: u64 = 0x004F_B61A_001B_DBCC;
        const TWO: u64 = 0x804F_B61A_001B_DBCC;
        for (seed, bytes, expected) in [
            (ONE, &[][..], 0x30ED_35C1_00CD_3C7D),
            (ONE, &[0xAF], 0x48E7_3FC7_7D75_DDC1),
            (ONE, &[0xE7, 0x0F], 0xB5F6_E1FC_485D_BFF8),
            (ONE, &[0x37, 0xF4, 0x95], 0xF0B0_7C78_9B8C_F7E8),
            (TWO, &[], 0x10A9_D5D3_996F_D65D),
            (TWO, &[0xAF], 0x6820_1F91_960E_BF91),
        ] {
            assert_eq!(seeded(seed, bytes), expected, "{seed:x} {bytes:x?}");
        }
    }
}
