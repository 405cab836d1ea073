#!/usr/bin/env bash
# Seconds and memory of finding 2,000 patients over 16 parts and of collecting 1,000 records. --help lists the options.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
build_collagan
python_environment requirements.txt
exec "$python" Tests/CrossChecks/parts.py "$@"
