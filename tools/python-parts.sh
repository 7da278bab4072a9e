#!/usr/bin/env bash
# Makes .venv with every package of requirements.lock. Make runs it when the lock has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/apt.sh

# Prints the first Python that is new enough and can make virtual environments.
find_python() {
    local python
    for python in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
        if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
            2>/dev/null; then
            echo "$python"
            return
        fi
    done
    return 1
}

if [ ! -x .venv/bin/pip ]; then
    if ! python=$(find_python); then
        apt_install python3 python3-venv ||
            say_and_stop "Cadenza needs Python 3.11 or later with its venv module; install it and run make again."
        python=$(find_python) ||
            say_and_stop "Cadenza needs Python 3.11 or later, and this system's packages have an older one; install it and run make again with PYTHON=/path/to/python3."
    fi
    rm -rf .venv
    "$python" -m venv .venv
fi

echo "Installing the Python packages of requirements.lock into .venv ..." >&2
without_torch=$(mktemp)
trap 'rm -f "$without_torch"' EXIT
grep -v '^torch==' requirements.lock >"$without_torch"
pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/pip --quiet"
# The lock is complete, so nothing is to be resolved; 'pip check' proves it.
$pip install --no-deps -r "$without_torch"
# With its dependencies, which are there already, so that PyPI's CUDA build would work, too.
# One retry: where PyTorch's index cannot be reached, another source may have torch.
$pip install --retries 1 ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} \
    "$(grep '^torch==' requirements.lock)"
$pip check
