# Sourced by the set-up scripts: how they install from Debian and Ubuntu, and how they stop.

say_and_stop() {
    echo "$1" >&2
    exit 1
}

# Installs packages as root or by sudo; fails where that cannot be done.
apt_install() {
    command -v apt-get >/dev/null || return 1
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || return 1
        as_root=(sudo)
    fi
    echo "Installing $* with apt-get ..." >&2
    "${as_root[@]}" apt-get update -qq >/dev/null &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}
