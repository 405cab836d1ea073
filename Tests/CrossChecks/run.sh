#!/usr/bin/env bash
# Cross-checks of what the built program writes against Python peers (nibabel, NumPy, scikit-image; piq, torchmetrics
# and inpainting for scores; onnxruntime, OpenVINO and PyTorch for the exported generator; the BIDS validator and
# boutiques for the BIDS App; the comparison of methods), in a virtual environment of their own.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
binaries=$(swift build -c release --show-bin-path)
export COLLAGAN="$binaries/collagan" NIFTI_FUZZ="$binaries/nifti-fuzz"
python_environment requirements.txt requirements-metrics.txt requirements-exchange.txt requirements-bids.txt
"$python" Tests/CrossChecks/nibabel_images.py
"$python" Tests/CrossChecks/image_metrics.py
"$python" Tests/CrossChecks/exchange.py
"$python" Tests/CrossChecks/bids_app.py
"$python" Tests/CrossChecks/comparison.py
exec "$python" Tests/CrossChecks/cross_checks.py
