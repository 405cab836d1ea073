#!/usr/bin/env bash
# All set-up and all tests: format, build without warnings, nothing in the program that chooses its arithmetic by
# processor, unit and command-line tests, the engine's again with every other instruction set that this processor
# has, bfloat16 also emulated, 500,000 damaged files for the NIfTI reader, checks against Python peers, DICOM
# beside pydicom and dcm2niix, packages installed where there is no Swift, batches in parts on a cluster of two
# nodes, trainings over MPI.
set -euo pipefail
cd "$(dirname "$0")/.."
. Pipelines/setup.sh
collagan_setup
collagan_short_paths

step() {
    local name=$1 log began=$SECONDS
    shift
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        echo "ok    $name ($((SECONDS - began)) s)"
        grep '^skipped: ' "$log" || true
        [[ $name != tests* ]] || grep -E "^.{0,4}(Test run with|Suite .* failed)" "$log" || true
    else
        echo "FAIL  $name ($((SECONDS - began)) s)"
        grep "✘" "$log" | head -n 40 || true
        tail -n 80 "$log"
        rm -f "$log"
        exit 1
    fi
    rm -f "$log"
}

step format swift format lint --strict --recursive Sources Tests Package.swift
step build swift build -c release --build-tests
step "processor independence" Tests/processor_independence.sh
step tests swift test -c release --skip-build --disable-xctest
collagan=$(swift build -c release --show-bin-path)/collagan
used=${COLLAGAN_ISA:-}
for isa in avx512 avx2 baseline; do # best first, so that the first that is not refused is the one used so far
    COLLAGAN_ISA=$isa "$collagan" --version >/dev/null 2>&1 || continue
    [ "${used:=$isa}" != "$isa" ] || continue
    step "tests $isa" env COLLAGAN_ISA="$isa" \
        swift test -c release --skip-build --disable-xctest \
        --filter '^(TensorsTests|NeuralNetTests|CollaGANTests|BrainExtractionTests)[./]'
done
if [ "${used:-}" != emulated ]; then
    step "tests emulated" env COLLAGAN_ISA=emulated \
        swift test -c release --skip-build --disable-xctest \
        --filter '(PairProductTests|BFloat16Tests|InstructionSetTests)[./]'
fi
step fuzzing "${collagan%/*}/nifti-fuzz" --iterations 500000 --seed 1 --memory 256 --faults .build/fuzz-faults
if [ "${CI:-}" = true ] || [ "${1:-}" = --cross-checks ]; then
    step cross-checks Tests/CrossChecks/run.sh
    step DICOM Tests/CrossChecks/dicom_series.sh
    step packages env COLLAGAN="$collagan" Tests/Packaging/run.sh
    step cluster Tests/CrossChecks/cluster.sh
    step distributed Tests/CrossChecks/distributed.sh
fi
