"""What ``registry.json`` says: who is served what, and how it came to that.

A scope is a server's number, or None for everyone. It holds a model's id, or None where nothing
was chosen: everyone then has the base, a server what everyone has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

FORMAT = 1
PROMOTE, ROLLBACK, TRIAL = "promote", "rollback", "trial"


@dataclass(frozen=True, slots=True)
class Step:
    """One change of what is served or tried."""

    at: str
    """When, as ISO 8601 with its zone."""
    action: str
    """PROMOTE, ROLLBACK or TRIAL."""
    server: str | None
    before: str | None
    """What the scope held, or which model was tried."""
    after: str | None
    by: str
    """Who did it, in the caller's words."""
    forced: bool = False
    """The gate had not passed it."""
    reason: str = ""
    """The verdict's, or what else there is to say."""

    def to_json(self) -> dict[str, Any]:
        """Return the step as JSON values."""
        return {
            "at": self.at,
            "action": self.action,
            "server": self.server,
            "from": self.before,
            "to": self.after,
            "by": self.by,
            "forced": self.forced,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Any) -> Step:
        """Return the step that ``to_json`` wrote; ValueError, KeyError, TypeError for others."""
        if data["action"] not in (PROMOTE, ROLLBACK, TRIAL):
            raise ValueError(f"no action: {data['action']!r}")
        return cls(
            at=str(data["at"]),
            action=data["action"],
            server=_name(data["server"]),
            before=_name(data["from"]),
            after=_name(data["to"]),
            by=str(data["by"]),
            forced=bool(data["forced"]),
            reason=str(data["reason"]),
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """A model that answers a share of the requests beside the served one, unnamed."""

    model: str
    share: float
    """Of all requests, above 0 and at most 1."""

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise ValueError(f"a share is above 0 and at most 1, got {self.share}")


@dataclass(frozen=True, slots=True)
class State:
    """All of it at one moment."""

    everyone: str | None = None
    servers: Mapping[str, str] = field(default_factory=dict)
    trial: Trial | None = None
    history: tuple[Step, ...] = ()
    """The oldest first."""

    def holds(self, server: str | None) -> str | None:
        """Return what a scope holds."""
        return self.everyone if server is None else self.servers.get(server)

    def way_back(self, server: str | None) -> list[str | None]:
        """Return what a scope held before each promotion that still counts, the latest first.

        A rollback takes the promotions back that led away from where it went.
        """
        way: list[str | None] = []
        for step in self.history:
            if step.server != server or step.action == TRIAL:
                continue
            if step.action == PROMOTE:
                way.append(step.before)
            else:
                while way and way.pop() != step.after:
                    pass
        return way[::-1]

    def moved(self, step: Step) -> State:
        """Return the state after a promotion or rollback."""
        history = (*self.history, step)
        if step.server is None:
            return replace(self, everyone=step.after, history=history)
        servers = {name: model for name, model in self.servers.items() if name != step.server}
        if step.after is not None:
            servers[step.server] = step.after
        return replace(self, servers=servers, history=history)

    def without(self, server: str) -> State:
        """Return the state as if a server had never been here."""
        return replace(
            self,
            servers={name: model for name, model in self.servers.items() if name != server},
            history=tuple(step for step in self.history if step.server != server),
        )

    def retold(self, by: str, word: str) -> State:
        """Return the state with another word for who did something."""
        history = tuple(replace(s, by=word) if s.by == by else s for s in self.history)
        return replace(self, history=history)

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        trial = self.trial
        return {
            "format": FORMAT,
            "everyone": self.everyone,
            "servers": dict(sorted(self.servers.items())),
            "trial": {"model": trial.model, "share": trial.share} if trial else None,
            "history": [step.to_json() for step in self.history],
        }

    @classmethod
    def from_json(cls, data: Any) -> State:
        """Return the state that ``to_json`` wrote; ValueError, KeyError, TypeError for others."""
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']!r} is none of ours")
        trial = data["trial"]
        if trial is not None:
            trial = Trial(str(trial["model"]), float(trial["share"]))
        servers = {str(server): _name(model) for server, model in dict(data["servers"]).items()}
        return cls(
            everyone=_name(data["everyone"]),
            servers={server: model for server, model in servers.items() if model is not None},
            trial=trial,
            history=tuple(map(Step.from_json, data["history"])),
        )


def _name(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise TypeError(f"a name is text, got {value!r}")
    return value
