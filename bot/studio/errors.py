"""Why the studio takes no job now, and how a worker leaves it."""

from __future__ import annotations

from engine.errors import BadInputError


class StudioFullError(BadInputError):
    """All places of the queue are taken."""


class TooManyWaitingError(BadInputError):
    """This person or this server has as many jobs waiting as one may have."""


class ClosedError(BadInputError):
    """The studio closes or has closed."""


class WorkerDiedError(Exception):
    """A worker ended, broke the protocol or fell silent; ``str()`` is for the log."""
