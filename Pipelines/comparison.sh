#!/usr/bin/env bash
# Trains every method on the same patients for the same time, and once more for the same number of steps, evaluates all
# on the same test patients, and writes table and page (docs/benchmarks/methods.md):
#
#     Pipelines/comparison.sh [options] TRAINING_PATIENTS TEST_PATIENTS OUT
#
#     --minutes N    of training for each method (60), given as the steps that a quiet machine makes in them
#     --steps N      for the second table (none)
#     --threads N    of everything (the processors' number)
#     --measure N    seconds for which each method's speed is measured (60)
#     --cache DIR    of prepared patients, which other trainings may share (OUT/cache)
#     --busy         accept speeds that were measured beside other work
#     --speeds-only  stop once speeds are measured
#
# Speeds come first and need a quiet machine; all else may be interrupted, run beside other work and be run again: it
# goes on where it stopped, to the same models.
set -euo pipefail
usage() {
    sed -n '5,13s/^# \{0,1\}//p' "$0" >&2
    exit 64
}
minutes=60 steps=0 threads=$(nproc) measure=60 cache='' busy='' speeds_only=''
while [[ ${1:-} == --* ]]; do
    case $1 in
    --minutes | --steps | --threads | --measure)
        [[ ${2:-} =~ ^[0-9]+$ ]] || usage
        printf -v "${1#--}" '%s' "$2"
        shift
        ;;
    --cache)
        cache=$(realpath -m "${2:?--cache needs a folder}")
        shift
        ;;
    --busy) busy=--busy ;;
    --speeds-only) speeds_only=yes ;;
    *) usage ;;
    esac
    shift
done
[ $# -eq 3 ] || usage
training=$(realpath "$1") tests=$(realpath "$2") out=$(realpath -m "$3")
cache=${cache:-$out/cache}
case ${COLLAGAN:-} in
*/*) COLLAGAN=$(realpath -m "$COLLAGAN") ;;
esac
cd "$(dirname "$0")/.."
[ -n "${COLLAGAN:-}" ] || COLLAGAN=$(swift build -c release --show-bin-path)/collagan
command -v "$COLLAGAN" >/dev/null ||
    { echo "comparison.sh: there is no program $COLLAGAN; build it, or let COLLAGAN name it" >&2; exit 1; }
export COLLAGAN
methods=${METHODS:-compact paper-small stargan-small cyclegan-small pix2pix-small}
# What a comparison is of: another one needs another folder.
asked="$training $tests $minutes minutes $steps steps $threads threads"
mkdir -p "$out"
[ -e "$out/asked" ] || echo "$asked" >"$out/asked"
if [ "$(cat "$out/asked")" != "$asked" ]; then
    echo "$out: holds a comparison of $(cat "$out/asked"); give another OUT" >&2
    exit 1
fi

# whole_or_in_part ARGUMENTS: of the program, which ends with 1 where some patients were of no use:
# the comparison is of the others.
whole_or_in_part() {
    "$COLLAGAN" "$@" || [ $? -eq 1 ]
}

# run FOLDER METHOD STEPS: trains and evaluates, unless that has been done.
run() {
    local folder=$1 method=$2 count=$3
    mkdir -p "$folder"
    python3 Pipelines/comparison/speed.py configuration "Pipelines/$method.yaml" "$out/speeds/$method.json" "$count" \
        >"$folder/wanted.yaml"
    [ -e "$folder/training.yaml" ] || mv "$folder/wanted.yaml" "$folder/training.yaml"
    if [ -e "$folder/wanted.yaml" ] && ! cmp -s "$folder/wanted.yaml" "$folder/training.yaml"; then
        echo "$folder: was trained by another configuration ($folder/wanted.yaml is the present one);" \
            "take another OUT" >&2
        exit 1
    fi
    rm -f "$folder/wanted.yaml"
    [ ! -e "$folder/evaluated" ] || return 0
    whole_or_in_part train "$training" --config "$folder/training.yaml" --out "$folder/train" --cache "$cache" \
        --resume --threads "$threads" --json >"$folder/train.json"
    grep -q '"finished" *: *true' "$folder/train.json" ||
        { echo "$folder: the training did not get to its end" >&2; exit 1; }
    whole_or_in_part evaluate "$tests" --model "$folder/train/model.safetensors" --out "$folder/evaluate" \
        --threads "$threads"
    touch "$folder/evaluated"
}

# A function, so that bash has read all of this file before the hours begin.
compare() {
    for method in $methods; do
        python3 Pipelines/comparison/speed.py measure "Pipelines/$method.yaml" "$out/speeds/$method.json" "$training" \
            "$cache" "$threads" "$measure" $busy
    done
    [ -z "$speeds_only" ] || return 0
    for method in $methods; do
        count=$(python3 Pipelines/comparison/speed.py steps "$out/speeds/$method.json" "$minutes")
        echo "== $method: $count steps, what $minutes minutes give"
        run "$out/minutes/$method" "$method" "$count"
        if [ "$steps" -gt 0 ]; then
            echo "== $method: $steps steps"
            run "$out/steps/$method" "$method" "$steps"
        fi
    done
    for model in "$out"/{minutes,steps}/*/train/model.safetensors; do
        [ ! -e "$model" ] || "$COLLAGAN" model info "$model" --json >"${model%/train/*}/model.json"
    done
    python3 Pipelines/comparison/page.py "$tests" "$out" "$minutes" "$steps" $methods
}
compare
exit
