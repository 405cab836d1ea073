#!/usr/bin/env bash
# Step times of a training on ranks, over shared memory and limited networks;
# writes docs/benchmarks/scale.{json,svg}. For root.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
debian_packages openmpi-bin iproute2
build_collagan
python_environment requirements.txt
exec "$python" Tests/CrossChecks/ranks.py "$@"
