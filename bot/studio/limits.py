"""What the studio bears, and what it tells of itself."""

from __future__ import annotations

from dataclasses import dataclass

from bot.jobs import Kind


@dataclass(frozen=True, slots=True)
class Limits:
    """How many may wait, and how long anything may take."""

    waiting: int = 200
    """Jobs in the queue, all together; those at work are not counted."""
    waiting_of_server: int = 40
    waiting_of_person: int = 3
    """Over all servers."""
    wait_s: float = 1800.0
    """In the queue; half an hour is longer than anybody looks at a message."""
    work_s: float = 600.0
    """At a worker."""
    silence_s: float = 180.0
    """Between two words of a worker at work; beyond, it hangs and counts as dead."""
    start_s: float = 120.0
    """From a worker's start until it is ready; some seconds are usual."""
    grace_s: float = 10.0
    """For a worker that was asked to stop, before it is killed."""
    restart_s: float = 0.5
    """Before a worker that died without finishing a job is started again; doubles each time."""
    restart_most_s: float = 60.0

    def restart_after_s(self, failures: int) -> float:
        """Return how long to wait after so many deaths in a row without a finished job."""
        if failures <= 0:
            return 0.0
        return min(self.restart_most_s, self.restart_s * 2.0 ** min(failures - 1, 30))


@dataclass(frozen=True, slots=True)
class AtWork:
    """A job that a worker has."""

    job_id: int
    kind: Kind
    stage: str
    seconds: float
    """Since it was given to the worker."""


@dataclass(frozen=True, slots=True)
class Status:
    """The studio at one moment; the counts are since it opened."""

    waiting: int
    running: tuple[AtWork, ...]
    workers: int
    """As many as there should be."""
    alive: int
    """Workers that are ready or at work."""
    restarts: int
    done: int
    failed: int
    cancelled: int
    mean_s: float | None
    """At the worker, of the jobs done; None before the first."""
    model: str | None
    """What the worker that became ready last composes with."""
    missing: str | None
    """What a worker lacks to start, in a sentence; None while all is there."""
    closing: bool
