#!/usr/bin/env bash
# build.sh DIR: builds the plugin below DIR, and prints the module's path. The same bytes in any folder, given the same tools.
# Debian 12: apt-get install rustc-web cargo-web rust-web-src clang-19 lld-19 llvm-19 libclang1-19 wasi-libc
set -euo pipefail
sources=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
if [[ $out =~ [[:space:]] ]]; then
  echo "$out: white space in the path splits the C compiler's flags, choose a folder without" >&2
  exit 2
fi
cp -r "$sources"/{Cargo.toml,Cargo.lock,src,before-quickjs.h} "$out"

# The crate that compiles QuickJS downloads a WASI SDK unless it is shown one: Debian's parts, laid out as it expects them.
sdk=$out/wasi-sdk
sysroot=$sdk/share/wasi-sysroot
mkdir -p "$sdk/bin" "$sysroot/include" "$sysroot/lib"
ln -sfn /usr/bin/clang-19 "$sdk/bin/clang"
ln -sfn /usr/bin/llvm-ar-19 "$sdk/bin/ar"
for target in wasm32-wasi wasm32-wasip1; do
  ln -sfn /usr/include/wasm32-wasi "$sysroot/include/$target"
  ln -sfn /usr/lib/wasm32-wasi "$sysroot/lib/$target"
done

# Debian has no Rust standard library for this target: it is built from its sources, for which stable Rust has to be told that it may.
# The crt1-reactor object brings _initialize, which runs constructors; wizer calls it.
export RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc WASI_SDK=$sdk LIBCLANG_PATH=/usr/lib/llvm-19/lib CARGO_TARGET_DIR=$out/target
export CFLAGS_wasm32_wasip1="-include $out/before-quickjs.h"
export CARGO_TARGET_WASM32_WASIP1_LINKER=/usr/bin/wasm-ld-19
flags=(
  "-C link-self-contained=no"
  "-L native=/usr/lib/wasm32-wasi"
  "-C link-arg=/usr/lib/wasm32-wasi/crt1-reactor.o"
  "-C link-arg=--export=_initialize"
  "-C link-arg=--export=malloc"
  "-C link-arg=-zstack-size=262144"
)
export CARGO_TARGET_WASM32_WASIP1_RUSTFLAGS="${flags[*]}"
cd "$out"
/usr/bin/cargo build --locked --release --target wasm32-wasip1 -Zbuild-std=std,panic_abort \
  -Ztrim-paths --config 'profile.release.trim-paths="all"' >&2
echo "$out/target/wasm32-wasip1/release/filter_javy_plugin.wasm"
