#!/usr/bin/env bash
# Makes the packages and installs each where there is no Swift and no -dev package: a minimal Debian in a folder.
# What they impute has to be the same bytes as the program's that was built here; then the Python package's tests,
# against the wheel.
#   Tests/Packaging/run.sh [FOLDER OF PACKAGES]
# COLLAGAN names a built program; DEBIAN_ROOT a folder that keeps the minimal Debian for the next time. Needs root.
set -euo pipefail
cd "$(dirname "$0")/../.."
. Pipelines/setup.sh
collagan_install_missing debootstrap
collagan_short_paths # Where all is compiled with them already, this does nothing, and nothing stops.
if [ -z "${COLLAGAN:-}" ]; then
    swift build -c release --product collagan >&2
    COLLAGAN=$(swift build -c release --show-bin-path)/collagan
fi
export COLLAGAN
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
packages=${1:-$work/packages}
root=${DEBIAN_ROOT:-$work/debian}
seconds() { echo "$1: $((SECONDS - began)) s"; began=$SECONDS; }
began=$SECONDS

Pipelines/package.sh "$packages"
seconds packages

# No package names the folder that it was built in.
mkdir -p "$work"/unpacked/{tarball,wheel,deb}
tar -xzf "$packages"/collagan-*.tar.gz -C "$work/unpacked/tarball"
python3 -m zipfile -e "$packages"/collagan-*.whl "$work/unpacked/wheel"
dpkg-deb -x "$packages"/collagan_*.deb "$work/unpacked/deb"
find "$work/unpacked" -name '*.gz' -exec gunzip -f {} +
found=0
LC_ALL=C grep -rlaP "(?<![\w.+/-])\Q$(pwd -P)\E(?![\w.+-])" "$work/unpacked" || found=$?
if [ "$found" -ne 1 ]; then
    [ "$found" -ne 0 ] ||
        echo "these name the folder that they were built in: build with Pipelines/test.sh or Pipelines/package.sh," \
            "which leave it out" >&2
    exit 1
fi
rm -rf "$work/unpacked"
echo "ok: no package names the folder that it was built in"

# The wheel's name says which C library it needs; auditwheel finds out anew.
python3 -m venv "$work/audit"
"$work/audit/bin/pip" install --quiet --disable-pip-version-check auditwheel
wheel=$(basename "$packages"/collagan-*.whl .whl)
"$work/audit/bin/auditwheel" show "$packages/$wheel.whl" >"$work/audit.txt"
grep -qF "\"${wheel##*-none-}\"" <(grep -A 1 "is consistent with" "$work/audit.txt") ||
    { cat "$work/audit.txt"; exit 1; }
echo "ok: auditwheel says ${wheel##*-none-}"
version=$("$COLLAGAN" --version | cut -d ' ' -f 2)
for line in "CITATION.cff:version: $version" "codemeta.json:  \"version\": \"$version\","; do
    grep -qxF "${line#*:}" "${line%%:*}" || { echo "${line%%:*} names another version than $version" >&2; exit 1; }
done
seconds "paths, names, versions"

release=$(. /etc/os-release && echo "$VERSION_CODENAME")
if ! [ -x "$root/usr/bin/python3" ]; then
    mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
        awk -v r="$release" '$2 == r { print $1; exit }')
    debootstrap --variant=minbase --include=python3,python3-venv,jq "$release" "$root" "$mirror" \
        >"$work/debootstrap.log" 2>&1 ||
        { tail -n 20 "$work/debootstrap.log"; exit 1; }
fi
[ -x "$root/usr/bin/jq" ] || { echo "run.sh: $root lacks jq; remove it, it is made anew" >&2; exit 1; }
seconds "minimal Debian"

# What the tests need, fetched here: the minimal system has no network of its own.
rm -rf --one-file-system "$root/job"
mkdir -p "$root/job/wheels" "$root/job/Tests" "$root/job/docs"
version=$(chroot "$root" python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
python3 -m pip download --quiet --disable-pip-version-check --only-binary=:all: --python-version "$version" \
    --dest "$root/job/wheels" -r Tests/Python/requirements.txt
cp "$packages"/collagan* "$root/job/"
cp -r Tests/Python "$root/job/Tests/"
cp -r SampleData Pipelines "$root/job/"
cp -r docs/start "$root/job/docs/"
seconds "wheels for the tests"
"$COLLAGAN" impute SampleData/missing-flair/patient26 --out "$work/here" --quiet
find "$work/here" -name '*.nii.gz' -exec cp {} "$root/job/expected.nii.gz" \;
seconds "imputed by the program built here"

cat >"$root/job/inside.sh" <<'INSIDE'
set -euo pipefail
cd /job
export LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin
unset COLLAGAN
began=$SECONDS
seconds() { echo "$1: $((SECONDS - began)) s"; began=$SECONDS; }
same() {
    local image
    image=$(find "$1" -name '*_imputed.nii.gz')
    cmp "$image" expected.nii.gz && echo "ok: $2 gives the same bytes"
}
if command -v swift || compgen -G '/usr/lib/*/libnifti*' >/dev/null || [ -e /usr/include/stdio.h ]; then
    echo "Swift, libnifti or headers are here: this proves nothing"
    exit 1
fi
echo "ok: no Swift, no libnifti, no headers"

# As the Dockerfile and collagan.def have it.
tar -xzf collagan-*.tar.gz -C /opt
ln -sf /opt/collagan-*/bin/collagan /usr/local/bin/collagan
/usr/local/bin/collagan impute SampleData/missing-flair/patient26 --out out-tarball --quiet
same out-tarball "the tarball, by a link as in the containers"
rm -r /opt/collagan-* /usr/local/bin/collagan
seconds tarball

dpkg -i collagan_*.deb >/dev/null
collagan --version
collagan impute SampleData/missing-flair/patient26 --out out-deb --quiet
same out-deb "the Debian package"
for file in /usr/share/man/man1/collagan-impute.1.gz /usr/share/bash-completion/completions/collagan \
    /usr/share/zsh/vendor-completions/_collagan /usr/share/fish/vendor_completions.d/collagan.fish \
    /usr/share/doc/collagan/examples/complete_patients.sh; do test -s "$file"; done
bash -n /usr/share/bash-completion/completions/collagan
dpkg -r collagan >/dev/null
hash -r
if command -v collagan; then exit 1; fi
echo "ok: pages, completions, removal"
seconds "Debian package"

python3 -m venv environment
environment/bin/pip install --quiet --no-index --find-links wheels collagan-*.whl
environment/bin/python -c 'import collagan; collagan.impute("SampleData/missing-flair/patient26", "out-wheel")'
seconds "wheel: from pip install to the first image"
same out-wheel "the wheel, from Python"
environment/bin/pip install --quiet --no-index --find-links wheels -r Tests/Python/requirements.txt
environment/bin/python -m pytest -q -p no:cacheprovider Tests/Python
seconds "Python tests"
INSIDE
unshare -m bash -c '
    set -e
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    mkdir -p "$1/dev/shm"
    exec chroot "$1" env -i HOME=/root TERM=dumb bash /job/inside.sh' x "$root"
rm -rf --one-file-system "$root/job"
