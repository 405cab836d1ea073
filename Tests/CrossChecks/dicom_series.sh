#!/usr/bin/env bash
# DICOM in and out, beside pydicom and dcm2niix: dicom_series.py says what it does. dcm2niix is Debian's.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
build_collagan
python_environment requirements-dicom.txt
exec "$python" Tests/CrossChecks/dicom_series.py "$@"
