//! Hangul syllables, which decompose by arithmetic.

pub(super) const HANGUL_FIRST: u32 = 0xAC00;
pub(super) const HANGUL_LAST: u32 = 0xD7A3;

/// The two or three jamo of a Hangul syllable (Unicode, section 3.12).
pub fn hangul_jamo(c: char) -> Option<[Option<char>; 3]> {
    let code = c as u32;
    if !(HANGUL_FIRST..=HANGUL_LAST).contains(&code) {
        return None;
    }
    let index = code - HANGUL_FIRST;
    let (vowels, trails) = (21, 28);
    let lead = 0x1100 + index / (vowels * trails);
    let vowel = 0x1161 + index % (vowels * trails) / trails;
    let trail = (!index.is_multiple_of(trails)).then_some(0x11A7 + index % trails);
    Some([
        char::from_u32(lead),
        char::from_u32(vowel),
        trail.and_then(char::from_u32),
    ])
}
