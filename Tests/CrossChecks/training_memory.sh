#!/usr/bin/env bash
# Peak memory of a training with 10, 100 and 300 generated patients; writes docs/benchmarks/training-memory.{md,svg}.
# --help lists the options.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
build_collagan
python_environment requirements.txt
exec "$python" Tests/CrossChecks/training_memory.py "$@"
