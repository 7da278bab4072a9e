"""One synthesizer for all audio tests: it is what a worker process keeps alive, too."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from engine.audio.soundfont import find_soundfont
from engine.audio.synth import Synth


@pytest.fixture(scope="session")
def synth() -> Iterator[Synth]:
    with Synth(find_soundfont(os.environ)) as opened:
        yield opened
