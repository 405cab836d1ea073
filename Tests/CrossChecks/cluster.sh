#!/usr/bin/env bash
# A batch in parts under Slurm, GNU parallel and Snakemake: nodes lost in the middle, every file compared with one run
# over all. For root on Debian or Ubuntu; what cannot be had is named and left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh

debian_packages slurmctld slurmd slurm-client munge parallel
build_collagan
python_environment requirements.txt
python_environment requirements-cluster.txt || true
exec "$python" Tests/CrossChecks/cluster.py "$@"
