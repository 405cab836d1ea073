#!/usr/bin/env bash
# How far the tests' limits are from what other seeds and instruction sets give: Tests/spread.sh [SEEDS].
# A line for every limit: name, limit, largest value with each set, limit ÷ largest. Ends with 1 where that is less than 2.
set -euo pipefail
cd "$(dirname "$0")/.."
seeds=${1:-10}
# The tests that hand their limits to Spread.
limited='OperationTests|TapeTests/passes|AdamTests/follows|GoldenTests|TrainerTests/aModel|ObjectiveTests/.*Differences|SkipTests/training|ImputerTests/agrees'
values=$(mktemp)
trap 'rm -f "$values"' EXIT
swift build -c release --build-tests
collagan=$(swift build -c release --show-bin-path)/collagan
for isa in avx512 avx2 baseline; do
    COLLAGAN_ISA=$isa "$collagan" --version >/dev/null 2>&1 || continue
    for seed in $(seq 0 "$((seeds - 1))"); do
        COLLAGAN_ISA=$isa COLLAGAN_TEST_SEED=$seed COLLAGAN_TEST_SPREAD=$values \
            swift test -c release --skip-build --disable-xctest \
            --filter "$limited" >/dev/null ||
            echo "seed $seed, $isa: a test failed" >&2
    done
done
awk -F '\t' '
    { limit[$1] = $4; sets[$2]; if (!(($1, $2) in most) || $3 > most[$1, $2]) most[$1, $2] = $3; if ($3 > all[$1]) all[$1] = $3; runs[$1]++ }
    END {
        for (name in limit) {
            line = name ": limit " limit[name] ", largest"
            for (set in sets) if ((name, set) in most) line = line sprintf(" %s %.3g", set, most[name, set])
            ratio = all[name] > 0 ? limit[name] / all[name] : 999
            printf "%s, margin %.1f, %d values\n", line, ratio, runs[name]
            if (ratio < 2) narrow = 1
        }
        exit narrow
    }' "$values" | sort
