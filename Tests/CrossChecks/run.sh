#!/usr/bin/env bash
# Cross-checks of what the built program writes against Python peers (nibabel, NumPy, scikit-image), in a virtual environment of their own.
set -euo pipefail
cd "$(dirname "$0")/../.."
binaries=$(swift build -c release --show-bin-path)
export COLLAGAN="$binaries/collagan" NIFTI_FUZZ="$binaries/nifti-fuzz"
environment=${COLLAGAN_VENV:-.venv}
if ! [ -x "$environment/bin/python" ]; then python3 -m venv "$environment"; fi
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r Tests/CrossChecks/requirements.txt
"$environment/bin/python" Tests/CrossChecks/nibabel_images.py
exec "$environment/bin/python" Tests/CrossChecks/cross_checks.py
