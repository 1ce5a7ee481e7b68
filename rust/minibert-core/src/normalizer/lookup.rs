//! Searches in the sorted tables of [`unicode_tables`](super::unicode_tables).

use super::unicode_tables as tables;

pub(super) fn contains(ranges: &[(u32, u32)], c: char) -> bool {
    let code = c as u32;
    let after = ranges.partition_point(|&(first, _)| first <= code);
    after > 0 && code <= ranges[after - 1].1
}

/// The ranges that overlap `first..=last`.
pub(super) fn touching(
    ranges: &[(u32, u32)],
    first: u32,
    last: u32,
) -> impl Iterator<Item = &(u32, u32)> {
    let from = ranges.partition_point(|range| range.1 < first);
    ranges[from..]
        .iter()
        .take_while(move |range| range.0 <= last)
}

pub(super) fn any_in(mapping: &[(u32, &str)], first: u32, last: u32) -> bool {
    let after = mapping.partition_point(|&(code, _)| code < first);
    mapping.get(after).is_some_and(|&(code, _)| code <= last)
}

pub(super) fn combining_class(c: char) -> u8 {
    let code = c as u32;
    let after = tables::COMBINING_CLASSES.partition_point(|&(first, _, _)| first <= code);
    match after
        .checked_sub(1)
        .map(|index| tables::COMBINING_CLASSES[index])
    {
        Some((_, last, class)) if code <= last => class,
        _ => 0,
    }
}

pub(super) fn find(mapping: &[(u32, &'static str)], c: char) -> Option<&'static str> {
    let index = mapping
        .binary_search_by_key(&(c as u32), |&(code, _)| code)
        .ok()?;
    Some(mapping[index].1)
}
