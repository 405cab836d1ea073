#!/usr/bin/env bash
# A messy batch on small pieces of real patients: broken patients, kills, a file system that fills up.
# --help lists the options.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
build_collagan
python_environment requirements.txt
exec "$python" Tests/CrossChecks/batch.py "$@"
