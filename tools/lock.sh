#!/usr/bin/env bash
# Writes requirements.lock: resolves requirements.in in an empty environment and pins the lot.
set -euo pipefail
cd "$(dirname "$0")/.."
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

.venv/bin/python -m venv "$fresh/venv"
"$fresh/venv/bin/pip" install --quiet --retries 1 \
    ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} -r requirements.in
{
    sed '/^[^#]/,$d' requirements.lock # the comment at its head
    # nvidia and triton come with PyPI's CUDA build only; +cpu names the other build.
    "$fresh/venv/bin/pip" freeze --all |
        grep -v -i -E '^(pip|nvidia-|cuda-|triton)' | sed 's/+cpu$//'
    # What another version of Python needs, as requirements.in says it.
    sed -n 's/ *#.*//; /; *python_version/p' requirements.in
} >"$fresh/lock"
mv "$fresh/lock" requirements.lock
