#!/usr/bin/env bash
# Completes the contrasts of a folder of patients (any layout), with the program, jq and awk:
#
#     complete_patients.sh PATIENTS OUT [OPTIONS OF collagan impute, but --prepare, --part and --participants]
#
# OUT/complete/PATIENT   a link for every file: T1.nii.gz, T1Gd.nii.gz, … brainmask.nii.gz, acquired or imputed
# OUT/synthetic.tsv      a line for each that is not acquired: report such patients apart
# OUT/failed.tsv         patients that are left out, and why
# OUT/imputed            what the program writes, with its reports
#
# Raw scans are prepared first (collagan prepare). Called again, it does what is missing. Exit status: 0; 1 if patients
# failed; else that of the program, whose one line says why, and OUT/complete and the tables are as they were. COLLAGAN:
# the program, if it is not on the PATH. Names of patients may not hold tabs, commas and backslashes.
set -euo pipefail
refuse() { echo "complete_patients.sh: $1" >&2; exit 2; }
[ $# -ge 2 ] || refuse "give the folder of patients and one for the results"
command -v jq >/dev/null || refuse "jq is not there; install it (apt-get install jq)"
patients=$1 out=$2 run=$2/imputed/run.json
shift 2
for option in "$@"; do
    case $option in
        --prepare | --dicom | --part* | --participant*)
            refuse "$option does not go here; prepare raw scans first: collagan prepare" ;;
    esac
done
[ ! -e "$out/complete" ] || [ -e "$out/synthetic.tsv" ] ||
    refuse "$out/complete is not of an earlier call; give another folder"

# Status 1 means that some patients failed and the others are done: no reason to stop.
impute() {
    local status=0
    "${COLLAGAN:-collagan}" impute "$patients" --out "$out/imputed" "$@" || status=$?
    [ "$status" -eq 1 ] || return "$status"
}
plan=$(impute "$@" --plan --json) # which file is which contrast, and that it can start
impute "$@" --quiet

new=$(mktemp -d "$out/.complete.XXXXXX")
trap 'rm -rf "$new"' EXIT
mkdir "$new/complete"
jq -r '.patients[] | select(.status == "failed") | [.name, .reason] | @tsv' "$run" >"$new/failed.tsv"
# Each patient's record names the images that were made, with the warnings about them.
printf 'patient\tcontrast\tfile\tmodel_sha256\twarnings\n' >"$new/synthetic.tsv"
jq -r '.patients[] | select(.status != "failed") | .files[]? | select(endswith("/metrics.json"))' "$run" |
    while IFS= read -r record; do
        jq -r '.patient as $patient | .model.sha256 as $model | (.warnings // []) as $warnings
            | .contrasts | to_entries[]
            | [$patient, .key, .value.file, $model, ($warnings + (.value.warnings // []) | join("; "))] | @tsv' \
            "$out/imputed/$record"
    done >>"$new/synthetic.tsv"

link() { # PATIENT ROLE FILE
    mkdir -p "$new/complete/$1"
    ln -s "$(realpath "$3")" "$new/complete/$1/$2.nii${3##*.nii}"
}
jq -r --slurpfile run "$run" '($run[0].patients | map({(.name): .status}) | add) as $status | .patients[]
    | select($status[.name] // "failed" | . == "done" or . == "skipped")
    | .name as $name | .files[] | [$name, .role, .path] | @tsv' <<<"$plan" |
    while IFS=$'\t' read -r patient role file; do link "$patient" "$role" "$file"; done
while IFS=$'\t' read -r patient contrast file _; do
    link "$patient" "$contrast" "$out/imputed/$file"
done < <(tail -n +2 "$new/synthetic.tsv")

rm -rf "$out/complete"
mv "$new/synthetic.tsv" "$new/failed.tsv" "$new/complete" "$out/"

echo "$(($(wc -l <"$out/synthetic.tsv") - 1)) images imputed." \
    "Look at these first (self-check's NMSE, patient, contrast):"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
    { print $column["self_check_nmse"] "\t" $column["patient"] "\t" $column["contrast"] }' "$out/imputed/metrics.csv" |
    sort -rg | sed -n 1,10p
if [ -s "$out/failed.tsv" ]; then
    echo "failed, and why:" && cat "$out/failed.tsv"
    exit 1
fi >&2
