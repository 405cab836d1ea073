#!/usr/bin/env bash
# Times collagan beside other runtimes on this machine and writes docs/benchmarks/speed.{json,md,svg}; --help lists the
# options. A CPU build of PyTorch is enough; COLLAGAN_VENV can name an environment that holds one.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
build_collagan
python_environment requirements-speed.txt
exec "$python" Tests/CrossChecks/compare_speed.py "$@"
