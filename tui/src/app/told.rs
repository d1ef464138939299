//! What a screen was told, as far as it came: a late refusal doesn't take away what is known.

/// An answer that is awaited, or the last one that came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Told<T> {
    #[default]
    Loading,
    /// Why, in words for people.
    Failed(String),
    Ready(T),
}

impl<T> Told<T> {
    /// Takes what came; when it can't be read, what is known stays.
    pub(crate) fn take(&mut self, answer: Result<T, String>) {
        match (answer, &self) {
            (Ok(told), _) => *self = Self::Ready(told),
            (Err(words), Self::Loading | Self::Failed(_)) => *self = Self::Failed(words),
            (Err(_), Self::Ready(_)) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_stays_when_it_cant_be_read_again() {
        let mut told = Told::Loading;
        told.take(Err("no".to_owned()));
        assert_eq!(told, Told::Failed("no".to_owned()));
        told.take(Ok(1));
        told.take(Err("no".to_owned()));
        assert_eq!(told, Told::Ready(1));
    }
}
