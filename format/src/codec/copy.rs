use crate::Fault;

/// Repeats bytes that were written before; the distance may be shorter than the length.
pub(super) fn repeat(
    object: &'static str,
    offset: usize,
    output: &mut [u8],
    written: usize,
    distance: usize,
    length: usize,
) -> Result<usize, Fault> {
    if distance == 0 || distance > written {
        let expected = format_args!("a match at most {written} bytes back");
        return Err(Fault::new(object, offset as u64, expected, distance));
    }
    if length > output.len() - written {
        let expected = format_args!("a match of at most {} bytes", output.len() - written);
        return Err(Fault::new(object, offset as u64, expected, length));
    }
    let from = written - distance;
    if distance >= length {
        output.copy_within(from..from + length, written);
    } else {
        for at in written..written + length {
            output[at] = output[at - distance];
        }
    }
    Ok(written + length)
}
