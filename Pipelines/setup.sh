# Sourced by the other scripts: checks for Swift and installs the Debian packages that are missing.

collagan_setup() {
    if ! command -v swift >/dev/null; then
        echo "collagan: swift is not on the PATH; install Swift 6.2 or later from" \
            "https://www.swift.org/install/linux" >&2
        return 2
    fi
    local missing=()
    command -v pkg-config >/dev/null || missing+=(pkg-config)
    [ -e /usr/include/nifti/nifti2_io.h ] || missing+=(libnifti-dev)
    pkg-config --exists zlib 2>/dev/null || missing+=(zlib1g-dev)
    pkg-config --exists libpng 2>/dev/null || missing+=(libpng-dev)
    pkg-config --exists openblas 2>/dev/null || missing+=(libopenblas-dev)
    command -v dcm2niix >/dev/null || missing+=(dcm2niix)
    collagan_apt_install "${missing[@]}"
}

# Installs the Debian packages of programs that are not on the PATH: PROGRAM or PROGRAM:PACKAGE.
collagan_install_missing() {
    local word missing=()
    for word in "$@"; do command -v "${word%%:*}" >/dev/null || missing+=("${word##*:}"); done
    collagan_apt_install "${missing[@]}"
}

collagan_apt_install() {
    local missing=("$@")
    [ ${#missing[@]} -eq 0 ] && return 0
    echo "collagan: installing ${missing[*]}" >&2
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "collagan: these packages are missing and neither root nor sudo is at hand;" \
                "ask an administrator for: apt-get install ${missing[*]}" >&2
            return 2
        fi
        as_root=(sudo)
    fi
    if ! { "${as_root[@]}" apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq "${missing[@]}"; } >&2; then
        echo "collagan: the packages could not be installed; try by hand: apt-get install ${missing[*]}" >&2
        return 2
    fi
}

# C and C++ files that name themselves in messages about errors (BoringSSL, LibYAML) do so by their place in this
# folder, without the folder's own. As an option of `swift build` that would build everything anew; clang takes it from
# here (its manual: CCC_OVERRIDE_OPTIONS), which no file depends on. So what was compiled without it is removed, for the
# next build to make. A folder with spaces cannot be said there.
collagan_short_paths() {
    local folder
    folder=$(pwd -P)
    [[ $folder != *[[:space:]]* ]] || return 0
    export CCC_OVERRIDE_OPTIONS="# +-ffile-prefix-map=$folder=."
    [ -d .build ] || return 0
    # Where there is none, find and grep say so by their status.
    { find .build/*-linux-* -path '*/release/*' -name '*.o' ! -name '*.swift.o' \
        -exec grep -lZF "$folder/" {} + 2>/dev/null || true; } |
        xargs -0 --no-run-if-empty rm -f
}
