#!/usr/bin/env bash
# The main job on the sample patients: imputes the missing FLAIR, evaluates all four contrasts, prints the scores.
set -euo pipefail
cd "$(dirname "$0")/.."
. Pipelines/setup.sh
collagan_setup
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! swift build -c release --product collagan >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "collagan: the build failed; its last lines stand above" >&2
    exit 2
fi
tail -n 1 "$log"
collagan=$(swift build -c release --show-bin-path)/collagan
out=${1:-collagan-out}

echo
echo "== impute: the FLAIR that the two patients in SampleData/missing-flair lack"
"$collagan" impute SampleData/missing-flair --out "$out/impute"
echo
echo "== evaluate: each contrast of the two patients in SampleData/complete hidden in turn"
"$collagan" evaluate SampleData/complete --out "$out/evaluate"
echo
echo "Imputed FLAIR:      $out/impute/patient26/patient26_FLAIR_imputed.nii.gz (and of TCIA01_378)"
echo "Report on it:       $out/impute/patient26/report.html"
echo "Evaluation report:  $out/evaluate/report.html"
echo "What each adds:     $out/evaluate/subsets.html"
