from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.stage import Stage, stage


@pytest.fixture
async def played(tmp_path: Path) -> AsyncIterator[Stage]:
    """The whole bot in a server of a simulated Discord, with ann (admin), ben and cleo."""
    async with stage(tmp_path) as there:
        yield there
