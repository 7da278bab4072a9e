#!/usr/bin/env bash
# Installs libfluidsynth3, ffmpeg and the default soundfont where they are missing.
# Takes some milliseconds when all is there, so every verb that makes sound may call it.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/apt.sh

has_fluidsynth() {
    if [ -x /sbin/ldconfig ]; then # not on an ordinary user's PATH in Debian
        /sbin/ldconfig -p | grep 'libfluidsynth\.so' >/dev/null
    else
        compgen -G "${HOMEBREW_PREFIX:-/opt/homebrew}/lib/libfluidsynth*.dylib" >/dev/null ||
            compgen -G '/usr/local/lib/libfluidsynth*' >/dev/null ||
            compgen -G '/usr/lib*/libfluidsynth.so*' >/dev/null
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
has_fluidsynth || missing+=(libfluidsynth3)
command -v ffmpeg >/dev/null || missing+=(ffmpeg)
has_soundfont || missing+=(fluid-soundfont-gm)
[ ${#missing[@]} -eq 0 ] && exit

apt_install "${missing[@]}" ||
    say_and_stop "Cadenza needs FluidSynth 2, ffmpeg and the soundfont FluidR3_GM.sf2: install them with 'apt-get install libfluidsynth3 ffmpeg fluid-soundfont-gm' as root on Debian or Ubuntu, 'dnf install fluidsynth-libs ffmpeg-free fluid-soundfont-gm' on Fedora, or 'brew install fluid-synth ffmpeg' on macOS with FluidR3_GM.sf2 laid into soundfonts/."
