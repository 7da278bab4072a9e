"""A loopback Discord: REST and gateway on 127.0.0.1, spoken to by the real discord.py."""

from tests.discord.commands import File
from tests.discord.exchange import Exchange
from tests.discord.server import LoopbackDiscord

__all__ = ["Exchange", "File", "LoopbackDiscord"]
