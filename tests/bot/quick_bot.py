"""The bot as its own process with quick workers: ``python -m tests.bot.quick_bot``."""

import asyncio
import os

from bot.__main__ import serve
from bot.logs import configure_logs
from bot.settings import read_settings
from tests.bot.stage import QUICK


def main() -> None:
    settings = read_settings(os.environ)
    configure_logs(settings.log_level)
    asyncio.run(serve(settings, worker=QUICK))


if __name__ == "__main__":
    main()
