#!/usr/bin/env bash
# Brain masks beside those of deepbet in PyTorch, and beside given masks: brain_masks.py says what it does. The package
# is installed without what its window needs.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
swift build -c release --product brain-trial >&2
BRAIN_TRIAL="${BRAIN_TRIAL:-$(swift build -c release --show-bin-path)/brain-trial}"
export BRAIN_TRIAL
python_environment requirements-brain.txt
"$python" -m pip install --quiet --disable-pip-version-check --no-deps deepbet==1.0.2
exec "$python" Tests/CrossChecks/brain_masks.py "$@"
