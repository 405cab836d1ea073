#!/usr/bin/env bash
# Makes what can be installed without Swift, all from one tree, of the release build:
#   Pipelines/package.sh [FOLDER]     (default: packages; COLLAGAN names a program that is built already)
#   collagan-VERSION-linux-ARCHITECTURE.tar.gz · collagan-VERSION-py3-none-manylinux_*.whl · collagan_VERSION_*.deb
# Tests/Packaging/run.sh installs and runs them where there is no Swift.
set -euo pipefail
cd "$(dirname "$0")/.."
. Pipelines/setup.sh
collagan_setup
collagan_install_missing patchelf dpkg-deb:dpkg objdump:binutils
out=$(realpath -m "${1:-packages}")
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}

program=${COLLAGAN:-}
if [ -z "$program" ]; then
    collagan_short_paths
    swift build -c release --product collagan >&2
    program=$(swift build -c release --show-bin-path)/collagan
fi
version=$("$program" --version | cut -d ' ' -f 2)
machine=$(uname -m)
name=collagan-$version-linux-$machine
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/$name
mkdir -p "$tree"/{bin,lib,Pipelines/models,share/doc/collagan/{licences,examples}}

# The program and every library that it loads, but those that each Linux with this C library has.
cp "$program" "$tree/bin/"
ldd "$program" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' |
    grep -vE '/(libc|libm|libdl|librt|libpthread|libstdc\+\+|libgcc_s)\.so' | while read -r library; do
    cp -L "$library" "$tree/lib/"
done
strip "$tree/bin/collagan"
strip --strip-unneeded "$tree"/lib/*
chmod 755 "$tree/bin/collagan"
chmod 644 "$tree"/lib/*
# $ORIGIN alone is looked into, never a folder of the machine that built it.
patchelf --set-rpath "\$ORIGIN/../lib" "$tree/bin/collagan"
for library in "$tree"/lib/*; do patchelf --set-rpath "\$ORIGIN" "$library"; done

cp -r Pipelines/models/. "$tree/Pipelines/models/"
cp LICENSE THIRD_PARTY.md CITATION.cff codemeta.json "$tree/share/doc/collagan/"
cp Pipelines/recipes/*.{py,sh} Pipelines/cluster/* "$tree/share/doc/collagan/examples/"
for package in libnifti2-2 libznz3 zlib1g libpng16-16; do
    for copyright in /usr/share/doc/"$package"*/copyright; do
        [ ! -e "$copyright" ] || cp -L "$copyright" "$tree/share/doc/collagan/licences/$package"
    done
done
swift_home=$(dirname "$(dirname "$(realpath "$(command -v swiftc)")")")
cp "$swift_home/share/swift/LICENSE.txt" "$tree/share/doc/collagan/licences/swift"
for package in swift-argument-parser swift-crypto swift-asn1 Yams; do
    for licence in "$(dirname "$(realpath "$program")")"/../../checkouts/"$package"/{LICENSE,NOTICE}*; do
        [ ! -e "$licence" ] || cat "$licence" >>"$tree/share/doc/collagan/licences/$package"
    done
done

cp Pipelines/packaging/licences/* "$tree/share/doc/collagan/licences/"
for part in swift swift-argument-parser swift-crypto swift-asn1 Yams libnifti2-2 libznz3 zlib1g libpng16-16; do
    test -s "$tree/share/doc/collagan/licences/$part" ||
        { echo "package.sh: no licence text of $part was found" >&2; exit 1; }
done

# Help in other shapes.
python3 Pipelines/packaging/boutiques.py "$tree/bin/collagan" >"$tree/share/doc/collagan/boutiques.json"
python3 Pipelines/packaging/manual.py "$tree/bin/collagan" "$tree/share/man/man1"
mkdir -p "$tree"/share/{bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
"$tree/bin/collagan" --generate-completion-script bash >"$tree/share/bash-completion/completions/collagan"
"$tree/bin/collagan" --generate-completion-script zsh >"$tree/share/zsh/site-functions/_collagan"
"$tree/bin/collagan" --generate-completion-script fish >"$tree/share/fish/vendor_completions.d/collagan.fish"

# The newest C library that anything asks for: who has it or a newer one can run this.
glibc=$(objdump -T "$tree/bin/collagan" "$tree"/lib/* | grep -oE 'GLIBC_2\.[0-9]+' | sort -uV | tail -n 1)
glibc=${glibc#GLIBC_}

tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$work" -cf - "$name" |
    gzip -6n >"$out/$name.tar.gz"
python3 Pipelines/packaging/wheel.py "$tree" Pipelines/python/collagan "$out" \
    --version "$version" --platform "manylinux_${glibc/./_}_$machine"

# Debian: the same tree in /usr/lib, its program, pages and completions where they are looked for.
root=$work/deb
mkdir -p "$root"/{DEBIAN,usr/bin,usr/lib/collagan,usr/share/doc/collagan}
cp -r "$tree"/{bin,lib,Pipelines} "$root/usr/lib/collagan/"
cp -r "$tree/share/." "$root/usr/share/"
mkdir -p "$root/usr/share/zsh/vendor-completions"
mv "$root"/usr/share/zsh/site-functions/_collagan "$root/usr/share/zsh/vendor-completions/"
rmdir "$root/usr/share/zsh/site-functions"
gzip -9n "$root"/usr/share/man/man1/*.1
ln -s ../lib/collagan/bin/collagan "$root/usr/bin/collagan"
{
    cat <<EOF
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: collagan

Files: *
Copyright: the authors of collagan
License: Apache-2.0
 See /usr/share/common-licenses/Apache-2.0. Parts by others: THIRD_PARTY.md and licences/ beside this file.
EOF
} >"$root/usr/share/doc/collagan/copyright"
cat >"$root/DEBIAN/control" <<EOF
Package: collagan
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: the authors of collagan <collagan@localhost>
Installed-Size: $(du -sk "$root/usr" | cut -f 1)
Depends: libc6 (>= $glibc), libstdc++6 (>= 12), libgcc-s1
Recommends: dcm2niix
Suggests: libopenblas0-pthread
Section: science
Priority: optional
Description: synthesises the MRI contrast that a patient's scan lacks
 Reads a patient's T1, T1Gd, T2 and FLAIR volumes (NIfTI), whichever are there, and
 writes the missing one on the patient's own grid, with a report that says how far to
 trust it. Research use only: not a medical device.
EOF
find "$root" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group -Zzstd -z12 --build "$root" "$out" >&2

du -sh --apparent-size "$tree" | sed "s#$work/##" >&2
ls -l "$out" | awk 'NR > 1 { printf "%6.1f MB  %s\n", $5 / 1e6, $9 }'
