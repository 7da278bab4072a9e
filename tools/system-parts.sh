#!/usr/bin/env bash
# Installs libfluidsynth3, libcairo2 and the default soundfont where they are missing.
# Takes some milliseconds when all is there, so every verb that makes sound may call it.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/apt.sh

ldconfig=${LDCONFIG:-/sbin/ldconfig} # not on an ordinary user's PATH in Debian

# Whether the dynamic linker finds a library: has_library libfluidsynth
has_library() {
    if [ -x "$ldconfig" ]; then
        "$ldconfig" -p | grep "$1\.so" >/dev/null
    else
        compgen -G "${HOMEBREW_PREFIX:-/opt/homebrew}/lib/$1*.dylib" >/dev/null ||
            compgen -G "/usr/local/lib/$1*" >/dev/null ||
            compgen -G "/usr/lib*/$1.so*" >/dev/null
    fi
}

# The default soundfont of soundfonts/catalogue.toml, or the user's own choice.
has_soundfont() {
    local folder
    [ -n "${CADENZA_SOUNDFONT:-}" ] && return
    for folder in soundfonts /usr/share/sounds/sf2 /usr/share/soundfonts \
        /usr/local/share/soundfonts /opt/homebrew/share/soundfonts; do
        [ -f "$folder/FluidR3_GM.sf2" ] && return
    done
    return 1
}

missing=()
has_library libfluidsynth || missing+=(libfluidsynth3)
has_library libcairo || missing+=(libcairo2)
has_soundfont || missing+=(fluid-soundfont-gm)
[ ${#missing[@]} -eq 0 ] && exit

apt_install "${missing[@]}" ||
    say_and_stop "Cadenza needs FluidSynth 2, cairo and the soundfont FluidR3_GM.sf2: install them with 'apt-get install libfluidsynth3 libcairo2 fluid-soundfont-gm' as root on Debian or Ubuntu, 'dnf install fluidsynth-libs cairo fluid-soundfont-gm' on Fedora, or 'brew install fluid-synth cairo' on macOS with FluidR3_GM.sf2 laid into soundfonts/."
