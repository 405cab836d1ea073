#!/usr/bin/env bash
# Trains every method on the same patients for the same time, and once more for the same number of steps, evaluates all on the same test
# patients, and writes table and page (docs/benchmarks/methods.md):
#
#     Pipelines/comparison.sh TRAINING_PATIENTS TEST_PATIENTS OUT [MINUTES [STEPS]]
#
# MINUTES of training for each method (default 60), STEPS for the second table (default: none). Run again, it goes on where it stopped.
set -euo pipefail
[ $# -ge 3 ] || { echo "usage: $0 TRAINING_PATIENTS TEST_PATIENTS OUT [MINUTES [STEPS]]" >&2; exit 64; }
training=$(realpath "$1") tests=$(realpath "$2") out=$(realpath -m "$3")
cd "$(dirname "$0")/.."
minutes=${4:-60} steps=${5:-0}
collagan=${COLLAGAN:-$(swift build -c release --show-bin-path)/collagan}
export COLLAGAN=$collagan
# What a comparison is of: another one needs another folder.
asked="$training $tests $minutes minutes $steps steps"
mkdir -p "$out"
[ -e "$out/asked" ] || echo "$asked" >"$out/asked"
if [ "$(cat "$out/asked")" != "$asked" ]; then
    echo "$out: holds a comparison of $(cat "$out/asked"); give another OUT" >&2
    exit 1
fi
methods=${METHODS:-compact paper-small stargan-small cyclegan-small pix2pix-small}

# run FOLDER METHOD STEPS: trains and evaluates, unless that has been done.
run() {
    local folder=$1 method=$2 count=$3 classifier=0
    mkdir -p "$folder"
    # Of all steps a tenth teaches the classifier, where the method begins with it.
    ! grep -q '^classifierFirstSteps:' "Pipelines/$method.yaml" || classifier=$((count / 10))
    sed -e "s/^classifierFirstSteps: .*/classifierFirstSteps: $classifier/" \
        -e "s/^steps: .*/steps: $((count - classifier))/" "Pipelines/$method.yaml" >"$folder/wanted.yaml"
    [ -e "$folder/training.yaml" ] || mv "$folder/wanted.yaml" "$folder/training.yaml"
    if [ -e "$folder/wanted.yaml" ] && ! cmp -s "$folder/wanted.yaml" "$folder/training.yaml"; then
        echo "$folder: was trained by another configuration ($folder/wanted.yaml is the present one); take another OUT" >&2
        exit 1
    fi
    rm -f "$folder/wanted.yaml"
    if [ ! -e "$folder/evaluated" ]; then
        "$collagan" train "$training" --config "$folder/training.yaml" --out "$folder/train" --cache "$out/cache" --resume
        "$collagan" evaluate "$tests" --model "$folder/train/model.safetensors" --out "$folder/evaluate"
        "$collagan" model info "$folder/train/model.safetensors" --json >"$folder/model.json"
        touch "$folder/evaluated"
    fi
}

# speed METHOD: steps per second, from a short training.
speed() {
    local folder="$out/speed/$1" lines
    if [ ! -e "$folder/speed" ]; then
        mkdir -p "$folder"
        sed -e 's/^classifierFirstSteps: .*/classifierFirstSteps: 0/' -e 's/^steps: .*/steps: 60/' \
            "Pipelines/$1.yaml" >"$folder/training.yaml"
        "$collagan" train "$training" --config "$folder/training.yaml" --out "$folder/train" --cache "$out/cache" --overwrite >&2
        # The last of its reports, every 20 steps: the first holds what is done once.
        lines=$(grep -o '"stepsPerSecond":[0-9.]*' "$folder/train/training.jsonl" | tail -n 1)
        echo "${lines#*:}" >"$folder/speed"
    fi
    cat "$folder/speed"
}

for method in $methods; do
    rate=$(speed "$method")
    count=$(awk -v rate="$rate" -v minutes="$minutes" 'BEGIN { steps = int(rate * minutes * 60); print steps < 1 ? 1 : steps }')
    echo "== $method: $count steps, $minutes minutes at $rate steps a second"
    run "$out/minutes/$method" "$method" "$count"
    if [ "$steps" -gt 0 ]; then
        echo "== $method: $steps steps"
        run "$out/steps/$method" "$method" "$steps"
    fi
done
python3 Pipelines/comparison.py "$tests" "$out" "$minutes" "$steps" $methods
