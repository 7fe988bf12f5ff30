//! Parts of a whole.

/// A part in per cent, rounded. Nothing and everything read 0 and 100, and nothing else does: one of a thousand is 1 %,
/// 999 of a thousand are 99 %. `None` where there is no whole.
pub fn per_cent(part: u64, whole: u64) -> Option<u64> {
    if whole == 0 {
        return None;
    }
    let part = part.min(whole);
    let rounded = (part * 200 + whole) / (whole * 2);
    Some(match part {
        0 => 0,
        part if part == whole => 100,
        _ => rounded.clamp(1, 99),
    })
}
