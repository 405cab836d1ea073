#!/usr/bin/env bash
# A batch in parts under Slurm, GNU parallel and Snakemake: nodes lost in the middle, every file compared with one run over all. For
# root on Debian or Ubuntu; what cannot be had is named and left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh

packages=(slurmctld slurmd slurm-client munge parallel)
missing=()
for package in "${packages[@]}"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    { [ "$(id -u)" -eq 0 ] && apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >&2 ||
        echo "cluster.sh: not to be had here: ${missing[*]}" >&2
fi
build_collagan
python_environment requirements.txt
python_environment requirements-cluster.txt || true
exec "$python" Tests/CrossChecks/cluster.py "$@"
