#!/usr/bin/env bash
# Memory over time, the network's share of the time and the overhead per patient of a batch; writes
# docs/benchmarks/batch.{md,svg}. --help lists the options.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
build_collagan
python_environment requirements.txt
exec "$python" Tests/CrossChecks/batch_memory.py "$@"
