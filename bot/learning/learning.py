"""Learning as one thing: the runs that make models, and the models that are served."""

from __future__ import annotations

from dataclasses import dataclass

from bot.learning.serving import Serving
from bot.learning.steps import Wait
from bot.learning.supervisor import Supervisor


@dataclass(frozen=True, slots=True)
class Learning:
    """What the owner's commands act on."""

    runs: Supervisor
    models: Serving
    wait: Wait
    """Awaits what may take minutes; a simulated Discord wants to be told of such waits."""
