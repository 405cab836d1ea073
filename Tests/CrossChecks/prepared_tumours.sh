#!/usr/bin/env bash
# Tumour patients moved by known motions and given back: prepared_tumours.py says what it does.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
build_collagan
python_environment requirements-registration.txt
exec "$python" Tests/CrossChecks/prepared_tumours.py "$@"
