# Sourced from the project's folder: the built program and the Python environment of the cross-checks.

# Builds the program; COLLAGAN names it afterwards, or another one that was given before.
build_collagan() {
    swift build -c release --product collagan >&2
    export COLLAGAN="${COLLAGAN:-$(swift build -c release --show-bin-path)/collagan}"
}

# Installs packages of Debian that are missing; names those that are not to be had.
debian_packages() {
    local package missing=()
    for package in "$@"; do
        dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    { [ "$(id -u)" -eq 0 ] && apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >&2 ||
        echo "${0##*/}: not to be had here: ${missing[*]}" >&2
}

# Makes the environment COLLAGAN_VENV, .venv without it, with what the files of requirements given name;
# `python` is its interpreter.
python_environment() {
    local environment=${COLLAGAN_VENV:-.venv} file
    if ! [ -x "$environment/bin/python" ]; then python3 -m venv "$environment"; fi
    for file in "$@"; do
        "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r "Tests/CrossChecks/$file"
    done
    python=$environment/bin/python
}
