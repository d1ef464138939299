# `just` lists what can be done; CI runs `check`.

_default:
    @just --list

# Everything that CI checks.
check: fmt lint docs test deny

fmt:
    cargo fmt --all --check

lint:
    cargo clippy --workspace --all-targets --locked -- -D warnings

docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --locked

# The README's test command.
test:
    cargo test --workspace --locked

# Mail through aiosmtpd, page and icon in Chromium; after `test`, whose binaries they use. Installs what is missing.
foreign:
    tests/foreign/smtp.sh
    tests/foreign/browser.sh

# Bans, licences and sources; needs cargo-deny.
deny:
    cargo deny check bans licenses sources

# Three sites on this machine, and the app.
demo:
    cargo build --release --locked --bins && target/release/fieldpost demo

# Figures: idle cost of server and agent, grid and diff times.
bench:
    cargo bench --locked -p fieldpost-tests
