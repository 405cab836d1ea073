#!/usr/bin/env bash
# One training on several processes: Open MPI, MPICH and, where cluster.sh has installed it, Slurm; stopped, killed,
# hung and resumed on other numbers of ranks: always the bits of one process. For Debian or Ubuntu; what cannot be had
# is named and left out.
# Newer libraries from PyPI, each in an environment of its own beside .venv: --pypi.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Tests/CrossChecks/environment.sh

packages=(openmpi-bin mpich)
# Debian's Slurm loads PMIx by the name that this package brings.
if command -v slurmctld >/dev/null; then packages+=(libpmix-dev); fi
debian_packages "${packages[@]}"
build_collagan
python_environment requirements.txt
prefixes=()
if [ "${1:-}" = --pypi ]; then
    shift
    for package in openmpi mpich impi-rt; do
        prefix=$(realpath -m "${COLLAGAN_VENV:-.venv}")-$package
        [ -d "$prefix" ] || python3 -m venv "$prefix"
        if "$prefix/bin/python" -m pip install --quiet --disable-pip-version-check "$package"; then
            prefixes+=("$prefix")
        else
            echo "distributed.sh: not to be had here: $package" >&2
        fi
    done
fi
exec "$python" Tests/CrossChecks/distributed.py "${prefixes[@]}" "$@"
