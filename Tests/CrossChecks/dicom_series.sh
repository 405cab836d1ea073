#!/usr/bin/env bash
# DICOM in and out, beside pydicom and dcm2niix: dicom_series.py says what it does. dcm2niix is Debian's. Without
# arguments a raw session beside the project is taken; where there is none, nothing is checked, and that is said.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
session=../shared/data/openms_raw/patient01_study1
if [ $# = 0 ]; then
    [ -d "$session" ] || { echo "skipped: no raw session at $session"; exit 0; }
    set -- --raw "$session"
fi
build_collagan
python_environment requirements-dicom.txt
exec "$python" Tests/CrossChecks/dicom_series.py "$@"
