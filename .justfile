# What CI checks, in the same words.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo test --workspace

# Also with the real az, Python, JavaScript and Rust clients.
check-clients:
    SMALT_CLIENTS=1 cargo test --workspace

# Licences, advisories, unused dependencies.
audit:
    cargo deny --config .deny.toml check
    cargo machete

bench:
    cargo bench --workspace

demo:
    cargo run --release -- demo
