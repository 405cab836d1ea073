#!/usr/bin/env bash
# How far the tests' limits are from what other seeds and instruction sets give: Tests/spread.sh [SEEDS [BUILD_FOLDER]].
# A line for every limit: its distance from the largest value as a factor, name, limit, largest value with each set.
# Ends with 1 where a factor is less than 2 or a test failed.
set -euo pipefail
cd "$(dirname "$0")/.."
seeds=${1:-10}
build=(-c release --scratch-path "${2:-.build}")
# The tests that hand their limits to Spread.
limited='OperationTests|TapeTests/passes|AdamTests/follows|GoldenTests|TrainerTests/aModel|ObjectiveTests/.*Differences'
limited="$limited|SkipTests/training|ImputerTests/agrees|LayerTests/.*Twin|NetworkTests/everyPart"
values=$(mktemp)
failed=0
trap 'rm -f "$values"' EXIT
swift build "${build[@]}" --build-tests >&2
collagan=$(swift build "${build[@]}" --show-bin-path)/collagan
for isa in avx512 avx2 baseline; do
    COLLAGAN_ISA=$isa "$collagan" --version >/dev/null 2>&1 || continue
    for seed in $(seq 0 "$((seeds - 1))"); do
        if ! COLLAGAN_ISA=$isa COLLAGAN_TEST_SEED=$seed COLLAGAN_TEST_SPREAD=$values \
            swift test "${build[@]}" --skip-build --disable-xctest --filter "$limited" >/dev/null 2>&1; then
            echo "seed $seed, $isa: a test failed" >&2
            failed=1
        fi
    done
done
awk -F '\t' '
    {
        limit[$1] = $4; sets[$2]; runs[$1]++
        if (!(($1, $2) in most) || $3 > most[$1, $2]) most[$1, $2] = $3
        if ($3 > all[$1]) all[$1] = $3
    }
    END {
        for (name in limit) {
            line = name ": limit " limit[name] ", largest"
            for (set in sets) if ((name, set) in most) line = line sprintf(" %s %.3g", set, most[name, set])
            factor = all[name] > 0 ? limit[name] / all[name] : 999
            printf "%7.2f  %s, %d values\n", factor, line, runs[name]
            if (factor < 2) narrow = 1
        }
        exit narrow || NR == 0
    }' "$values" | sort -n || failed=1
exit $failed
