//! The hash behind `uniqueString` and the template hash, and the name-based ids of `guid` (IAC-WIRE 10.1).

use uuid::Uuid;

/// The namespace in which Azure makes the version 5 ids of `guid()` (IAC-WIRE 10.1).
const GUIDS: Uuid = Uuid::from_u128(0x11fb06fb_712d_4ddd_98c7_e71bbd588830);

const LANE_1: u32 = 0x239b_961b;
const LANE_2: u32 = 0xab0e_9789;

/// 64 bits in the manner of Murmur3, as two 32-bit lanes with seed 0.
pub(crate) fn murmur(bytes: &[u8]) -> u64 {
    let (mut h1, mut h2) = (0_u32, 0_u32);
    let (blocks, tail) = bytes.as_chunks::<8>();
    for block in blocks {
        let [a, b, c, d, e, f, g, h] = *block;
        h1 ^= scramble(u32::from_le_bytes([a, b, c, d]), LANE_1, 15, LANE_2);
        h1 = h1.rotate_left(19).wrapping_add(h2).wrapping_mul(5).wrapping_add(0x561c_cd1b);
        h2 ^= scramble(u32::from_le_bytes([e, f, g, h]), LANE_2, 17, LANE_1);
        h2 = h2.rotate_left(13).wrapping_add(h1).wrapping_mul(5).wrapping_add(0x0bca_a747);
    }
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0_u32, |word, b| word << 8 | u32::from(*b));
    let (first, second) = tail.split_at(tail.len().min(4));
    h1 ^= scramble(word(first), LANE_1, 15, LANE_2);
    h2 ^= scramble(word(second), LANE_2, 17, LANE_1);

    // The length counts modulo 2^32, as in every Murmur.
    let length = (bytes.len() & 0xffff_ffff) as u32;
    h1 ^= length;
    h2 ^= length;
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    (h1, h2) = (finish(h1), finish(h2));
    h1 = h1.wrapping_add(h2);
    h2 = h2.wrapping_add(h1);
    u64::from(h2) << 32 | u64::from(h1)
}

fn scramble(word: u32, first: u32, turn: u32, second: u32) -> u32 {
    word.wrapping_mul(first).rotate_left(turn).wrapping_mul(second)
}

fn finish(mut h: u32) -> u32 {
    h = (h ^ h >> 16).wrapping_mul(0x85eb_ca6b);
    h = (h ^ h >> 13).wrapping_mul(0xc2b2_ae35);
    h ^ h >> 16
}

/// `uniqueString`: thirteen digits of base 32, the top five bits first.
pub(crate) fn unique_string(parts: &[&str]) -> String {
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let hash = murmur(parts.join("-").as_bytes());
    (0..13).map(|i| char::from(DIGITS[(hash << (5 * i) >> 59) as usize])).collect()
}

/// `guid`: the id of the joined parts.
pub(crate) fn guid(parts: &[&str]) -> String {
    Uuid::new_v5(&GUIDS, parts.join("-").as_bytes()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unique_strings_are_those_that_azure_published() {
        let table: [(&[&str], &str); 6] = [
            (&["tyeth"], "zcztcwvu6iyg6"),
            (&["hello", "world"], "a7wkljktk6wne"),
            (&["fu"], "6rkxbspxjmsho"),
            (&["fubar"], "cj2xpqsiwjfne"),
            (&["fu", "bar"], "q5wxoscxs5j6k"),
            (&["/subscriptions/00000000-0000-0000-0000-000000000000", "resource-id"], "cwvxuqg24sifi"),
        ];
        for (parts, expected) in table {
            assert_eq!(unique_string(parts), expected, "{parts:?}");
        }
    }

    #[test]
    fn guids_are_of_version_five() {
        let id = guid(&["a", "b"]);
        assert_eq!(id, guid(&["a-b"]));
        assert_eq!(Uuid::parse_str(&id).map(|u| u.get_version_num()), Ok(5));
    }
}
