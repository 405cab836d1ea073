#!/usr/bin/env bash
# Memory over time, the network's share of the time and the overhead per patient of a batch; writes docs/benchmarks/batch.{md,svg}. --help lists the options.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build -c release --product collagan >&2
export COLLAGAN="${COLLAGAN:-$(swift build -c release --show-bin-path)/collagan}"
environment=${COLLAGAN_VENV:-.venv}
if ! [ -x "$environment/bin/python" ]; then python3 -m venv "$environment"; fi
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r Tests/CrossChecks/requirements.txt
exec "$environment/bin/python" Tests/CrossChecks/batch_memory.py "$@"
