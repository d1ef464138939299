//! Finds the word that somebody meant.

/// The word with the fewest letters to change, if they are few.
pub(crate) fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = word.chars().count().div_ceil(3);
    let word = word.to_lowercase();
    let near = words.into_iter().map(|one| (distance(&word, &one.to_lowercase()), one));
    near.filter(|(far, _)| *far <= most).min_by_key(|(far, _)| *far).map(|(_, one)| one)
}

/// How many letters must be put in, left out or replaced to make one word of the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<_> = right.chars().collect();
    let mut row: Vec<_> = (0..=right.len()).collect();
    for (y, l) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], y + 1);
        for (x, r) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(l != *r);
            diagonal = row[x + 1];
            row[x + 1] = replaced.min(row[x] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_none() {
        let words = ["send-new", "send-update", "retrieve"];
        assert_eq!(nearest("send-nwe", words), Some("send-new"));
        assert_eq!(nearest("retreive", words), Some("retrieve"));
        assert_eq!(nearest("launch", words), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
