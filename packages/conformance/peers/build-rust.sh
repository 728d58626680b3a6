#!/usr/bin/env bash
# build-rust.sh DIR: builds the filter in Rust below DIR, and prints the module's path.
# Debian 12: apt-get install rustc-web cargo-web rust-web-src lld-19 wasi-libc
set -euo pipefail
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/rust
mkdir -p "$1"
out=$(cd "$1" && pwd)
# Debian has no Rust standard library for this target: it is built from its sources, for which stable Rust has to be told that it may.
export RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc CARGO_TARGET_DIR=$out CARGO_TARGET_WASM32_WASIP1_LINKER=/usr/bin/wasm-ld-19
export CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="-C link-self-contained=no -L native=/usr/lib/wasm32-wasi"
/usr/bin/cargo build --manifest-path "$sources/Cargo.toml" --locked --release --target wasm32-wasip1 -Zbuild-std=std,panic_abort >&2
echo "$out/wasm32-wasip1/release/ext_authz.wasm"
