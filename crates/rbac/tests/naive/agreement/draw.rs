//! Making something up out of bytes, which a property test shrinks and a fuzzer mutates.

/// One choice a byte. Without bytes, and with small ones, it is the first choice each time: the simplest one.
pub(crate) struct Draw<'b>(std::slice::Iter<'b, u8>);

impl<'b> Draw<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self(bytes.iter())
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % end.max(1)
    }

    pub(crate) fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())].clone()
    }

    /// Yes, once in so many times.
    pub(crate) fn once_in(&mut self, times: usize) -> bool {
        self.below(times) + 1 == times
    }

    /// At least `least` and at most `most` of what `make` makes.
    pub(crate) fn several<T>(&mut self, least: usize, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = least + self.below(most + 1 - least);
        (0..count).map(|_| make(self)).collect()
    }

    /// The text in one of the spellings that compare alike.
    pub(crate) fn spelt(&mut self, text: &str) -> String {
        match self.below(4) {
            0 | 1 => text.to_owned(),
            2 => text.to_uppercase(),
            _ => text.to_lowercase(),
        }
    }
}
