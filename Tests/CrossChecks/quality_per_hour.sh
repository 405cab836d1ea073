#!/usr/bin/env bash
# Trains with collagan and with PyTorch for the same time and writes docs/benchmarks/quality.{json,md,svg}; --help lists the options.
# A CPU build of PyTorch is enough; COLLAGAN_VENV can name an environment that holds one.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build -c release --product collagan >&2
export COLLAGAN="$(swift build -c release --show-bin-path)/collagan"
environment=${COLLAGAN_VENV:-.venv}
if ! [ -x "$environment/bin/python" ]; then python3 -m venv "$environment"; fi
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r Tests/CrossChecks/requirements.txt -r Tests/CrossChecks/requirements-speed.txt
exec "$environment/bin/python" Tests/CrossChecks/quality_per_hour.py "$@"
