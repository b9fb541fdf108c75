//! smalt.
fn main() {}
