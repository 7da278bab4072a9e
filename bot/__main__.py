"""``python -m bot``: joins the parts and serves Discord until SIGTERM or Ctrl-C.

Exit status: 0 after a clean end, 2 for settings or a database that cannot be used, 1 where
Discord cannot be reached or refuses the token.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence

import aiohttp
import discord
import structlog
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot.assemble import WORKER, House, open_house
from bot.client import Cadenza, client_of
from bot.logs import configure_logs
from bot.settings import ENV_FILE, Settings, read_settings
from engine.errors import CadenzaError

_LOG_IN_REFUSED = (
    "Discord refuses the token: copy it anew from https://discord.com/developers/applications "
    "(your application, page Bot, Reset Token) into .env as DISCORD_TOKEN"
)


def main() -> int:
    """Run the bot and return its exit status; what is wrong is said in a sentence on stderr."""
    try:
        settings = read_settings(os.environ, ENV_FILE)
        configure_logs(settings.log_level, as_json=settings.log_format == "json")
        asyncio.run(serve(settings))
    except CadenzaError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except discord.LoginFailure:
        print(_LOG_IN_REFUSED, file=sys.stderr)
        return 1
    except discord.ConnectionClosed as error:
        print(f"{error}. See whether the token in .env still holds", file=sys.stderr)
        return 1
    except (aiohttp.ClientError, discord.HTTPException, OSError) as error:
        print(f"Discord cannot be reached ({error}); check the network", file=sys.stderr)
        return 1
    return 0


async def serve(settings: Settings, *, worker: Sequence[str] = WORKER) -> None:
    """Serve Discord until asked to stop, then finish or park what runs."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # it never speaks
    if settings.api_url is not None:
        Route.BASE = settings.api_url
    if settings.gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = URL(settings.gateway_url)
    async with open_house(settings, os.environ, worker=worker) as house:
        house.learning.runs.start()
        client = client_of(house)
        await _until_stopped(client, house)


async def _until_stopped(client: Cadenza, house: House) -> None:
    """Run the client; a first signal closes it cleanly, a second one without waiting for work."""
    loop = asyncio.get_running_loop()
    serving = asyncio.create_task(client.start(house.settings.token))
    closing: list[asyncio.Task[None]] = []

    def stop() -> None:
        # Once: what runs may finish. Again: it is parked now. Once more: all ends where it is.
        if not closing:
            closing.append(asyncio.create_task(client.close()))
        elif len(closing) == 1:
            closing.append(asyncio.create_task(house.studio.close(0.0)))
        else:
            for task in (serving, *closing):
                task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        await serving
    except asyncio.CancelledError:
        structlog.get_logger("bot").warning("stopped at once")
    finally:
        for task in closing:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await client.close()


if __name__ == "__main__":
    sys.exit(main())
