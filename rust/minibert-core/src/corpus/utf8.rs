//! From bytes to text: refuses what is not UTF-8 text.

use super::source::DecodingErrors;
use crate::Result;
use crate::error::CorpusError;

const BOM: &[u8] = b"\xEF\xBB\xBF";
/// The number of bytes of a file that are searched for control characters.
const LOOKED_AT: usize = 1 << 16;

/// Checks the start of a file; returns the length of its byte-order mark.
pub(super) fn check_start(bytes: &[u8], name: &str) -> Result<usize> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err(CorpusError::Utf16 {
            file: name.to_owned(),
        }
        .into());
    }
    let mark = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let is_control = |byte: &&u8| **byte < 0x20 && !matches!(**byte, b'\t'..=b'\r' | 0x1B);
    let controls = start.iter().filter(is_control).count();
    if !start.contains(&0) && controls > 8 && controls * 20 > start.len() {
        let share = 100 * controls / start.len();
        return Err(CorpusError::ControlCharacters {
            file: name.to_owned(),
            percent: share,
        }
        .into());
    }
    Ok(mark)
}

/// The text of a part of a file that begins at byte `at` and ends between characters.
pub(super) fn part(bytes: Vec<u8>, at: u64, errors: DecodingErrors, name: &str) -> Result<String> {
    if let Some(nul) = memchr::memchr(0, &bytes) {
        let offset = at + nul as u64;
        return Err(CorpusError::NulByte {
            file: name.to_owned(),
            offset,
        }
        .into());
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) if errors == DecodingErrors::Replace => {
            Ok(String::from_utf8_lossy(error.as_bytes()).into_owned())
        }
        Err(error) => Err(CorpusError::InvalidUtf8 {
            file: name.to_owned(),
            offset: at + error.utf8_error().valid_up_to() as u64,
        }
        .into()),
    }
}
