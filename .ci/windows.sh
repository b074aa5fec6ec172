#!/usr/bin/env bash
# Builds for 64-bit Windows, and runs under Wine what Wine can show. docs/windows.md tells how.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage="usage: .ci/windows.sh install | available | cargo ARGUMENT… | wine PROGRAM ARGUMENT… | test"
target=x86_64-pc-windows-gnu
work=$PWD/target/windows
packages=(rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64-win32 wine64)
# By their paths: another toolchain may come first on the way that names are looked up.
rustc=/usr/bin/rustc
cargo=/usr/bin/cargo
gcc=x86_64-w64-mingw32-gcc
wine=/usr/lib/wine/wine64
wineserver=/usr/lib/wine/wineserver64
debug=-all

available() {
    local missing=0 tool
    for tool in $rustc $cargo $gcc $wine $wineserver; do
        command -v $tool >/dev/null || { echo "$tool is not there" && missing=1; }
    done
    [[ -d /usr/lib/rustlib/src ]] || { echo "the source of the standard library is not there" && missing=1; }
    return $missing
}

# Builds the standard library for the target; a newer compiler builds it anew.
sysroot() {
    local stamp lib=$work/sysroot/lib/rustlib
    stamp=$work/sysroot/$($rustc --version | tr -c 'a-z0-9.\n' -)
    [[ -e $stamp ]] && return
    rm -rf "$work/sysroot" "$work/std"
    mkdir -p "$work/std/src" "$lib/$target/lib"
    : >"$work/std/src/lib.rs"
    cat >"$work/std/Cargo.toml" <<-'MANIFEST'
	[package]
	name = "sysroot"
	version = "0.0.0"
	edition = "2024"
	[workspace]
	MANIFEST
    (
        cd "$work/std"
        export RUSTC=$rustc RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$work/std/target
        export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$gcc
        export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS=-Cembed-bitcode=yes
        $cargo build --release --target $target -Z build-std=std,panic_unwind,test
    )
    cp "$work/std/target/$target/release/deps/"lib*.rlib "$lib/$target/lib/"
    ln -s /usr/lib/rustlib/x86_64-unknown-linux-gnu "$lib/x86_64-unknown-linux-gnu"
    rm -rf "$work/std"
    touch "$stamp"
}

# Runs cargo for the target, in a folder of its own.
build() {
    sysroot
    export RUSTC=$rustc CARGO_TARGET_DIR=$work CARGO_BUILD_TARGET=$target
    export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$gcc
    export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER="$PWD/.ci/windows.sh wine"
    export CARGO_ENCODED_RUSTFLAGS=--sysroot$'\x1f'$work/sysroot$'\x1f'-Dwarnings
    $cargo "$@"
}

# Makes a Windows machine to copy from.
machine() {
    local machine=$work/machine
    [[ -e $machine/made ]] && return
    rm -rf "$machine"
    mkdir -p "$machine"
    in_machine "$machine" $wine wineboot -i
    # The standard library imports this, and Wine 8 does not have it.
    $gcc -shared -Os -x c -o "$machine/drive_c/windows/system32/bcryptprimitives.dll" - -ladvapi32 <<-'SOURCE'
	#include <windows.h>
	BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
	__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE bytes, SIZE_T length) {
	    return SystemFunction036(bytes, (ULONG)length);
	}
	SOURCE
    in_machine "$machine" $wine winecfg -v win10
    in_machine "$machine" $wineserver -k || true
    in_machine "$machine" $wineserver -w
    touch "$machine/made"
}

in_machine() {
    env -u DISPLAY WINEPREFIX="$1" WINEDEBUG=$debug WINEDLLOVERRIDES="mscoree,mshtml=" "${@:2}"
}

# Runs a program on a new machine, which is gone afterwards. Now and then Wine fails to start one, or
# ends before the program has printed a word; that is tried again, and what Wine says of it is shown.
wine() {
    machine
    local try scratch printed status
    for try in 1 2 3; do
        status=1
        scratch=$(mktemp -d "$work/machine.XXXXXX")
        cp -a "$work/machine/." "$scratch"
        # What the start of the system writes is written before the program looks.
        if in_machine "$scratch" $wine wineboot; then
            status=0
            in_machine "$scratch" $wine "$@" | tee "$scratch.out" || status=$?
        else
            : >"$scratch.out"
        fi
        in_machine "$scratch" $wineserver -k || true
        in_machine "$scratch" $wineserver -w || true
        printed=0
        [[ -s $scratch.out ]] && printed=1
        rm -rf "$scratch" "$scratch.out"
        ((status == 0 || printed)) && return $status
        echo "Wine did not run $1 (try $try)" >&2
        debug=err+all
    done
    return $status
}

case ${1-} in
install)
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}"
    ;;
available) available ;;
cargo) build "${@:2}" ;;
wine) wine "${@:2}" ;;
test)
    machine
    build test --locked --profile windows -p staunch-machine --test conformance
    build test --locked --profile windows -p staunch --test live
    ;;
*) echo "$usage" >&2 && exit 2 ;;
esac
