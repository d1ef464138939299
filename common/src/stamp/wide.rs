//! UTF-16 for readers that look for ASCII: they read it as UTF-8, and places in it are counted back to the bytes of the file.

use super::Found;
use crate::encoding::decode_utf16;

/// A text that was UTF-16.
pub(crate) struct Wide {
    pub(crate) text: String,
    /// What the byte order mark takes.
    mark: usize,
    length: usize,
}

impl Wide {
    /// None when the content isn't UTF-16.
    pub(crate) fn of(content: &[u8]) -> Option<Wide> {
        let (text, encoding) = decode_utf16(content)?;
        Some(Wide { text, mark: if encoding.is_guess() { 0 } else { 2 }, length: content.len() })
    }

    /// Turns places in the text into places in the file.
    pub(super) fn put_back(&self, found: &mut [Found]) {
        let mut places: Vec<&mut usize> = found.iter_mut().map(|found| &mut found.offset).collect();
        places.sort_unstable();
        let mut characters = self.text.char_indices();
        let (mut at, mut place) = (0, self.mark);
        for offset in places {
            while at < *offset {
                let Some((start, c)) = characters.next() else { break };
                at = start + c.len_utf8();
                place += 2 * c.len_utf16();
            }
            // Half a character at the end counts as one.
            *offset = place.min(self.length);
        }
    }
}
