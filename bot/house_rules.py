"""What one server decides for itself, and whether a wish keeps within it; pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from engine.errors import RequestError
from engine.request import ComposeRequest, parse

AUDIO_FORMATS = ("mp3", "ogg", "wav")
DELETERS = ("requester", "moderators", "roles")
STYLE_FIELDS = ("genre", "mood", "moods", "instruments", "programs", "tempo_bpm", "meter", "style")
"""What a default style may fill in; length, key and seed belong to a piece, not to a place."""
MAX_PER_DAY = 100_000


class HouseRuleError(RequestError):
    """The server's rules or the day's quota forbid it; the message says what would be allowed."""


@dataclass(frozen=True, slots=True)
class HouseRules:
    """The settings of one server; what is not set leaves everything open."""

    channels: tuple[int, ...] = ()
    """Where pieces may be asked for; empty is everywhere."""
    roles: tuple[int, ...] = ()
    """Who may ask, by role; empty is everybody."""
    per_day: int | None = None
    """Pieces a person in 24 hours; None is the bot's own figure."""
    style: str = ""
    """What a prompt without genre and mood gets, in the words of a prompt."""
    audio: Literal["mp3", "ogg", "wav"] = "mp3"
    threads: bool = False
    """Whether each new piece opens a thread, in which its versions are posted."""
    reactions: bool = False
    """Whether the bot puts the five reactions under a piece itself."""
    delete: Literal["requester", "moderators", "roles"] = "moderators"
    """Who may delete a piece beside the person who asked for it."""
    delete_roles: tuple[int, ...] = ()
    blind: bool = True
    """Whether some wishes may be answered by two models, for people to say which is better."""

    def to_json(self) -> dict[str, Any]:
        """Return what differs from the defaults, as JSON values."""
        usual = asdict(HouseRules())
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
            if value != usual[name]
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> HouseRules:
        """Return the rules; names of another version of the bot are passed over."""
        known = {field.name for field in fields(cls)}
        kept: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in values.items()
            if name in known
        }
        return cls(**kept)

    def check(self, channel_ids: Collection[int], role_ids: Collection[int]) -> None:
        """Raise HouseRuleError unless these channels (of a thread: its parent, too) may ask."""
        if self.channels and not set(self.channels) & set(channel_ids):
            places = " or ".join(f"<#{channel}>" for channel in self.channels[:5])
            raise HouseRuleError(f"I compose in {places} here; please ask there")
        if self.roles and not set(self.roles) & set(role_ids):
            names = " or ".join(f"<@&{role}>" for role in self.roles[:5])
            raise HouseRuleError(f"composing is for members with the role {names} here")

    def check_quota(self, asked: int, usual: int, wanted: int = 1) -> None:
        """Raise HouseRuleError if so many more than were asked for in 24 hours are too many."""
        most = usual if self.per_day is None else self.per_day
        if asked + wanted > most:
            had = "one piece" if asked == 1 else f"{asked} pieces"
            more = "" if wanted == 1 else f", and this would be {wanted} more"
            raise HouseRuleError(
                f"you have asked for {had} in the last 24 hours and {most} are allowed{more}; "
                "ratings and listening stay free, and tomorrow there is room again"
            )

    def may_delete(self, role_ids: Collection[int], *, requester: bool, moderator: bool) -> bool:
        """Whether a person may delete a piece."""
        if requester:
            return True
        if self.delete == "moderators":
            return moderator
        return self.delete == "roles" and bool(set(self.delete_roles) & set(role_ids))

    def styled(self, request: ComposeRequest) -> ComposeRequest:
        """Return the request with the default style where it names neither genre nor mood."""
        if not self.style or request.genre or request.mood or request.style:
            return request
        usual = parse(self.style)
        changes = {
            name: getattr(usual, name)
            for name in STYLE_FIELDS
            if not getattr(request, name) and getattr(usual, name)
        }
        if request.instruments or request.exclude:
            changes = {n: v for n, v in changes.items() if n not in ("instruments", "programs")}
        return replace(request, **changes)


def check_style(style: str) -> str:
    """Return a default style as it will be kept; RequestError unless all of it is understood."""
    said = parse(style)
    if said.unknown:
        words = ", ".join(said.unknown[:5])
        raise RequestError(f"of the default style I do not understand: {words}")
    if style.strip() and not any(getattr(said, name) for name in STYLE_FIELDS):
        raise RequestError("a default style names a genre, a mood, instruments, tempo or meter")
    return " ".join(style.split())
