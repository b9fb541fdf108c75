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

# RBAC decisions beside cedar-policy and casbin, on the same questions; every engine has to answer alike.
rivals:
    cargo run --release --manifest-path crates/rbac/benches/rivals/Cargo.toml

# A million made-up questions to the evaluator and to the naive one of its tests.
million:
    SMALT_QUESTIONS=1000000 cargo test --release -p rbac --test naive

# An hour of fuzzing (needs nightly Rust and cargo-fuzz): conditions, decisions, requests, role files.
fuzz:
    cargo +nightly fuzz run condition fuzz/corpus/condition fuzz/seeds/condition -- -dict=fuzz/dictionaries/condition.dict -timeout=1 -max_total_time=1500
    cargo +nightly fuzz run decision fuzz/corpus/decision fuzz/seeds/decision -- -timeout=5 -max_total_time=900
    cargo +nightly fuzz run path fuzz/corpus/path fuzz/seeds/path -- -dict=fuzz/dictionaries/path.dict -timeout=1 -max_total_time=600
    cargo +nightly fuzz run role_lint fuzz/corpus/role_lint fuzz/seeds/role_lint -- -dict=fuzz/dictionaries/role_lint.dict -timeout=1 -max_total_time=600

demo:
    cargo run --release -- demo
