#!/usr/bin/env bash
# Trains with collagan and with PyTorch for the same time and writes docs/benchmarks/quality.{json,md,svg}; --help lists
# the options. A CPU build of PyTorch is enough; COLLAGAN_VENV can name an environment that holds one.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
build_collagan
python_environment requirements.txt requirements-speed.txt
exec "$python" Tests/CrossChecks/quality_per_hour.py "$@"
