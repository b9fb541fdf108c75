//! Numbers that stand for scopes, so that comparing places is comparing numbers.

use crate::Scope;

impl Scope {
    /// A number that stands for this scope. Two scopes may share one, by chance or on purpose: whoever finds a scope by
    /// it has to compare the scopes as well.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut last = 0;
        self.fingerprints(|fingerprint| last = fingerprint);
        last
    }

    /// Tells the fingerprints of the root, of every path that holds this one, and of this one, which comes last.
    ///
    /// It is on the road of every request, so the text is taken eight bytes at a time. The fingerprint of a path depends
    /// on nothing behind the path: on its whole words, on the bytes behind them, and on its length.
    #[inline]
    pub(crate) fn fingerprints(&self, mut tell: impl FnMut(u64)) {
        let text = if self.is_root() { &[] } else { self.as_str().as_bytes() };
        let (words, rest) = text.as_chunks::<8>();
        let mut path = Path { whole: 0, length: 0 };
        for word in words {
            let word = u64::from_le_bytes(*word);
            path.held_by(word, &mut tell);
            path.whole = (path.whole.rotate_left(23) ^ word).wrapping_mul(0xf135_7aea_2e62_a9c5);
            path.length += 8;
        }
        let last = rest.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte));
        path.held_by(last, &mut tell);
        tell(path.fingerprint(last, rest.len() as u64));
    }
}

/// A path, as far as its whole words go.
struct Path {
    whole: u64,
    length: u64,
}

impl Path {
    /// Tells the fingerprints of the paths that end in this word: before each of its slashes.
    #[inline]
    fn held_by(&self, word: u64, tell: &mut impl FnMut(u64)) {
        let mut slashes = slashes(word);
        while slashes != 0 {
            let bits = slashes.trailing_zeros() & !7;
            tell(self.fingerprint(word & !(u64::MAX << bits), u64::from(bits / 8)));
            slashes &= slashes - 1;
        }
    }

    /// The fingerprint of the path with so many bytes more.
    #[inline]
    fn fingerprint(&self, more: u64, bytes: u64) -> u64 {
        let mixed = (self.whole ^ more).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (self.length + bytes);
        let mixed = (mixed ^ (mixed >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
        mixed ^ (mixed >> 29)
    }
}

/// The highest bit of each byte that is a slash.
#[inline]
fn slashes(word: u64) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let others = word ^ 0x2f2f_2f2f_2f2f_2f2f;
    !(((others & LOW) + LOW) | others | LOW)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(scope: &Scope) -> Vec<u64> {
        let mut all = Vec::new();
        scope.fingerprints(|fingerprint| all.push(fingerprint));
        all
    }

    proptest! {
        /// A path has the same fingerprint by itself and inside a longer one, and shares it with no other path.
        #[test]
        fn every_path_above_is_told(text in "(/[a-z0-9é/-]{0,11}){0,12}") {
            let scope = Scope::new(&text);
            let mut paths: Vec<&str> = scope.as_str().match_indices('/').map(|(at, _)| &scope.as_str()[..at]).collect();
            paths.push(scope.as_str());
            let paths: Vec<Scope> = if scope.is_root() { vec![scope.clone()] } else { paths.into_iter().map(Scope::new).collect() };
            let expected: Vec<u64> = paths.iter().map(Scope::fingerprint).collect();
            prop_assert_eq!(all(&scope), &expected[..]);
            let different: std::collections::HashSet<u64> = expected.iter().copied().collect();
            prop_assert_eq!(different.len(), paths.len());
        }
    }

    #[test]
    fn slashes_are_found_whatever_stands_beside_them() {
        for (text, expected) in
            [(b"a/b//.0/", vec![1, 3, 4, 7]), (b"///////\xaf", (0..7).collect()), (b"\0\x80.0\xff\x2e\x30\x7f", vec![])]
        {
            let mut found = slashes(u64::from_le_bytes(*text));
            let mut places = Vec::new();
            while found != 0 {
                places.push(found.trailing_zeros() / 8);
                found &= found - 1;
            }
            assert_eq!(places, expected, "{text:?}");
        }
    }
}
