"""``make demo``: the whole bot in a page that looks like Discord; no token, no network.

Discord itself is played by SimCord; bot, database, studio and sound are the real ones.
"""

from __future__ import annotations

import argparse
import asyncio
import mimetypes
import os
import sys
import tempfile
import webbrowser
from collections.abc import Awaitable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import discord
import simcord
from simcord import Env

from bot.assemble import open_house, utc_now
from bot.client import TREE, client_of, intents
from bot.logs import configure_logs
from bot.settings import ENV_FILE, Settings, read_settings
from bot.storage.records import BOT
from engine.errors import CadenzaError

T = TypeVar("T")
LOOK_EVERY_S = 0.5
"""How often the page is brought up to date while the bot works in the background."""
ACTION_S = 30.0
"""For an action in the page; the first one may wait for the soundfont to be read."""
WELCOME = """
Cadenza's demo is open:

    {url}

Type / and choose compose, press the buttons of a piece, or reply to it with a wish. (The page
completes no mentions: {mention} is how this bot is mentioned.) There are three people to be: ann,
who runs the server and owns the bot, ben and cleo (change at the top of the page). As ann, type
/finetune to let it learn from ratings. Ctrl-C ends the demo; {kept}
"""


class Simulated:
    """What the bot asks of a simulated Discord: its time, and to be told of waits for others."""

    def __init__(self) -> None:
        self.env: Env | None = None

    def now(self) -> datetime:
        """Return the time of the page; without one the real time."""
        return utc_now() if self.env is None else self.env.now()

    async def wait(self, awaitable: Awaitable[T], reason: str) -> T:
        """Await work of the studio, outside of Discord's own time."""
        if self.env is None:
            return await awaitable
        answer: T = await self.env.external_wait(awaitable, reason=reason)
        return answer


async def play(settings: Settings, *, port: int | None, browser: bool, kept: str) -> None:
    """Serve the page until it is closed or the task is cancelled."""
    simulated = Simulated()
    async with open_house(settings, os.environ, wait=simulated.wait, clock=simulated.now) as house:
        house.learning.runs.start()
        await house.storage.settings.put(BOT, TREE, None)  # this Discord knows no commands yet
        client = client_of(house)
        async with simcord.run(
            client, approved_intents=intents(), shard_count=1, settle_timeout=ACTION_S
        ) as env:
            simulated.env = env
            if client.user is not None:
                await client.user.edit(username="Cadenza")
            server = env.create_guild("Music lovers")
            channel = server.create_text_channel("music")
            admin = server.create_role(
                "Admins", permissions=discord.Permissions(administrator=True)
            )
            people = [server.add_member(env.create_user(name)) for name in ("ben", "cleo")]
            ann = server.add_member(env.create_user("ann"), roles=[admin])
            owners = {"owners": house.settings.owners | {ann.id}}
            client.settings = house.settings.model_copy(update=owners)
            preview = env.preview(
                channel, viewers=[ann, *people], layout="channel", port=port, width=1100, height=900
            )
            async with preview:
                mention = client.user.mention if client.user else "@Cadenza"
                print(WELCOME.format(url=preview.url, mention=mention, kept=kept), flush=True)
                if browser:
                    webbrowser.open(preview.url)
                await _keep_up_to_date(env, preview)


async def _keep_up_to_date(env: Env, preview: Any) -> None:
    """Show what the bot did by itself: progress, and pieces that were finished meanwhile."""
    seen = 0
    closed = asyncio.create_task(preview.wait_closed())
    while not closed.done():
        await asyncio.wait([closed], timeout=LOOK_EVERY_S)
        if len(env.http_requests) != seen and not closed.done():
            try:
                await preview.refresh()
            except simcord.SetupError:
                continue  # somebody acts in the page at this moment, which shows the news, too
            seen = len(env.http_requests)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo; return 0 after Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m bot.demo", description=__doc__)
    parser.add_argument("--port", type=int, help="of the page; a free one if not given")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.add_argument("--data", type=Path, help="keep everything in this folder")
    options = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="cadenza-demo-") as folder:
            data = options.data or Path(folder)
            own = {"CADENZA_DATA": str(data), "CADENZA_MODELS": str(data / "models")}
            settings = read_settings({**os.environ, **own}, ENV_FILE, discord=False)
            configure_logs("warning", as_json=False)
            # The page would try to play MIDI as sound, and call it broken; so it is a file to take.
            mimetypes.add_type("application/x-midi", ".mid")
            kept = f"all is kept in {data}." if options.data else "nothing is kept."
            asyncio.run(
                play(settings, port=options.port, browser=not options.no_browser, kept=kept)
            )
    except CadenzaError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("the demo has ended", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
