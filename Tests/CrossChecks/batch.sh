#!/usr/bin/env bash
# A messy batch on small pieces of real patients: broken patients, kills, a file system that fills up. --help lists the options.
set -euo pipefail
cd "$(dirname "$0")/../.."
swift build -c release --product collagan >&2
export COLLAGAN="$(swift build -c release --show-bin-path)/collagan"
environment=${COLLAGAN_VENV:-.venv}
if ! [ -x "$environment/bin/python" ]; then python3 -m venv "$environment"; fi
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r Tests/CrossChecks/requirements.txt
exec "$environment/bin/python" Tests/CrossChecks/batch.py "$@"
