from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from pathlib import Path

import aiohttp


async def test_the_demo_opens_a_page_and_ends_by_ctrl_c(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-Wignore", "-m", "bot.demo", "--no-browser", "--data", str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "CADENZA_CANDIDATES": "1"},
    )
    assert process.stdout is not None
    try:
        said = ""
        async with asyncio.timeout(180):
            while not (address := re.search(r"http://127\.0\.0\.1:\d+/", said)):
                line = await process.stdout.readline()
                assert line, "the demo ended before it was open"
                said += line.decode()
        async with aiohttp.ClientSession() as session, session.get(address.group()) as page:
            assert page.status == 200
            assert "<html" in await page.text()
        process.send_signal(signal.SIGINT)
        _, errors = await asyncio.wait_for(process.communicate(), 180)
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0
    assert errors.decode().strip() == "the demo has ended"
    assert (tmp_path / "cadenza.db").exists()
