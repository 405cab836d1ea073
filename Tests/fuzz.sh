#!/usr/bin/env bash
# Fuzzes the NIfTI reader under AddressSanitizer: Tests/fuzz.sh SECONDS [SEED].
# Inputs that show a fault are kept in .build-fuzz/faults; nifti-fuzz replay FILE shows one again.
set -euo pipefail
cd "$(dirname "$0")/.."
build=.build-fuzz
mkdir -p $build/faults
# Blocks that cannot be had are reported as such, as malloc does, instead of ending the program.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}
seconds=${1:?seconds}
swift build -c release --product nifti-fuzz --sanitize=address --scratch-path $build
exec "$(swift build -c release --product nifti-fuzz --sanitize=address --scratch-path $build \
    --show-bin-path)/nifti-fuzz" \
    --seconds "$seconds" --seed "${2:-1}" --faults $build/faults
