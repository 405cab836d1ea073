#!/usr/bin/env bash
# The registration on real heads against known answers: registration.py says what it does.
# elastix is Debian's, greedy PyPI's.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh
swift build -c release --product registration-trial >&2
REGISTRATION_TRIAL="${REGISTRATION_TRIAL:-$(swift build -c release --show-bin-path)/registration-trial}"
export REGISTRATION_TRIAL
python_environment requirements-registration.txt
exec "$python" Tests/CrossChecks/registration.py "$@"
