#!/usr/bin/env bash
# One training on several processes: Open MPI, MPICH and, where cluster.sh has installed it, Slurm; stopped, killed, hung and resumed
# on other numbers of ranks: always the bits of one process. For Debian or Ubuntu; what cannot be had is named and left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh

packages=(openmpi-bin mpich)
# Debian's Slurm loads PMIx by the name that this package brings.
if command -v slurmctld >/dev/null; then packages+=(libpmix-dev); fi
missing=()
for package in "${packages[@]}"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
    { [ "$(id -u)" -eq 0 ] && apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >&2 ||
        echo "distributed.sh: not to be had here: ${missing[*]}" >&2
fi
build_collagan
python_environment requirements.txt
exec "$python" Tests/CrossChecks/distributed.py "$@"
