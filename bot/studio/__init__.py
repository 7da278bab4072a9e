"""The async side of the engine: a bounded fair queue, deadlines, and worker processes."""

from bot.studio.errors import ClosedError, StudioFullError, TooManyWaitingError
from bot.studio.limits import AtWork, Limits, Status
from bot.studio.studio import Studio
from bot.studio.ticket import Ticket

__all__ = [
    "AtWork",
    "ClosedError",
    "Limits",
    "Status",
    "Studio",
    "StudioFullError",
    "Ticket",
    "TooManyWaitingError",
]
