"""One interaction from the click to the last followup, as the person who began it sees it."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.discord.world import Channel, Json, Message, User

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
"""Kinds of interaction."""
MESSAGE, THINKING, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
"""Kinds of response."""
ALLOWED = {
    COMMAND: {MESSAGE, THINKING, MODAL},
    COMPONENT: {MESSAGE, THINKING, DEFERRED_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, THINKING, DEFERRED_UPDATE, UPDATE},
}
TOKEN_LIFE_S = 15 * 60
"""https://discord.com/developers/docs/interactions/receiving-and-responding"""


@dataclass(eq=False)
class Exchange:
    """An interaction and what has come back so far."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    began_s: float
    ack_limit_s: float
    name: str = ""
    """The command's name or the component's custom id."""
    source: Message | None = None
    """The message whose button was pressed or whose button opened the modal."""
    opener: Exchange | None = None
    """Of a submitted modal: the exchange that opened it."""
    acknowledged_s: float | None = None
    """Seconds from the click to the first response, None while there is none."""
    response: int | None = None
    """The kind of the first response: MESSAGE, THINKING ..."""
    message: Message | None = None
    """The original response as it is now; for UPDATE the message that was clicked."""
    followups: list[Message] = field(default_factory=list)
    modal: Json | None = None
    choices: list[Json] | None = None

    def ack_expired(self, now_s: float) -> bool:
        return self.acknowledged_s is None and now_s - self.began_s > self.ack_limit_s

    def token_expired(self, now_s: float) -> bool:
        return now_s - self.began_s > TOKEN_LIFE_S

    @property
    def failed(self) -> bool:
        """Nothing came in time: Discord shows "The application did not respond"."""
        return self.acknowledged_s is None
