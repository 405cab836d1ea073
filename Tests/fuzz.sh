#!/usr/bin/env bash
# Fuzzes the NIfTI reader under AddressSanitizer: Tests/fuzz.sh SECONDS [SEED]. With --guided first, libFuzzer chooses the inputs by the code that they reach.
# Inputs that show a fault are kept in .build-fuzz/faults; nifti-fuzz replay FILE shows one again.
set -euo pipefail
cd "$(dirname "$0")/.."
build=.build-fuzz
mkdir -p $build/faults
# Blocks that cannot be had are reported as such, as malloc does, instead of ending the program.
export ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}
if [ "${1:-}" = --guided ]; then
    seconds=${2:?seconds}
    mkdir -p $build/guided/corpus
    checks=(-fsanitize=fuzzer-no-link,address)
    for source in header reader verify writer; do
        clang -O2 -g "${checks[@]}" -ISources/CNIfTI/include -c Sources/CNIfTI/$source.c -o $build/guided/$source.o
    done
    swift=(swiftc -O -g -swift-version 6 -parse-as-library -sanitize=fuzzer,address -I Sources/CNIfTI/include)
    "${swift[@]}" -emit-module -emit-module-path $build/guided/Volumes.swiftmodule -emit-object -wmo -module-name Volumes \
        -o $build/guided/Volumes.o $(find Sources/Volumes -name '*.swift')
    "${swift[@]}" -use-ld=lld -D LIBFUZZER -module-name ReaderFuzzing -I $build/guided Tests/ReaderFuzzing/*.swift $build/guided/*.o \
        -lnifti2 -lznz -lz -o $build/guided/reader
    swift build -c release --product nifti-fuzz >&2
    "$(swift build -c release --show-bin-path)/nifti-fuzz" seeds $build/guided/corpus
    exec $build/guided/reader -max_total_time="$seconds" -max_len=4096 -timeout=60 -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix=$build/faults/ $build/guided/corpus
fi
seconds=${1:?seconds}
swift build -c release --product nifti-fuzz --sanitize=address --scratch-path $build
exec "$(swift build -c release --product nifti-fuzz --sanitize=address --scratch-path $build --show-bin-path)/nifti-fuzz" \
    --seconds "$seconds" --seed "${2:-1}" --faults $build/faults
