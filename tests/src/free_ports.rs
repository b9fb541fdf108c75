//! Blocks of ports for clouds that start side by side, in threads and in processes.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Blocks lie below the range that systems hand out to outgoing connections, and twenty above those that `smalt demo`
/// looks for, so that a demo that is tested beside a cloud never meets it.
const FIRST: u16 = 10_020;
const BLOCKS: u16 = 220;
const BLOCK: u16 = 100;

static ASKED: AtomicU16 = AtomicU16::new(0);

/// The base of a block that nobody uses now, and that nobody else in this process was told of.
///
/// Two processes may hear of one block: only the one that binds its first port has it.
pub fn next_free_block() -> u16 {
    let process = u16::try_from(std::process::id() % u32::from(BLOCKS)).unwrap();
    for _ in 0..BLOCKS {
        let nth = ASKED.fetch_add(1, Ordering::Relaxed);
        // A stride that shares no factor with the number of blocks visits them all, away from the neighbours' next.
        let block = process.wrapping_add(nth.wrapping_mul(37)) % BLOCKS;
        let base = FIRST + block * BLOCK;
        let is_free = |port: u16| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok();
        if (0..5).chain(57..65).all(|n| is_free(base + n)) {
            return base;
        }
    }
    panic!("no block of ports is free between {FIRST} and {}", FIRST + BLOCKS * BLOCK);
}
